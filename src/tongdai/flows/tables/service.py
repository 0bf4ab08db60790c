"""What people do with data tables and their rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.flows.tables import csv_form
from tongdai.flows.tables.csv_form import CsvRow
from tongdai.flows.tables.policies import Kind, canonical, key_of, search_text, settled
from tongdai.flows.tables.repository import OF_TABLE, ROWS, TABLES, WITHIN, DataTables, within
from tongdai.flows.tables.schemas import (
    DataColumn,
    DataImport,
    DataRow,
    DataRowChange,
    DataTable,
    DataTableChange,
    DataTableIn,
)
from tongdai.people.public import hash_pin
from tongdai.platform.auth import Reach
from tongdai.platform.database import Database, Scope, Transaction
from tongdai.platform.errors import Invalid, WrongValue, invalid_field
from tongdai.tenancy.public import audit, changed_fields, country_of

BATCH = 1_000
"""Rows written in one transaction: a file may be large, a transaction may not be long."""
PAGE = 2_000


async def get_table(tx: Transaction, reach: Reach, table_id: UUID) -> DataTable:
    return await TABLES.get(tx, table_id, WITHIN, **within(reach))


async def create_table(tx: Transaction, reach: Reach, new: DataTableIn) -> DataTable:
    if not reach.everything and new.project_id not in reach.project_ids:
        raise invalid_field("project_id", "Choose one of your projects.", "own_project")
    columns, next_id = _settled((), new.columns, 1, rows=False)
    table_id = await TABLES.add(
        tx,
        {
            "name": new.name,
            "project_id": new.project_id,
            "columns": [column.model_dump() for column in columns],
            "next_column": next_id,
        },
    )
    await audit(tx, "data_table.created", "data_table", table_id)
    return await TABLES.get(tx, table_id)


async def change_table(tx: Transaction, reach: Reach, table_id: UUID, body: DataTableChange) -> DataTable:
    """Raises StaleVersion. The cells of a column that is taken away stay unseen, and do not come back with a new one."""
    before = await TABLES.lock(tx, table_id, body.version, WITHIN, **within(reach))
    values: dict[str, Any] = body.values()
    if "project_id" in values and not reach.everything and body.project_id not in reach.project_ids:
        raise invalid_field("project_id", "Choose one of your projects.", "own_project")
    if "columns" in values:
        tables = DataTables(tx)
        next_id = await tables.next_column(table_id)
        rows = await tables.has_rows(table_id)
        columns, next_id = _settled(before.columns, body.columns, next_id, rows=rows)
        values |= {"columns": [column.model_dump() for column in columns], "next_column": next_id}
    await TABLES.change(tx, table_id, values)
    await audit(
        tx, "data_table.changed", "data_table", table_id, changed_fields(body.model_dump(exclude_unset=True))
    )
    return await TABLES.get(tx, table_id)


def _settled(
    before: Sequence[DataColumn], wanted: Sequence[DataColumn], next_id: int, *, rows: bool
) -> tuple[list[DataColumn], int]:
    try:
        return settled(before, wanted, next_id, rows=rows)
    except WrongValue as error:
        raise invalid_field("columns", str(error), error.rule) from error


async def archive_table(tx: Transaction, reach: Reach, table_id: UUID, *, archived: bool) -> DataTable:
    await TABLES.lock(tx, table_id, None, WITHIN, **within(reach))
    await TABLES.archive(tx, table_id, archived=archived)
    await audit(tx, "data_table.archived" if archived else "data_table.restored", "data_table", table_id)
    return await TABLES.get(tx, table_id)


async def _written(
    tx: Transaction, columns: Sequence[DataColumn], given: Mapping[str, str], before: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """(the row's columns in the database, secrets in plain that were given). Raises Invalid, naming the cell."""
    country = await country_of(tx)
    known = {column.id: column for column in columns}
    cells, secrets = dict(before), dict[str, str]()
    for column_id, text in given.items():
        column = known.get(column_id)
        if column is None:
            raise invalid_field(f"cells.{column_id[:20]}", "There is no such column.", "choose")
        try:
            kept = canonical(column.kind, text, country)
        except WrongValue as error:
            raise invalid_field(f"cells.{column_id}", str(error), error.rule) from error
        if column.kind == Kind.SECRET:
            secrets[column_id] = kept
        else:
            cells[column_id] = kept
    try:
        key = key_of(columns, cells)
    except WrongValue as error:
        wrong = next((one.id for one in columns if one.key and not cells.get(one.id)), "")
        raise invalid_field(f"cells.{wrong}" if wrong else "cells", str(error), error.rule) from error
    return {"cells": cells, "key": key, "search": search_text(columns, cells)}, secrets


async def _hashed(secrets: Mapping[str, str]) -> dict[str, str]:
    return {
        column: await asyncio.to_thread(hash_pin, plain) if plain else "" for column, plain in secrets.items()
    }


async def add_row(tx: Transaction, reach: Reach, table_id: UUID, given: Mapping[str, str]) -> DataRow:
    table = await get_table(tx, reach, table_id)
    values, secrets = await _written(tx, table.columns, given, {})
    if table.rows >= csv_form.MAX_ROWS:
        raise Invalid(f"At most {csv_form.MAX_ROWS} rows fit into a table.")
    hashes = {column: one for column, one in (await _hashed(secrets)).items() if one}
    row_id = await ROWS.add(tx, {**values, "table_id": table_id, "secrets": hashes})
    await audit(tx, "data_row.created", "data_row", row_id)
    return await ROWS.get(tx, row_id)


async def change_row(
    tx: Transaction, reach: Reach, table_id: UUID, row_id: UUID, body: DataRowChange
) -> DataRow:
    """Raises StaleVersion. A new PIN ends a lock-out."""
    table = await get_table(tx, reach, table_id)
    before = await ROWS.lock(tx, row_id, body.version, OF_TABLE, table=table_id)
    values, secrets = await _written(tx, table.columns, body.cells, before.cells)
    if secrets:
        kept = await DataTables(tx).secrets_of(row_id) | await _hashed(secrets)
        values |= {"secrets": {column: one for column, one in kept.items() if one}}
    if secrets or body.unlock:
        values |= {"failures": 0, "locked_until": None}
    await ROWS.change(tx, row_id, values)
    names = {column.id: column.name for column in table.columns}
    if body.unlock:
        await audit(tx, "data_row.unlocked", "data_row", row_id)
    await audit(
        tx, "data_row.changed", "data_row", row_id, {"fields": sorted(names[one] for one in body.cells)}
    )
    return await ROWS.get(tx, row_id)


async def archive_row(
    tx: Transaction, reach: Reach, table_id: UUID, row_id: UUID, *, archived: bool
) -> DataRow:
    """A row whose key another one has by now cannot come back: that is said."""
    await get_table(tx, reach, table_id)
    await ROWS.lock(tx, row_id, None, OF_TABLE, table=table_id)
    await ROWS.archive(tx, row_id, archived=archived)
    await audit(tx, "data_row.archived" if archived else "data_row.restored", "data_row", row_id)
    return await ROWS.get(tx, row_id)


async def bring_in(
    database: Database,
    scope: Scope,
    reach: Reach,
    table_id: UUID,
    data: bytes,
    *,
    replace_all: bool,
    now: datetime,
) -> DataImport:
    """Store a file's rows: all of them or, where anything is wrong, none.

    Written in batches; should one fail (the database goes away), the file can be brought in again. With `replace_all`, rows
    that the file does not have are put aside."""
    async with database.transaction(scope) as tx:
        table = await get_table(tx, reach, table_id)
        country = await country_of(tx)
    parsed = await asyncio.to_thread(csv_form.parse, data, table.columns, country)
    if parsed.problems:
        told = parsed.problems[: csv_form.MAX_TOLD]
        return DataImport(problems=told, more=len(parsed.problems) - len(told))
    hashes = await asyncio.to_thread(_hash_all, parsed.rows)
    whole = {one.id for one in table.columns if one.kind != Kind.SECRET} <= set(parsed.columns)
    done = DataImport()
    for start in range(0, len(parsed.rows), BATCH):
        batch = parsed.rows[start : start + BATCH]
        async with database.transaction(scope) as tx:
            if start == 0:
                # What was read by the columns as they were must not be stored under others.
                await TABLES.lock(tx, table_id, table.version, WITHIN, **within(reach))
            tables = DataTables(tx)
            if not whole:
                batch = _completed(
                    batch, table.columns, await tables.cells_of(table_id, [one.key for one in batch])
                )
            added, changed = await tables.store(table_id, batch, hashes)
        done.added += added
        done.changed += changed
    async with database.transaction(scope) as tx:
        if replace_all:
            done.archived = await DataTables(tx).archive_others(
                table_id, now, [row.key for row in parsed.rows]
            )
        counts = {"added": done.added, "changed": done.changed, "archived": done.archived}
        await audit(tx, "data_table.imported", "data_table", table_id, counts)
    return done


def _hash_all(rows: Sequence[CsvRow]) -> dict[int, dict[str, str]]:
    return {
        row.line: {column: hash_pin(plain) for column, plain in row.secrets.items()}
        for row in rows
        if row.secrets
    }


def _completed(
    batch: Sequence[CsvRow], columns: Sequence[DataColumn], there: Mapping[str, Mapping[str, str]]
) -> list[CsvRow]:
    """Rows with the cells for which the file has no column as they are."""
    full = [replace(row, values={**there.get(row.key, {}), **row.values}) for row in batch]
    return [replace(row, search=search_text(columns, row.values)) for row in full]


async def export(database: Database, scope: Scope, table: DataTable, separator: str) -> AsyncGenerator[str]:
    """The rows in use as CSV, page by page: nobody's transaction is open while a slow reader reads."""
    after: list[Any] | None = None
    head = True
    while head or after is not None:
        async with database.transaction(scope) as tx:
            rows = await DataTables(tx).page(table.id, q="", after=after, limit=PAGE, archived=False)
            shown = rows[:PAGE]
            more = len(rows) > PAGE
            after = [await DataTables(tx).key(shown[-1].id), str(shown[-1].id)] if more else None
        yield csv_form.exported(table.columns, [row.cells for row in shown], separator, head=head)
        head = False
