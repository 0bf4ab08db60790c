"""All SQL of data tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.flows.tables.csv_form import CsvRow
from tongdai.flows.tables.schemas import DataColumn, DataRow, DataTable
from tongdai.kit.ids import new_id
from tongdai.kit.text import fold
from tongdai.platform.auth import WIDTH, Extent, Reach
from tongdai.platform.cursors import uuid_or_invalid
from tongdai.platform.database import Jsonb, Transaction
from tongdai.platform.database.rows import Edited, like_literal

TABLES = Edited(
    "data_tables",
    DataTable,
    json=frozenset({"columns"}),
    computed={
        "rows": "(SELECT count(*) FROM data_rows x WHERE (x.tenant_id, x.table_id) = (t.tenant_id, t.id) AND NOT x.archived)"
    },
)
ROWS = Edited(
    "data_rows",
    DataRow,
    order="t.key",
    search="t.search",
    json=frozenset({"cells", "secrets"}),
    computed={"secrets": "ARRAY(SELECT jsonb_object_keys(t.secrets) ORDER BY 1)"},
    unique={"data_rows_key_idx": "cells"},
)
WITHIN = "AND (%(all)s OR t.project_id = ANY(%(projects)s))"
OF_TABLE = "AND t.table_id = %(table)s"


def within(reach: Reach) -> dict[str, Any]:
    wide = WIDTH[reach.extent] >= WIDTH[Extent.PROJECT]
    return {"all": reach.everything, "projects": list(reach.project_ids) if wide else []}


@dataclass(frozen=True, slots=True)
class TableRow:
    """A table as flows use it."""

    id: UUID
    columns: list[dict[str, Any]]

    def typed(self) -> list[DataColumn]:
        return [DataColumn.model_validate(column) for column in self.columns]


@dataclass(frozen=True, slots=True)
class FoundRow:
    id: UUID
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Guarded:
    """A row's secrets, and how often they were missed."""

    id: UUID
    secrets: dict[str, str]
    failures: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class CallerTries:
    """Wrong PINs that came from one number."""

    failures: int
    locked_until: datetime | None
    at: datetime
    """Of the first."""


class DataTables:
    """Tables and their rows."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def by_name(self, name: str) -> TableRow | None:
        return await self.tx.fetch_one(
            TableRow,
            "SELECT id, columns FROM data_tables WHERE tenant_id = %(tenant)s AND name = %(name)s AND NOT archived",
            {"name": name},
        )

    async def next_column(self, table_id: UUID) -> int:
        return await self.tx.fetch_value(
            "SELECT next_column FROM data_tables WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": table_id},
        )

    async def within(self, table_id: UUID, reach: Reach) -> bool:
        """Whether the table may be seen: a cheaper question than for the table, whose rows are counted."""
        return bool(
            await self.tx.fetch_value(
                f"SELECT EXISTS (SELECT FROM data_tables t WHERE t.tenant_id = %(tenant)s AND t.id = %(id)s {WITHIN})",
                {"id": table_id, **within(reach)},
            )
        )

    async def has_rows(self, table_id: UUID) -> bool:
        return bool(
            await self.tx.fetch_value(
                "SELECT EXISTS (SELECT FROM data_rows WHERE tenant_id = %(tenant)s AND table_id = %(id)s)",
                {"id": table_id},
            )
        )

    async def count(self, table_id: UUID) -> int:
        return await self.tx.fetch_value(
            "SELECT count(*) FROM data_rows WHERE tenant_id = %(tenant)s AND table_id = %(id)s AND NOT archived",
            {"id": table_id},
        )

    async def page(
        self, table_id: UUID, *, q: str, after: list[Any] | None, limit: int, archived: bool
    ) -> list[DataRow]:
        """Up to `limit + 1` rows in the order of their keys, found by any part of any cell. Rows in use have a key each, so that
        their index alone gives the order."""
        found = "AND t.search LIKE %(like)s" if q else ""
        order, onward = "t.key", "AND t.key > %(after)s"
        if archived:
            order, onward = "t.key, t.id", "AND (t.key, t.id) > (%(after)s, %(after_id)s::uuid)"
        return await self.tx.fetch_all(
            DataRow,
            f"SELECT {ROWS.selected} FROM data_rows t WHERE t.tenant_id = %(tenant)s AND t.table_id = %(table)s"
            f" AND {'' if archived else 'NOT '}t.archived {found} {onward if after else ''} ORDER BY {order} LIMIT %(limit)s + 1",
            {
                "table": table_id,
                "limit": limit,
                **({"like": f"%{like_literal(fold(q))}%"} if q else {}),
                **({"after": str(after[0]), "after_id": uuid_or_invalid(after[1])} if after else {}),
            },
        )

    async def key(self, row_id: UUID) -> str:
        return await self.tx.fetch_value(
            "SELECT key FROM data_rows WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": row_id}
        )

    async def find(self, table_id: UUID, key: str) -> FoundRow | None:
        return await self.tx.fetch_one(
            FoundRow,
            "SELECT id, cells FROM data_rows WHERE tenant_id = %(tenant)s AND table_id = %(table)s AND key = %(key)s"
            " AND NOT archived",
            {"table": table_id, "key": key},
        )

    async def cells_of(self, table_id: UUID, keys: Sequence[str]) -> dict[str, dict[str, str]]:
        """key → cells of the rows that are there, locked."""
        rows = await self.tx.fetch_tuples(
            "SELECT key, cells FROM data_rows WHERE tenant_id = %(tenant)s AND table_id = %(table)s"
            " AND key = ANY(%(keys)s) AND NOT archived FOR UPDATE",
            {"table": table_id, "keys": list(keys)},
        )
        return dict(rows)

    async def secrets_of(self, row_id: UUID) -> dict[str, str]:
        return await self.tx.fetch_value(
            "SELECT secrets FROM data_rows WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": row_id}
        )

    async def store(
        self, table_id: UUID, rows: Sequence[CsvRow], hashes: Mapping[int, Mapping[str, str]]
    ) -> tuple[int, int]:
        """(added, changed): rows of the same key get the file's cells, and keep what the file has no column for. A new PIN
        ends a lock-out. Rows that would stay as they are stay."""
        found = await self.tx.fetch_tuples(
            "INSERT INTO data_rows AS r (tenant_id, id, table_id, key, cells, secrets, search)"
            " SELECT %(tenant)s, v.id, %(table)s, v.key, v.cells, v.secrets, v.search"
            " FROM unnest(%(ids)s::uuid[], %(keys)s::text[], %(cells)s::jsonb[], %(secrets)s::jsonb[], %(search)s::text[])"
            " v (id, key, cells, secrets, search)"
            " ON CONFLICT (tenant_id, table_id, key) WHERE NOT archived DO UPDATE SET"
            " cells = r.cells || excluded.cells, secrets = r.secrets || excluded.secrets, search = excluded.search,"
            " failures = CASE WHEN excluded.secrets = '{}' THEN r.failures ELSE 0 END,"
            " locked_until = CASE WHEN excluded.secrets = '{}' THEN r.locked_until END,"
            " version = r.version + 1, updated_at = now()"
            " WHERE r.cells || excluded.cells <> %(blank)s::jsonb || r.cells OR excluded.secrets <> '{}' RETURNING r.version",
            {
                "table": table_id,
                "ids": [new_id() for _ in rows],
                "keys": [row.key for row in rows],
                "cells": [Jsonb(row.values) for row in rows],
                "secrets": [Jsonb(dict(hashes.get(row.line, {}))) for row in rows],
                "search": [row.search for row in rows],
                # An empty cell is the same as none.
                "blank": Jsonb({column: "" for row in rows for column in row.values}),
            },
        )
        added = sum(version == 1 for (version,) in found)
        return added, len(found) - added

    async def archive_others(self, table_id: UUID, before: datetime, keys: Sequence[str]) -> int:
        """Put aside the rows that are not among `keys` and were there before."""
        return await self.tx.execute(
            "UPDATE data_rows SET archived = true, version = version + 1, updated_at = now()"
            " WHERE tenant_id = %(tenant)s AND table_id = %(table)s AND NOT archived AND updated_at < %(before)s"
            " AND NOT key = ANY(%(keys)s)",
            {"table": table_id, "before": before, "keys": list(keys)},
        )

    async def guarded(self, table_id: UUID, key: str) -> Guarded | None:
        """The row's secrets, locked: no two calls try PINs of one row at once."""
        return await self.tx.fetch_one(
            Guarded,
            "SELECT id, secrets, failures, locked_until FROM data_rows WHERE tenant_id = %(tenant)s"
            " AND table_id = %(table)s AND key = %(key)s AND NOT archived FOR UPDATE",
            {"table": table_id, "key": key},
        )

    async def note_tries(self, row_id: UUID, failures: int, locked_until: datetime | None) -> None:
        """The row's version stays: who edits it meanwhile changes other things."""
        await self.tx.execute(
            "UPDATE data_rows SET failures = %(failures)s, locked_until = %(until)s"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": row_id, "failures": failures, "until": locked_until},
        )

    async def caller_tries(self, caller: str, since: datetime, at: datetime) -> CallerTries | None:
        """Locked until the transaction ends; None when they began before `since` and no lock lasts."""
        return await self.tx.fetch_one(
            CallerTries,
            "SELECT failures, locked_until, at FROM pin_callers WHERE tenant_id = %(tenant)s AND caller = %(caller)s"
            " AND (at > %(since)s OR locked_until > %(at)s) FOR UPDATE",
            {"caller": caller, "since": since, "at": at},
        )

    async def note_caller(self, caller: str, tries: CallerTries) -> None:
        """Two first wrong ones at once count as two."""
        await self.tx.execute(
            "INSERT INTO pin_callers (tenant_id, caller, failures, locked_until, at)"
            " VALUES (%(tenant)s, %(caller)s, %(failures)s, %(until)s, %(at)s) ON CONFLICT (tenant_id, caller) DO UPDATE SET"
            " failures = CASE WHEN excluded.failures = 1 AND pin_callers.at > excluded.at - interval '1 minute'"
            " THEN pin_callers.failures + 1 ELSE excluded.failures END,"
            " locked_until = excluded.locked_until, at = excluded.at",
            {"caller": caller, "failures": tries.failures, "until": tries.locked_until, "at": tries.at},
        )

    async def forget_callers(self, before: datetime, at: datetime) -> None:
        """Those that began before; what another call holds just now is left to the next one."""
        await self.tx.execute(
            "DELETE FROM pin_callers WHERE tenant_id = %(tenant)s AND caller IN (SELECT caller FROM pin_callers"
            " WHERE tenant_id = %(tenant)s AND at < %(before)s AND coalesce(locked_until <= %(at)s, true)"
            " FOR UPDATE SKIP LOCKED)",
            {"before": before, "at": at},
        )
