"""Figures of a queue, decided purely.

Symbols: A answered, A_T answered within the target, B abandoned, B_T abandoned within the target, B_s short abandons.
"""

from dataclasses import dataclass
from enum import StrEnum


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
