"""SQL of replies that are sent later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.conversations.messages import OF_CONTACTS
from tongdai.platform.database import Jsonb, Transaction


@dataclass(frozen=True, slots=True)
class ScheduledRow:
    """A reply that waits, or waited. `state`: waiting, stopped, sent, withdrawn."""

    id: UUID
    conversation_id: UUID
    interaction_id: UUID
    user_id: UUID
    client_id: str
    body: str
    heading: dict[str, Any] | None
    attachments: list[str]
    due_at: datetime
    grace: bool
    only_if_unanswered: bool
    after_seq: int
    state: str
    why: str
    created_at: datetime
    changed_at: datetime
    version: int


_ROW = ", ".join(ScheduledRow.__slots__)
_MOVING = ("due_at", "grace", "only_if_unanswered", "state", "why", "changed_at", "version")
_OPEN = "state IN ('waiting', 'stopped')"


class Scheduled:
    """Replies that are sent later."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, row: ScheduledRow) -> None:
        values = {name: getattr(row, name) for name in ScheduledRow.__slots__}
        values |= {"heading": Jsonb(row.heading) if row.heading is not None else None}
        values |= {"attachments": Jsonb(row.attachments)}
        places = ", ".join(f"%({name})s" for name in ScheduledRow.__slots__)
        await self._tx.write(
            f"INSERT INTO scheduled_replies (tenant_id, {_ROW}) VALUES (%(tenant)s, {places})", values
        )

    async def save(self, row: ScheduledRow) -> None:
        await self._tx.write(
            f"UPDATE scheduled_replies SET {', '.join(f'{name} = %({name})s' for name in _MOVING)}"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {name: getattr(row, name) for name in ("id", *_MOVING)},
        )

    async def get(self, reply_id: UUID, *, lock: bool = False) -> ScheduledRow | None:
        return await self._tx.fetch_one(
            ScheduledRow,
            f"SELECT {_ROW} FROM scheduled_replies WHERE tenant_id = %(tenant)s AND id = %(id)s"
            f"{' FOR NO KEY UPDATE' if lock else ''}",
            {"id": reply_id},
        )

    async def asked_before(self, conversation_id: UUID, client_id: str) -> ScheduledRow | None:
        return await self._tx.fetch_one(
            ScheduledRow,
            f"SELECT {_ROW} FROM scheduled_replies WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s"
            " AND client_id = %(client)s",
            {"conversation": conversation_id, "client": client_id},
        )

    async def open_of(self, conversation_id: UUID) -> list[ScheduledRow]:
        """What waits, and what was stopped, the next first."""
        return await self._tx.fetch_all(
            ScheduledRow,
            f"SELECT {_ROW} FROM scheduled_replies WHERE tenant_id = %(tenant)s AND conversation_id = %(id)s"
            f" AND {_OPEN} ORDER BY due_at, id",
            {"id": conversation_id},
        )

    async def in_grace(self, interaction_id: UUID, conversation_id: UUID) -> list[ScheduledRow]:
        return [
            row
            for row in await self.open_of(conversation_id)
            if row.interaction_id == interaction_id and row.grace and row.state == "waiting"
        ]

    async def next_of(self, conversation_ids: list[UUID]) -> dict[UUID, tuple[datetime, bool]]:
        """Of those in which something waits for its time or was stopped: when the next goes out, and whether one was stopped."""
        rows = await self._tx.fetch_tuples(
            "SELECT conversation_id, min(due_at), bool_or(state = 'stopped') FROM scheduled_replies"
            f" WHERE tenant_id = %(tenant)s AND conversation_id = ANY(%(ids)s) AND {_OPEN}"
            " AND (state = 'stopped' OR NOT grace) GROUP BY conversation_id",
            {"ids": conversation_ids},
        )
        return {conversation: (due, stopped) for conversation, due, stopped in rows}

    async def due(self, at: datetime) -> list[tuple[UUID, UUID]]:
        """(tenant, reply) whose time has come. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT tenant_id, id FROM scheduled_replies WHERE state = 'waiting' AND due_at <= %(at)s"
            " ORDER BY due_at LIMIT 200",
            {"at": at},
        )
        return [(tenant, reply) for tenant, reply in rows]

    async def clear(self, before: datetime) -> None:
        """What was sent or taken back before. System scope."""
        await self._tx.execute(
            "DELETE FROM scheduled_replies WHERE state IN ('sent', 'withdrawn') AND changed_at < %(before)s",
            {"before": before},
        )

    async def forget(self, contact_ids: list[UUID]) -> None:
        """What was to be sent to these contacts."""
        await self._tx.execute(
            "DELETE FROM scheduled_replies s USING conversations c WHERE s.tenant_id = %(tenant)s"
            f" AND (c.tenant_id, c.id) = (s.tenant_id, s.conversation_id) AND {OF_CONTACTS}",
            {"ids": contact_ids},
        )
