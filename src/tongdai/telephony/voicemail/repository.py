"""SQL of boxes and of the messages in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.telephony.voicemail.policies import Tries

READERS = (
    "SELECT tenant_id, id AS user_id, id AS owner_id FROM users WHERE tenant_id = %(tenant)s AND NOT archived"
    " UNION ALL SELECT g.tenant_id, member::uuid, g.id FROM extension_groups g, jsonb_array_elements_text(g.member_ids) member"
    " WHERE g.tenant_id = %(tenant)s AND NOT g.archived"
)
"""Who reads whose messages: users their own, members their group's."""


@dataclass(frozen=True, slots=True)
class BoxRow:
    """A box as set up. Whoever said nothing has one that is switched off."""

    owner_id: UUID
    enabled: bool = False
    max_s: int = 180
    silence_s: int = 5
    greeting_checksum: str | None = None
    greeting_s: float | None = None
    mail: str = "none"
    mail_to: str = ""
    pin: str = ""
    pin_failures: int = 0
    pin_locked_until: datetime | None = None

    @property
    def tries(self) -> Tries:
        return Tries(self.pin_failures, self.pin_locked_until)


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as its owner's phone plays it."""

    id: UUID
    recording_id: UUID
    at: datetime
    heard_at: datetime | None
    number: str
    version: int


@dataclass(frozen=True, slots=True)
class OpenBox:
    """The box of a user, or of a `group`, who takes messages."""

    owner_id: UUID
    name: str
    extension: str | None
    group: bool


class Boxes:
    """The boxes of a tenant."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def open(self) -> frozenset[UUID]:
        """Those who take messages."""
        rows = await self._tx.fetch_tuples(
            "SELECT owner_id FROM voicemail_boxes WHERE tenant_id = %(tenant)s AND enabled"
        )
        return frozenset(row[0] for row in rows)

    async def to_leave_in(self) -> list[OpenBox]:
        """Where messages can be left, by name."""
        return await self._tx.fetch_all(
            OpenBox,
            "SELECT b.owner_id, coalesce(u.name, g.name) AS name, coalesce(u.extension, g.extension) AS extension,"
            ' u.id IS NULL AS "group" FROM voicemail_boxes b'
            " LEFT JOIN users u ON (u.tenant_id, u.id) = (b.tenant_id, b.owner_id) AND NOT u.archived"
            " LEFT JOIN extension_groups g ON (g.tenant_id, g.id) = (b.tenant_id, b.owner_id) AND NOT g.archived"
            " WHERE b.tenant_id = %(tenant)s AND b.enabled AND coalesce(u.id, g.id) IS NOT NULL ORDER BY 2",
        )

    async def of(self, owner_id: UUID) -> BoxRow:
        columns = ", ".join(BoxRow.__slots__)
        row = await self._tx.fetch_one(
            BoxRow,
            f"SELECT {columns} FROM voicemail_boxes WHERE tenant_id = %(tenant)s AND owner_id = %(owner)s",
            {"owner": owner_id},
        )
        return row or BoxRow(owner_id)

    async def set(self, owner_id: UUID, **values: Any) -> tuple[UUID, int]:
        """Gives the box's id and version."""
        rows = await self._tx.fetch_tuples(
            f"INSERT INTO voicemail_boxes (tenant_id, id, owner_id, {', '.join(values)})"
            f" VALUES (%(tenant)s, %(id)s, %(owner)s, {', '.join(f'%({column})s' for column in values)})"
            " ON CONFLICT (tenant_id, owner_id) DO UPDATE SET"
            f" {', '.join(f'{column} = excluded.{column}' for column in values)},"
            " version = voicemail_boxes.version + 1 RETURNING id, version",
            {"owner": owner_id, "id": new_id(), **values},
        )
        return rows[0][0], rows[0][1]

    async def note_try(self, owner_id: UUID, tries: Tries) -> None:
        await self._tx.execute(
            "UPDATE voicemail_boxes SET pin_failures = %(failures)s, pin_locked_until = %(until)s"
            " WHERE tenant_id = %(tenant)s AND owner_id = %(owner)s",
            {"owner": owner_id, "failures": tries.failures, "until": tries.locked_until},
        )

    async def lock(self, owner_id: UUID) -> None:
        """No other PIN is tried meanwhile."""
        await self._tx.execute(
            "SELECT FROM voicemail_boxes WHERE tenant_id = %(tenant)s AND owner_id = %(owner)s FOR UPDATE",
            {"owner": owner_id},
        )

    async def greeting(self, owner_id: UUID) -> bytes | None:
        return await self._tx.fetch_value(
            "SELECT greeting FROM voicemail_boxes WHERE tenant_id = %(tenant)s AND owner_id = %(owner)s",
            {"owner": owner_id},
        )

    async def language(self, owner_id: UUID) -> str:
        """The owner's language; a group's is its members' first."""
        return (
            await self._tx.fetch_value(
                "SELECT u.locale FROM users u WHERE u.tenant_id = %(tenant)s AND (u.id = %(owner)s OR u.id ="
                " (SELECT (member_ids ->> 0)::uuid FROM extension_groups WHERE tenant_id = %(tenant)s AND id = %(owner)s))",
                {"owner": owner_id},
            )
            or "en"
        )

    async def address(self, owner_id: UUID) -> str:
        """Where the owner's messages are mailed to; "" for a group that has no address."""
        return (
            await self._tx.fetch_value(
                "SELECT coalesce(nullif(b.mail_to, ''), u.email, '') FROM voicemail_boxes b LEFT JOIN users u"
                " ON (u.tenant_id, u.id) = (b.tenant_id, b.owner_id) AND NOT u.archived"
                " WHERE b.tenant_id = %(tenant)s AND b.owner_id = %(owner)s",
                {"owner": owner_id},
            )
            or ""
        )


class Messages:
    """The messages of a tenant."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def owners_for(self, user_id: UUID) -> list[UUID]:
        """Whose messages this user reads."""
        rows = await self._tx.fetch_tuples(
            f"SELECT owner_id FROM ({READERS}) r WHERE r.tenant_id = %(tenant)s AND r.user_id = %(user)s",
            {"user": user_id},
        )
        return [row[0] for row in rows]

    async def readers_of(self, voicemail_ids: list[UUID]) -> set[UUID]:
        rows = await self._tx.fetch_tuples(
            f"SELECT DISTINCT r.user_id FROM ({READERS}) r JOIN voicemails v ON v.owner_id = r.owner_id"
            " WHERE v.tenant_id = %(tenant)s AND v.id = ANY(%(ids)s)",
            {"ids": voicemail_ids},
        )
        return {row[0] for row in rows}

    async def counts(self, user_id: UUID | None = None) -> dict[UUID, tuple[int, int]]:
        """Messages, new and heard, by reader, of all who ever had one (or of this one)."""
        there = "v.deleted_at IS NULL AND r.state IN ('collecting', 'stored')"
        rows = await self._tx.fetch_tuples(
            f"SELECT x.user_id, count(*) FILTER (WHERE {there} AND v.heard_at IS NULL),"
            f" count(*) FILTER (WHERE {there} AND v.heard_at IS NOT NULL)"
            f" FROM ({READERS}) x JOIN voicemails v ON v.owner_id = x.owner_id"
            " JOIN recordings r ON (r.tenant_id, r.id) = (v.tenant_id, v.recording_id)"
            " WHERE v.tenant_id = %(tenant)s AND (%(user)s::uuid IS NULL OR x.user_id = %(user)s) GROUP BY 1",
            {"user": user_id},
        )
        return {user: (new, heard) for user, new, heard in rows}

    async def to_play(self, user_id: UUID) -> list[MessageRow]:
        """What a phone plays: new ones first, the oldest of them first."""
        return await self._tx.fetch_all(
            MessageRow,
            "SELECT v.id, v.recording_id, v.at, v.heard_at, coalesce(u.extension, i.peer, i.peer_raw) AS number, v.version"
            " FROM voicemails v JOIN interactions i ON (i.tenant_id, i.id) = (v.tenant_id, v.interaction_id)"
            " JOIN recordings r ON (r.tenant_id, r.id) = (v.tenant_id, v.recording_id)"
            " LEFT JOIN users u ON (u.tenant_id, u.id) = (v.tenant_id, v.caller_id)"
            " WHERE v.tenant_id = %(tenant)s AND v.owner_id = ANY(%(owners)s) AND v.deleted_at IS NULL"
            " AND r.state = 'stored' ORDER BY v.heard_at IS NOT NULL, v.at",
            {"owners": await self.owners_for(user_id)},
        )

    async def add(
        self,
        voicemail_id: UUID,
        interaction_id: UUID,
        recording_id: UUID,
        at: datetime,
        mailbox: str,
        owner_id: UUID | None,
        caller_id: UUID | None,
    ) -> None:
        await self._tx.execute(
            "INSERT INTO voicemails (tenant_id, id, interaction_id, recording_id, mailbox, owner_id, caller_id, queue_id, at)"
            " SELECT tenant_id, %(id)s::uuid, id, %(recording)s::uuid, %(mailbox)s::text, %(owner)s::uuid, %(caller)s::uuid,"
            " queue_id, %(at)s::timestamptz"
            " FROM interactions WHERE tenant_id = %(tenant)s AND id = %(interaction)s",
            {
                "id": voicemail_id,
                "interaction": interaction_id,
                "recording": recording_id,
                "mailbox": mailbox,
                "owner": owner_id,
                "caller": caller_id,
                "at": at,
            },
        )

    async def of_recording(self, recording_id: UUID) -> tuple[UUID, UUID | None] | None:
        """The message that was recorded, and whose it is."""
        rows = await self._tx.fetch_tuples(
            "SELECT id, owner_id FROM voicemails WHERE tenant_id = %(tenant)s AND recording_id = %(id)s",
            {"id": recording_id},
        )
        return (rows[0][0], rows[0][1]) if rows else None

    async def owned(self, recording_id: UUID) -> bool:
        """Whether it is a message to somebody, which nobody else hears."""
        found = await self.of_recording(recording_id)
        return found is not None and found[1] is not None

    async def of_call(self, call_id: UUID) -> UUID | None:
        """For whom the caller of this call was speaking last."""
        return await self._tx.fetch_value(
            "SELECT v.owner_id FROM voicemails v JOIN recordings r ON (r.tenant_id, r.id) = (v.tenant_id, v.recording_id)"
            " WHERE v.tenant_id = %(tenant)s AND r.call_id = %(call)s ORDER BY v.at DESC LIMIT 1",
            {"call": call_id},
        )

    async def mark(
        self, voicemail_id: UUID, by: UUID | None, at: datetime | None, version: int | None = None
    ) -> int | None:
        """Heard by somebody, or new again (None); gives the version. None where it is another than `version`."""
        return await self._tx.fetch_value(
            "UPDATE voicemails SET heard_at = %(at)s, heard_by = %(user)s, version = version + 1"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s AND (%(version)s::int IS NULL OR version = %(version)s)"
            " RETURNING version",
            {"id": voicemail_id, "user": by, "at": at, "version": version},
        )

    async def delete(self, voicemail_id: UUID, at: datetime | None) -> int | None:
        """Put a message aside, or take it back (None); gives the version. None where it was so already."""
        return await self._tx.fetch_value(
            "UPDATE voicemails SET deleted_at = %(at)s, version = version + 1 WHERE tenant_id = %(tenant)s"
            " AND id = %(id)s AND (deleted_at IS NULL) = (%(at)s::timestamptz IS NOT NULL) RETURNING version",
            {"id": voicemail_id, "at": at},
        )

    async def drop(self, recording_id: UUID) -> None:
        """Nothing was said: there is no message."""
        await self._tx.execute(
            "DELETE FROM voicemails WHERE tenant_id = %(tenant)s AND recording_id = %(id)s",
            {"id": recording_id},
        )

    async def drop_deleted(self, recording_id: UUID) -> None:
        """What was deleted and is erased leaves nothing."""
        await self._tx.execute(
            "DELETE FROM voicemails WHERE tenant_id = %(tenant)s AND recording_id = %(id)s AND deleted_at IS NOT NULL",
            {"id": recording_id},
        )

    async def expire(self, before: datetime) -> None:
        """What was deleted before then is to be erased, unless it is under legal hold. System scope."""
        await self._tx.execute(
            "UPDATE recordings r SET state = 'erasing' FROM voicemails v WHERE v.deleted_at < %(before)s"
            " AND (r.tenant_id, r.id) = (v.tenant_id, v.recording_id) AND r.state = 'stored' AND NOT r.legal_hold",
            {"before": before},
        )

    async def export(self, contact_ids: list[UUID]) -> list[dict[str, Any]]:
        """What these contacts left."""
        rows = await self._tx.fetch_tuples(
            "SELECT v.at, coalesce(r.duration_s, 0), coalesce(nullif(v.mailbox, ''), u.name, g.name, ''), v.heard_at"
            " FROM voicemails v JOIN interactions i ON (i.tenant_id, i.id) = (v.tenant_id, v.interaction_id)"
            " LEFT JOIN recordings r ON (r.tenant_id, r.id) = (v.tenant_id, v.recording_id)"
            " LEFT JOIN users u ON (u.tenant_id, u.id) = (v.tenant_id, v.owner_id)"
            " LEFT JOIN extension_groups g ON (g.tenant_id, g.id) = (v.tenant_id, v.owner_id)"
            " WHERE v.tenant_id = %(tenant)s AND i.contact_id = ANY(%(contacts)s) ORDER BY v.at",
            {"contacts": contact_ids},
        )
        return [
            {
                "kind": "voicemail",
                "left_at": at.isoformat(),
                "seconds": seconds,
                "for": whom,
                "heard_at": heard.isoformat() if heard else None,
            }
            for at, seconds, whom, heard in rows
        ]
