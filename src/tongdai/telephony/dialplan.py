"""Where a dialled number leads, decided purely: who may call what, over which trunk, showing which number."""

from dataclasses import dataclass
from uuid import UUID

from tongdai.kit.phone import NumberKind, kind_of, parse_number

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
class Route:
    """One way to reach somebody: devices of a colleague, or a number over a trunk. `shown` is the caller id."""

    endpoints: tuple[str, ...]
    shown: str
    trunk_id: UUID | None = None
    user_id: UUID | None = None


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


def result_of_cause(cause: int) -> str:
    """The result of a call that was not answered, from the Q.850 cause."""
    if cause == 17:
        return "busy"
    if cause in (16, 18, 19):
        return "no_answer"
    return "refused" if cause in (21, 55, 57, 87) else "failed"


def worth_another_trunk(cause: int, *, rang: bool = True) -> bool:
    """Whether the next trunk may do better. "No user responding" (18) is the person's where it rang, else the trunk's."""
    return cause in TRUNK_TROUBLE or (cause == 18 and not rang)
