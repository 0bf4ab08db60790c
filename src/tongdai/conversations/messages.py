"""SQL of messages: what customer, bot and agents write in a conversation, in one order for all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.platform.database import Jsonb, Transaction


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A conversation as far as its messages go."""

    id: UUID
    project_id: UUID | None
    contact_id: UUID | None
    channel: str | None
    closed_at: datetime | None
    last_seq: int
    seen_seq: int
    read_seq: int
    last_at: datetime | None
    unread: int
    snoozed_until: datetime | None
    merged_into: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as stored."""

    id: UUID
    conversation_id: UUID
    interaction_id: UUID | None
    seq: int
    author: str
    user_id: UUID | None
    kind: str
    body: str
    data: dict[str, Any]
    client_id: str | None
    at: datetime


_THREAD = ", ".join(ThreadRow.__slots__)
_MOVING = ("last_seq", "seen_seq", "read_seq", "last_at", "unread", "snoozed_until", "version")
_MESSAGE = ", ".join(MessageRow.__slots__)


class Messages:
    """Conversations' messages."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def thread(self, conversation_id: UUID, *, lock: bool = False) -> ThreadRow | None:
        return await self._tx.fetch_one(
            ThreadRow,
            f"SELECT {_THREAD} FROM conversations WHERE tenant_id = %(tenant)s AND id = %(id)s"
            f"{' FOR NO KEY UPDATE' if lock else ''}",
            {"id": conversation_id},
        )

    async def save_thread(self, row: ThreadRow) -> None:
        await self._tx.write(
            f"UPDATE conversations SET {', '.join(f'{name} = %({name})s' for name in _MOVING)}"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {name: getattr(row, name) for name in ("id", *_MOVING)},
            row=row.id,
        )

    async def add(self, row: MessageRow) -> None:
        values = {name: getattr(row, name) for name in MessageRow.__slots__} | {"data": Jsonb(row.data)}
        places = ", ".join(f"%({name})s" for name in MessageRow.__slots__)
        await self._tx.write(
            f"INSERT INTO messages (tenant_id, {_MESSAGE}) VALUES (%(tenant)s, {places})", values
        )

    async def save_data(self, row: MessageRow) -> None:
        await self._tx.write(
            "UPDATE messages SET data = %(data)s WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": row.id, "data": Jsonb(row.data)},
        )

    async def sent_before(self, conversation_id: UUID, author: str, client_id: str) -> MessageRow | None:
        """What this author's device has sent under this name already."""
        return await self._tx.fetch_one(
            MessageRow,
            f"SELECT {_MESSAGE} FROM messages WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s"
            " AND author = %(author)s AND client_id = %(client)s",
            {"conversation": conversation_id, "author": author, "client": client_id},
        )

    async def after(
        self, conversation_id: UUID, seq: int, limit: int, *, notes: bool = True
    ) -> list[MessageRow]:
        """The next messages after `seq`, oldest first. Without `notes`: what the customer may see."""
        return await self._tx.fetch_all(
            MessageRow,
            f"SELECT {_MESSAGE} FROM messages WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s"
            f" AND seq > %(seq)s {'' if notes else _NO_NOTES} ORDER BY seq LIMIT %(limit)s",
            {"conversation": conversation_id, "seq": seq, "limit": limit},
        )

    async def before(
        self, conversation_id: UUID, seq: int | None, limit: int, *, notes: bool = True
    ) -> list[MessageRow]:
        """The last messages (before `seq`), oldest first."""
        rows = await self._tx.fetch_all(
            MessageRow,
            f"SELECT {_MESSAGE} FROM messages WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s"
            f" AND (%(seq)s::int IS NULL OR seq < %(seq)s) {'' if notes else _NO_NOTES}"
            " ORDER BY seq DESC LIMIT %(limit)s",
            {"conversation": conversation_id, "seq": seq, "limit": limit},
        )
        return rows[::-1]

    async def get(self, message_ids: list[UUID]) -> list[MessageRow]:
        return await self._tx.fetch_all(
            MessageRow,
            f"SELECT {_MESSAGE} FROM messages WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) ORDER BY seq",
            {"ids": message_ids},
        )

    async def last(self, conversation_ids: list[UUID]) -> dict[UUID, MessageRow]:
        """The newest message of each that is no event: what lists show."""
        rows = await self._tx.fetch_all(
            MessageRow,
            f"SELECT {', '.join(f'm.{name}' for name in MessageRow.__slots__)}"
            " FROM unnest(%(ids)s::uuid[]) AS o(id) CROSS JOIN LATERAL"
            f" (SELECT {_MESSAGE} FROM messages WHERE tenant_id = %(tenant)s AND conversation_id = o.id"
            " AND kind <> 'event' ORDER BY seq DESC LIMIT 1) m",
            {"ids": conversation_ids},
        )
        return {row.conversation_id: row for row in rows}

    async def unread(self, conversation_ids: list[UUID]) -> dict[UUID, int]:
        """How many of the customer's messages no agent has seen."""
        rows = await self._tx.fetch_tuples(
            "SELECT id, unread FROM conversations WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)",
            {"ids": conversation_ids},
        )
        return dict(rows)

    async def unread_after(self, conversation_id: UUID, seq: int) -> int:
        """How many of the customer's messages come after `seq`."""
        return await self._tx.fetch_value(
            "SELECT count(*) FROM messages WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s"
            " AND seq > %(seq)s AND author = 'customer'",
            {"conversation": conversation_id, "seq": seq},
        )

    async def answered_since(self, places: Collection[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
        """Those of the places (conversation, number) after which the customer wrote."""
        found = await self._tx.fetch_tuples(
            "SELECT p.conversation, p.seq FROM unnest(%(conversations)s::uuid[], %(seqs)s::int[]) AS p (conversation, seq)"
            " WHERE EXISTS (SELECT FROM messages m WHERE m.tenant_id = %(tenant)s AND m.conversation_id = p.conversation"
            " AND m.seq > p.seq AND m.author = 'customer')",
            {"conversations": [one for one, _ in places], "seqs": [seq for _, seq in places]},
        )
        return set(found)

    async def forget(self, contact_ids: list[UUID]) -> None:
        """Erase what was written with these contacts; that something was stays for the figures."""
        await self._tx.execute(
            f"UPDATE conversations c SET subject = '' WHERE c.tenant_id = %(tenant)s AND {OF_CONTACTS}",
            {"ids": contact_ids},
        )
        await self._tx.execute(
            f"UPDATE messages m SET body = '', data = '{{}}' FROM conversations c WHERE {_MESSAGES_OF_CONTACTS}",
            {"ids": contact_ids},
        )
        await self._tx.execute(
            f"DELETE FROM conversation_words m USING conversations c WHERE {_MESSAGES_OF_CONTACTS}",
            {"ids": contact_ids},
        )

    async def of_contacts(self, contact_ids: list[UUID]) -> list[MessageRow]:
        """What was written with these contacts, oldest first."""
        return await self._tx.fetch_all(
            MessageRow,
            f"SELECT {', '.join(f'm.{name}' for name in MessageRow.__slots__)} FROM messages m, conversations c"
            f" WHERE {_MESSAGES_OF_CONTACTS} AND m.kind <> 'event' ORDER BY m.at, m.seq",
            {"ids": contact_ids},
        )


_NO_NOTES = "AND kind <> 'note'"
OF_CONTACTS = (
    "(c.contact_id = ANY(%(ids)s) OR EXISTS (SELECT FROM interactions i"
    " WHERE (i.tenant_id, i.conversation_id) = (c.tenant_id, c.id) AND i.contact_id = ANY(%(ids)s)))"
)
"""Conversations `c` of these contacts, also of whom an agent recognised later."""
_MESSAGES_OF_CONTACTS = (
    "m.tenant_id = %(tenant)s AND (c.tenant_id, c.id) = (m.tenant_id, m.conversation_id) AND " + OF_CONTACTS
)
