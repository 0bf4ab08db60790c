"""Who may take what, and in which order: the rules of routing without any I/O.

Time is an argument everywhere. Nothing here looks at all agents or all contacts; `matching/pool.py` keeps them in order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tongdai.routing.blending.policies import AS_USUAL as BLENDED_AS_USUAL
from tongdai.routing.blending.policies import Blend, BlendMode
from tongdai.routing.callbacks.policies import AS_USUAL, CallbackRules
from tongdai.routing.capacity import VOICE


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
    HELPS_LATER = "helps_later"
    INBOUND_ONLY = "inbound_only"
    OUTBOUND_ONLY = "outbound_only"
    OUTBOUND_DUE = "outbound_due"
    OUTBOUND_FIRST = "outbound_first"


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
class Closed:
    """A queue that was closed in an emergency: the exit by which flows leave it, and what is said before."""

    exit: str
    prompt: str | None


@dataclass(frozen=True, slots=True)
class Ring:
    """Agents of another queue who help out: with a contact that has waited `after_s`, or with all at once while who comes now
    would wait for longer than `expected_s`. None: not by this."""

    queue_id: UUID
    after_s: float | None
    expected_s: float | None = None

    def opens_after(self, expected_wait_s: float | None) -> float | None:
        """Seconds of waiting after which they help; None: not by waiting alone."""
        if self.expected_s is not None and expected_wait_s is not None and expected_wait_s > self.expected_s:
            return 0.0
        return self.after_s


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
    wrap_up_max_s: float = 0.0
    wrap_up_forced: bool = False
    wrap_up_then: str = "ready"
    closed: Closed | None = None
    callbacks: CallbackRules = AS_USUAL
    overflow: tuple[Ring, ...] = ()
    """Who helps out, nearest first. Own agents come before all of them."""
    expected_wait_s: float | None = None
    """Of who comes now, as reckoned last; None where no ring asks for it, and while it cannot be said."""
    target_s: float = 20.0
    target_share: float = 0.8
    nobody_after_s: float | None = None
    """Who has waited so long leaves by `no_agents` while nobody is signed in; None: they wait on."""
    under_level: bool = False
    """Whether fewer than `target_share` were answered within `target_s` of late; reckoned where an agent's blend asks for it."""


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as the matcher sees one. `occupied`: has no room for a call."""

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
    blend: Blend = BLENDED_AS_USUAL
    due: bool = False
    """Callbacks that they promised are to be made now."""
    room: frozenset[str] = frozenset()
    """Channels besides the phone on which there is room for one more."""
    written: int = 0
    """How many contacts they write with."""
    offline: bool = False
    """As they chose when this was read; the matcher asks `ready`."""

    @property
    def available(self) -> bool:
        """For anything at all."""
        return self.ready and self.connected and not self.claimed and bool(self.room or not self.occupied)

    def has_room(self, channel: str) -> bool:
        return not self.occupied if channel == VOICE else channel in self.room

    def available_for(self, channel: str) -> bool:
        return self.available and self.has_room(channel)

    def why_not(self, channel: str) -> Verdict | None:
        """Why this agent can take nothing of this channel just now."""
        if not self.connected:
            return Verdict.AWAY
        if self.claimed or not self.has_room(channel):
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
    callback: bool = False
    """Nobody is on the line: for the agent it is outbound work."""
    preferred_why: str | None = None
    """Who prefers the agent: `flow`, `contact` (their own agent), `last` (who spoke with them)."""

    def waited(self, now: datetime) -> float:
        return (now - self.enqueued_at).total_seconds()

    def passed_by(self, user_id: UUID, now: datetime) -> bool:
        return any(user == user_id and now < until for user, until in self.passed)


def more_wrap_up(asked_s: float, used_s: float, max_s: float) -> float:
    """How much longer a wrap-up may get that is to take `used_s` already: what is asked, within the limit (0: none)."""
    return asked_s if max_s <= 0 else max(0.0, min(asked_s, max_s - used_s))


def preferred_of(
    named: UUID | None, own: UUID | None, last: UUID | None, agents: Mapping[UUID, bool]
) -> tuple[UUID, str] | None:
    """For whom a contact waits first, and why: whom the flow names, else their own agent, else who spoke with them last. `agents`
    are those of them who are the queue's, with whether they are signed in; who is, goes before who is not."""
    wanted = [
        (user_id, why)
        for user_id, why in ((named, "flow"), (own, "contact"), (last, "last"))
        if user_id is not None and user_id in agents
    ]
    return next((one for one in wanted if agents[one[0]]), wanted[0] if wanted else None)


def leaves_unstaffed_at(entry: Entry, queue: QueueRules) -> datetime | None:
    """When this contact leaves by `no_agents` if nobody is signed in then; None: it waits on. Who is to be called back always
    does."""
    if queue.nobody_after_s is None or entry.callback:
        return None
    return entry.enqueued_at + timedelta(seconds=queue.nobody_after_s)


def effective_priority(entry: Entry, queue: QueueRules, now: datetime) -> float:
    """Priority of the contact and its queue plus what waiting has earned (`ageing` points per minute)."""
    return entry.priority + queue.priority + queue.ageing * entry.waited(now) / 60


def rank(entry: Entry, queue: QueueRules) -> tuple[float, datetime, UUID]:
    """The order within one queue, lowest first. Ageing is linear and the same for all, so the order never changes."""
    earned_from_epoch = queue.ageing * entry.enqueued_at.timestamp() / 60
    return (-(entry.priority - earned_from_epoch), entry.enqueued_at, entry.interaction_id)


def agent_order(agent: Agent, queue: QueueRules) -> tuple[float, float, str]:
    """The order in which a queue takes its free agents, lowest first; ties go to whoever has been idle longest. Who writes with
    somebody is not idle: there the fewest in hand come first."""
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
            first = float(agent.written)
    return (first, idle, str(agent.id))


def belongs(agent: Agent, queue: QueueRules) -> bool:
    """Whether the queue's contacts can ever go to this agent: named, or meeting its skills at their widest."""
    return agent.id in queue.members or meets_skills(agent.skills, queue)


def meets_skills(skills: Mapping[UUID, int], queue: QueueRules) -> bool:
    """Whether these skills make a member, at the queue's demands at their widest."""
    return bool(queue.requirements) and all(
        requirement.wait_for(skills.get(requirement.skill_id, 0)) is not None
        for requirement in queue.requirements
    )


def ring_of(agent: Agent, queue: QueueRules, others: Mapping[UUID, QueueRules]) -> int | None:
    """Which of the queue's rings an agent of other queues is in: the first that has one of theirs. None: in none."""
    for number, ring in enumerate(queue.overflow):
        other = others.get(ring.queue_id)
        if other is not None and other.tenant_id == queue.tenant_id and belongs(agent, other):
            return number
    return None


def suits_after(agent: Agent, entry: Entry, queue: QueueRules, ring: Ring | None = None) -> float | None:
    """Seconds of waiting after which this agent may be offered this contact; None: not as things are. `ring`: they help out."""
    helps = 0.0 if ring is None else ring.opens_after(queue.expected_wait_s)
    suffices = skills_suffice_after(agent, entry, queue, ring)
    takes = takes_after(agent, entry, queue)
    return None if helps is None or suffices is None or takes is None else max(helps, suffices, takes)


def takes_after(agent: Agent, entry: Entry, queue: QueueRules) -> float | None:
    """Seconds of waiting after which the agent's blend of inbound and outbound work allows this contact; None: not now."""
    if agent.blend.mode is BlendMode.AS_THEY_COME:
        return 0.0
    return agent.blend.takes_after(
        outbound=entry.callback, due=agent.due, queue_under_level=queue.under_level
    )


def blended_out(agent: Agent, entry: Entry, queue: QueueRules, now: datetime) -> Verdict | None:
    """Why the agent's blend does not allow this contact now; None: it does."""
    after = takes_after(agent, entry, queue)
    if after is not None and (after == 0 or entry.waited(now) >= after):
        return None
    match agent.blend.mode:
        case BlendMode.INBOUND_ONLY:
            return Verdict.INBOUND_ONLY
        case BlendMode.OUTBOUND_ONLY:
            return Verdict.OUTBOUND_ONLY
        case _:
            return Verdict.OUTBOUND_DUE if agent.due else Verdict.OUTBOUND_FIRST


def skills_suffice_after(
    agent: Agent, entry: Entry, queue: QueueRules, ring: Ring | None = None
) -> float | None:
    """Seconds of waiting after which this agent is good enough; None: never. Who is named, or helps out, skips the queue's own
    demands."""
    skips = ring is not None or agent.id in queue.members
    wanted = entry.requirements if skips else (*queue.requirements, *entry.requirements)
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
    if takes_after(preferred, entry, queue) is None:
        return False
    return at_work and not entry.passed_by(preferred.id, now) and entry.waited(now) < queue.last_agent_s


def verdict(
    agent: Agent,
    entry: Entry,
    queue: QueueRules,
    preferred: Agent | None,
    now: datetime,
    ring: Ring | None = None,
) -> Verdict | None:
    """Why this agent, who helps out if there is a `ring`, cannot be offered this contact now; None: can be."""
    if (why := agent.why_not(queue.channel)) is not None:
        return why
    if (why := blended_out(agent, entry, queue, now)) is not None:
        return why
    if ring is not None:
        helps = ring.opens_after(queue.expected_wait_s)
        if helps is None or entry.waited(now) < helps:
            return Verdict.HELPS_LATER
    suffices = skills_suffice_after(agent, entry, queue, ring)
    if suffices is None or entry.waited(now) < suffices:
        return Verdict.SKILL_TOO_LOW
    if entry.passed_by(agent.id, now):
        return Verdict.LET_IT_PASS
    if waits_for_preferred(entry, queue, agent, preferred, now):
        return Verdict.WAITS_FOR_PREFERRED
    return None
