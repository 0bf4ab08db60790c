"""SQL of the mails that tell of messages. Each message has one at most, and it is sent once at most."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail to be sent."""

    tenant_id: UUID
    voicemail_id: UUID
    attempts: int


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What a mail says, and to whom. `sound`: it is attached."""

    voicemail_id: UUID
    recording_id: UUID
    address: str
    locale: str
    sound: bool
    number: str
    name: str
    at: datetime
    time_zone: str
    seconds: float


class Mails:
    """The mails of messages."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, voicemail_id: UUID) -> None:
        await self._tx.execute(
            "INSERT INTO voicemail_mails (tenant_id, voicemail_id) VALUES (%(tenant)s, %(id)s) ON CONFLICT DO NOTHING",
            {"id": voicemail_id},
        )

    async def claim(self) -> MailRow | None:
        """The next that is due, marked as being sent: whatever happens now, nobody else sends it. System scope."""
        rows = await self._tx.fetch_all(
            MailRow,
            "UPDATE voicemail_mails SET state = 'sending', attempts = attempts + 1 WHERE (tenant_id, voicemail_id) ="
            " (SELECT tenant_id, voicemail_id FROM voicemail_mails WHERE state = 'due' AND due_at <= now()"
            " ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING tenant_id, voicemail_id, attempts",
        )
        return rows[0] if rows else None

    async def interrupted(self) -> None:
        """Whoever was sending is no more: the mail may have gone, and is not sent again. System scope."""
        await self._tx.execute(
            "UPDATE voicemail_mails SET state = 'uncertain', problem = 'interrupted' WHERE state = 'sending'"
        )

    async def over(self, voicemail_id: UUID, state: str, problem: str = "") -> None:
        await self._tx.execute(
            "UPDATE voicemail_mails SET state = %(state)s, problem = %(problem)s"
            " WHERE tenant_id = %(tenant)s AND voicemail_id = %(id)s",
            {"id": voicemail_id, "state": state, "problem": problem[:300]},
        )

    async def again(self, voicemail_id: UUID, due_at: datetime, problem: str) -> None:
        await self._tx.execute(
            "UPDATE voicemail_mails SET state = 'due', due_at = %(due)s, problem = %(problem)s"
            " WHERE tenant_id = %(tenant)s AND voicemail_id = %(id)s",
            {"id": voicemail_id, "due": due_at, "problem": problem[:300]},
        )

    async def facts(self, voicemail_id: UUID) -> MailFacts | None:
        """None when the message is gone, or its owner wants no mail any more."""
        return await self._tx.fetch_one(
            MailFacts,
            "SELECT v.id AS voicemail_id, v.recording_id, coalesce(nullif(b.mail_to, ''), u.email) AS address,"
            " coalesce(u.locale, 'en') AS locale, b.mail = 'sound' AS sound,"
            " coalesce(c.extension, i.peer, i.peer_raw) AS number, coalesce(c.name, i.peer_name) AS name, v.at, t.time_zone,"
            " coalesce(r.duration_s, 0) AS seconds FROM voicemails v"
            " JOIN interactions i ON (i.tenant_id, i.id) = (v.tenant_id, v.interaction_id)"
            " JOIN recordings r ON (r.tenant_id, r.id) = (v.tenant_id, v.recording_id) AND r.state = 'stored'"
            " JOIN voicemail_boxes b ON (b.tenant_id, b.owner_id) = (v.tenant_id, v.owner_id) AND b.mail <> 'none'"
            " JOIN tenants t ON t.id = v.tenant_id"
            " LEFT JOIN users u ON (u.tenant_id, u.id) = (v.tenant_id, v.owner_id) AND NOT u.archived"
            " LEFT JOIN users c ON (c.tenant_id, c.id) = (v.tenant_id, v.caller_id)"
            " WHERE v.tenant_id = %(tenant)s AND v.id = %(id)s AND v.deleted_at IS NULL"
            " AND coalesce(nullif(b.mail_to, ''), u.email) IS NOT NULL",
            {"id": voicemail_id},
        )
