"""SQL of assignments: each agent's part in an interaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.platform.database import Read, Transaction


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
    offered_by: UUID | None
    auto_answer: bool
    note: str
    disposition_id: UUID | None
    no_consequence: bool
    decline_reason: str | None
    version: int


_ASSIGNMENT = ", ".join(AssignmentRow.__slots__)
_TAKEN = "interaction_id = %(interaction)s AND accepted_at IS NOT NULL"


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

    async def share(self, assignment_id: UUID) -> None:
        """Another has the contact too, or from now on: it stays in this agent's own log."""
        await self._tx.write(
            "UPDATE assignments SET shared = true WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": assignment_id},
        )

    async def shared_with(self, interaction_id: UUID, user_ids: list[UUID]) -> bool:
        """Whether one of these had a part in it, though another may have been the last."""
        return await self._tx.fetch_value(
            "SELECT EXISTS (SELECT FROM assignments WHERE tenant_id = %(tenant)s AND shared"
            " AND interaction_id = %(interaction)s AND user_id = ANY(%(users)s))",
            {"interaction": interaction_id, "users": user_ids},
        )

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

    async def handed_over(self, interaction_ids: list[UUID]) -> list[AssignmentRow]:
        """Open offers of these by which one agent gives the contact to another."""
        if not interaction_ids:
            return []
        return await self._tx.fetch_all(
            AssignmentRow,
            f"SELECT {_ASSIGNMENT} FROM assignments WHERE tenant_id = %(tenant)s AND interaction_id = ANY(%(ids)s)"
            " AND state = 'offered' AND offered_by IS NOT NULL AND NOT party",
            {"ids": interaction_ids},
        )

    async def get(self, assignment_ids: list[UUID]) -> list[AssignmentRow]:
        return await self._tx.fetch_all(
            AssignmentRow,
            f"SELECT {_ASSIGNMENT} FROM assignments WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)",
            {"ids": assignment_ids},
        )

    async def hand_overs_due(self, channels: list[str], at: datetime) -> list[tuple[UUID, UUID]]:
        """(tenant, assignment) of hand-overs in these channels that nobody has answered in time. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT a.tenant_id, a.id FROM assignments a JOIN interactions i ON (i.tenant_id, i.id)"
            " = (a.tenant_id, a.interaction_id) WHERE a.state = 'offered' AND a.round_id IS NULL"
            " AND a.expires_at <= %(at)s AND i.state <> 'closed' AND i.channel = ANY(%(channels)s) LIMIT 200",
            {"channels": channels, "at": at},
        )
        return [(tenant, assignment) for tenant, assignment in rows]

    async def wrap_ups_due(self, at: datetime) -> list[tuple[UUID, UUID]]:
        """(tenant, assignment) whose wrap-up time is over. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT tenant_id, id FROM assignments WHERE state = 'wrap_up' AND wrap_up_ends_at <= %(at)s LIMIT 200",
            {"at": at},
        )
        return [(tenant, assignment) for tenant, assignment in rows]
