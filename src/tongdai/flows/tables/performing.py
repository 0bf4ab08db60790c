"""What flows ask of data tables while a call goes on, and what validation asks of them before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tongdai.flows.commands import LookUpRow
from tongdai.flows.performers import Performers, Performing
from tongdai.flows.replies import Reply
from tongdai.flows.tables.policies import Kind, canonical, key_of, variable
from tongdai.flows.tables.repository import DataTables
from tongdai.flows.tables.schemas import DataColumn
from tongdai.flows.verb import Reference
from tongdai.platform.database import Transaction
from tongdai.platform.errors import WrongValue
from tongdai.tenancy.public import country_of


def named(columns: Sequence[DataColumn], name: str) -> DataColumn | None:
    """The column of this name, without case."""
    wanted = name.casefold()
    return next((column for column in columns if column.name.casefold() == wanted), None)


def is_key(columns: Sequence[DataColumn], names: Sequence[str]) -> bool:
    """Whether these are the columns by which rows are found, all of them, in any order."""
    keys = {column.name.casefold() for column in columns if column.key}
    return {name.casefold() for name in names} == keys


def key_for(columns: Sequence[DataColumn], given: Mapping[str, str], country: str) -> str | None:
    """The key as rows have it; None when no row can have it (a withheld number, say)."""
    cells: dict[str, str] = {}
    try:
        for name, text in given.items():
            column = named(columns, name)
            if column is None:
                return None
            cells[column.id] = canonical(column.kind, text, country)
        return key_of(columns, cells)
    except WrongValue:
        return None


async def look_up(performing: Performing, command: LookUpRow) -> Reply:
    tables = DataTables(performing.tx)
    table = await tables.by_name(command.table)
    if table is None:
        return Reply(command.id, "failed", {"reason": "there is no such table"})
    columns = table.typed()
    if not is_key(columns, tuple(command.key)):
        return Reply(command.id, "failed", {"reason": "its rows are found by other columns"})
    key = key_for(columns, command.key, await country_of(performing.tx))
    row = await tables.find(table.id, key) if key is not None else None
    if row is None:
        return Reply(command.id, "not_found")
    wanted = ((name, named(columns, name)) for name in command.columns)
    told = {
        name: variable(column.kind, row.cells.get(column.id))
        for name, column in wanted
        if column is not None and column.kind != Kind.SECRET
    }
    return Reply(command.id, "found", {"row": told})


async def knows_table(tx: Transaction, reference: Reference) -> bool:
    return await DataTables(tx).by_name(reference.name) is not None


async def knows_column(tx: Transaction, reference: Reference) -> bool:
    """Where the table is missing, that is said, and not each of its columns."""
    table_name, _, name = reference.name.partition(".")
    table = await DataTables(tx).by_name(table_name)
    return table is None or named(table.typed(), name) is not None


async def knows_key(tx: Transaction, reference: Reference) -> bool:
    table_name, _, names = reference.name.partition(".")
    table = await DataTables(tx).by_name(table_name)
    if table is None:
        return True
    columns = table.typed()
    wanted = names.split(",")
    return any(named(columns, name) is None for name in wanted) or is_key(columns, wanted)


async def knows_secret(tx: Transaction, reference: Reference) -> bool:
    """Whether the column holds PINs."""
    return (await _kind(tx, reference)) in (None, Kind.SECRET)


async def knows_open_column(tx: Transaction, reference: Reference) -> bool:
    """Whether the column may be put into a variable: anything but a PIN."""
    return (await _kind(tx, reference)) != Kind.SECRET


async def _kind(tx: Transaction, reference: Reference) -> str | None:
    table_name, _, name = reference.name.partition(".")
    table = await DataTables(tx).by_name(table_name)
    column = named(table.typed(), name) if table is not None else None
    return column.kind if column is not None else None


def teach(performers: Performers) -> None:
    performers.inside(LookUpRow, look_up)
    performers.knows("table", knows_table)
    performers.knows("column", knows_column)
    performers.knows("key", knows_key)
    performers.knows("secret_column", knows_secret)
    performers.knows("open_column", knows_open_column)
