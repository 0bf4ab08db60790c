"""Where a dialled number leads, decided purely: who may call what, over which trunk, showing which number."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from tongdai.kit.phone import NumberKind, kind_of, parse_number
from tongdai.telephony.extensions.policies import RING_S, Outcome

DIAL_PERMISSION = {
    NumberKind.NATIONAL: "calls.dial_national",
    NumberKind.INTERNATIONAL: "calls.dial_international",
    NumberKind.PREMIUM: "calls.dial_premium",
    NumberKind.UNKNOWN: "calls.dial_premium",
}
"""The dial classes. Emergency and internal numbers need none: emergency calls always pass."""

TRUNK_TROUBLE = frozenset({0, 3, 20, 23, 27, 34, 38, 41, 42, 44, 47, 58, 127})
"""Q.850 causes that are about the line, not about the person called: the next trunk may do better."""


@dataclass(frozen=True, slots=True)
class Toll:
    """What it takes to go outside: the trunk, its price for this number, and the user who answers for it; None: nobody does,
    a flow or a group's rule sent the call there."""

    trunk_id: UUID
    price_per_minute: Decimal
    user_id: UUID | None


@dataclass(frozen=True, slots=True)
class Route:
    """One way to reach somebody: devices of colleagues, or a number over a trunk (`toll`). `shown` is the caller id; it rings
    for `seconds`."""

    endpoints: tuple[str, ...]
    shown: str
    toll: Toll | None = None
    seconds: float = RING_S

    @property
    def trunk_id(self) -> UUID | None:
        return self.toll.trunk_id if self.toll else None


@dataclass(frozen=True, slots=True)
class Dialled:
    """What was dialled: an extension, or an outside number in the form that trunks take."""

    raw: str
    kind: NumberKind
    number: str


def read_dialled(raw: str, country: str) -> Dialled | None:
    """What a person dialled. None when it is not a number at all. Extensions are looked up by the caller first."""
    cleaned = "".join(char for char in raw if char in "0123456789+*#")
    if not cleaned or len(cleaned) > 32:
        return None
    kind = kind_of(cleaned, country)
    number = parse_number(cleaned, country).e164 if kind is not NumberKind.EMERGENCY else cleaned
    return Dialled(raw, kind, number or cleaned)


class Code(StrEnum):
    """What a desk phone's keys set up."""

    ALWAYS = "always"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    DO_NOT_DISTURB = "do_not_disturb"
    DISTURB = "disturb"


_CODES = {
    "*72": (Code.ALWAYS, True),
    "*73": (Code.ALWAYS, False),
    "*90": (Code.BUSY, True),
    "*91": (Code.BUSY, False),
    "*92": (Code.NO_ANSWER, True),
    "*93": (Code.NO_ANSWER, False),
    "*94": (Code.UNREACHABLE, True),
    "*95": (Code.UNREACHABLE, False),
    "*78": (Code.DO_NOT_DISTURB, False),
    "*79": (Code.DISTURB, False),
}
"""Star codes as most exchanges have them, and whether a number follows."""
OWN_MESSAGES, MESSAGES = "*97", "*98"
"""The codes by which messages are heard: one's own, from one's own phone; and anybody's, by extension and PIN."""


def read_code(dialled: str) -> tuple[Code, str] | None:
    """The star code that was dialled, and the number after it; None when it is none, or its number is missing or too much."""
    code, takes_number = _CODES.get(dialled[:3], (None, False))
    number = dialled[3:]
    if code is None or bool(number) is not takes_number:
        return None
    return code, number


def result_of_cause(cause: int) -> str:
    """The result of a call that was not answered, from the Q.850 cause."""
    if cause == 17:
        return "busy"
    if cause in (16, 18, 19):
        return "no_answer"
    return "refused" if cause in (21, 55, 57, 87) else "failed"


UNREACHABLE = frozenset({0, 1, 3, 20, 22, 23, 27, 34, 38, 41, 42, 47, 58, 65, 88, 127})
"""Q.850 of a phone that is not there, is out of order, or sends calls elsewhere (0, 23), which is not followed."""


def outcome_of(cause: int, *, rang: bool = True) -> Outcome:
    """How it went with somebody who did not answer. "No user responding" (18) without ringing is a phone that is not there."""
    if cause in (17, 21):
        return Outcome.BUSY
    return Outcome.UNREACHABLE if cause in UNREACHABLE or (cause == 18 and not rang) else Outcome.NO_ANSWER


def worth_another_trunk(cause: int, *, rang: bool = True) -> bool:
    """Whether the next trunk may do better. "No user responding" (18) is the person's where it rang, else the trunk's."""
    return cause in TRUNK_TROUBLE or (cause == 18 and not rang)
