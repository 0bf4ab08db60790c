"""SQL of merges. Messages stay where they were written, with their numbers: only the pointer comes and goes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.conversations.messages import OF_CONTACTS
from tongdai.platform.database import Transaction

_KEY = "hashtextextended(%(tenant)s::uuid::text, 4715)"


@dataclass(frozen=True, slots=True)
class MergedRow:
    """A conversation that is shown in another."""

    id: UUID
    merged_by: UUID
    merged_at: datetime


class Merges:
    """Conversations that are shown in others."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def serialise(self) -> None:
        """One merge of the centre at a time, while no channel goes on with a conversation."""
        await self._tx.execute(f"SELECT pg_advisory_xact_lock({_KEY})")

    async def hold(self) -> None:
        """Nothing is merged until the transaction ends. Before any conversation is locked."""
        await self._tx.execute(f"SELECT pg_advisory_xact_lock_shared({_KEY})")

    async def into(self, conversation_id: UUID) -> list[MergedRow]:
        """What is shown in it; the oldest merge first."""
        return await self._tx.fetch_all(
            MergedRow,
            "SELECT id, merged_by, merged_at FROM conversations WHERE tenant_id = %(tenant)s AND merged_into = %(id)s"
            " ORDER BY merged_at, id",
            {"id": conversation_id},
        )

    async def merged_by(self, conversation_id: UUID) -> UUID | None:
        return await self._tx.fetch_value(
            "SELECT merged_by FROM conversations WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": conversation_id},
        )

    async def point(
        self, conversation_id: UUID, into: UUID | None, user_id: UUID | None, at: datetime | None
    ) -> None:
        """Both are locked. None: it stands by itself again."""
        await self._tx.execute(
            "UPDATE conversations SET merged_into = %(into)s, merged_by = %(user)s, merged_at = %(at)s"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": conversation_id, "into": into, "user": user_id, "at": at},
        )

    async def with_parts_of(self, contact_ids: list[UUID]) -> list[UUID]:
        """Conversations that show one of another customer, of which either is of these contacts."""
        rows = await self._tx.fetch_tuples(
            "SELECT c.merged_into FROM conversations c WHERE c.tenant_id = %(tenant)s AND c.merged_into IS NOT NULL"
            f" AND {OF_CONTACTS} UNION SELECT c.id FROM conversations c WHERE c.tenant_id = %(tenant)s AND {OF_CONTACTS}"
            " AND EXISTS (SELECT FROM conversations b WHERE b.tenant_id = %(tenant)s AND b.merged_into = c.id)",
            {"ids": contact_ids},
        )
        return [conversation for (conversation,) in rows]
