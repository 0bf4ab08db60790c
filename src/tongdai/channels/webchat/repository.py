"""All SQL about widgets' visitors and their chats."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.platform.database import Jsonb, Transaction


@dataclass(frozen=True, slots=True)
class WidgetRow:
    """A widget as visitors get to know it."""

    tenant_id: UUID
    id: UUID
    project_id: UUID | None
    key: str
    flow_id: UUID
    origins: list[str]
    look: dict[str, Any]
    pre_chat: list[dict[str, Any]]
    identity: str
    takes_hashes: bool
    mailbox_id: UUID | None
    offline: dict[str, Any] | None
    triggers: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class VisitorRow:
    """A browser on a site. `subject`: who the site's server says that they are."""

    id: UUID
    widget_id: UUID
    contact_id: UUID | None
    name: str
    about: dict[str, str]
    language: str | None
    subject: str | None = None
    verified_until: datetime | None = None

    def verified(self, at: datetime) -> bool:
        """Whether that is proven now."""
        return self.verified_until is not None and self.verified_until > at


@dataclass(frozen=True, slots=True)
class ChatRow:
    """One interaction with a visitor."""

    id: UUID
    widget_id: UUID
    visitor_id: UUID
    interaction_id: UUID
    conversation_id: UUID
    page: str
    started_at: datetime
    ended_at: datetime | None
    told: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])
    """By its page (see told.py), oldest first: JSON objects of the database forget their order."""
    told_version: int = 0


_WIDGET = ", ".join(WidgetRow.__slots__)
_VISITOR = ", ".join(VisitorRow.__slots__)
_CHAT = ", ".join(ChatRow.__slots__)


class Chats:
    """Visitors and chats of the tenant; widgets of all of them in the scope of the system."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def widget(self, key: str) -> WidgetRow | None:
        """By its public key. System scope: it says which tenant is meant."""
        return await self._tx.fetch_one(
            WidgetRow, f"SELECT {_WIDGET} FROM widgets WHERE key = %(key)s AND NOT archived", {"key": key}
        )

    async def widget_of(self, chat: ChatRow) -> WidgetRow:
        """Also one that was put aside."""
        row = await self._tx.fetch_one(
            WidgetRow,
            f"SELECT {_WIDGET} FROM widgets WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": chat.widget_id},
        )
        assert row is not None
        return row

    async def add_visitor(self, row: VisitorRow, token: bytes, at: datetime) -> None:
        await self._tx.write(
            "INSERT INTO visitors (tenant_id, id, widget_id, token, contact_id, name, language, first_seen_at, last_seen_at)"
            " VALUES (%(tenant)s, %(id)s, %(widget)s, %(token)s, %(contact)s, %(name)s, %(language)s, %(at)s, %(at)s)",
            {
                "id": row.id,
                "widget": row.widget_id,
                "token": token,
                "contact": row.contact_id,
                "name": row.name,
                "language": row.language,
                "at": at,
            },
        )

    async def visitor(self, widget_id: UUID, token: bytes, *, lock: bool = False) -> VisitorRow | None:
        return await self._tx.fetch_one(
            VisitorRow,
            f"SELECT {_VISITOR} FROM visitors WHERE tenant_id = %(tenant)s AND token = %(token)s"
            f" AND widget_id = %(widget)s{' FOR NO KEY UPDATE' if lock else ''}",
            {"widget": widget_id, "token": token},
        )

    async def save_visitor(self, row: VisitorRow, at: datetime) -> None:
        await self._tx.write(
            "UPDATE visitors SET contact_id = %(contact)s, name = %(name)s, about = %(about)s, language = %(language)s,"
            " subject = %(subject)s, verified_until = %(until)s, last_seen_at = %(at)s"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {
                "id": row.id,
                "contact": row.contact_id,
                "name": row.name,
                "about": Jsonb(row.about),
                "language": row.language,
                "subject": row.subject,
                "until": row.verified_until,
                "at": at,
            },
        )

    async def add(self, row: ChatRow) -> None:
        places = ", ".join(f"%({name})s" for name in ChatRow.__slots__)
        await self._tx.write(
            f"INSERT INTO chats (tenant_id, {_CHAT}) VALUES (%(tenant)s, {places})",
            {name: getattr(row, name) for name in ChatRow.__slots__} | {"told": Jsonb(row.told)},
        )

    async def tell(self, chat_id: UUID, told: list[tuple[str, Any]]) -> int:
        """Gives the version of what was told."""
        return await self._tx.fetch_value(
            "UPDATE chats SET told = %(told)s, told_version = told_version + 1 WHERE tenant_id = %(tenant)s AND id = %(id)s"
            " RETURNING told_version",
            {"id": chat_id, "told": Jsonb(told)},
        )

    async def told_of(self, contact_ids: list[UUID]) -> list[tuple[UUID, list[tuple[str, Any]]]]:
        """(interaction, what was told in it) of these contacts' chats."""
        return await self._tx.fetch_tuples(
            "SELECT c.interaction_id, c.told FROM chats c JOIN interactions i ON (i.tenant_id, i.id) = (c.tenant_id,"
            " c.interaction_id) WHERE c.tenant_id = %(tenant)s AND i.contact_id = ANY(%(ids)s) AND c.told <> '[]'",
            {"ids": contact_ids},
        )

    async def latest(self, visitor_id: UUID) -> ChatRow | None:
        """The visitor's last chat, over or not."""
        return await self._tx.fetch_one(
            ChatRow,
            f"SELECT {_CHAT} FROM chats WHERE tenant_id = %(tenant)s AND visitor_id = %(visitor)s"
            " ORDER BY started_at DESC, id DESC LIMIT 1",
            {"visitor": visitor_id},
        )

    async def of_visitor(self, visitor_id: UUID) -> list[ChatRow]:
        """The visitor's last chats, oldest first."""
        rows = await self._tx.fetch_all(
            ChatRow,
            f"SELECT {_CHAT} FROM chats WHERE tenant_id = %(tenant)s AND visitor_id = %(visitor)s"
            " ORDER BY started_at DESC, id DESC LIMIT 50",
            {"visitor": visitor_id},
        )
        return rows[::-1]

    async def took_part(self, visitor_id: UUID, conversation_id: UUID) -> bool:
        """Whether the conversation is the visitor's."""
        return await self._tx.fetch_value(
            "SELECT EXISTS (SELECT FROM chats WHERE tenant_id = %(tenant)s AND visitor_id = %(visitor)s"
            " AND conversation_id = %(conversation)s)",
            {"visitor": visitor_id, "conversation": conversation_id},
        )

    async def of_interactions(self, interaction_ids: list[UUID]) -> list[ChatRow]:
        return await self._tx.fetch_all(
            ChatRow,
            f"SELECT {_CHAT} FROM chats WHERE tenant_id = %(tenant)s AND interaction_id = ANY(%(ids)s)",
            {"ids": interaction_ids},
        )

    async def end(self, interaction_id: UUID, at: datetime) -> None:
        await self._tx.write(
            "UPDATE chats SET ended_at = %(at)s WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s"
            " AND ended_at IS NULL",
            {"id": interaction_id, "at": at},
        )

    async def left_by_agents(self) -> list[tuple[UUID, ChatRow, UUID]]:
        """(tenant, chat, agent) of chats whose agent has gone offline. System scope."""
        rows = await self._tx.fetch_tuples(
            f"SELECT c.tenant_id, a.user_id, {', '.join(f'c.{name}' for name in ChatRow.__slots__)} FROM chats c"
            " JOIN assignments a ON (a.tenant_id, a.interaction_id) = (c.tenant_id, c.interaction_id)"
            " AND a.state = 'accepted' AND NOT a.party"
            " JOIN presence p ON (p.tenant_id, p.user_id) = (a.tenant_id, a.user_id) AND p.chosen = 'offline'"
            " WHERE c.ended_at IS NULL LIMIT 100"
        )
        return [(tenant, ChatRow(*chat), user) for tenant, user, *chat in rows]

    async def silent_since(self, at: datetime) -> list[tuple[UUID, ChatRow]]:
        """(tenant, chat) of chats with a bot in which nobody has written since. System scope."""
        rows = await self._tx.fetch_tuples(
            f"SELECT c.tenant_id, {', '.join(f'c.{name}' for name in ChatRow.__slots__)} FROM chats c"
            " JOIN interactions i ON (i.tenant_id, i.id) = (c.tenant_id, c.interaction_id) AND i.phase = 'flow'"
            " WHERE c.ended_at IS NULL AND c.started_at < %(at)s AND NOT EXISTS (SELECT FROM messages m"
            " WHERE (m.tenant_id, m.conversation_id) = (c.tenant_id, c.conversation_id) AND m.at >= %(at)s) LIMIT 100",
            {"at": at},
        )
        return [(tenant, ChatRow(*chat)) for tenant, *chat in rows]

    async def forget(self, contact_ids: list[UUID]) -> None:
        """Whose personal data are erased is no visitor of theirs any more."""
        await self._tx.execute(
            "UPDATE chats c SET told = '[]' FROM interactions i WHERE c.tenant_id = %(tenant)s"
            " AND (i.tenant_id, i.id) = (c.tenant_id, c.interaction_id) AND (i.contact_id = ANY(%(ids)s)"
            " OR c.visitor_id IN (SELECT v.id FROM visitors v WHERE v.tenant_id = %(tenant)s AND v.contact_id = ANY(%(ids)s)))",
            {"ids": contact_ids},
        )
        await self._tx.execute(
            "UPDATE visitors SET name = '', about = '{}', contact_id = NULL, subject = NULL, verified_until = NULL"
            " WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s)",
            {"ids": contact_ids},
        )
        await self._tx.execute(
            "DELETE FROM site_customers WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s)",
            {"ids": contact_ids},
        )


@dataclass(frozen=True, slots=True)
class SecretRow:
    """One of a widget's secrets. `hint`: its last letters."""

    id: UUID
    widget_id: UUID
    hint: str
    sealed: bytes
    made_at: datetime
    made_by: UUID | None


_SECRET = ", ".join(SecretRow.__slots__)


class Proofs:
    """By what sites' servers sign, whom they have signed, and which proofs were used."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def secrets(self, widget_id: UUID) -> list[SecretRow]:
        """Oldest first."""
        return await self._tx.fetch_all(
            SecretRow,
            f"SELECT {_SECRET} FROM widget_secrets WHERE tenant_id = %(tenant)s AND widget_id = %(id)s ORDER BY made_at, id",
            {"id": widget_id},
        )

    async def add_secret(self, row: SecretRow) -> None:
        places = ", ".join(f"%({name})s" for name in SecretRow.__slots__)
        await self._tx.execute(
            f"INSERT INTO widget_secrets (tenant_id, {_SECRET}) VALUES (%(tenant)s, {places})",
            {name: getattr(row, name) for name in SecretRow.__slots__},
        )

    async def remove_secret(self, widget_id: UUID, secret_id: UUID) -> bool:
        removed = await self._tx.execute(
            "DELETE FROM widget_secrets WHERE tenant_id = %(tenant)s AND widget_id = %(widget)s AND id = %(id)s",
            {"widget": widget_id, "id": secret_id},
        )
        return removed > 0

    async def use(self, widget_id: UUID, nonce: bytes, visitor_id: UUID, until: datetime) -> bool:
        """The visitor shows this proof. False: another has shown it before."""
        await self._tx.execute(
            "INSERT INTO used_proofs (tenant_id, widget_id, nonce, visitor_id, until)"
            " VALUES (%(tenant)s, %(widget)s, %(nonce)s, %(visitor)s, %(until)s) ON CONFLICT DO NOTHING",
            {"widget": widget_id, "nonce": nonce, "visitor": visitor_id, "until": until},
        )
        return await self._tx.fetch_value(
            "SELECT visitor_id = %(visitor)s FROM used_proofs WHERE tenant_id = %(tenant)s AND widget_id = %(widget)s"
            " AND nonce = %(nonce)s",
            {"widget": widget_id, "nonce": nonce, "visitor": visitor_id},
        )

    async def drop_used(self, before: datetime) -> None:
        """Of all tenants: what is good for nobody any more. System scope."""
        await self._tx.execute("DELETE FROM used_proofs WHERE until < %(before)s", {"before": before})

    async def customer(self, widget_id: UUID, subject: str) -> UUID | None:
        """The contact that this customer of the site is."""
        return await self._tx.fetch_value(
            "SELECT contact_id FROM site_customers WHERE tenant_id = %(tenant)s AND widget_id = %(widget)s"
            " AND subject = %(subject)s",
            {"widget": widget_id, "subject": subject},
        )

    async def add_customer(self, widget_id: UUID, subject: str, contact_id: UUID, at: datetime) -> None:
        await self._tx.execute(
            "INSERT INTO site_customers (tenant_id, widget_id, subject, contact_id, first_at)"
            " VALUES (%(tenant)s, %(widget)s, %(subject)s, %(contact)s, %(at)s)",
            {"widget": widget_id, "subject": subject, "contact": contact_id, "at": at},
        )

    async def drop_token(self, visitor_id: UUID, another: bytes) -> None:
        """What the browser has is good for nothing any more."""
        await self._tx.write(
            "UPDATE visitors SET token = %(token)s, verified_until = NULL WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": visitor_id, "token": another},
        )
