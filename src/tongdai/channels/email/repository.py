"""SQL of mails: what came, what is to be sent and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.platform.database import Jsonb, Transaction


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail as stored, without its HTML."""

    tenant_id: UUID
    id: UUID
    mailbox_id: UUID
    direction: str
    message_id: str
    uid: int | None
    marked: bool
    conversation_id: UUID | None
    written_id: UUID | None
    subject: str
    sender: str
    receivers: list[str]
    cc: list[str]
    bcc: list[str]
    answer_to: str
    in_reply_to: str | None
    parents: list[str]
    forwards_id: UUID | None
    aside: bool
    automatic: bool
    token: str | None
    state: str
    due_at: datetime | None
    attempts: int
    problem: str
    at: datetime

    @property
    def to(self) -> list[str]:
        """To whom it is addressed openly."""
        return [one for one in self.receivers if one not in self.cc and one not in self.bcc]


_MAIL = ", ".join(MailRow.__slots__)
_STORED = tuple(name for name in MailRow.__slots__ if name != "tenant_id")


def _values(row: MailRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _STORED}
    return values | {name: Jsonb(values[name]) for name in ("receivers", "cc", "bcc", "parents")}


class Mails:
    """Mails of the tenant."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, row: MailRow, html: str = "") -> bool:
        """False when this mailbox has this mail already: whoever else is about to add it is waited for."""
        added = await self._tx.execute(
            f"INSERT INTO mails (tenant_id, {', '.join(_STORED)}, html) VALUES (%(tenant)s,"
            f" {', '.join(f'%({name})s' for name in _STORED)}, %(html)s) ON CONFLICT DO NOTHING",
            {**_values(row), "html": html},
        )
        return added == 1

    async def belongs(
        self, mail_id: UUID, conversation_id: UUID, written_id: UUID | None, *, aside: bool, automatic: bool
    ) -> None:
        await self._tx.execute(
            "UPDATE mails SET conversation_id = %(conversation)s, written_id = %(written)s, aside = %(aside)s,"
            " automatic = %(automatic)s WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {
                "id": mail_id,
                "conversation": conversation_id,
                "written": written_id,
                "aside": aside,
                "automatic": automatic,
            },
        )

    async def get(self, mail_id: UUID, *, lock: bool = False) -> MailRow | None:
        return await self._tx.fetch_one(
            MailRow,
            f"SELECT {_MAIL} FROM mails WHERE tenant_id = %(tenant)s AND id = %(id)s{' FOR NO KEY UPDATE' if lock else ''}",
            {"id": mail_id},
        )

    async def html(self, mail_id: UUID) -> str:
        return await self._tx.fetch_value(
            "SELECT html FROM mails WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": mail_id}
        )

    async def with_id(self, mailbox_id: UUID, direction: str, message_id: str) -> MailRow | None:
        return await self._tx.fetch_one(
            MailRow,
            f"SELECT {_MAIL} FROM mails WHERE tenant_id = %(tenant)s AND mailbox_id = %(mailbox)s"
            " AND direction = %(direction)s AND message_id = %(message)s",
            {"mailbox": mailbox_id, "direction": direction, "message": message_id},
        )

    async def letters(self, conversation_id: UUID, limit: int) -> list[MailRow]:
        """The last mails that came in a conversation and can be answered, newest first; those of people whom we only forwarded
        to come last: an answer is the customer's unless somebody says otherwise."""
        return await self._tx.fetch_all(
            MailRow,
            f"SELECT {_MAIL} FROM mails WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s"
            " AND direction = 'in' AND state = 'received' AND answer_to <> '' AND written_id IS NOT NULL"
            " ORDER BY aside, at DESC, id DESC LIMIT %(limit)s",
            {"conversation": conversation_id, "limit": limit},
        )

    async def letter(self, conversation_id: UUID, written_id: UUID) -> MailRow | None:
        """The mail that came as this message of the conversation."""
        return await self._tx.fetch_one(
            MailRow,
            f"SELECT {_MAIL} FROM mails WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s"
            " AND written_id = %(written)s AND direction = 'in' AND state = 'received' AND answer_to <> ''",
            {"conversation": conversation_id, "written": written_id},
        )

    async def mailbox_of(self, conversation_id: UUID) -> UUID | None:
        """To which the conversation's first letter came."""
        return await self._tx.fetch_value(
            "SELECT mailbox_id FROM mails WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s"
            " ORDER BY at, id LIMIT 1",
            {"conversation": conversation_id},
        )

    async def is_aside(self, conversation_id: UUID, address: str) -> bool:
        """Whether all that this person had to do with the conversation is what was forwarded to them."""
        return await self._tx.fetch_value(
            "SELECT coalesce(bool_and(m.forwards_id IS NOT NULL OR m.aside), false) FROM mails m"
            " WHERE m.tenant_id = %(tenant)s AND m.conversation_id = %(conversation)s"
            " AND (m.sender = %(address)s OR m.receivers ? %(address)s)",
            {"conversation": conversation_id, "address": address},
        )

    async def conversation_among(self, mailbox_id: UUID, ids: list[str], sender: str) -> UUID | None:
        """The conversation of the last of these mails that `sender` takes part in: ids of others' mails can be guessed."""
        return await self._tx.fetch_value(
            "SELECT m.conversation_id FROM mails m WHERE m.tenant_id = %(tenant)s AND m.mailbox_id = %(mailbox)s"
            " AND m.message_id = ANY(%(ids)s) AND m.conversation_id IS NOT NULL"
            f" AND {_TAKES_PART} ORDER BY m.at DESC LIMIT 1",
            {"mailbox": mailbox_id, "ids": ids, "sender": sender},
        )

    async def conversation_with(self, mailbox_id: UUID, token: str, sender: str) -> UUID | None:
        """The conversation whose subjects have this token, if `sender` takes part in it."""
        return await self._tx.fetch_value(
            "SELECT m.conversation_id FROM mails m WHERE m.tenant_id = %(tenant)s AND m.mailbox_id = %(mailbox)s"
            f" AND m.token = %(token)s AND {_TAKES_PART} ORDER BY m.at DESC LIMIT 1",
            {"mailbox": mailbox_id, "token": token, "sender": sender},
        )

    async def acknowledged(self, address: str, since: datetime) -> list[UUID]:
        """The conversations of what was sent there by itself since then."""
        rows = await self._tx.fetch_tuples(
            "SELECT conversation_id FROM mails WHERE tenant_id = %(tenant)s AND automatic AND direction = 'out'"
            " AND at > %(since)s AND receivers ? %(address)s",
            {"address": address, "since": since},
        )
        return [conversation for (conversation,) in rows]

    async def automatic(self, conversation_id: UUID, since: datetime) -> int:
        """How many went out by themselves in a conversation since then."""
        return await self._tx.fetch_value(
            "SELECT count(*) FROM mails WHERE tenant_id = %(tenant)s AND conversation_id = %(id)s AND automatic"
            " AND direction = 'out' AND at > %(since)s",
            {"id": conversation_id, "since": since},
        )

    async def unmarked(self, mailbox_id: UUID) -> list[int]:
        """UIDs of mails that are stored here and do not yet say so there."""
        rows = await self._tx.fetch_tuples(
            "SELECT uid FROM mails WHERE tenant_id = %(tenant)s AND mailbox_id = %(mailbox)s AND NOT marked AND uid IS NOT NULL"
            " ORDER BY uid LIMIT 1000",
            {"mailbox": mailbox_id},
        )
        return [uid for (uid,) in rows]

    async def mark(self, mailbox_id: UUID, uids: list[int] | None = None) -> None:
        """These are marked there (None: it cannot be done any more)."""
        await self._tx.execute(
            "UPDATE mails SET marked = true WHERE tenant_id = %(tenant)s AND mailbox_id = %(mailbox)s AND NOT marked"
            " AND (%(uids)s::bigint[] IS NULL OR uid = ANY(%(uids)s))",
            {"mailbox": mailbox_id, "uids": uids},
        )

    async def claim(self, mailbox_id: UUID) -> MailRow | None:
        """The next that is due, marked as being sent: whatever happens now, nobody else sends it."""
        rows = await self._tx.fetch_all(
            MailRow,
            "UPDATE mails SET state = 'sending', attempts = attempts + 1 WHERE tenant_id = %(tenant)s AND id ="
            " (SELECT id FROM mails WHERE tenant_id = %(tenant)s AND mailbox_id = %(mailbox)s AND state = 'queued'"
            " AND due_at <= now() ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
            f" RETURNING {_MAIL}",
            {"mailbox": mailbox_id},
        )
        return rows[0] if rows else None

    async def hurry(self, mailbox_id: UUID) -> list[UUID]:
        """What waits for its next attempt is tried now: what hindered has been mended. Gives which."""
        rows = await self._tx.fetch_tuples(
            "UPDATE mails SET due_at = now() WHERE tenant_id = %(tenant)s AND mailbox_id = %(mailbox)s AND state = 'queued'"
            " AND due_at > now() RETURNING id",
            {"mailbox": mailbox_id},
        )
        return [mail_id for (mail_id,) in rows]

    async def due(self) -> list[tuple[UUID, UUID]]:
        """(tenant, mailbox) with something to send. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT DISTINCT tenant_id, mailbox_id FROM mails WHERE state = 'queued' AND due_at <= now()"
        )
        return [(tenant, mailbox) for tenant, mailbox in rows]

    async def interrupted(self) -> list[tuple[UUID, UUID]]:
        """(tenant, mail) of those that somebody was sending who is no more. System scope."""
        rows = await self._tx.fetch_tuples("SELECT tenant_id, id FROM mails WHERE state = 'sending'")
        return [(tenant, mail) for tenant, mail in rows]

    async def become(self, mail_id: UUID, state: str, problem: str, due_at: datetime | None = None) -> None:
        await self._tx.execute(
            "UPDATE mails SET state = %(state)s, problem = %(problem)s, due_at = %(due)s"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": mail_id, "state": state, "problem": problem[:300], "due": due_at},
        )

    async def in_hands_of_the_absent(self) -> list[tuple[UUID, UUID, UUID]]:
        """(tenant, interaction, agent) of mails whose agent has gone offline. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT i.tenant_id, i.id, a.user_id FROM interactions i"
            " JOIN assignments a ON (a.tenant_id, a.interaction_id) = (i.tenant_id, i.id)"
            " AND a.state = 'accepted' AND NOT a.party"
            " JOIN presence p ON (p.tenant_id, p.user_id) = (a.tenant_id, a.user_id) AND p.chosen = 'offline'"
            " WHERE i.channel = 'email' AND i.state = 'connected' LIMIT 100"
        )
        return [(tenant, interaction, user) for tenant, interaction, user in rows]

    async def forget(self, contact_ids: list[UUID]) -> None:
        """Erase what was mailed with these contacts; that something was stays."""
        await self._tx.execute(
            "UPDATE mails m SET subject = '', sender = '', receivers = '[]', cc = '[]', bcc = '[]', answer_to = '',"
            " html = '', problem = '',"
            " state = CASE WHEN m.state = 'queued' THEN 'failed' ELSE m.state END FROM conversations c"
            " WHERE m.tenant_id = %(tenant)s AND (c.tenant_id, c.id) = (m.tenant_id, m.conversation_id)"
            " AND (c.contact_id = ANY(%(ids)s) OR EXISTS (SELECT FROM interactions i"
            " WHERE (i.tenant_id, i.conversation_id) = (c.tenant_id, c.id) AND i.contact_id = ANY(%(ids)s)))",
            {"ids": contact_ids},
        )


_TAKES_PART = (
    "EXISTS (SELECT FROM mails p WHERE p.tenant_id = %(tenant)s AND p.conversation_id = m.conversation_id"
    " AND (p.sender = %(sender)s OR p.receivers ? %(sender)s))"
)
