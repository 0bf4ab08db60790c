"""Shapes of the HTTP API of data tables."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tongdai.platform.bodies import Body, Change
from tongdai.platform.database.rows import EditedRow

TableName: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\W\d][\w-]{0,62}$", max_length=63)
]
ColumnName: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\W\d]\w{0,62}$", max_length=63)
]
Cells: TypeAlias = Annotated[
    dict[Annotated[str, Field(max_length=20)], Annotated[str, Field(max_length=4_000)]], Field(max_length=60)
]
"""Column id → what is written there. A secret is written, and never read."""


class DataColumn(BaseModel):
    """`id` is the app's own and stays when the column is renamed; leave it out for a new one. By the columns with `key`,
    together, rows are found: no two rows have the same there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: Annotated[str, Field(max_length=20)] = ""
    name: ColumnName
    kind: Literal["text", "number", "phone", "date", "yes_no", "secret"] = "text"
    key: bool = False


Columns: TypeAlias = Annotated[list[DataColumn], Field(min_length=1, max_length=40)]


class DataTableIn(Body):
    name: TableName
    project_id: UUID | None = None
    columns: Columns


class DataTableChange(Change):
    name: TableName = "table"
    project_id: UUID | None = None
    columns: Columns = []


class DataTable(EditedRow):
    name: str
    project_id: UUID | None
    columns: list[DataColumn]
    rows: int
    """Rows in use."""


class DataRowIn(Body):
    cells: Cells


class DataRowChange(Change):
    """Cells that are left out stay; "" empties one."""

    cells: Cells = {}
    unlock: bool = False
    """Lift the lock-out after wrong PINs."""


class DataRow(EditedRow):
    """`cells` by column id; `secrets` are the ids of the columns in which a PIN is set. `locked_until`: too many wrong ones."""

    cells: dict[str, str]
    secrets: list[str]
    locked_until: datetime | None
    updated_at: datetime


class ImportProblem(BaseModel):
    """`column` is null where the whole line is meant."""

    line: int
    column: str | None
    rule: str
    message: str


class DataImport(BaseModel):
    """What became of a file. With `problems` nothing of it was stored; `more` says how many more there are."""

    added: int = 0
    changed: int = 0
    archived: int = 0
    problems: list[ImportProblem] = []
    more: int = 0
