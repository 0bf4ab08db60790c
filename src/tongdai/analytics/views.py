"""What the live board shows."""

from collections import Counter
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from tongdai.analytics.live import QueueFigures
from tongdai.analytics.repository import AgentRow
from tongdai.kit.phone import is_withheld
from tongdai.platform.http import one_of

STATES = ("ready", "not_ready", "offered", "talking", "hold", "wrap_up", "offline")


class UserRef(BaseModel):
    id: UUID
    name: str


class TargetView(BaseModel):
    seconds: float
    share: float


class TrendView(BaseModel):
    at: datetime
    waiting: int
    service_level: float | None


class AgentCounts(BaseModel):
    """A queue's agents by what they do."""

    ready: int = 0
    talking: int = 0
    wrap_up: int = 0
    not_ready: int = 0


class QueueTile(BaseModel):
    """A queue since midnight of the tenant's zone. `service_level` by the queue's own formula, 0–1."""

    id: UUID
    name: str
    waiting: int
    longest_wait_since: datetime | None
    offered: int
    answered: int
    answered_in_target: int
    abandoned: int
    short_abandoned: int
    service_level: float | None
    target: TargetView
    agents: AgentCounts


class QueueTrend(BaseModel):
    """A queue's last hour, a point a minute. Apart from its tile, which is told many times between two points."""

    id: UUID
    points: list[TrendView]


class WithView(BaseModel):
    number: str | None
    contact: str | None
    queue: str | None


class AgentTile(BaseModel):
    user: UserRef
    team: str | None
    state: Annotated[str, one_of(*STATES)]
    reason: dict[str, str] | None
    since: datetime
    with_: Annotated[WithView | None, Field(serialization_alias="with")]
    registered: bool


class Totals(BaseModel):
    waiting: int
    talking: int
    ready: int
    service_level: float | None
    abandoned: int
    answered: int


class BoardView(BaseModel):
    seq: str
    at: datetime
    queues: list[QueueTile]
    trends: list[QueueTrend]
    agents: list[AgentTile]
    totals: Totals


_GROUP_OF = {"working": "talking", "talking": "talking", "hold": "talking", "offered": "ready"}


def shown(row: AgentRow) -> str:
    """The state as the board words it: on hold and talking are told apart."""
    if row.shown == "working":
        return "hold" if row.phase == "hold" else "talking"
    return row.shown


def queue_tile(figures: QueueFigures, states: list[str]) -> QueueTile:
    """`states` are those of the queue's agents."""
    rules, tally = figures.rules, figures.tally
    groups = Counter(_GROUP_OF.get(state, state) for state in states)
    return QueueTile(
        id=rules.id,
        name=rules.name,
        waiting=len(figures.waiting),
        longest_wait_since=figures.longest_wait_since,
        offered=figures.offered,
        answered=tally.answered,
        answered_in_target=tally.answered_in_target,
        abandoned=tally.abandoned,
        short_abandoned=tally.short_abandoned,
        service_level=figures.level,
        target=TargetView(seconds=rules.target_s, share=rules.target_share),
        agents=AgentCounts(**{name: groups[name] for name in AgentCounts.model_fields}),
    )


def queue_trend(figures: QueueFigures) -> QueueTrend:
    points = [
        TrendView(at=point.at, waiting=point.waiting, service_level=point.service_level)
        for point in figures.trend
    ]
    return QueueTrend(id=figures.rules.id, points=points)


def agent_tile(row: AgentRow) -> AgentTile:
    busy = row.shown in ("working", "offered", "wrap_up") and row.phase is not None
    return AgentTile(
        user=UserRef(id=row.user_id, name=row.name),
        team=row.team,
        state=shown(row),
        reason=row.reason,
        since=row.phase_since if shown(row) == "hold" and row.phase_since else row.since,
        with_=WithView(number=_unless_withheld(row.number), contact=row.contact, queue=row.queue)
        if busy
        else None,
        registered=row.connected,
    )


def _unless_withheld(number: str | None) -> str | None:
    return None if number is None or is_withheld(number) else number
