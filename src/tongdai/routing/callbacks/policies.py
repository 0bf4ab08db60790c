"""When a customer may be called back, and what follows from an attempt: decided purely.

Hours are local wall-clock times: the customer's of their own zone, the queue's of its calendar's. Across a change of the clocks
they are read as the clock on the wall shows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tongdai.kit.phone import CallableNumber, NumberKind


class State(StrEnum):
    """Where a callback stands. `due`: a personal one of whose time its agent was reminded."""

    SCHEDULED = "scheduled"
    WAITING = "waiting"
    DUE = "due"
    CALLING = "calling"
    SERVED = "served"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CALLED_AGAIN = "called_again"


OPEN = (State.SCHEDULED, State.WAITING, State.DUE, State.CALLING)
LONGEST_AHEAD = timedelta(days=90)
"""Nobody promises further ahead."""


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """How a queue calls back. `calendar` names the hours in which it does (None: at any time); `first` and `last` are the
    customer's own time of day ("08:00"); `international`: callers may ask to be called abroad; `customer_first`: the customer's
    phone rings before the agent's."""

    max_attempts: int = 3
    retry_s: float = 900.0
    calendar: str | None = None
    first: str = "08:00"
    last: str = "21:00"
    international: bool = False
    customer_first: bool = False

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "CallbackRules":
        return cls(**{name: stored[name] for name in cls.__slots__ if name in stored})


AS_USUAL = CallbackRules()
PERSONAL = CallbackRules(first="00:00", last="24:00")
"""Agents know when they promised to call."""


def refused(number: CallableNumber, rules: CallbackRules) -> str | None:
    """Why a caller cannot be called back on what they gave: premium, international, number (withheld, unreadable, an emergency
    number). None: they can."""
    if number.kind is NumberKind.PREMIUM:
        return "premium"
    if number.e164 is None or number.kind not in (NumberKind.NATIONAL, NumberKind.INTERNATIONAL):
        return "number"
    return "international" if number.kind is NumberKind.INTERNATIONAL and not rules.international else None


class Hours(Protocol):
    """A calendar, as far as it matters here."""

    def open_at(self, at: datetime) -> bool: ...

    def next_change(self, at: datetime) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Always:
    """No calendar."""

    def open_at(self, at: datetime) -> bool:
        return True

    def next_change(self, at: datetime) -> datetime | None:
        return None


@dataclass(frozen=True, slots=True)
class Span:
    """The customer's day: from `first` to before `last`, on the wall clock of `zone`."""

    zone: str
    first: str = "00:00"
    last: str = "24:00"
    _edges: tuple[time, time | None] = field(init=False)

    def __post_init__(self) -> None:
        end = None if self.last == "24:00" else time.fromisoformat(self.last)
        object.__setattr__(self, "_edges", (time.fromisoformat(self.first), end))

    def holds(self, at: datetime) -> bool:
        wall = at.astimezone(ZoneInfo(self.zone)).time()
        first, last = self._edges
        return wall >= first and (last is None or wall < last)

    def next(self, at: datetime) -> datetime:
        """`at` itself within the span; else when the next one begins."""
        if self.holds(at):
            return at
        zone = ZoneInfo(self.zone)
        today = at.astimezone(zone).date().toordinal()
        for day in range(today, today + 4):
            begins = datetime.combine(date.fromordinal(day), self._edges[0], zone).astimezone(UTC)
            if begins > at and self.holds(begins):
                return begins
        raise ValueError(f"no day of {self.zone} has {self.first}")


def may_call_from(at: datetime, day: Span, hours: Hours) -> datetime | None:
    """The first instant from `at` on that is within the customer's day and within the queue's hours; None: not within a year."""
    latest = at + timedelta(days=366)
    moment = at
    while moment <= latest:
        moment = day.next(moment)
        if hours.open_at(moment):
            return moment
        opens = hours.next_change(moment)
        if opens is None:
            return None
        moment = opens
    return None


def next_time(at: datetime, zone: str, hour: int, minute: int) -> datetime:
    """When the wall clock of `zone` shows this time next, after `at`. A time that is skipped when the clocks go forward is taken
    as late as the clocks do."""
    local = ZoneInfo(zone)
    today = at.astimezone(local).date().toordinal()
    for day in (today, today + 1, today + 2):
        moment = datetime.combine(date.fromordinal(day), time(hour, minute), local).astimezone(UTC)
        if moment > at:
            return moment
    raise ValueError("time does not go on")


def typed_time(digits: str) -> tuple[int, int] | None:
    """Hour and minute of "1430", "0900" or "930"; None when it is no time of day."""
    if not digits.isdecimal() or len(digits) not in (3, 4):
        return None
    hour, minute = int(digits[:-2]), int(digits[-2:])
    return (hour, minute) if hour < 24 and minute < 60 else None


REACHED = frozenset({"answered"})
AT_FAULT = frozenset({"41"})
"""Q.850: the call ended with our own server. The customer was not tried."""


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a callback: its state, how many attempts count, and when it is tried again."""

    state: State
    attempts: int
    due_at: datetime | None = None


def after_attempt(
    rules: CallbackRules, attempts: int, result: str, cause: str, at: datetime, *, personal: bool
) -> Next:
    """After the call of an attempt ended. `attempts` counts those before it. A personal callback is never given up: its agent
    decides."""
    if result in REACHED:
        return Next(State.SERVED, attempts + 1)
    if cause in AT_FAULT:
        return Next(State.SCHEDULED, attempts, at)
    if attempts + 1 >= rules.max_attempts and not personal:
        return Next(State.FAILED, attempts + 1)
    return Next(State.SCHEDULED, attempts + 1, at + timedelta(seconds=rules.retry_s))
