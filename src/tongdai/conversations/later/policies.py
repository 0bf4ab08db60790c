"""Decisions about replies that are sent later. Pure: time is an argument."""

from datetime import datetime, timedelta
from enum import StrEnum

LONGEST = timedelta(days=366)
MOST_WAITING = 20
"""So many in one conversation."""
ANSWERED = "answered"


class Fate(StrEnum):
    """What becomes of a reply that waits."""

    WAIT = "wait"
    SEND = "send"
    STOP = "stop"


def fate(due_at: datetime, now: datetime, *, only_if_unanswered: bool, answered: bool) -> Fate:
    """Once its time has come. What was written meanwhile stops only what its writer made depend on that."""
    if now < due_at:
        return Fate.WAIT
    return Fate.STOP if only_if_unanswered and answered else Fate.SEND


def can_wait_until(due_at: datetime, now: datetime) -> bool:
    return now < due_at <= now + LONGEST
