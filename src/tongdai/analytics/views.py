"""What the live board shows."""

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from tongdai.analytics.live import PromiseFigures, QueueFigures
from tongdai.analytics.policies import Measure
from tongdai.analytics.repositories.alerts import AlertRow
from tongdai.analytics.repository import AgentRow
from tongdai.conversations.public import MyDay
from tongdai.kit.phone import is_withheld
from tongdai.people.public import PresenceView
from tongdai.platform.http import Ref, one_of

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


class CallbackCounts(BaseModel):
    """A queue's callbacks today: `waiting` are open now, `mean_s` is from asking until the customer answered, of those served."""

    waiting: int = 0
    asked: int = 0
    served: int = 0
    failed: int = 0
    cancelled: int = 0
    called_again: int = 0
    mean_s: float | None = None


class QueueTile(BaseModel):
    """A queue since midnight of the tenant's zone. `service_level` by the queue's own formula, 0–1. `expected_wait_s` is that of
    who comes now; null: nobody is at work, or too little is known. `closed`: in an emergency, until opened again."""

    id: UUID
    name: str
    closed: bool
    waiting: int
    longest_wait_since: datetime | None
    expected_wait_s: float | None
    offered: int
    answered: int
    answered_in_target: int
    abandoned: int
    short_abandoned: int
    service_level: float | None
    target: TargetView
    callbacks: CallbackCounts
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


class ContactNow(WithView):
    """The contact that an agent has in hand."""

    interaction_id: UUID
    direction: Annotated[str, one_of("inbound", "outbound", "internal")]
    phase: str
    since: datetime


class AgentView(BaseModel):
    """An agent up close: the tile, what they chose themselves, the contact in hand, and their day so far."""

    tile: AgentTile
    presence: PresenceView
    contact: ContactNow | None
    day: MyDay


class AlertView(BaseModel):
    """An alert on a queue or an agent. Values and thresholds: contacts, seconds, or a share, by the measure; `worst` is known
    once it is cleared."""

    id: UUID
    measure: Measure
    severity: Annotated[str, one_of("warning", "critical")]
    threshold: float
    value: float
    worst: float | None
    queue: Ref | None
    user: UserRef | None
    reason: dict[str, str] | None
    raised_at: datetime
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: UserRef | None


class AlertsView(BaseModel):
    seq: str
    alerts: list[AlertView]


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


def queue_tile(
    figures: QueueFigures, states: list[str], expected_wait_s: float | None, promised: PromiseFigures
) -> QueueTile:
    """`states` are those of the queue's agents."""
    rules, tally = figures.rules, figures.tally
    groups = Counter(_GROUP_OF.get(state, state) for state in states)
    return QueueTile(
        id=rules.id,
        name=rules.name,
        closed=rules.closed,
        waiting=len(figures.waiting),
        longest_wait_since=figures.longest_wait_since,
        expected_wait_s=None if expected_wait_s is None else round(expected_wait_s),
        offered=figures.offered,
        answered=tally.answered,
        answered_in_target=tally.answered_in_target,
        abandoned=tally.abandoned,
        short_abandoned=tally.short_abandoned,
        service_level=figures.level,
        target=TargetView(seconds=rules.target_s, share=rules.target_share),
        callbacks=CallbackCounts(**asdict(promised)),
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


def contact_now(row: AgentRow) -> ContactNow | None:
    if row.interaction_id is None or row.direction is None or row.phase is None or row.phase_since is None:
        return None
    return ContactNow(
        interaction_id=row.interaction_id,
        direction=row.direction,
        phase=row.phase,
        since=row.phase_since,
        number=_unless_withheld(row.number),
        contact=row.contact,
        queue=row.queue,
    )


def alert_view(row: AlertRow) -> AlertView:
    return AlertView(
        id=row.id,
        measure=Measure(row.measure),
        severity=row.severity,
        threshold=row.threshold,
        value=row.value,
        worst=row.worst,
        queue=Ref(id=row.queue_id, name=row.queue_name or "") if row.queue_id else None,
        user=UserRef(id=row.user_id, name=row.user_name or "") if row.user_id else None,
        reason=row.reason,
        raised_at=row.raised_at,
        cleared_at=row.cleared_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=UserRef(id=row.acknowledged_by, name=row.acknowledged_name or "")
        if row.acknowledged_by
        else None,
    )


def _unless_withheld(number: str | None) -> str | None:
    return None if number is None or is_withheld(number) else number
