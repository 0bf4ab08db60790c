"""Who may take what, and in which order: the rules of routing without any I/O.

Time is an argument everywhere. Nothing here looks at all agents or all contacts; `matching/pool.py` keeps them in order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Strategy(StrEnum):
    """In which order a queue's free agents are taken."""

    LONGEST_IDLE = "longest_idle"
    LEAST_OCCUPIED = "least_occupied"
    ROUND_ROBIN = "round_robin"
    FEWEST_CONTACTS = "fewest_contacts"
    SEQUENTIAL = "sequential"
    RING_ALL = "ring_all"


class Verdict(StrEnum):
    """Why an agent was or was not chosen. Shown to people, so each has its sentence in the desktop's catalogues."""

    CHOSEN = "chosen"
    LATER_IN_ORDER = "later_in_order"
    SKILL_TOO_LOW = "skill_too_low"
    WAITS_FOR_PREFERRED = "waits_for_preferred"
    LET_IT_PASS = "let_it_pass"  # noqa: S105
    BUSY = "busy"
    NOT_READY = "not_ready"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """After `after_s` seconds of waiting, `level` is enough (0: the skill is no longer asked for)."""

    after_s: float
    level: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """A skill at a level (1–10), which may widen while the contact waits."""

    skill_id: UUID
    level: int
    relax: tuple[Relaxation, ...] = ()

    def level_after(self, waited_s: float) -> int:
        """The level that is enough after this wait; never rises again."""
        return min([self.level, *(step.level for step in self.relax if waited_s >= step.after_s)])

    def wait_for(self, level: int) -> float | None:
        """How long a contact must wait until an agent of `level` is enough; None: never."""
        if level >= self.level:
            return 0.0
        waits = [step.after_s for step in self.relax if level >= step.level]
        return min(waits) if waits else None


@dataclass(frozen=True, slots=True)
class QueueRules:
    """What routing needs to know of a queue. `members` are those named; others join by meeting `requirements`."""

    id: UUID
    tenant_id: UUID
    name: str
    channel: str
    strategy: Strategy
    requirements: tuple[Requirement, ...]
    members: Mapping[UUID, int]
    priority: int
    ageing: float
    offer_timeout_s: float
    missed_limit: int
    last_agent_s: float
    auto_answer: bool
    wrap_up_s: float
    short_abandon_s: float
    max_wait_s: float | None
    max_waiting: int | None


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as the matcher sees one. `free` is capacity left on the voice channel."""

    id: UUID
    tenant_id: UUID
    name: str
    skills: Mapping[UUID, int]
    ready: bool
    connected: bool
    occupied: bool
    idle_since: datetime
    handled: int = 0
    busy_s: float = 0.0
    last_offer_at: datetime | None = None
    version: int = 0
    """Of the presence: older news changes nothing."""
    claimed: bool = False
    """Decided on; the database has not said yet whether it was right."""

    @property
    def available(self) -> bool:
        return self.ready and self.connected and not self.occupied and not self.claimed

    @property
    def why_not(self) -> Verdict | None:
        """Why this agent can take nothing at all just now."""
        if not self.connected:
            return Verdict.AWAY
        if self.occupied or self.claimed:
            return Verdict.BUSY
        return None if self.ready else Verdict.NOT_READY


@dataclass(frozen=True, slots=True)
class Entry:
    """A contact waiting in a queue. `passed` holds who let it pass, each until when."""

    interaction_id: UUID
    entry_id: UUID
    tenant_id: UUID
    queue_id: UUID
    requirements: tuple[Requirement, ...]
    priority: int
    enqueued_at: datetime
    preferred_user_id: UUID | None = None
    times_out_at: datetime | None = None
    passed: tuple[tuple[UUID, datetime], ...] = ()
    version: int = 1

    def waited(self, now: datetime) -> float:
        return (now - self.enqueued_at).total_seconds()

    def passed_by(self, user_id: UUID, now: datetime) -> bool:
        return any(user == user_id and now < until for user, until in self.passed)


def effective_priority(entry: Entry, queue: QueueRules, now: datetime) -> float:
    """Priority of the contact and its queue plus what waiting has earned (`ageing` points per minute)."""
    return entry.priority + queue.priority + queue.ageing * entry.waited(now) / 60


def rank(entry: Entry, queue: QueueRules) -> tuple[float, datetime, UUID]:
    """The order within one queue, lowest first. Ageing is linear and the same for all, so the order never changes."""
    earned_from_epoch = queue.ageing * entry.enqueued_at.timestamp() / 60
    return (-(entry.priority - earned_from_epoch), entry.enqueued_at, entry.interaction_id)


def agent_order(agent: Agent, queue: QueueRules) -> tuple[float, float, str]:
    """The order in which a queue takes its free agents, lowest first; ties go to whoever has been idle longest."""
    idle = agent.idle_since.timestamp()
    match queue.strategy:
        case Strategy.LEAST_OCCUPIED:
            first = agent.busy_s
        case Strategy.ROUND_ROBIN:
            first = agent.last_offer_at.timestamp() if agent.last_offer_at else 0.0
        case Strategy.FEWEST_CONTACTS:
            first = float(agent.handled)
        case Strategy.SEQUENTIAL:
            first = float(queue.members.get(agent.id, 1 << 30))
        case Strategy.LONGEST_IDLE | Strategy.RING_ALL:
            first = idle
    return (first, idle, str(agent.id))


def belongs(agent: Agent, queue: QueueRules) -> bool:
    """Whether the queue's contacts can ever go to this agent: named, or meeting its skills at their widest."""
    if agent.id in queue.members:
        return True
    return bool(queue.requirements) and all(
        requirement.wait_for(agent.skills.get(requirement.skill_id, 0)) is not None
        for requirement in queue.requirements
    )


def skills_suffice_after(agent: Agent, entry: Entry, queue: QueueRules) -> float | None:
    """Seconds of waiting after which this agent is good enough; None: never. Named members skip the queue's own demands."""
    wanted = entry.requirements if agent.id in queue.members else (*queue.requirements, *entry.requirements)
    latest = 0.0
    for requirement in wanted:
        wait = requirement.wait_for(agent.skills.get(requirement.skill_id, 0))
        if wait is None:
            return None
        latest = max(latest, wait)
    return latest


def waits_for_preferred(
    entry: Entry, queue: QueueRules, agent: Agent, preferred: Agent | None, now: datetime
) -> bool:
    """Whether the contact still waits for its last agent, who is at work but busy, and so not for `agent`."""
    if preferred is None or agent.id == preferred.id or queue.last_agent_s <= 0:
        return False
    at_work = preferred.connected and (preferred.ready or preferred.occupied)
    return at_work and not entry.passed_by(preferred.id, now) and entry.waited(now) < queue.last_agent_s


def verdict(
    agent: Agent, entry: Entry, queue: QueueRules, preferred: Agent | None, now: datetime
) -> Verdict | None:
    """Why this agent cannot be offered this contact now; None: can be."""
    if (why := agent.why_not) is not None:
        return why
    suffices = skills_suffice_after(agent, entry, queue)
    if suffices is None or entry.waited(now) < suffices:
        return Verdict.SKILL_TOO_LOW
    if entry.passed_by(agent.id, now):
        return Verdict.LET_IT_PASS
    if waits_for_preferred(entry, queue, agent, preferred, now):
        return Verdict.WAITS_FOR_PREFERRED
    return None
