"""All SQL about attachments. Their bytes lie in the file store: see store.py."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.conversations.messages import OF_CONTACTS
from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """An attachment as stored."""

    id: UUID
    conversation_id: UUID | None
    message_id: UUID | None
    uploader_id: UUID | None
    client_id: str | None
    position: int
    name: str
    media_type: str
    size: int
    sha256: str
    content_id: str | None
    path: str
    created_at: datetime


_ROW = ", ".join(AttachmentRow.__slots__)


class Attachments:
    """Attachments of the tenant; of all of them in the scope of the system."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, row: AttachmentRow) -> bool:
        """False when its uploader has sent it already."""
        places = ", ".join(f"%({name})s" for name in AttachmentRow.__slots__)
        values = {name: getattr(row, name) for name in AttachmentRow.__slots__}
        sql = f"INSERT INTO attachments (tenant_id, {_ROW}) VALUES (%(tenant)s, {places}) ON CONFLICT DO NOTHING"
        return await self._tx.execute(sql, values) == 1

    async def get(self, attachment_id: UUID) -> AttachmentRow | None:
        return await self._tx.fetch_one(
            AttachmentRow,
            f"SELECT {_ROW} FROM attachments WHERE tenant_id = %(tenant)s AND id = %(id)s AND NOT gone",
            {"id": attachment_id},
        )

    async def sent_before(self, uploader_id: UUID, client_id: str) -> AttachmentRow | None:
        return await self._tx.fetch_one(
            AttachmentRow,
            f"SELECT {_ROW} FROM attachments WHERE tenant_id = %(tenant)s AND uploader_id = %(uploader)s"
            " AND client_id = %(client)s AND NOT gone",
            {"uploader": uploader_id, "client": client_id},
        )

    async def unsent(self, ids: list[UUID]) -> dict[UUID, AttachmentRow]:
        """Those of these that wait for the message that carries them."""
        rows = await self._tx.fetch_all(
            AttachmentRow,
            f"SELECT {_ROW} FROM attachments WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)"
            " AND message_id IS NULL AND NOT gone",
            {"ids": ids},
        )
        return {row.id: row for row in rows}

    async def of_messages(self, message_ids: list[UUID]) -> dict[UUID, list[AttachmentRow]]:
        """In the order in which their senders put them."""
        rows = await self._tx.fetch_all(
            AttachmentRow,
            f"SELECT {_ROW} FROM attachments WHERE tenant_id = %(tenant)s AND message_id = ANY(%(ids)s) AND NOT gone"
            " ORDER BY position, created_at, id",
            {"ids": message_ids},
        )
        found: dict[UUID, list[AttachmentRow]] = {}
        for row in rows:
            if row.message_id is not None:
                found.setdefault(row.message_id, []).append(row)
        return found

    async def send(self, ids: list[UUID], uploader_id: UUID, conversation_id: UUID, message_id: UUID) -> int:
        """A message carries them from now on: those that this uploader has uploaded for it and that were not sent. Gives how
        many that were."""
        return await self._tx.execute(
            "UPDATE attachments a SET message_id = %(message)s, conversation_id = %(conversation)s, position = o.position"
            " FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS o(id, position) WHERE a.tenant_id = %(tenant)s AND a.id = o.id"
            " AND a.uploader_id = %(uploader)s AND a.message_id IS NULL AND NOT a.gone"
            " AND (a.conversation_id IS NULL OR a.conversation_id = %(conversation)s)",
            {"ids": ids, "uploader": uploader_id, "conversation": conversation_id, "message": message_id},
        )

    async def uploaded_since(self, uploader_id: UUID, at: datetime) -> int:
        """How many."""
        return await self._tx.fetch_value(
            "SELECT count(*) FROM attachments WHERE tenant_id = %(tenant)s AND uploader_id = %(uploader)s"
            " AND created_at > %(at)s",
            {"uploader": uploader_id, "at": at},
        )

    async def forget(self, contact_ids: list[UUID]) -> None:
        """What was sent in these contacts' conversations: nobody sees it from now on, and its files are removed soon."""
        await self._tx.execute(
            "UPDATE attachments a SET gone = true, name = '', content_id = NULL FROM conversations c"
            " WHERE a.tenant_id = %(tenant)s AND (c.tenant_id, c.id) = (a.tenant_id, a.conversation_id)"
            f" AND {OF_CONTACTS}",
            {"ids": contact_ids},
        )

    async def expire(self, before: datetime) -> None:
        """Uploads that nobody sent and that wait for nothing. System scope."""
        await self._tx.execute(
            "UPDATE attachments a SET gone = true WHERE message_id IS NULL AND created_at < %(before)s AND NOT gone"
            " AND NOT EXISTS (SELECT FROM scheduled_replies s WHERE s.tenant_id = a.tenant_id"
            " AND s.conversation_id = a.conversation_id AND s.attachments ? a.id::text"
            " AND (s.state IN ('waiting', 'stopped') OR s.changed_at >= %(before)s))",
            {"before": before},
        )

    async def to_remove(self) -> list[tuple[UUID, UUID, str]]:
        """(tenant, id, path) of those whose files are to be removed. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT tenant_id, id, path FROM attachments WHERE gone ORDER BY created_at LIMIT 500"
        )
        return [(tenant, one, path) for tenant, one, path in rows]

    async def remove(self, tenant_id: UUID, ids: list[UUID]) -> None:
        """Their files are gone. System scope."""
        await self._tx.execute(
            "DELETE FROM attachments WHERE tenant_id = %(of)s AND id = ANY(%(ids)s) AND gone",
            {"of": tenant_id, "ids": ids},
        )

    async def known(self, tenant_id: UUID, paths: list[str]) -> set[str]:
        """Those of these paths that a row names. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT path FROM attachments WHERE tenant_id = %(of)s AND path = ANY(%(paths)s)",
            {"of": tenant_id, "paths": paths},
        )
        return {path for (path,) in rows}
