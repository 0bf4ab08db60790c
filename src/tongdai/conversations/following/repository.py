"""SQL of who follows which conversation, and of who was mentioned in it."""

from datetime import datetime
from uuid import UUID

from tongdai.platform.database import Transaction


class Following:
    """Followers and mentions. Whether somebody may read what they follow is asked when they read it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def follow(self, conversation_id: UUID, user_id: UUID, at: datetime, *, news: int = 0) -> None:
        """`news`: what is new to them already. Who follows goes on as before, and does so for itself from now on."""
        await self._tx.execute(
            "INSERT INTO conversation_followers (tenant_id, conversation_id, user_id, since, news)"
            " VALUES (%(tenant)s, %(id)s, %(user)s, %(at)s, %(news)s)"
            " ON CONFLICT (tenant_id, conversation_id, user_id) DO UPDATE SET via = NULL",
            {"id": conversation_id, "user": user_id, "at": at, "news": news},
        )

    async def lead_on(self, merged_id: UUID, kept_id: UUID) -> None:
        """Who follows what was merged follows where it goes on; both are locked."""
        await self._tx.execute(
            "INSERT INTO conversation_followers (tenant_id, conversation_id, user_id, since, via)"
            " SELECT tenant_id, %(kept)s, user_id, since, %(merged)s FROM conversation_followers"
            " WHERE tenant_id = %(tenant)s AND conversation_id = %(merged)s ON CONFLICT DO NOTHING",
            {"merged": merged_id, "kept": kept_id},
        )

    async def lead_back(self, merged_id: UUID, kept_id: UUID) -> None:
        """Who follows only what is merged no more does not follow the other; both are locked."""
        await self._tx.execute(
            "DELETE FROM conversation_followers WHERE tenant_id = %(tenant)s AND conversation_id = %(kept)s"
            " AND via = %(merged)s",
            {"merged": merged_id, "kept": kept_id},
        )

    async def unfollow(self, conversation_id: UUID, user_id: UUID) -> None:
        await self._tx.execute(
            "DELETE FROM conversation_followers WHERE tenant_id = %(tenant)s AND conversation_id = %(id)s"
            " AND user_id = %(user)s",
            {"id": conversation_id, "user": user_id},
        )

    async def count_news(self, conversation_id: UUID, but: UUID | None) -> None:
        """One more message for all followers but its writer; the conversation is locked."""
        await self._tx.write(
            "UPDATE conversation_followers SET news = news + 1 WHERE tenant_id = %(tenant)s"
            " AND conversation_id = %(id)s AND user_id IS DISTINCT FROM %(but)s::uuid",
            {"id": conversation_id, "but": but},
        )

    async def mention(
        self, conversation_id: UUID, message_id: UUID, user_ids: list[UUID], at: datetime
    ) -> None:
        await self._tx.write(
            "INSERT INTO conversation_mentions (tenant_id, conversation_id, message_id, user_id, at)"
            " SELECT %(tenant)s, %(id)s, %(message)s, unnest(%(users)s::uuid[]), %(at)s ON CONFLICT DO NOTHING",
            {"id": conversation_id, "message": message_id, "users": user_ids, "at": at},
        )

    async def seen(self, conversation_id: UUID, user_id: UUID, seq: int) -> None:
        """They have seen the messages up to this one; what came after it stays new."""
        await self._tx.execute(
            "UPDATE conversation_followers f SET news = (SELECT count(*) FROM messages m WHERE m.tenant_id = f.tenant_id"
            " AND m.conversation_id = f.conversation_id AND m.seq > %(seq)s AND m.kind <> 'event'"
            " AND m.author IN ('customer', 'agent') AND m.user_id IS DISTINCT FROM f.user_id)"
            " WHERE f.tenant_id = %(tenant)s AND f.conversation_id = %(id)s AND f.user_id = %(user)s AND f.news > 0",
            {"id": conversation_id, "user": user_id, "seq": seq},
        )
        await self._tx.execute(
            "DELETE FROM conversation_mentions n USING messages m WHERE n.tenant_id = %(tenant)s"
            " AND (m.tenant_id, m.id) = (n.tenant_id, n.message_id) AND n.conversation_id = %(id)s"
            " AND n.user_id = %(user)s AND m.seq <= %(seq)s",
            {"id": conversation_id, "user": user_id, "seq": seq},
        )

    async def of(self, user_id: UUID, conversation_ids: list[UUID]) -> dict[UUID, int]:
        """Of these the ones that they follow: how much is new to them."""
        rows = await self._tx.fetch_tuples(
            "SELECT conversation_id, news FROM conversation_followers WHERE tenant_id = %(tenant)s"
            " AND user_id = %(user)s AND conversation_id = ANY(%(ids)s)",
            {"user": user_id, "ids": conversation_ids},
        )
        return dict(rows)

    async def mentioned_in(self, user_id: UUID, conversation_ids: list[UUID]) -> set[UUID]:
        """Of these the ones in which they were mentioned and have not looked since."""
        rows = await self._tx.fetch_tuples(
            "SELECT DISTINCT conversation_id FROM conversation_mentions WHERE tenant_id = %(tenant)s"
            " AND user_id = %(user)s AND conversation_id = ANY(%(ids)s)",
            {"user": user_id, "ids": conversation_ids},
        )
        return {conversation for (conversation,) in rows}

    async def followers(self, conversation_ids: list[UUID]) -> dict[UUID, set[UUID]]:
        rows = await self._tx.fetch_tuples(
            "SELECT conversation_id, array_agg(user_id) FROM conversation_followers WHERE tenant_id = %(tenant)s"
            " AND conversation_id = ANY(%(ids)s) GROUP BY conversation_id",
            {"ids": conversation_ids},
        )
        return {conversation: set(users) for conversation, users in rows}
