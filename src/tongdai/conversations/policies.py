"""How an interaction moves through its life, decided purely.

An interaction is always in exactly one phase; leaving a phase closes its segment. Waiting time is the sum over stays in
queues, talk and hold over the connected part. Every figure is computed from the segments; the sums kept here are for lists.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Phase(StrEnum):
    """What happens to the customer right now."""

    FLOW = "flow"
    WAIT = "wait"
    TALK = "talk"
    HOLD = "hold"
    VOICEMAIL = "voicemail"
    ENDED = "ended"


class State(StrEnum):
    """The four stations of an interaction."""

    IN_FLOW = "in_flow"
    QUEUED = "queued"
    CONNECTED = "connected"
    CLOSED = "closed"


STATE_OF = {
    Phase.FLOW: State.IN_FLOW,
    Phase.VOICEMAIL: State.IN_FLOW,
    Phase.WAIT: State.QUEUED,
    Phase.TALK: State.CONNECTED,
    Phase.HOLD: State.CONNECTED,
    Phase.ENDED: State.CLOSED,
}

NEXT: dict[Phase, frozenset[Phase]] = {
    Phase.FLOW: frozenset({Phase.FLOW, Phase.WAIT, Phase.TALK, Phase.VOICEMAIL, Phase.ENDED}),
    Phase.VOICEMAIL: frozenset({Phase.FLOW, Phase.ENDED}),
    Phase.WAIT: frozenset({Phase.FLOW, Phase.TALK, Phase.VOICEMAIL, Phase.ENDED}),
    Phase.TALK: frozenset({Phase.TALK, Phase.HOLD, Phase.WAIT, Phase.FLOW, Phase.VOICEMAIL, Phase.ENDED}),
    Phase.HOLD: frozenset({Phase.TALK, Phase.WAIT, Phase.FLOW, Phase.VOICEMAIL, Phase.ENDED}),
    Phase.ENDED: frozenset(),
}


class Result(StrEnum):
    """How an interaction ended, as the log shows it."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    SHORT_ABANDON = "short_abandon"
    VOICEMAIL = "voicemail"
    SELF_SERVICE = "self_service"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    REFUSED = "refused"
    CALLBACK = "callback"
    CANCELLED = "cancelled"


class Work(StrEnum):
    """For which kind of contact a result is meant."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    CALLBACK = "callback"


class Ending(StrEnum):
    """How a call of ours went, as far as the network tells: what results are suggested by."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    WRONG_NUMBER = "wrong_number"
    FAILED = "failed"


class Consequence(StrEnum):
    """What choosing a result does."""

    DO_NOT_CALL = "do_not_call"
    CALLBACK = "callback"


NO_SUCH_NUMBER = frozenset({"1", "22", "28"})
"""Q.850: not assigned, changed, not a number."""


def ending_of(direction: str, result: str | None, cause: str | None) -> Ending | None:
    """None: not ours, not over, or nothing that a result could be suggested by."""
    if direction != "outbound" or result is None:
        return None
    if result == Result.FAILED and cause in NO_SUCH_NUMBER:
        return Ending.WRONG_NUMBER
    return Ending(result) if result in set(Ending) else None


@dataclass(frozen=True, slots=True)
class Course:
    """The moving part of an interaction."""

    phase: Phase
    phase_since: datetime
    queue_id: UUID | None
    user_id: UUID | None
    queued_at: datetime | None
    connected_at: datetime | None
    wait_s: float
    talk_s: float
    hold_s: float


@dataclass(frozen=True, slots=True)
class ClosedSegment:
    """A finished interval of one participant: the customer's phases, the agent's ring and wrap-up."""

    kind: str
    queue_id: UUID | None
    user_id: UUID | None
    started_at: datetime
    ended_at: datetime


def move(
    course: Course,
    to: Phase,
    at: datetime,
    *,
    queue_id: UUID | None = None,
    user_id: UUID | None = None,
    new_hands: bool = False,
) -> tuple[Course, ClosedSegment | None]:
    """The course after entering phase `to` at `at`, and the segment that this closes (None when it had no length).

    `new_hands`: the customer goes on with `user_id` (None: somebody outside) instead of with whom they had. Raises ValueError
    for a transition that does not exist. A clock that ran backwards gives an empty segment, never a negative one.
    """
    if to not in NEXT[course.phase]:
        raise ValueError(f"an interaction cannot go from {course.phase} to {to}")
    at = max(at, course.phase_since)
    length = (at - course.phase_since).total_seconds()
    at_work = course.user_id if course.phase in (Phase.TALK, Phase.HOLD) else None
    closed = ClosedSegment(course.phase, course.queue_id, at_work, course.phase_since, at)
    after = replace(
        course,
        phase=to,
        phase_since=at,
        wait_s=course.wait_s + (length if course.phase is Phase.WAIT else 0),
        talk_s=course.talk_s + (length if course.phase is Phase.TALK else 0),
        hold_s=course.hold_s + (length if course.phase is Phase.HOLD else 0),
    )
    if to is Phase.WAIT:
        after = replace(after, queue_id=queue_id, user_id=None, queued_at=at)
    if to is Phase.TALK and (new_hands or course.phase not in (Phase.TALK, Phase.HOLD)):
        after = replace(after, user_id=user_id, connected_at=course.connected_at or at)
    return after, (closed if length > 0 or course.phase is not Phase.FLOW else None)


def result_of(
    course: Course, short_abandon_s: float, *, left_voicemail: bool = False, called: bool = False
) -> Result:
    """How an interaction ended, given the phase it ended in (before moving to ENDED) and what came before. `called`: it is ours
    to somebody, not theirs to us."""
    if course.connected_at is not None:
        return Result.ANSWERED
    if left_voicemail:
        return Result.VOICEMAIL
    if called and course.phase is not Phase.WAIT:
        return Result.NO_ANSWER
    if course.queued_at is not None and course.phase is Phase.WAIT:
        return Result.SHORT_ABANDON if course.wait_s < short_abandon_s else Result.ABANDONED
    if course.queued_at is not None:
        return Result.ABANDONED
    return Result.SELF_SERVICE
