"""SQL of conversations' tags, and of those that are to come back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tongdai.platform.database import Transaction

MOST_KNOWN = 200


class Tags:
    """Tags of conversations."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def of(self, conversation_ids: list[UUID]) -> dict[UUID, list[str]]:
        """Of those that have any, in order."""
        rows = await self._tx.fetch_tuples(
            "SELECT conversation_id, array_agg(tag ORDER BY tag) FROM conversation_tags"
            " WHERE tenant_id = %(tenant)s AND conversation_id = ANY(%(ids)s) GROUP BY conversation_id",
            {"ids": conversation_ids},
        )
        return {conversation: list(tags) for conversation, tags in rows}

    async def set(self, conversation_id: UUID, tags: Sequence[str]) -> None:
        """The conversation is locked."""
        await self._tx.execute(
            "DELETE FROM conversation_tags WHERE tenant_id = %(tenant)s AND conversation_id = %(id)s"
            " AND tag <> ALL(%(tags)s::text[])",
            {"id": conversation_id, "tags": list(tags)},
        )
        await self._tx.execute(
            "INSERT INTO conversation_tags (tenant_id, conversation_id, tag)"
            " SELECT %(tenant)s, %(id)s, unnest(%(tags)s::text[]) ON CONFLICT DO NOTHING",
            {"id": conversation_id, "tags": list(tags)},
        )

    async def known(self) -> list[str]:
        """The tags that are in use, in order; one look into the index for each, however many conversations have it."""
        rows = await self._tx.fetch_tuples(
            "WITH RECURSIVE t(tag) AS ((SELECT tag FROM conversation_tags WHERE tenant_id = %(tenant)s ORDER BY tag LIMIT 1)"
            " UNION ALL SELECT (SELECT n.tag FROM conversation_tags n WHERE n.tenant_id = %(tenant)s AND n.tag > t.tag"
            " ORDER BY n.tag LIMIT 1) FROM t WHERE t.tag IS NOT NULL)"
            " SELECT tag FROM t WHERE tag IS NOT NULL LIMIT %(most)s",
            {"most": MOST_KNOWN},
        )
        return [tag for (tag,) in rows]

    async def due(self, at: datetime) -> list[tuple[UUID, UUID]]:
        """(tenant, conversation) that were put aside until now. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT tenant_id, id FROM conversations WHERE snoozed_until <= %(at)s LIMIT 200", {"at": at}
        )
        return [(tenant, conversation) for tenant, conversation in rows]
