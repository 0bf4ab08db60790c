"""Decisions about the inbox. Pure: time is an argument."""

from datetime import datetime, timedelta

from tongdai.conversations.policies import State

LONGEST_SNOOZE = timedelta(days=366)


def may_be_snoozed(state: str) -> bool:
    """Whoever waits for an agent, or is with the flow that leads to one, is put aside by nobody."""
    return state in (State.CONNECTED, State.CLOSED)


def is_snooze(until: datetime, now: datetime) -> bool:
    """Whether something can be put aside until then."""
    return now < until <= now + LONGEST_SNOOZE
