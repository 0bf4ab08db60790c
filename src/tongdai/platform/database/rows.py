"""Rows that people edit: listed in pages, changed under a version, archived instead of deleted.

One declaration per table, `TEAMS = Edited("teams", TeamView, …)`; its row type is a pydantic model that is also what the API
shows, so that the `current` of a stale write is what a fresh GET gives.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from tongdai.kit.ids import new_id
from tongdai.kit.text import fold
from tongdai.platform.cursors import uuid_or_invalid
from tongdai.platform.database.driver import Jsonb, UniqueViolation, constraint_of
from tongdai.platform.database.transaction import Transaction
from tongdai.platform.errors import FieldError, Invalid, NotFound, StaleVersion


class EditedRow(BaseModel):
    """What every such row has."""

    id: UUID
    archived: bool
    version: int


Row = TypeVar("Row", bound=EditedRow)

TAKEN = "This is taken already, perhaps by an archived one: choose another, or restore that one."


@dataclass(frozen=True, slots=True)
class Edited(Generic[Row]):
    """One table, the alias `t` in its SQL.

    `order` is a text; a `search` that ends in _fold is searched accent-folded; `computed` gives fields of the row that are not
    columns; `json` names the jsonb columns; `unique` says which field a violated constraint is about.
    """

    table: str
    row: type[Row]
    order: str = "t.name"
    search: str = "t.name"
    computed: Mapping[str, str] = field(default_factory=dict[str, str])
    json: frozenset[str] = frozenset()
    unique: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def selected(self) -> str:
        return ", ".join(
            f"{self.computed[name]} AS {name}" if name in self.computed else f"t.{name}"
            for name in self.row.model_fields
        )

    async def find(self, tx: Transaction, row_id: UUID, where: str = "", **parameters: Any) -> Row | None:
        return await tx.fetch_one(
            self.row,
            f"SELECT {self.selected} FROM {self.table} t WHERE t.tenant_id = %(tenant)s AND t.id = %(id)s {where}",
            {"id": row_id, **parameters},
        )

    async def get(self, tx: Transaction, row_id: UUID, where: str = "", **parameters: Any) -> Row:
        """The row, archived or not; `where` narrows to what may be seen. Raises NotFound."""
        found = await self.find(tx, row_id, where, **parameters)
        if found is None:
            raise NotFound()
        return found

    async def lock(
        self, tx: Transaction, row_id: UUID, version: int | None = None, where: str = "", **parameters: Any
    ) -> Row:
        """The row, locked until the transaction ends. Raises NotFound, and StaleVersion with the `current` row."""
        await tx.execute(
            f"SELECT FROM {self.table} t WHERE t.tenant_id = %(tenant)s AND t.id = %(id)s FOR UPDATE",
            {"id": row_id},
        )
        found = await self.get(tx, row_id, where, **parameters)
        if version is not None and found.version != version:
            raise StaleVersion(current=found.model_dump(mode="json"))
        return found

    async def add(self, tx: Transaction, values: Mapping[str, Any], row_id: UUID | None = None) -> UUID:
        row_id = row_id or new_id()
        written = self._written(values)
        names = ["id", *written]
        columns = ", ".join('"' + name + '"' for name in names)
        with self._naming_what_is_taken():
            await tx.execute(
                f"INSERT INTO {self.table} (tenant_id, {columns})"
                f" VALUES (%(tenant)s, {', '.join(f'%({name})s' for name in names)})",
                {**written, "id": row_id},
            )
        return row_id

    async def change(self, tx: Transaction, row_id: UUID, values: Mapping[str, Any]) -> int:
        """Write the values into a locked row; gives its new version."""
        written = self._written(values)
        sets = "".join('"' + name + f'" = %({name})s, ' for name in written)
        with self._naming_what_is_taken():
            version = await tx.fetch_value(
                f"UPDATE {self.table} SET {sets}version = version + 1"
                " WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING version",
                {**written, "id": row_id},
            )
        if version is None:
            raise NotFound()
        return version

    async def archive(self, tx: Transaction, row_id: UUID, *, archived: bool = True) -> int:
        """Put aside, or bring back; gives the new version. Raises NotFound."""
        return await self.change(tx, row_id, {"archived": archived})

    async def page(
        self,
        tx: Transaction,
        *,
        q: str = "",
        after: list[Any] | None = None,
        limit: int = 50,
        archived: bool = False,
        where: str = "",
        **parameters: Any,
    ) -> list[Row]:
        """Up to `limit + 1` rows after the cursor's values, in order."""
        return await tx.fetch_all(
            self.row,
            f"SELECT {self.selected} FROM {self.table} t WHERE t.tenant_id = %(tenant)s"
            " AND t.archived = %(archived)s"
            f" AND (%(q)s = '' OR {self.search}::text ILIKE %(like)s) {where}"
            f" AND (%(after_id)s::uuid IS NULL OR ({self.order}, t.id) > (%(after)s, %(after_id)s::uuid))"
            f" ORDER BY {self.order}, t.id LIMIT %(limit)s + 1",
            {
                "q": q,
                "like": f"%{like_literal(fold(q) if self.search.endswith('_fold') else q)}%",
                "archived": archived,
                "after": str(after[0]) if after else None,
                "after_id": uuid_or_invalid(after[1]) if after else None,
                "limit": limit,
                **parameters,
            },
        )

    async def order_value(self, tx: Transaction, row_id: UUID) -> str:
        """Where the row stands in the list's order, for its cursor."""
        return await tx.fetch_value(
            f"SELECT {self.order} FROM {self.table} t WHERE t.tenant_id = %(tenant)s AND t.id = %(id)s",
            {"id": row_id},
        )

    def _written(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: Jsonb(value) if name in self.json and value is not None else value
            for name, value in values.items()
        }

    @contextmanager
    def _naming_what_is_taken(self) -> Generator[None]:
        fields = {f"{self.table}_tenant_id_name_key": "name", **self.unique}
        try:
            yield
        except UniqueViolation as error:
            name = fields.get(constraint_of(error))
            if name is None:
                raise
            raise Invalid(TAKEN, errors=[FieldError(name, TAKEN, "taken")]) from error


def like_literal(text: str) -> str:
    """`text` with LIKE's wildcards taken literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
