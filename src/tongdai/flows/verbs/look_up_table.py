"""`look_up_table`: a row of a data table, found by its key, into variables. The performer is in flows/tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, TypeAlias

from pydantic import Field

from tongdai.flows.commands import LookUpRow
from tongdai.flows.errors import FlowFault
from tongdai.flows.expressions import as_text
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import Expr, VariableName, kind

TableName: TypeAlias = Annotated[str, Field(min_length=1, max_length=63), kind("table")]
Column: TypeAlias = Annotated[str, Field(min_length=1, max_length=63)]
Key: TypeAlias = Annotated[dict[Column, Expr], Field(min_length=1, max_length=4)]


def looked_for(key: dict[str, Any], ctx: Context) -> dict[str, str]:
    """What the key columns are compared with; nothing (null) is the empty text, which no row has."""
    values = {column: expression.value(ctx.variables) for column, expression in key.items()}
    return {column: "" if value is None else as_text(value) for column, value in values.items()}


def table_references(table: str, key: Iterable[str], columns: Iterable[str]) -> Iterable[Reference]:
    """What must be there: the table, its columns, and that these columns are its key."""
    key = tuple(key)
    yield Reference("table", table)
    for column in dict.fromkeys((*key, *columns)):
        yield Reference("column", f"{table}.{column}")
    yield Reference("key", f"{table}.{','.join(key)}")


class LookUpTable(Verb):
    """Finds the one row of `table` whose `key` columns hold these values, and puts its columns into variables (`save`:
    variable → column). Not found, they are null."""

    name = "look_up_table"
    main = "found"
    table: TableName
    key: Key
    save: Annotated[dict[VariableName, Column], Field(max_length=40)] = {}

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("found"), Exit("not_found"))

    def writes(self) -> Iterable[str]:
        return self.save

    def references(self) -> Iterable[Reference]:
        yield from table_references(self.table, self.key, self.save.values())
        for column in self.save.values():
            yield Reference("open_column", f"{self.table}.{column}")

    def start(self, ctx: Context) -> Outcome:
        columns = tuple(dict.fromkeys(self.save.values()))
        return ctx.ask(LookUpRow, table=self.table, key=looked_for(self.key, ctx), columns=columns)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if reply.result == "failed":
            raise FlowFault(
                f"the table '{self.table}' cannot be read: {reply.data.get('reason', 'no reason')}"
            )
        row: dict[str, Any] = reply.data.get("row") or {}
        return Go(reply.result, {mine: row.get(column) for mine, column in self.save.items()})
