"""What administration of queues takes and shows."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from tongdai.platform.bodies import Body, Change, Name
from tongdai.platform.database.rows import EditedRow
from tongdai.platform.errors import WrongValue
from tongdai.routing.policies import Strategy

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
Formula = Literal[
    "answered_of_all", "answered_of_answered", "answered_or_abandoned_of_all", "answered_of_rest"
]


class _Rules(Body):
    project_id: UUID | None = None
    channel: Literal["voice"] = "voice"
    strategy: Strategy = Strategy.LONGEST_IDLE
    requirements: Requirements = []
    priority: Annotated[int, Field(ge=0, le=100)] = 0
    ageing: Annotated[float, Field(ge=0, le=1000)] = 0
    offer_timeout_s: Annotated[float, Field(ge=3, le=600)] = 20
    missed_limit: Annotated[int, Field(ge=0, le=100)] = 2
    last_agent_s: Seconds = 0
    wrap_up_s: Annotated[float, Field(ge=0, le=3600)] = 30
    auto_answer: bool = False
    target_s: Annotated[float, Field(gt=0, le=86_400)] = 20
    target_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    service_level_formula: Formula = "answered_of_all"
    short_abandon_s: Seconds = 5
    max_wait_s: Annotated[float | None, Field(gt=0, le=86_400)] = None
    max_waiting: Annotated[int | None, Field(ge=1, le=100_000)] = None
    announce_position_s: Seconds = 0
    music: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$")] = "default"
    recording: Literal["always", "on_demand", "never"] = "always"
    announce_recording: bool = False
    member_ids: Annotated[list[UUID], Field(max_length=5000)] = []


class QueueIn(_Rules):
    """A new queue. `member_ids` in the order of the sequential strategy; who meets `requirements` is a member too."""

    name: Name


class QueueChange(_Rules, Change):
    name: Name = ""


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
    auto_answer: bool
    target_s: float
    target_share: float
    service_level_formula: str
    short_abandon_s: float
    max_wait_s: float | None
    max_waiting: int | None
    announce_position_s: float
    music: str
    recording: str
    announce_recording: bool
    member_ids: list[UUID]
