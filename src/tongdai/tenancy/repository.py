"""All SQL of module tenancy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.kit.ids import first_id, new_id
from tongdai.platform.database import Jsonb, Transaction
from tongdai.platform.database.rows import Edited
from tongdai.tenancy.schemas import Calendar, Project

PROJECTS = Edited("projects", Project)
CALENDARS = Edited("calendars", Calendar, json=frozenset({"weekly", "exceptions", "closing"}))


@dataclass(frozen=True, slots=True)
class TenantRow:
    id: UUID
    slug: str
    name: str
    country: str
    time_zone: str
    locale: str
    settings: dict[str, Any]
    version: int


@dataclass(frozen=True, slots=True)
class AuditRow:
    id: UUID
    at: datetime
    user_id: UUID | None
    user_name: str | None
    action: str
    subject_kind: str
    subject_id: UUID | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditAsked:
    """What of the audit log is wanted: `since` is included, `until` is not."""

    user_id: UUID | None = None
    subject_id: UUID | None = None
    kind: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Tenants:
    """The tenant of the scope."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, slug: str, name: str, country: str, time_zone: str, locale: str) -> None:
        await self._tx.execute(
            "INSERT INTO tenants (id, slug, name, country, time_zone, locale)"
            " VALUES (%(tenant)s, %(slug)s, %(name)s, %(country)s, %(zone)s, %(locale)s)",
            {"slug": slug, "name": name, "country": country, "zone": time_zone, "locale": locale},
        )

    async def get(self, *, lock: bool = False) -> TenantRow:
        row = await self._tx.fetch_one(
            TenantRow,
            "SELECT id, slug, name, country, time_zone, locale, settings, version FROM tenants"
            f" WHERE id = %(tenant)s {'FOR UPDATE' if lock else ''}",
        )
        assert row is not None
        return row

    async def save(self, row: TenantRow) -> None:
        await self._tx.execute(
            "UPDATE tenants SET name = %(name)s, country = %(country)s, time_zone = %(zone)s,"
            " locale = %(locale)s, settings = %(settings)s, version = %(version)s WHERE id = %(tenant)s",
            {
                "name": row.name,
                "country": row.country,
                "zone": row.time_zone,
                "locale": row.locale,
                "settings": Jsonb(row.settings),
                "version": row.version,
            },
        )


class Audit:
    """The audit log: rows are added and read, never changed."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(
        self, action: str, subject_kind: str, subject_id: UUID | None, details: Any, by: UUID | None = None
    ) -> None:
        await self._tx.execute(
            "INSERT INTO audit_log (tenant_id, id, user_id, action, subject_kind, subject_id, details)"
            " VALUES (%(tenant)s, %(id)s, %(user)s, %(action)s, %(kind)s, %(subject)s, %(details)s)",
            {
                "id": new_id(),
                "user": by or self._tx.scope.user_id,
                "action": action,
                "kind": subject_kind,
                "subject": subject_id,
                "details": Jsonb(details),
            },
        )

    async def page(self, asked: AuditAsked, before: UUID | None, limit: int) -> list[AuditRow]:
        """Newest first; ids are ordered by time. Only what was asked for is in the statement, so that its plan fits."""
        parameters = {
            "before": before,
            "user": asked.user_id,
            "subject": asked.subject_id,
            "kind": asked.kind or None,
            "action": asked.action or None,
            "since": asked.since and first_id(asked.since),
            "until": asked.until and first_id(asked.until),
        }
        narrowed = "".join(
            f" AND {_NARROWING[name]}" for name, value in parameters.items() if value is not None
        )
        return await self._tx.fetch_all(
            AuditRow,
            "SELECT a.id, a.at, a.user_id, u.name AS user_name, a.action, a.subject_kind, a.subject_id, a.details"
            " FROM audit_log a LEFT JOIN users u ON (u.tenant_id, u.id) = (a.tenant_id, a.user_id)"
            f" WHERE a.tenant_id = %(tenant)s{narrowed} ORDER BY a.id DESC LIMIT %(limit)s + 1",
            {"limit": limit, **parameters},
        )


_NARROWING = {
    "before": "a.id < %(before)s",
    "user": "a.user_id = %(user)s",
    "subject": "a.subject_id = %(subject)s",
    "kind": "a.subject_kind = %(kind)s",
    "action": "a.action = %(action)s",
    "since": "a.id >= %(since)s",
    "until": "a.id < %(until)s",
}
