"""What administration of queues takes and shows."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo, field_validator

from tongdai.platform.bodies import Body, Change, Name
from tongdai.platform.database.rows import EditedRow
from tongdai.platform.errors import WrongValue
from tongdai.platform.http import Ref, one_of
from tongdai.routing.policies import Strategy
from tongdai.tenancy.public import Closing

Seconds = Annotated[float, Field(ge=0, le=86_400)]
Level = Annotated[int, Field(ge=1, le=10)]


class RelaxStep(Body):
    """After so many seconds of waiting, `level` is enough; 0: the skill is not asked for any more."""

    after_s: Annotated[float, Field(gt=0, le=86_400)]
    level: Annotated[int, Field(ge=0, le=10)]


def _widening(steps: list[RelaxStep]) -> list[RelaxStep]:
    ordered = sorted(steps, key=lambda step: step.after_s)
    levels = [step.level for step in ordered]
    if levels != sorted(levels, reverse=True) or len(set(levels)) != len(levels):
        raise WrongValue("each later step must ask for less than the one before", "step")
    return ordered


class RequirementIn(Body):
    """A skill that members must have, at a level that may widen while a contact waits."""

    skill_id: UUID
    level: Level
    relax: Annotated[list[RelaxStep], Field(max_length=10), AfterValidator(_widening)] = []


def _once(requirements: list[RequirementIn]) -> list[RequirementIn]:
    if len({one.skill_id for one in requirements}) != len(requirements):
        raise WrongValue("name each skill once", "once")
    for one in requirements:
        if one.relax and one.relax[0].level >= one.level:
            raise WrongValue("the first step must ask for less than the skill's own level", "step")
    return requirements


Requirements = Annotated[list[RequirementIn], Field(max_length=20), AfterValidator(_once)]
Prompt = Annotated[str | None, Field(max_length=100)]
Formula = Literal[
    "answered_of_all", "answered_of_answered", "answered_or_abandoned_of_all", "answered_of_rest"
]


class RingIn(Body):
    """Agents of another queue help out with who has waited `after_s`, or while who comes now would wait for longer than
    `expected_s`."""

    queue_id: UUID
    after_s: Annotated[float | None, Field(gt=0, le=86_400)] = None
    expected_s: Annotated[float | None, Field(gt=0, le=86_400)] = None


def _rings(rings: list[RingIn]) -> list[RingIn]:
    if len({ring.queue_id for ring in rings}) != len(rings):
        raise WrongValue("name each queue once", "once")
    if any(ring.after_s is None and ring.expected_s is None for ring in rings):
        raise WrongValue("say after how long, or from which expected wait on, they help out", "when")
    return sorted(rings, key=lambda ring: (ring.after_s is None, ring.after_s or 0.0))


class CallbackRulesIn(Body):
    """How customers are called back. `calendar` names the hours in which it is done (null: at any time); `first` and `last` are
    the customer's own time of day; callers may ask to be called abroad only where `international`."""

    max_attempts: Annotated[int, Field(ge=1, le=20)] = 3
    retry_s: Annotated[float, Field(ge=30, le=86_400)] = 900
    calendar: Annotated[str | None, Field(max_length=100)] = None
    first: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "08:00"
    last: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", validate_default=True)] = "21:00"
    international: bool = False
    customer_first: bool = False

    @field_validator("last")
    @classmethod
    def _day_ends(cls, last: str, known: ValidationInfo) -> str:
        if known.data.get("first", "") >= last:
            raise WrongValue("the day must end after it begins", "end_after_start")
        return last


class _Rules(Body):
    project_id: UUID | None = None
    strategy: Strategy = Strategy.LONGEST_IDLE
    requirements: Requirements = []
    priority: Annotated[int, Field(ge=0, le=100)] = 0
    ageing: Annotated[float, Field(ge=0, le=1000)] = 0
    offer_timeout_s: Annotated[float, Field(ge=3, le=600)] = 20
    missed_limit: Annotated[int, Field(ge=0, le=100)] = 2
    last_agent_s: Seconds = 0
    wrap_up_s: Annotated[float, Field(ge=0, le=3600)] = 30
    wrap_up_max_s: Annotated[float, Field(ge=0, le=86_400)] = 0
    wrap_up_forced: bool = False
    wrap_up_then: Literal["ready", "not_ready"] = "ready"
    auto_answer: bool = False
    target_s: Annotated[float, Field(gt=0, le=86_400)] = 20
    target_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    service_level_formula: Formula = "answered_of_all"
    short_abandon_s: Seconds = 5
    max_wait_s: Annotated[float | None, Field(gt=0, le=86_400)] = None
    max_waiting: Annotated[int | None, Field(ge=1, le=100_000)] = None
    nobody_after_s: Annotated[float | None, Field(ge=0, le=86_400)] = None
    overflow: Annotated[list[RingIn], Field(max_length=10), AfterValidator(_rings)] = []
    announce_position_s: Seconds = 0
    announce_wait: bool = False
    music_id: UUID | None = None
    recording: Literal["always", "on_demand", "never"] = "always"
    announce_recording: bool = False
    recording_prompt: Prompt = None
    callbacks: CallbackRulesIn = CallbackRulesIn()
    member_ids: Annotated[list[UUID], Field(max_length=5000)] = []


class QueueIn(_Rules):
    """A new queue. `member_ids` in the order of the sequential strategy; who meets `requirements` is a member too. Its channel
    stays: who waits, and who is in it, came by that one."""

    name: Name
    channel: Literal["voice", "webchat", "email"] = "voice"


class QueueChange(_Rules, Change):
    name: Name = ""


class Place(Body):
    """An agent in a queue by name. `position` is the place in the order of the sequential strategy; left out: the last."""

    queue_id: UUID
    user_id: UUID
    position: Annotated[int | None, Field(ge=0, le=1_000_000)] = None


Places = Annotated[list[Place], Field(max_length=5000)]


class Staffing(Body):
    """Who is to be put into which queues, and taken out of which. What is so already stays as it is."""

    add: Places = []
    remove: Places = []


class Staffed(BaseModel):
    """What really changed: given back the other way round, it is undone."""

    added: list[Place]
    removed: list[Place]


class QueueStaff(BaseModel):
    """A queue's agents. Who is in it by skills as well is in both; only a name can be taken out."""

    id: UUID
    name: str
    named: list[UUID]
    by_skills: list[UUID]


class Queue(EditedRow):
    name: str
    project_id: UUID | None
    channel: str
    strategy: str
    requirements: list[RequirementIn]
    priority: int
    ageing: float
    offer_timeout_s: float
    missed_limit: int
    last_agent_s: float
    wrap_up_s: float
    wrap_up_max_s: float
    wrap_up_forced: bool
    wrap_up_then: str
    auto_answer: bool
    target_s: float
    target_share: float
    service_level_formula: str
    short_abandon_s: float
    max_wait_s: float | None
    max_waiting: int | None
    nobody_after_s: float | None
    overflow: list[RingIn]
    announce_position_s: float
    announce_wait: bool
    music_id: UUID | None
    recording: str
    announce_recording: bool
    recording_prompt: str | None
    callbacks: CallbackRulesIn
    closing: Closing | None
    member_ids: list[UUID]


class QueueClosingIn(Body):
    """By which exit flows leave the queue while it is closed, and the recorded prompt that is played before."""

    exit: Literal["closed", "no_agents", "overflow", "timeout"] = "closed"
    prompt: Prompt = None


class CalendarClosingIn(Body):
    """The same of hours."""

    exit: Literal["closed", "holiday"] = "closed"
    prompt: Prompt = None


class SwitchClosingIn(Body):
    """The recorded prompt that flows play before they go on by `closed`."""

    prompt: Prompt = None


class SwitchIn(Body):
    """A new emergency switch, by whose name flows ask for it."""

    name: Name
    project_id: UUID | None = None


class ClosureSwitch(EditedRow):
    name: str
    project_id: UUID | None
    closing: Closing | None


class Closable(BaseModel):
    """A queue, or hours, that can be closed at once, or an emergency switch; and how it is closed (turned on) now."""

    kind: Annotated[str, one_of("queue", "calendar", "switch")]
    id: UUID
    name: str
    waiting: int
    closing: Closing | None
    by: Ref | None
