"""SQL of links between conversations: a pair stands once, and is found from both of its ends."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link, seen from one of its ends."""

    other_id: UUID
    user_id: UUID
    at: datetime


class Links:
    """Links between conversations."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def of(self, conversation_id: UUID) -> list[LinkRow]:
        """The oldest first."""
        return await self._tx.fetch_all(
            LinkRow,
            "SELECT other_id, user_id, at FROM conversation_links WHERE tenant_id = %(tenant)s AND conversation_id = %(id)s"
            " UNION ALL SELECT conversation_id, user_id, at FROM conversation_links WHERE tenant_id = %(tenant)s"
            " AND other_id = %(id)s ORDER BY at, other_id",
            {"id": conversation_id},
        )

    async def add(self, one: UUID, other: UUID, user_id: UUID, at: datetime) -> bool:
        """Both are locked. False: they were linked before."""
        low, high = sorted((one, other))
        added = await self._tx.execute(
            "INSERT INTO conversation_links (tenant_id, conversation_id, other_id, user_id, at)"
            " VALUES (%(tenant)s, %(low)s, %(high)s, %(user)s, %(at)s) ON CONFLICT DO NOTHING",
            {"low": low, "high": high, "user": user_id, "at": at},
        )
        return added > 0

    async def remove(self, one: UUID, other: UUID) -> bool:
        """Both are locked. False: they were not linked."""
        low, high = sorted((one, other))
        removed = await self._tx.execute(
            "DELETE FROM conversation_links WHERE tenant_id = %(tenant)s AND conversation_id = %(low)s"
            " AND other_id = %(high)s",
            {"low": low, "high": high},
        )
        return removed > 0
