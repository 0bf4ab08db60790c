"""What state a trunk is in, of what Asterisk says: pure."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

Registration = Literal["registered", "rejected", "unreachable", "trying", "not_asked", "unknown"]

REFRESH = timedelta(seconds=30)
"""So often a state is written that did not change, to say that somebody still looks."""
STALE = timedelta(seconds=90)
"""Older states say nothing any more: nobody drives the Asterisk."""

NO_ANSWER = 0
"""Instead of a SIP status: nobody answered."""
_REFUSED = re.compile(
    r"^\[[^\]]*\] WARNING\[\d+\](?:\[C-[0-9a-f]+\])?:? res_pjsip_outbound_registration\.c:(?:\d+ [^:]*:)? "
    r"(?:[^']*'(?P<code>\d{3})'[^']*|(?P<forbidden>403) Forbidden[^']*|(?P<silence>No response)[^']*)"
    r" from '(?P<server>[^']*)' on registration attempt to '(?P<client>[^']*)'"
)


@dataclass(frozen=True, slots=True)
class TrunkState:
    """`since`: the registration is so, or, where none is asked for, the trunk reachable or not. `answer`: the SIP status by
    which it was last refused, NO_ANSWER when there was none, None when that never happened or is not known. Kept after it
    went well again, with when it was. `round_trip_ms`: of an OPTIONS."""

    registration: Registration = "unknown"
    since: datetime | None = None
    answer: int | None = None
    answered_at: datetime | None = None
    reachable: bool | None = None
    round_trip_ms: float | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What Asterisk says now. `status`: its word for the registration, None when it could not be asked or has none. `answer`: the
    newest refusal in its log, None when there is none."""

    asked: bool
    status: str | None = None
    answer: int | None = None
    reachable: bool | None = None
    round_trip_ms: float | None = None


def refusals(lines: list[str]) -> dict[tuple[str, str], int]:
    """(server, account) → how a registration was last refused, as Asterisk's log tells it."""
    found: dict[tuple[str, str], int] = {}
    for line in lines:
        if match := _REFUSED.match(line):
            code = match["code"] or match["forbidden"]
            found[match["server"], match["client"]] = int(code) if code else NO_ANSWER
    return found


def next_state(before: TrunkState, seen: Seen, at: datetime) -> TrunkState:
    """The state after a look. Times do not move while nothing changes."""
    registration = _registration(seen)
    answer, answered_at = before.answer, before.answered_at
    failed = registration in ("rejected", "unreachable")
    if failed:
        told = (
            seen.answer if seen.answer is not None else (NO_ANSWER if registration == "unreachable" else None)
        )
        if registration != before.registration or told != answer or answered_at is None:
            answer, answered_at = told, at
    same = registration == before.registration
    if not seen.asked:
        same, answer, answered_at = same and before.reachable == seen.reachable, None, None
    since = before.since if same and before.since is not None else at
    return TrunkState(registration, since, answer, answered_at, seen.reachable, seen.round_trip_ms, at)


def _registration(seen: Seen) -> Registration:
    if not seen.asked:
        return "not_asked"
    match seen.status:
        case "Registered":
            return "registered"
        case "Unregistered" | "Lost":
            return "trying"
        case "Rejected":
            # Without a log, silence is known by the OPTIONS that nobody answers.
            silent = seen.answer == NO_ANSWER or (seen.answer is None and seen.reachable is False)
            return "unreachable" if silent else "rejected"
        case _:
            return "unknown"


def news(before: TrunkState, after: TrunkState) -> bool:
    """Whether those who look at it have to be told."""
    return _shown(before) != _shown(after)


def due(before: TrunkState, after: TrunkState) -> bool:
    """Whether it is to be written."""
    return (
        news(before, after)
        or (before.round_trip_ms is None) != (after.round_trip_ms is None)
        or before.seen_at is None
        or (after.seen_at is not None and after.seen_at - before.seen_at >= REFRESH)
    )


def as_known(state: TrunkState, at: datetime) -> TrunkState:
    """What may be said of a stored state: nothing, when nobody has looked for long."""
    if state.seen_at is not None and at - state.seen_at < STALE:
        return state
    quiet = "not_asked" if state.registration == "not_asked" else "unknown"
    return replace(state, registration=quiet, reachable=None, round_trip_ms=None, since=state.seen_at)


def _shown(state: TrunkState) -> tuple[object, ...]:
    return (state.registration, state.answer, state.reachable)
