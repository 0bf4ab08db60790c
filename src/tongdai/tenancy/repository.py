"""All SQL of module tenancy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb, Transaction
from tongdai.platform.database.rows import Edited
from tongdai.tenancy.schemas import Calendar, Project

PROJECTS = Edited("projects", Project)
CALENDARS = Edited("calendars", Calendar, json=frozenset({"weekly", "exceptions"}))


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

    async def page(
        self,
        before: UUID | None,
        limit: int,
        user_id: UUID | None,
        subject_id: UUID | None,
        action: str,
    ) -> list[AuditRow]:
        """Newest first; ids are ordered by time."""
        return await self._tx.fetch_all(
            AuditRow,
            "SELECT a.id, a.at, a.user_id, u.name AS user_name, a.action, a.subject_kind, a.subject_id, a.details"
            " FROM audit_log a LEFT JOIN users u ON (u.tenant_id, u.id) = (a.tenant_id, a.user_id)"
            " WHERE a.tenant_id = %(tenant)s AND (%(before)s::uuid IS NULL OR a.id < %(before)s)"
            " AND (%(user)s::uuid IS NULL OR a.user_id = %(user)s)"
            " AND (%(subject)s::uuid IS NULL OR a.subject_id = %(subject)s)"
            " AND (%(action)s = '' OR a.action = %(action)s) ORDER BY a.id DESC LIMIT %(limit)s + 1",
            {"before": before, "limit": limit, "user": user_id, "subject": subject_id, "action": action},
        )
