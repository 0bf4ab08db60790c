"""What the live board shows."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from tongdai.analytics.live import QueueFigures
from tongdai.analytics.repository import AgentRow


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
    agents: dict[str, int]
    trend: list[TrendView]


class WithView(BaseModel):
    number: str | None
    contact: str | None
    queue: str | None


class AgentTile(BaseModel):
    user: UserRef
    team: str | None
    state: str
    reason: dict[str, str] | None
    since: datetime
    with_: WithView | None
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
    agents: list[dict[str, object]]
    totals: Totals


GROUPS: tuple[str, ...] = ("ready", "talking", "wrap_up", "not_ready")
_GROUP_OF = {"working": "talking", "talking": "talking", "hold": "talking", "offered": "ready"}


def shown(row: AgentRow) -> str:
    """The state as the board words it: on hold and talking are told apart."""
    if row.shown == "working":
        return "hold" if row.phase == "hold" else "talking"
    return row.shown


def queue_tile(figures: QueueFigures, states: list[str]) -> QueueTile:
    """`states` are those of the queue's agents."""
    rules, tally = figures.rules, figures.tally
    agents: dict[str, int] = dict.fromkeys(GROUPS, 0)
    for state in states:
        group = _GROUP_OF.get(state, state)
        if group in agents:
            agents[group] += 1
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
        agents=agents,
        trend=[
            TrendView(at=point.at, waiting=point.waiting, service_level=point.service_level)
            for point in figures.trend
        ],
    )


def agent_tile(row: AgentRow) -> dict[str, object]:
    """An agent's tile as JSON; the field is called `with`, which Python keeps for itself."""
    busy = row.shown in ("working", "offered", "wrap_up") and row.phase is not None
    tile = AgentTile(
        user=UserRef(id=row.user_id, name=row.name),
        team=row.team,
        state=shown(row),
        reason=row.reason,
        since=row.phase_since if shown(row) == "hold" and row.phase_since else row.since,
        with_=WithView(number=row.number, contact=row.contact, queue=row.queue) if busy else None,
        registered=row.connected,
    )
    data = tile.model_dump(mode="json")
    data["with"] = data.pop("with_")
    return data
