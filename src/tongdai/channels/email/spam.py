"""Letters that a rule took for spam: put aside whole and sealed, outside of every conversation, until somebody lets them through
or their time is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.channels.email.mailboxes import MailboxRow
from tongdai.channels.email.reading import ReadMail
from tongdai.kit.text import clip
from tongdai.platform.database import Transaction
from tongdai.platform.sealed import KeyRing, seal_text, unsealed_text

KEPT = timedelta(days=30)
MOST_KEPT = 2_000_000
"""Of a larger mail so many bytes: the rest is in the mailbox."""
LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class SpamRow:
    """A letter that was put aside. `text`: its beginning; `rule`: which took it."""

    id: UUID
    mailbox_id: UUID
    queue_id: UUID
    mailbox: str
    sender: str
    name: str
    subject: str
    text: str
    rule: str
    at: datetime


_ROWS = (
    "SELECT s.mail_id AS id, m.mailbox_id, b.queue_id, b.address AS mailbox, m.sender, s.name, m.subject, s.text, s.rule, m.at"
    " FROM spam_mails s JOIN mails m ON (m.tenant_id, m.id) = (s.tenant_id, s.mail_id)"
    " JOIN mailboxes b ON (b.tenant_id, b.id) = (m.tenant_id, m.mailbox_id) WHERE s.tenant_id = %(tenant)s"
)


class Spam:
    """What is put aside."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, mail_id: UUID, mail: ReadMail, sealed: bytes, rule: str) -> None:
        await self._tx.execute(
            "INSERT INTO spam_mails (tenant_id, mail_id, name, text, rule, sealed)"
            " VALUES (%(tenant)s, %(id)s, %(name)s, %(text)s, %(rule)s, %(sealed)s)",
            {
                "id": mail_id,
                "name": mail.sender.name,
                "text": clip(mail.text, LONGEST_TEXT),
                "rule": rule,
                "sealed": sealed,
            },
        )

    async def page(self, before: tuple[datetime, UUID] | None, limit: int) -> list[SpamRow]:
        """Up to `limit + 1`, newest first."""
        at, last = before or (None, None)
        return await self._tx.fetch_all(
            SpamRow,
            f"{_ROWS} AND (%(at)s::timestamptz IS NULL OR (m.at, m.id) < (%(at)s, %(last)s::uuid))"
            " ORDER BY m.at DESC, m.id DESC LIMIT %(limit)s + 1",
            {"at": at, "last": last, "limit": limit},
        )

    async def sealed(self, mail_id: UUID) -> bytes | None:
        """The letter, locked: one lets it through at a time."""
        return await self._tx.fetch_value(
            "SELECT sealed FROM spam_mails WHERE tenant_id = %(tenant)s AND mail_id = %(id)s FOR UPDATE",
            {"id": mail_id},
        )

    async def drop(self, mail_id: UUID) -> None:
        await self._tx.execute(
            "DELETE FROM spam_mails WHERE tenant_id = %(tenant)s AND mail_id = %(id)s", {"id": mail_id}
        )

    async def expire(self, before: datetime) -> None:
        """What is so old is gone for good; that it came stays known. System scope."""
        await self._tx.execute(
            "WITH old AS (DELETE FROM spam_mails s USING mails m WHERE (m.tenant_id, m.id) = (s.tenant_id, s.mail_id)"
            " AND m.at < %(before)s RETURNING s.tenant_id, s.mail_id)"
            " UPDATE mails m SET state = 'ignored', subject = '', sender = '', receivers = '[]', cc = '[]', answer_to = '',"
            " html = '' FROM old WHERE (m.tenant_id, m.id) = (old.tenant_id, old.mail_id)",
            {"before": before},
        )


def _sealed_for(mailbox: MailboxRow) -> str:
    return f"spam of mailbox {mailbox.id}"


def put_away(mailbox: MailboxRow, raw: bytes, ring: KeyRing) -> bytes:
    return seal_text(raw[:MOST_KEPT].decode("latin-1"), ring, _sealed_for(mailbox))


def taken_out(mailbox: MailboxRow, sealed: bytes, ring: KeyRing) -> bytes:
    """Raises KeyMissing, Damaged."""
    return unsealed_text(bytes(sealed), ring, _sealed_for(mailbox)).encode("latin-1")
