"""All SQL of module crm."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as recognised by an identity."""

    id: UUID
    name: str
    language: str | None


@dataclass(frozen=True, slots=True)
class ContactRef:
    """A contact as others show it."""

    id: UUID
    name: str
    company: str | None


class Contacts:
    """Contacts and their identities."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def by_identity(self, kind: str, value: str) -> list[Known]:
        """Who has this identity (merged contacts give the one they were merged into), last changed first."""
        return await self._tx.fetch_all(
            Known,
            "SELECT DISTINCT ON (k.id) k.id, k.name, k.language FROM identities i"
            " JOIN contacts c ON (c.tenant_id, c.id) = (i.tenant_id, i.contact_id)"
            " JOIN contacts k ON k.tenant_id = c.tenant_id AND k.id = coalesce(c.merged_into, c.id)"
            " WHERE i.tenant_id = %(tenant)s AND i.kind = %(kind)s AND i.value = %(value)s AND NOT k.archived",
            {"kind": kind, "value": value},
        )

    async def add_unknown(self, kind: str, value: str, raw: str, at: datetime) -> UUID:
        """A contact of whom nothing is known but an identity."""
        contact_id = new_id()
        await self._tx.execute(
            "INSERT INTO contacts (tenant_id, id, created_at) VALUES (%(tenant)s, %(id)s, %(at)s)",
            {"id": contact_id, "at": at},
        )
        await self._tx.execute(
            "INSERT INTO identities (tenant_id, id, contact_id, kind, value, raw)"
            " VALUES (%(tenant)s, %(id)s, %(contact)s, %(kind)s, %(value)s, %(raw)s)",
            {"id": new_id(), "contact": contact_id, "kind": kind, "value": value, "raw": raw},
        )
        return contact_id

    async def refs(self, contact_ids: list[UUID]) -> dict[UUID, ContactRef]:
        rows = await self._tx.fetch_tuples(
            "SELECT c.id, k.id, k.name, m.name FROM contacts c"
            " JOIN contacts k ON k.tenant_id = c.tenant_id AND k.id = coalesce(c.merged_into, c.id)"
            " LEFT JOIN companies m ON (m.tenant_id, m.id) = (k.tenant_id, k.company_id)"
            " WHERE c.tenant_id = %(tenant)s AND c.id = ANY(%(ids)s)",
            {"ids": contact_ids},
        )
        return {asked: ContactRef(found, name, company) for asked, found, name, company in rows}
