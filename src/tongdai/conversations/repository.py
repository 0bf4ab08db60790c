"""All SQL of module conversations."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.conversations.policies import ClosedSegment
from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb, Read, Transaction


@dataclass(frozen=True, slots=True)
class InteractionRow:
    """An interaction as stored."""

    id: UUID
    conversation_id: UUID | None
    project_id: UUID | None
    contact_id: UUID | None
    channel: str
    direction: str
    state: str
    phase: str
    phase_since: datetime
    peer_raw: str
    peer: str | None
    peer_name: str
    own_address: str
    queue_id: UUID | None
    user_id: UUID | None
    language: str | None
    priority: int
    started_at: datetime
    queued_at: datetime | None
    connected_at: datetime | None
    closed_at: datetime | None
    wait_s: float
    talk_s: float
    hold_s: float
    wrap_up_s: float
    result: str | None
    hung_up_by: str | None
    cause: str | None
    disposition_id: UUID | None
    flow_answers: list[dict[str, Any]]
    peer_verified: bool
    version: int


@dataclass(frozen=True, slots=True)
class DispositionRule:
    """What choosing a result asks for."""

    id: UUID
    code: str
    requires_note: bool
    consequence: str | None
    consequence_days: int | None


_INTERACTION = ", ".join(InteractionRow.__slots__)
_KEPT = (
    "id",
    "channel",
    "direction",
    "started_at",
    "peer_raw",
    "peer",
    "peer_name",
    "own_address",
)
_MOVING = tuple(name for name in InteractionRow.__slots__ if name not in _KEPT)


def _place_of(row: InteractionRow) -> tuple[str, UUID | None, UUID | None, UUID | None]:
    return row.state, row.queue_id, row.user_id, row.contact_id


class Interactions:
    """Interactions and their segments."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, row: InteractionRow) -> None:
        values = {name: getattr(row, name) for name in InteractionRow.__slots__}
        values["flow_answers"] = Jsonb(row.flow_answers)
        places = ", ".join(f"%({name})s" for name in InteractionRow.__slots__)
        await self._tx.write(
            f"INSERT INTO interactions (tenant_id, {_INTERACTION}) VALUES (%(tenant)s, {places})",
            values,
            row=row.id,
        )
        await self._place(row)
        self._tx.held[InteractionRow, row.id] = row

    @staticmethod
    def locking(interaction_id: UUID) -> Read[InteractionRow]:
        return Read(
            InteractionRow,
            f"SELECT {_INTERACTION} FROM interactions WHERE tenant_id = %(tenant)s AND id = %(id)s FOR NO KEY UPDATE",
            {"id": interaction_id},
        )

    def hold(self, rows: list[InteractionRow]) -> None:
        self._tx.held |= {(InteractionRow, row.id): row for row in rows}

    async def lock(self, interaction_id: UUID) -> InteractionRow | None:
        held: InteractionRow | None = self._tx.held.get((InteractionRow, interaction_id))
        if held is None:
            rows = await self._tx.read(self.locking(interaction_id))
            self.hold(rows)
            held = rows[0] if rows else None
        return held

    async def get(self, interaction_ids: list[UUID]) -> list[InteractionRow]:
        return await self._tx.fetch_all(
            InteractionRow,
            f"SELECT {_INTERACTION} FROM interactions WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)",
            {"ids": interaction_ids},
        )

    async def save(self, row: InteractionRow) -> None:
        values = {name: getattr(row, name) for name in _MOVING} | {"id": row.id}
        values["flow_answers"] = Jsonb(row.flow_answers)
        assignments = ", ".join(f"{name} = %({name})s" for name in _MOVING)
        await self._tx.write(
            f"UPDATE interactions SET {assignments} WHERE tenant_id = %(tenant)s AND id = %(id)s",
            values,
            row=row.id,
        )
        await self._place(row)
        self._tx.held[InteractionRow, row.id] = row

    async def _place(self, row: InteractionRow) -> None:
        """Its conversation stands where its last interaction does; an earlier one moves it no more."""
        before: InteractionRow | None = self._tx.held.get((InteractionRow, row.id))
        joins = before is None or before.conversation_id != row.conversation_id
        if row.conversation_id is None or (before and not joins and _place_of(before) == _place_of(row)):
            return
        last = "" if joins else " AND interaction_id = %(interaction)s"
        await self._tx.write(
            "UPDATE conversations SET interaction_id = %(interaction)s, channel = %(channel)s, state = %(state)s,"
            " queue_id = %(queue)s, user_id = %(user)s, contact_id = coalesce(%(contact)s::uuid, contact_id)"
            f" WHERE tenant_id = %(tenant)s AND id = %(id)s{last}",
            {"id": row.conversation_id, "interaction": row.id, "channel": row.channel}
            | dict(zip(("state", "queue", "user", "contact"), _place_of(row), strict=True)),
        )

    async def add_wrap_up_time(
        self, interaction_id: UUID, seconds: float, disposition_id: UUID | None
    ) -> None:
        """Told to nobody: the figures of an interaction that is over."""
        row = await self.lock(interaction_id)
        if row is not None:
            disposition = disposition_id or row.disposition_id
            await self.save(replace(row, wrap_up_s=row.wrap_up_s + seconds, disposition_id=disposition))

    async def add_segments(
        self, interaction_id: UUID, project_id: UUID | None, participant: str, segments: list[ClosedSegment]
    ) -> None:
        for segment in segments:
            await self._tx.write(
                "INSERT INTO interaction_segments (tenant_id, id, interaction_id, kind, participant, project_id,"
                " queue_id, user_id, started_at, ended_at) VALUES (%(tenant)s, %(id)s, %(interaction)s, %(kind)s,"
                " %(participant)s, %(project)s, %(queue)s, %(user)s, %(start)s, %(end)s)",
                {
                    "id": new_id(),
                    "interaction": interaction_id,
                    "kind": segment.kind,
                    "participant": participant,
                    "project": project_id,
                    "queue": segment.queue_id,
                    "user": segment.user_id,
                    "start": segment.started_at,
                    "end": segment.ended_at,
                },
            )

    async def set_answers(self, interaction_id: UUID, answers: list[dict[str, str]]) -> None:
        """What the caller told the flow; told to nobody by a fact, as it goes with the offer that follows."""
        row = await self.lock(interaction_id)
        if row is not None:
            await self.save(replace(row, flow_answers=answers))

    async def add_conversation(
        self,
        conversation_id: UUID,
        project_id: UUID | None,
        contact_id: UUID | None,
        at: datetime,
        subject: str = "",
    ) -> None:
        await self._tx.write(
            "INSERT INTO conversations (tenant_id, id, project_id, contact_id, opened_at, subject)"
            " VALUES (%(tenant)s, %(id)s, %(project)s, %(contact)s, %(at)s, %(subject)s)",
            {
                "id": conversation_id,
                "project": project_id,
                "contact": contact_id,
                "at": at,
                "subject": subject,
            },
        )

    async def close_conversation(self, conversation_id: UUID, at: datetime) -> None:
        await self._tx.write(
            "UPDATE conversations SET closed_at = %(at)s, version = version + 1"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": conversation_id, "at": at},
        )

    async def of_conversation(self, conversation_id: UUID) -> list[InteractionRow]:
        """What has been about one matter, oldest first."""
        return await self._tx.fetch_all(
            InteractionRow,
            f"SELECT {_INTERACTION} FROM interactions WHERE tenant_id = %(tenant)s AND conversation_id = %(id)s"
            " ORDER BY started_at, id",
            {"id": conversation_id},
        )

    async def contact_exists(self, contact_id: UUID) -> bool:
        return await self._tx.fetch_value(
            "SELECT EXISTS (SELECT FROM contacts WHERE tenant_id = %(tenant)s AND id = %(id)s AND NOT archived)",
            {"id": contact_id},
        )

    async def disposition(self, disposition_id: UUID) -> DispositionRule | None:
        return await self._tx.fetch_one(
            DispositionRule,
            "SELECT id, code, requires_note, consequence, consequence_days FROM dispositions"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s AND NOT archived",
            {"id": disposition_id},
        )

    async def last_agent(self, contact_id: UUID, since: datetime) -> UUID | None:
        """Who spoke with this contact last."""
        return await self._tx.fetch_value(
            "SELECT user_id FROM interactions WHERE tenant_id = %(tenant)s AND contact_id = %(contact)s"
            " AND connected_at IS NOT NULL AND user_id IS NOT NULL AND started_at > %(since)s"
            " ORDER BY started_at DESC LIMIT 1",
            {"contact": contact_id, "since": since},
        )

    async def of_contacts(
        self, contact_ids: list[UUID], before: tuple[datetime, UUID] | None, limit: int
    ) -> list[InteractionRow]:
        """Interactions of these contacts, newest first."""
        return await self._tx.fetch_all(
            InteractionRow,
            f"SELECT {_INTERACTION} FROM interactions WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s)"
            f" {'AND (started_at, id) < (%(at)s, %(before)s)' if before else ''}"
            " ORDER BY started_at DESC, id DESC LIMIT %(limit)s",
            {
                "ids": contact_ids,
                "at": before[0] if before else None,
                "before": before[1] if before else None,
                "limit": limit,
            },
        )

    async def last_of_contacts(self, contact_ids: list[UUID]) -> dict[UUID, datetime]:
        """When each contact was last in touch: one look into the index for each."""
        rows = await self._tx.fetch_tuples(
            "SELECT o.id, l.started_at FROM unnest(%(ids)s::uuid[]) AS o(id) CROSS JOIN LATERAL"
            " (SELECT started_at FROM interactions WHERE tenant_id = %(tenant)s AND contact_id = o.id"
            " ORDER BY started_at DESC LIMIT 1) l",
            {"ids": contact_ids},
        )
        return dict(rows)

    async def forget(self, contact_ids: list[UUID]) -> None:
        """Erase what says who it was; times and results stay for the figures."""
        ids = {"ids": contact_ids}
        await self._tx.execute(
            "UPDATE assignments a SET note = '' FROM interactions i WHERE a.tenant_id = %(tenant)s"
            " AND (i.tenant_id, i.id) = (a.tenant_id, a.interaction_id) AND i.contact_id = ANY(%(ids)s)",
            ids,
        )
        await self._tx.execute(
            "UPDATE interactions SET peer_raw = '', peer = NULL, peer_name = '', peer_verified = false, flow_answers = '[]'"
            " WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s)",
            ids,
        )

    async def worked_by(
        self, user_id: UUID, since: datetime, now: datetime
    ) -> list[tuple[UUID, str, datetime, datetime | None, bool]]:
        """(interaction, kind, start, end, internal) of the agent's ring, talk, hold, help and wrap-up since then; what lasts
        has no end. A segment that began earlier counts if it reaches into the interval; none lasts longer than a day."""
        rows = await self._tx.fetch_tuples(
            "SELECT w.id, w.kind, w.start, w.until, i.direction = 'internal' FROM ("
            "SELECT interaction_id AS id, kind, started_at AS start, ended_at AS until FROM interaction_segments"
            " WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND ended_at > %(since)s"
            " AND started_at > %(since)s::timestamptz - interval '1 day'"
            " UNION ALL SELECT id, phase, phase_since, NULL FROM interactions WHERE tenant_id = %(tenant)s"
            " AND user_id = %(user)s AND state <> 'closed' AND phase IN ('talk', 'hold')"
            " UNION ALL SELECT interaction_id, 'help', accepted_at, NULL FROM assignments"
            " WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND state = 'accepted' AND party"
            " UNION ALL SELECT interaction_id, 'wrap_up', wrap_up_at, NULL FROM assignments"
            " WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND state = 'wrap_up') w"
            " JOIN interactions i ON i.tenant_id = %(tenant)s AND i.id = w.id",
            {"user": user_id, "since": since, "now": now},
        )
        return [(interaction, kind, start, end, internal) for interaction, kind, start, end, internal in rows]

    async def missed_by(self, user_id: UUID, since: datetime) -> int:
        return await self._tx.fetch_value(
            "SELECT count(*) FROM assignments WHERE tenant_id = %(tenant)s AND user_id = %(user)s"
            " AND offered_at >= %(since)s AND outcome = 'missed'",
            {"user": user_id, "since": since},
        )
