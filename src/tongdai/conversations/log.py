"""Reading the interaction log: filters, reach and keyset pages that stay fast over millions of rows.

Each branch of a reach (own, the team's, the queues') walks one index in the list's order and stops after a page; the branches
are then joined. An OR over them would make the planner scan.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.conversations.assignments import Assignments
from tongdai.conversations.repository import InteractionRow
from tongdai.platform.auth import WIDTH, Extent, Reach
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import like_literal

SHARED = "shared"
_COLUMNS = ", ".join(f"i.{name}" for name in InteractionRow.__slots__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: `number` a fragment of digits, `peer` a whole one (E.164); `contact_ids` None: of any contact."""

    since: datetime | None = None
    until: datetime | None = None
    queue_id: UUID | None = None
    user_id: UUID | None = None
    direction: str | None = None
    channel: str | None = None
    result: str | None = None
    disposition_id: UUID | None = None
    min_talk_s: float | None = None
    contact_ids: list[UUID] | None = None
    number: str | None = None
    peer: str | None = None
    kept: str | None = None
    """A condition of InteractionSources.kept."""
    before: tuple[datetime, UUID] | None = None
    limit: int = 50


@dataclass
class _Conditions:
    sql: list[str] = field(default_factory=lambda: ["i.tenant_id = %(tenant)s", "i.state = 'closed'"])
    values: dict[str, Any] = field(default_factory=dict[str, Any])

    def add(self, sql: str, **values: Any) -> None:
        self.sql.append(sql)
        self.values |= values


def _conditions(wanted: Wanted) -> _Conditions:
    where = _Conditions()
    for column in ("queue_id", "user_id", "direction", "channel", "result", "disposition_id", "peer"):
        if (value := getattr(wanted, column)) is not None:
            where.add(f"i.{column} = %({column})s", **{column: value})
    if wanted.since is not None:
        where.add("i.started_at >= %(since)s", since=wanted.since)
    if wanted.until is not None:
        where.add("i.started_at < %(until)s", until=wanted.until)
    if wanted.min_talk_s is not None:
        where.add("i.talk_s >= %(min_talk)s", min_talk=wanted.min_talk_s)
    if wanted.kept is not None:
        where.add(wanted.kept)
    if wanted.number is not None:
        where.add("i.peer_raw LIKE %(number)s", number=f"%{like_literal(wanted.number)}%")
    if wanted.before is not None:
        where.add("(i.started_at, i.id) < (%(at)s, %(before)s)", at=wanted.before[0], before=wanted.before[1])
    return where


def _branches(reach: Reach, wanted: Wanted, team_mates: list[UUID]) -> list[tuple[str, list[UUID]]]:
    """(column, values) whose rows are looked through; one without a column is the whole log, and `shared` what these users had a
    part in besides."""
    if wanted.contact_ids is not None and reach.everything:
        return [("contact_id", wanted.contact_ids)]
    if reach.everything:
        return [("", [])]
    width = WIDTH[reach.extent]
    users = _users(reach, team_mates)
    branches = [("user_id", users), (SHARED, users)]
    if width >= WIDTH[Extent.QUEUE]:
        branches.append(("queue_id", list(reach.queue_ids)))
    if width >= WIDTH[Extent.PROJECT]:
        branches.append(("project_id", list(reach.project_ids)))
    return branches


def _users(reach: Reach, team_mates: list[UUID]) -> list[UUID]:
    mates = team_mates if WIDTH[reach.extent] >= WIDTH[Extent.TEAM] else []
    return list({*([reach.user_id] if reach.user_id else []), *mates})


async def rows(tx: Transaction, reach: Reach, wanted: Wanted, team_mates: list[UUID]) -> list[InteractionRow]:
    """Up to `limit + 1` closed interactions within reach, newest first."""
    where = _conditions(wanted)
    branches = _branches(reach, wanted, team_mates)
    if wanted.contact_ids is not None and branches[0][0] != "contact_id":
        where.add("i.contact_id = ANY(%(contacts)s)", contacts=wanted.contact_ids)
    pieces: list[str] = []
    values = {**where.values, "limit": wanted.limit + 1}
    conditions = " AND ".join(where.sql)
    order = "ORDER BY i.started_at DESC, i.id DESC LIMIT %(limit)s"
    for number, (column, ids) in enumerate(branches):
        if not column:
            pieces.append(f"(SELECT i.id, i.started_at FROM interactions i WHERE {conditions} {order})")
            continue
        values[f"ids{number}"] = ids
        if column == SHARED:
            pieces.append(
                f"(SELECT i.id, i.started_at FROM interactions i JOIN assignments a ON (a.tenant_id, a.interaction_id)"
                f" = (i.tenant_id, i.id) WHERE {conditions} AND a.tenant_id = %(tenant)s AND a.shared"
                f" AND a.user_id = ANY(%(ids{number})s::uuid[]) {order})"
            )
            continue
        pieces.append(
            f"(SELECT h.id, h.started_at FROM unnest(%(ids{number})s::uuid[]) AS o(id) CROSS JOIN LATERAL"
            f" (SELECT i.id, i.started_at FROM interactions i WHERE {conditions} AND i.{column} = o.id {order}) h)"
        )
    return await tx.fetch_all(
        InteractionRow,
        f"SELECT {_COLUMNS} FROM interactions i JOIN ({' UNION '.join(pieces)}) found ON found.id = i.id"
        f" WHERE i.tenant_id = %(tenant)s {order}",
        values,
    )


async def covers(tx: Transaction, reach: Reach, row: InteractionRow, team_mates: list[UUID]) -> bool:
    """Whether one interaction is within reach; the same rule as the list's."""
    if WIDTH[reach.extent] >= WIDTH[Extent.TEAM] and row.user_id in team_mates:
        return True
    if reach.covers(user_id=row.user_id, queue_id=row.queue_id, project_id=row.project_id):
        return True
    return await Assignments(tx).shared_with(row.id, _users(reach, team_mates))
