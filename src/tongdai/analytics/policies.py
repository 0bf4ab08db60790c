"""Figures of a queue, and when they are an alert, decided purely.

Symbols: A answered, A_T answered within the target, B abandoned, B_T abandoned within the target, B_s short abandons.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class ServiceLevel(StrEnum):
    """The four ways in which the field computes a service level; chosen per queue."""

    WITH_ABANDONED_IN_TARGET = "with_abandoned_in_target"
    ANSWERED_ONLY = "answered_only"
    ANSWERED_OF_ALL = "answered_of_all"
    WITHOUT_EARLY_ABANDONS = "without_early_abandons"


@dataclass(frozen=True, slots=True)
class Tally:
    """How the stays in a queue ended. Short abandons are among the abandoned."""

    answered: int = 0
    answered_in_target: int = 0
    abandoned: int = 0
    abandoned_in_target: int = 0
    short_abandoned: int = 0


def service_level(tally: Tally, formula: ServiceLevel, *, exclude_short: bool = True) -> float | None:
    """The share (0–1) by the queue's formula; None while nothing has ended.

    (A_T+B_T)/(A+B) · A_T/A · A_T/(A+B) · A_T/(A+B−B_T); with `exclude_short`, B and B_T leave out short abandons.
    """
    short = tally.short_abandoned if exclude_short else 0
    abandoned = tally.abandoned - short
    in_target = max(0, tally.abandoned_in_target - short)
    match formula:
        case ServiceLevel.WITH_ABANDONED_IN_TARGET:
            share = (tally.answered_in_target + in_target, tally.answered + abandoned)
        case ServiceLevel.ANSWERED_ONLY:
            share = (tally.answered_in_target, tally.answered)
        case ServiceLevel.ANSWERED_OF_ALL:
            share = (tally.answered_in_target, tally.answered + abandoned)
        case ServiceLevel.WITHOUT_EARLY_ABANDONS:
            share = (tally.answered_in_target, tally.answered + abandoned - in_target)
    return share[0] / share[1] if share[1] else None


class Measure(StrEnum):
    """What an alert looks at: four of a queue, four of an agent (seconds in a state)."""

    WAITING = "waiting"
    LONGEST_WAIT = "longest_wait"
    SERVICE_LEVEL = "service_level"
    ABANDONED = "abandoned"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    NOT_READY = "not_ready"
    IDLE = "idle"


SHARES = frozenset({Measure.SERVICE_LEVEL, Measure.ABANDONED})
OF_QUEUES = SHARES | {Measure.WAITING, Measure.LONGEST_WAIT}
OF_STATE: Mapping[str, Measure] = {
    "talking": Measure.TALKING,
    "hold": Measure.TALKING,
    "wrap_up": Measure.WRAP_UP,
    "not_ready": Measure.NOT_READY,
    "ready": Measure.IDLE,
    # Offered and still not taken: whoever lets offers pass has been idle all the while.
    "offered": Measure.IDLE,
}
SETTLED = timedelta(seconds=30)
"""So long it must be well before an alert is cleared: the next caller in a full queue must not raise it anew."""


@dataclass(frozen=True, slots=True)
class AlertRule:
    """When figures are an alert. `queue_id`, `team_id` and `reason_id` narrow it; a share counts from `at_least` contacts on."""

    id: UUID
    tenant_id: UUID
    measure: Measure
    threshold: float
    for_s: float
    at_least: int
    severity: str
    queue_id: UUID | None
    team_id: UUID | None
    reason_id: UUID | None

    @property
    def low_is_bad(self) -> bool:
        return self.measure is Measure.SERVICE_LEVEL

    @property
    def margin(self) -> float:
        """How far on the good side of the threshold it is well again."""
        if self.measure is Measure.SERVICE_LEVEL:
            return min(0.02, (1 - self.threshold) / 2)
        if self.measure is Measure.ABANDONED:
            return min(0.02, self.threshold / 2)
        return max(1.0, self.threshold / 10) if self.measure is Measure.WAITING else self.threshold / 10

    def is_bad(self, value: float) -> bool:
        return value < self.threshold if self.low_is_bad else value >= self.threshold

    def is_well(self, value: float) -> bool:
        """Not the opposite of bad: in between, nothing changes."""
        if self.low_is_bad:
            return value >= self.threshold + self.margin
        return value <= self.threshold - self.margin

    def worse(self, one: float | None, other: float) -> float:
        return other if one is None else min(one, other) if self.low_is_bad else max(one, other)


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure of a queue or an agent, and who may see it. `value` None: there is nothing to measure just now."""

    subject_id: UUID
    value: float | None
    queue_id: UUID | None = None
    user_id: UUID | None = None
    reason_id: UUID | None = None
    team_ids: tuple[UUID, ...] = ()
    project_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """One rule on one queue or agent. `turning_since`: since when it has been on the side that it is not told to be on."""

    raised: bool = False
    turning_since: datetime | None = None
    worst: float | None = None


CALM = Watch()


def look(rule: AlertRule, before: Watch, value: float | None, now: datetime) -> Watch:
    """The watch after one more look. `value` None: there is nothing to measure any more (the call is over, the agent left the
    state), which clears at once.

    Raised only by a bad value, after `for_s` of bad ones; cleared only by a good one, after SETTLED of good ones.
    """
    if value is None:
        return Watch(worst=before.worst)
    if not before.raised:
        if not rule.is_bad(value):
            return CALM
        since = before.turning_since or now
        if (now - since).total_seconds() >= rule.for_s:
            return Watch(raised=True, worst=value)
        return Watch(turning_since=since)
    worst = rule.worse(before.worst, value)
    if not rule.is_well(value):
        return Watch(raised=True, worst=worst)
    since = before.turning_since or now
    if now - since >= SETTLED:
        return Watch(worst=worst)
    return Watch(raised=True, turning_since=since, worst=worst)
