"""An agent's own figures, computed from segments by the definitions that all reports use. Pure.

Time is split pro rata at the boundaries of the interval; a contact counts in the interval in which its talk began.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

_WORKED = frozenset({"ready", "working", "wrap_up"})


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an agent's time in one state. `end` None: it lasts."""

    state: str
    start: datetime
    end: datetime | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Worked:
    """A segment of an interaction in which the agent took part: ring, talk, hold, wrap_up, or help with a colleague's.
    `internal`: two colleagues called each other."""

    interaction_id: UUID
    kind: str
    start: datetime
    end: datetime
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Numerators and what follows from them. `aht_s` and `occupancy` are None when there is nothing to divide by. Calls between
    colleagues are `internal`, and nowhere else."""

    handled: int
    talk_s: float
    hold_s: float
    wrap_up_s: float
    aht_s: float | None
    occupancy: float | None
    ready_s: float
    not_ready_s: float
    missed: int
    internal: int
    internal_s: float


def overlap_s(start: datetime, end: datetime, first: datetime, last: datetime) -> float:
    """Seconds of [start, end) that lie within [first, last)."""
    return max(0.0, (min(end, last) - max(start, first)).total_seconds())


def clipped(spans: Iterable[Span], first: datetime, last: datetime) -> list[Span]:
    """The parts of the spans within [first, last); what still lasts stays open."""
    kept: list[Span] = []
    for span in spans:
        start = max(span.start, first)
        end = span.end if span.end is None or span.end <= last else last
        if start < last and (end is None or end > start):
            kept.append(Span(span.state, start, end, span.reason))
    return kept


def figures(
    spans: Iterable[Span], worked: Iterable[Worked], missed: int, first: datetime, last: datetime
) -> Figures:
    """The figures of [first, last). AHT = (talk + hold + after-contact work) / handled;
    occupancy = (talk + hold + after-contact work + help with colleagues' contacts) / (ready or working, internal calls apart)."""
    seconds = {"talk": 0.0, "hold": 0.0, "wrap_up": 0.0, "help": 0.0}
    began: dict[UUID, datetime] = {}
    colleagues: dict[UUID, datetime] = {}
    internal_s = 0.0
    for one in worked:
        if one.internal and one.kind in seconds:
            internal_s += overlap_s(one.start, one.end, first, last)
        elif one.kind in seconds:
            seconds[one.kind] += overlap_s(one.start, one.end, first, last)
        if one.kind == "talk" or (one.internal and one.kind == "help"):
            counted = colleagues if one.internal else began
            counted[one.interaction_id] = min(one.start, counted.get(one.interaction_id, one.start))
    handled = sum(first <= start < last for start in began.values())
    states: dict[str, float] = {}
    for span in spans:
        states[span.state] = states.get(span.state, 0.0) + overlap_s(
            span.start, span.end or last, first, last
        )
    help_s = seconds.pop("help")
    work = sum(seconds.values())
    present = max(0.0, sum(states.get(state, 0.0) for state in _WORKED) - internal_s)
    return Figures(
        handled=handled,
        talk_s=seconds["talk"],
        hold_s=seconds["hold"],
        wrap_up_s=seconds["wrap_up"],
        aht_s=work / handled if handled else None,
        occupancy=min(1.0, (work + help_s) / present) if present else None,
        ready_s=states.get("ready", 0.0),
        not_ready_s=states.get("not_ready", 0.0),
        missed=missed,
        internal=sum(first <= start < last for start in colleagues.values()),
        internal_s=internal_s,
    )
