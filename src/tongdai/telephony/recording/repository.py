"""SQL of recordings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb, Transaction

if TYPE_CHECKING:
    from tongdai.telephony.recording.recorder import RecordingPlan


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """A recording as stored."""

    tenant_id: UUID
    id: UUID
    interaction_id: UUID
    call_id: UUID
    kind: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    duration_s: float | None
    codec: str | None
    path: str | None
    size: int | None
    checksum: str | None
    peaks: dict[str, Any] | None
    keep_days: int | None
    legal_hold: bool
    hold_reason: str
    held_by: UUID | None
    held_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class PartRow:
    """One file of Asterisk that belongs to a recording."""

    participant: str
    source: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Running:
    """A recording that goes on. `until`: when its pause ends by itself."""

    paused: bool
    until: datetime | None


_RECORDING = ", ".join(RecordingRow.__slots__)


class Recordings:
    """Recordings and their parts."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, plan: "RecordingPlan", kind: str = "call") -> None:
        await self._tx.execute(
            "INSERT INTO recordings (tenant_id, id, interaction_id, call_id, kind, state, policy, announced,"
            " started_at, paused_since, paused_until, keep_days) VALUES (%(tenant)s, %(id)s, %(interaction)s, %(call)s,"
            " %(kind)s, 'recording', %(policy)s, %(announced)s, %(at)s, %(paused)s, %(until)s, %(days)s)",
            {
                "id": plan.id,
                "interaction": plan.interaction_id,
                "call": plan.call_id,
                "kind": kind,
                "policy": plan.policy,
                "announced": plan.announced,
                "at": plan.at,
                "paused": plan.at if plan.paused else None,
                "until": plan.paused_until,
                "days": plan.keep_days,
            },
        )
        participants = ("customer", "agent") if kind == "call" else ("customer",)
        await self._tx.execute_many(
            "INSERT INTO recording_parts (tenant_id, id, recording_id, participant, source, started_at)"
            " VALUES (%(tenant)s, %(id)s, %(recording)s, %(participant)s, %(source)s, %(at)s)",
            [
                {
                    "id": new_id(),
                    "recording": plan.id,
                    "participant": participant,
                    "source": plan.source(participant),
                    "at": plan.at,
                }
                for participant in participants
            ],
        )

    async def end(self, call_id: UUID, at: datetime) -> list[tuple[UUID, int]]:
        """Running recordings of a call become ready to collect; (id, version) of each."""
        rows = await self._tx.fetch_tuples(
            "UPDATE recordings SET state = 'collecting', ended_at = %(at)s, version = version + 1"
            " WHERE tenant_id = %(tenant)s AND call_id = %(call)s AND state = 'recording' RETURNING id, version",
            {"call": call_id, "at": at},
        )
        return [(recording, version) for recording, version in rows]

    async def to_collect(self, limit: int = 4) -> list[RecordingRow]:
        """Recordings whose files wait at Asterisk, oldest first. System scope."""
        return await self._tx.fetch_all(
            RecordingRow,
            f"SELECT {_RECORDING} FROM recordings WHERE state = 'collecting' ORDER BY ended_at LIMIT %(limit)s",
            {"limit": limit},
        )

    async def parts(self, recording_id: UUID) -> list[PartRow]:
        return await self._tx.fetch_all(
            PartRow,
            "SELECT participant, source, started_at FROM recording_parts"
            " WHERE tenant_id = %(tenant)s AND recording_id = %(id)s ORDER BY participant DESC, started_at",
            {"id": recording_id},
        )

    async def stored(
        self,
        recording_id: UUID,
        *,
        path: str,
        codec: str,
        size: int,
        checksum: str,
        duration_s: float,
        peaks: dict[str, Any],
        retention_until: datetime | None,
    ) -> int | None:
        """The file is in the store; gives the new version. None when it is to be forgotten meanwhile."""
        return await self._tx.fetch_value(
            "UPDATE recordings SET state = 'stored', path = %(path)s, codec = %(codec)s, size = %(size)s,"
            " checksum = %(checksum)s, duration_s = %(duration)s, peaks = %(peaks)s,"
            " retention_until = %(until)s, version = version + 1"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s AND state = 'collecting' RETURNING version",
            {
                "id": recording_id,
                "path": path,
                "codec": codec,
                "size": size,
                "checksum": checksum,
                "duration": duration_s,
                "peaks": Jsonb(peaks),
                "until": retention_until,
            },
        )

    async def expire(self, now: datetime) -> None:
        """What was kept long enough is to be erased: from then on it cannot be held, nor listened to. System scope."""
        await self._tx.execute(
            "UPDATE recordings SET state = 'erasing' WHERE state = 'stored' AND NOT legal_hold"
            " AND retention_until <= %(now)s",
            {"now": now},
        )

    async def to_erase(self, limit: int = 50) -> list[RecordingRow]:
        """Recordings that must not be kept: their time is over, or the customer is forgotten. System scope."""
        return await self._tx.fetch_all(
            RecordingRow,
            f"SELECT {_RECORDING} FROM recordings WHERE state = 'erasing' LIMIT %(limit)s",
            {"limit": limit},
        )

    async def hold(self, recording_id: UUID, reason: str, by: UUID, at: datetime) -> int | None:
        """Keep a stored recording until the hold is lifted; gives its version. None when it is not there to be kept."""
        return await self._tx.fetch_value(
            "UPDATE recordings SET legal_hold = true, hold_reason = %(reason)s, held_by = %(by)s, held_at = %(at)s,"
            " version = version + 1 WHERE tenant_id = %(tenant)s AND id = %(id)s AND state = 'stored' RETURNING version",
            {"id": recording_id, "reason": reason, "by": by, "at": at},
        )

    async def release(self, recording_id: UUID) -> tuple[int, str] | None:
        """Lift the hold; gives version and state. What was held while its customer was forgotten is to be erased now."""
        rows = await self._tx.fetch_tuples(
            "UPDATE recordings r SET legal_hold = false, hold_reason = '', held_by = NULL, held_at = NULL,"
            " version = version + 1, state = CASE WHEN EXISTS (SELECT FROM interactions i JOIN contacts c"
            " ON (c.tenant_id, c.id) = (i.tenant_id, i.contact_id) WHERE (i.tenant_id, i.id) = (r.tenant_id, r.interaction_id)"
            " AND c.erased_at IS NOT NULL) THEN 'erasing' ELSE r.state END"
            " WHERE r.tenant_id = %(tenant)s AND r.id = %(id)s AND r.legal_hold RETURNING r.version, r.state",
            {"id": recording_id},
        )
        return (rows[0][0], rows[0][1]) if rows else None

    async def forget(self, contact_ids: list[UUID]) -> list[tuple[UUID, UUID, int]]:
        """What was recorded of these contacts is to be erased, and their messages are gone; (recording, interaction, version)
        of each. What is under legal hold stays."""
        of_them = (
            " AND NOT r.legal_hold AND r.state NOT IN ('erasing', 'erased')"
            " AND r.interaction_id IN (SELECT id FROM interactions WHERE tenant_id = %(tenant)s"
            " AND contact_id = ANY(%(contacts)s))"
        )
        await self._tx.execute(
            "DELETE FROM voicemails v USING recordings r WHERE r.tenant_id = %(tenant)s"
            f"{of_them} AND (v.tenant_id, v.recording_id) = (r.tenant_id, r.id)",
            {"contacts": contact_ids},
        )
        rows = await self._tx.fetch_tuples(
            "UPDATE recordings r SET state = 'erasing', peaks = NULL, version = version + 1"
            f" WHERE r.tenant_id = %(tenant)s{of_them} RETURNING r.id, r.interaction_id, r.version",
            {"contacts": contact_ids},
        )
        return [(recording, interaction, version) for recording, interaction, version in rows]

    async def erase(self, recording_id: UUID) -> int:
        """Have a recording erased; gives its version."""
        return await self._tx.fetch_value(
            "UPDATE recordings SET state = 'erasing', peaks = NULL, version = version + 1"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING version",
            {"id": recording_id},
        )

    async def erased(self, recording_id: UUID) -> int:
        return await self._tx.fetch_value(
            "UPDATE recordings SET state = 'erased', path = NULL, peaks = NULL, version = version + 1"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING version",
            {"id": recording_id},
        )

    async def failed(self, recording_id: UUID, error: str) -> int:
        return await self._tx.fetch_value(
            "UPDATE recordings SET state = 'failed', error = %(error)s, version = version + 1"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING version",
            {"id": recording_id, "error": error[:500]},
        )

    async def get(self, recording_id: UUID) -> RecordingRow | None:
        return await self._tx.fetch_one(
            RecordingRow,
            f"SELECT {_RECORDING} FROM recordings WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": recording_id},
        )

    async def of_interaction(self, interaction_id: UUID) -> list[RecordingRow]:
        """All but messages to somebody, which are their owner's."""
        return await self._tx.fetch_all(
            RecordingRow,
            f"SELECT {_RECORDING} FROM recordings r WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s"
            " AND NOT EXISTS (SELECT FROM voicemails v WHERE v.tenant_id = r.tenant_id AND v.recording_id = r.id"
            " AND v.owner_id IS NOT NULL) ORDER BY started_at",
            {"id": interaction_id},
        )

    async def sources_of(self, call_id: UUID) -> list[str]:
        rows = await self._tx.fetch_tuples(
            "SELECT p.source FROM recordings r JOIN recording_parts p"
            " ON (p.tenant_id, p.recording_id) = (r.tenant_id, r.id)"
            " WHERE r.tenant_id = %(tenant)s AND r.call_id = %(call)s AND r.state = 'recording'",
            {"call": call_id},
        )
        return [row[0] for row in rows]

    async def running(self, call_ids: Sequence[UUID]) -> dict[UUID, Running]:
        """Which of these calls are being recorded, and whether that is paused just now."""
        rows = await self._tx.fetch_tuples(
            "SELECT call_id, bool_or(paused_since IS NOT NULL), max(paused_until) FROM recordings"
            " WHERE tenant_id = %(tenant)s AND call_id = ANY(%(calls)s) AND state = 'recording' GROUP BY call_id",
            {"calls": list(call_ids)},
        )
        return {call_id: Running(paused, until) for call_id, paused, until in rows}

    async def pause(
        self, call_id: UUID, since: datetime | None, until: datetime | None
    ) -> list[tuple[UUID, int]]:
        """Running recordings of a call are paused (or their pause is longer), or go on (None); (id, version) of each that
        changed."""
        rows = await self._tx.fetch_tuples(
            "UPDATE recordings SET paused_since = CASE WHEN %(since)s::timestamptz IS NULL THEN NULL"
            " ELSE coalesce(paused_since, %(since)s::timestamptz) END, paused_until = %(until)s::timestamptz,"
            " version = version + 1 WHERE tenant_id = %(tenant)s AND call_id = %(call)s AND state = 'recording'"
            " AND (%(since)s::timestamptz IS NOT NULL OR paused_since IS NOT NULL) RETURNING id, version",
            {"call": call_id, "since": since, "until": until},
        )
        return [(recording, version) for recording, version in rows]

    async def has_voicemail(self, call_id: UUID) -> bool:
        return bool(
            await self._tx.fetch_value(
                "SELECT EXISTS (SELECT FROM recordings WHERE tenant_id = %(tenant)s AND call_id = %(call)s"
                " AND kind = 'voicemail' AND state <> 'erased')",
                {"call": call_id},
            )
        )
