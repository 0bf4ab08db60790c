"""Whether an outside number may be called now, and what is recorded, decided purely. Every call that goes out is asked of
`refusal`, every talk that begins of `recording_of`."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from tongdai.kit.phone import NumberKind, zones_of
from tongdai.telephony.errors import CallerIdRefused, CallNotInState, DoNotCall, OutsideCallingHours
from tongdai.telephony.outbound.dialplan import Dialled
from tongdai.tenancy import public as tenancy

Week = Mapping[str, Sequence[Sequence[str]]]
"""{"mon": [["08:00", "12:00"], …]}, as in calendars."""


class Purpose(StrEnum):
    """CALL: somebody begins a conversation with this number, at an hour that has to suit them. JOIN: a conversation goes on, and
    the number is called into it (to be asked, to confer, by a flow); only the do-not-call list forbids that."""

    CALL = "call"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class Blocked:
    """An entry of the do-not-call list: one number, or with `prefix` all that begin so. `until` None: for good."""

    number: str
    prefix: bool
    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class CallingHours:
    """When numbers that begin with `prefix` ("+" begins them all) may be called, by their own clock."""

    prefix: str
    weekly: Week


@dataclass(frozen=True, slots=True)
class DialRules:
    """What may concern a number. `home_zone` is the clock of numbers that tell none."""

    blocked: Sequence[Blocked]
    hours: Sequence[CallingHours]
    home_zone: str


def prefixes_of(number: str) -> list[str]:
    """All that a number begins with, itself included: what lists are searched by."""
    return [number[:length] for length in range(1, len(number) + 1)]


def blocking(number: str, entries: Iterable[Blocked], at: datetime) -> Blocked | None:
    """The entry that forbids a number at `at`: its own rather than a prefix, the longest prefix rather than a shorter one."""
    found = [
        entry
        for entry in entries
        if (entry.until is None or entry.until > at)
        and (number.startswith(entry.number) if entry.prefix else number == entry.number)
    ]
    return max(found, key=lambda entry: (not entry.prefix, len(entry.number)), default=None)


def hours_of(number: str, hours: Iterable[CallingHours]) -> CallingHours | None:
    """The rule of the longest prefix; None: the number may be called at any hour."""
    found = [rule for rule in hours if number.startswith(rule.prefix)]
    return max(found, key=lambda rule: len(rule.prefix), default=None)


def zones_closed(weekly: Week, zones: Iterable[str], at: datetime) -> list[str]:
    """Those of the zones where it is outside the hours at `at`."""
    return [zone for zone in zones if not tenancy.state_at(weekly, (), zone, at).open]


def refusal(
    dialled: Dialled, purpose: Purpose, rules: DialRules, at: datetime
) -> DoNotCall | OutsideCallingHours | None:
    """What forbids this call, with why; None: it may go out. Emergency numbers always pass.

    A number that may be in several zones is called only when its hours are open in all of them.
    """
    if dialled.kind is NumberKind.EMERGENCY:
        return None
    entry = blocking(dialled.number, rules.blocked, at)
    if entry is not None:
        return DoNotCall(_sentence(DoNotCall, entry.reason), reason=entry.reason)
    rule = hours_of(dialled.number, rules.hours) if purpose is Purpose.CALL else None
    if rule is None:
        return None
    zones = zones_of(dialled.number) or (rules.home_zone,)
    closed = zones_closed(rule.weekly, zones, at)
    if not closed:
        return None
    why = f"{at.astimezone(ZoneInfo(closed[0])):%H:%M} {closed[0]}"
    return OutsideCallingHours(_sentence(OutsideCallingHours, why), reason=why)


def _sentence(error: type[DoNotCall] | type[OutsideCallingHours], why: str) -> str:
    says = (error.__doc__ or "").strip()
    return f"{says} ({why})" if why else says


@dataclass(frozen=True, slots=True)
class CallerIdRule:
    """Which of the centre's numbers are shown. A condition that names nothing holds for all; those that do must all hold."""

    prefixes: Sequence[str]
    queue_ids: Sequence[UUID]
    team_ids: Sequence[UUID]
    user_ids: Sequence[UUID]
    project_ids: Sequence[UUID]
    number_ids: Sequence[UUID]
    may_choose: bool

    @property
    def because(self) -> list[str]:
        """By what it was chosen, the most telling first; nothing: it holds for everybody."""
        conditions = {
            "project": self.project_ids,
            "user": self.user_ids,
            "team": self.team_ids,
            "queue": self.queue_ids,
            "number": self.prefixes,
        }
        return [name for name, wanted in conditions.items() if wanted]


@dataclass(frozen=True, slots=True)
class WhoCalls:
    """An agent, and where they belong."""

    user_id: UUID
    team_ids: frozenset[UUID]
    queue_ids: frozenset[UUID]


def caller_id_rule(
    rules: Iterable[CallerIdRule], who: WhoCalls, number: str, project_id: UUID | None = None
) -> CallerIdRule | None:
    """The first rule that fits; None: the trunk's own number is shown, or whichever of the centre's the agent asks for.
    `project_id`: for which the call is made."""
    for rule in rules:
        if (
            (not rule.prefixes or any(number.startswith(prefix) for prefix in rule.prefixes))
            and (not rule.user_ids or who.user_id in rule.user_ids)
            and (not rule.project_ids or project_id in rule.project_ids)
            and (not rule.team_ids or not who.team_ids.isdisjoint(rule.team_ids))
            and (not rule.queue_ids or not who.queue_ids.isdisjoint(rule.queue_ids))
        ):
            return rule
    return None


def choices(rule: CallerIdRule | None, own: Mapping[UUID, str]) -> list[str]:
    """The numbers that may be shown, the one that is shown unasked first. `own`: the centre's numbers in use, by id."""
    return list(own.values()) if rule is None else [own[one] for one in rule.number_ids if one in own]


def shown_number(rule: CallerIdRule | None, own: Mapping[UUID, str], wanted: str | None) -> str | None:
    """What is shown to whom is called; None: what the trunk says. Raises CallerIdRefused."""
    allowed = choices(rule, own)
    if wanted is None:
        return allowed[0] if rule is not None and allowed else None
    if wanted not in allowed or (rule is not None and not rule.may_choose and wanted != allowed[0]):
        raise CallerIdRefused()
    return wanted


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """What is recorded. A condition that names nothing holds for all calls; those that do must all hold.

    `recording`: always, on_demand, never, or sample (`percent` of the calls). `pause_s`: how long an agent may leave something
    out of what is always recorded (0: not at all), and after which every pause ends by itself. `keep_days` None: as the centre.
    """

    directions: Sequence[str]
    queue_ids: Sequence[UUID]
    project_ids: Sequence[UUID]
    number_ids: Sequence[UUID]
    recording: str
    percent: int
    pause_s: int
    keep_days: int | None


@dataclass(frozen=True, slots=True)
class Talk:
    """What rules are asked about. `wish`: what the flow said: never, always, on_demand, pause, or nothing."""

    call_id: UUID
    direction: str
    queue_id: UUID | None
    project_id: UUID | None
    number_id: UUID | None
    by_queue: str
    wish: str


@dataclass(frozen=True, slots=True)
class RecordingDecision:
    """`policy`: always, on_demand or never; `paused`: it begins with a pause."""

    policy: str
    pause_s: int = 0
    keep_days: int | None = None
    paused: bool = False


def recording_of(rules: Iterable[RecordingRule], talk: Talk) -> RecordingDecision:
    """What the flow said comes before the first rule that fits, which comes before what the queue says."""
    rule = next((one for one in rules if _concerns(one, talk)), None)
    policy = talk.by_queue if rule is None else rule.recording
    if policy == "sample":
        policy = "always" if rule is not None and sampled(talk.call_id, rule.percent) else "never"
    if talk.wish in ("never", "always", "on_demand"):
        policy = talk.wish
    pause_s, keep_days = (0, None) if rule is None else (rule.pause_s, rule.keep_days)
    return RecordingDecision(policy, pause_s, keep_days, talk.wish == "pause" and policy == "always")


def _concerns(rule: RecordingRule, talk: Talk) -> bool:
    conditions = (
        (rule.directions, talk.direction),
        (rule.queue_ids, talk.queue_id),
        (rule.project_ids, talk.project_id),
        (rule.number_ids, talk.number_id),
    )
    return all(not wanted or this in wanted for wanted, this in conditions)


def sampled(call_id: UUID, percent: int) -> bool:
    """Whether a call is of the sample: by its id alone, so that every node and every restart says the same, and who is in a
    sample of 10 % is also in one of 20 %."""
    digest = hashlib.sha256(call_id.bytes).digest()
    return int.from_bytes(digest[:4]) * 100 < percent * 2**32


def pause_length(policy: str, longest: int, asked: int | None) -> int | None:
    """How many seconds a pause lasts; None: until it is ended. Raises CallNotInState where nothing may be left out."""
    if longest == 0:
        if policy == "always":
            raise CallNotInState("Calls of this queue are always recorded.")
        return asked
    return min(asked or longest, longest)


@dataclass(frozen=True, slots=True)
class Line:
    """What is asked of a trunk: `prefixes` that it carries (none: all), what it costs a minute to numbers that begin so."""

    id: UUID
    order: int
    name: str
    price: Decimal
    prefixes: Sequence[str]
    rates: Sequence[tuple[str, Decimal]]


def rate_of(line: Line, number: str) -> Decimal:
    """What a minute to this number costs: the line's rate of the longest prefix, or its own price."""
    found = [rate for rate in line.rates if number.startswith(rate[0])]
    return max(found, key=lambda rate: len(rate[0]))[1] if found else line.price


def lines_for(lines: Iterable[Line], dialled: Dialled) -> list[Line]:
    """The lines that carry a number: lowest `order` first, and of one order the cheapest. Emergency calls go by any."""
    number = dialled.number
    carrying = [
        line
        for line in lines
        if dialled.kind is NumberKind.EMERGENCY
        or not line.prefixes
        or any(number.startswith(prefix) for prefix in line.prefixes)
    ]

    def rank(line: Line) -> tuple[int, Decimal, str]:
        return line.order, rate_of(line, number), line.name

    return sorted(carrying, key=rank)
