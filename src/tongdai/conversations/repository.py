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
    version: int


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """An assignment as stored."""

    id: UUID
    interaction_id: UUID
    user_id: UUID
    queue_id: UUID | None
    round_id: UUID | None
    state: str
    outcome: str | None
    offered_at: datetime
    expires_at: datetime | None
    accepted_at: datetime | None
    wrap_up_at: datetime | None
    wrap_up_ends_at: datetime | None
    done_at: datetime | None
    party: bool
    auto_answer: bool
    note: str
    disposition_id: UUID | None
    decline_reason: str | None
    version: int


@dataclass(frozen=True, slots=True)
class DispositionRule:
    """What choosing a result asks for."""

    id: UUID
    code: str
    requires_note: bool


_INTERACTION = ", ".join(InteractionRow.__slots__)
_ASSIGNMENT = ", ".join(AssignmentRow.__slots__)
_KEPT = (
    "id",
    "conversation_id",
    "channel",
    "direction",
    "started_at",
    "peer_raw",
    "peer",
    "peer_name",
    "own_address",
)
_TAKEN = "interaction_id = %(interaction)s AND accepted_at IS NOT NULL"
_MOVING = tuple(name for name in InteractionRow.__slots__ if name not in _KEPT)


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
        self._tx.held[InteractionRow, row.id] = row

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

    async def contact_exists(self, contact_id: UUID) -> bool:
        return await self._tx.fetch_value(
            "SELECT EXISTS (SELECT FROM contacts WHERE tenant_id = %(tenant)s AND id = %(id)s AND NOT archived)",
            {"id": contact_id},
        )

    async def disposition(self, disposition_id: UUID) -> DispositionRule | None:
        return await self._tx.fetch_one(
            DispositionRule,
            "SELECT id, code, requires_note FROM dispositions"
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
            "UPDATE interactions SET peer_raw = '', peer = NULL, peer_name = '', flow_answers = '[]'"
            " WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s)",
            ids,
        )

    async def worked_by(
        self, user_id: UUID, since: datetime, now: datetime
    ) -> list[tuple[UUID, str, datetime, datetime | None]]:
        """(interaction, kind, start, end) of the agent's ring, talk, hold and wrap-up since then; what lasts has no end.
        A segment that began earlier counts if it reaches into the interval; none lasts longer than a day."""
        rows = await self._tx.fetch_tuples(
            "SELECT interaction_id, kind, started_at, ended_at FROM interaction_segments"
            " WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND ended_at > %(since)s"
            " AND started_at > %(since)s::timestamptz - interval '1 day'"
            " UNION ALL SELECT id, phase, phase_since, NULL FROM interactions WHERE tenant_id = %(tenant)s"
            " AND user_id = %(user)s AND state <> 'closed' AND phase IN ('talk', 'hold')"
            " UNION ALL SELECT interaction_id, 'wrap_up', wrap_up_at, NULL FROM assignments"
            " WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND state = 'wrap_up'",
            {"user": user_id, "since": since, "now": now},
        )
        return [(interaction, kind, start, end) for interaction, kind, start, end in rows]

    async def missed_by(self, user_id: UUID, since: datetime) -> int:
        return await self._tx.fetch_value(
            "SELECT count(*) FROM assignments WHERE tenant_id = %(tenant)s AND user_id = %(user)s"
            " AND offered_at >= %(since)s AND outcome = 'missed'",
            {"user": user_id, "since": since},
        )


class Assignments:
    """Agents' parts in interactions."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, row: AssignmentRow) -> None:
        values = {name: getattr(row, name) for name in AssignmentRow.__slots__}
        places = ", ".join(f"%({name})s" for name in AssignmentRow.__slots__)
        sql = f"INSERT INTO assignments (tenant_id, {_ASSIGNMENT}) VALUES (%(tenant)s, {places})"
        await self._tx.write(sql, values, row=row.id, apart=True)
        self._tx.held[AssignmentRow, row.id] = row
        self._tx.held.get((AssignmentRow, "user", row.user_id), []).append(row.id)

    @staticmethod
    def locking(where: str, **values: Any) -> Read[AssignmentRow]:
        """Assignments to lock, in the order of their ids."""
        return Read(
            AssignmentRow,
            f"SELECT {_ASSIGNMENT} FROM assignments WHERE tenant_id = %(tenant)s AND {where} ORDER BY id FOR NO KEY UPDATE",
            values,
        )

    @staticmethod
    def all_of(user_id: UUID) -> Read[AssignmentRow]:
        """What the user has not done with."""
        return Read(
            AssignmentRow,
            f"SELECT {_ASSIGNMENT} FROM assignments WHERE tenant_id = %(tenant)s AND user_id = %(user)s"
            " AND state <> 'done' ORDER BY offered_at",
            {"user": user_id},
        )

    def hold(self, rows: list[AssignmentRow]) -> None:
        """These were read and locked in this transaction."""
        self._tx.held |= {(AssignmentRow, row.id): row for row in rows}

    def hold_interaction(self, interaction_id: UUID, rows: list[AssignmentRow]) -> None:
        """These are locked, and all of this interaction's that are not done."""
        self.hold(rows)
        self._tx.held[AssignmentRow, "interaction", interaction_id] = [row.id for row in rows]

    def hold_user(self, user_id: UUID, rows: list[AssignmentRow]) -> None:
        """These are all of this user's that are not done, while their presence is locked."""
        for row in rows:
            self._tx.held.setdefault((AssignmentRow, row.id), row)
        self._tx.held[AssignmentRow, "user", user_id] = [row.id for row in rows]

    def _held(self, kind: str, key: UUID) -> list[AssignmentRow] | None:
        ids: list[UUID] | None = self._tx.held.get((AssignmentRow, kind, key))
        if ids is None:
            return None
        rows: list[AssignmentRow] = [self._tx.held[AssignmentRow, one] for one in ids]
        return [row for row in rows if row.state != "done"]

    async def lock(self, assignment_id: UUID) -> AssignmentRow | None:
        held: AssignmentRow | None = self._tx.held.get((AssignmentRow, assignment_id))
        if held is None:
            rows = await self._lock("id = %(id)s", id=assignment_id)
            held = rows[0] if rows else None
        return held

    async def _lock(self, where: str, **values: Any) -> list[AssignmentRow]:
        rows = await self._tx.read(self.locking(where, **values))
        self.hold(rows)
        return rows

    async def save(self, row: AssignmentRow) -> None:
        names = [name for name in AssignmentRow.__slots__ if name not in ("id", "interaction_id", "user_id")]
        await self._tx.write(
            f"UPDATE assignments SET {', '.join(f'{name} = %({name})s' for name in names)}"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {name: getattr(row, name) for name in [*names, "id"]},
            row=row.id,
        )
        self._tx.held[AssignmentRow, row.id] = row

    async def last_taken(self, interaction_id: UUID) -> AssignmentRow | None:
        """The part of the agent who took it last, locked."""
        taken = [row for row in await self._lock(_TAKEN, interaction=interaction_id) if row.accepted_at]
        return max(taken, key=lambda row: row.accepted_at or row.offered_at, default=None)

    async def of_round(self, round_id: UUID, interaction_id: UUID) -> list[AssignmentRow]:
        """The still open offers of an interaction's round, locked."""
        held = self._held("interaction", interaction_id)
        if held is not None:
            return [row for row in held if row.round_id == round_id and row.state == "offered"]
        return await self._lock("round_id = %(round)s AND state = 'offered'", round=round_id)

    async def open_of_user(self, user_id: UUID) -> list[AssignmentRow]:
        held = self._held("user", user_id)
        return held if held is not None else await self._tx.read(self.all_of(user_id))

    async def open_of_interaction(self, interaction_id: UUID) -> list[AssignmentRow]:
        held = self._held("interaction", interaction_id)
        if held is not None:
            return held
        return await self._tx.fetch_all(
            AssignmentRow,
            f"SELECT {_ASSIGNMENT} FROM assignments WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s"
            " AND state <> 'done' ORDER BY offered_at",
            {"id": interaction_id},
        )

    async def get(self, assignment_ids: list[UUID]) -> list[AssignmentRow]:
        return await self._tx.fetch_all(
            AssignmentRow,
            f"SELECT {_ASSIGNMENT} FROM assignments WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)",
            {"ids": assignment_ids},
        )

    async def wrap_ups_due(self, at: datetime) -> list[tuple[UUID, UUID]]:
        """(tenant, assignment) whose wrap-up time is over. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT tenant_id, id FROM assignments WHERE state = 'wrap_up' AND wrap_up_ends_at <= %(at)s LIMIT 200",
            {"at": at},
        )
        return [(tenant, assignment) for tenant, assignment in rows]
