"""When customers may be called, and what follows from an attempt."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.kit.phone import callable_number, time_zone_of
from tongdai.routing.callbacks.policies import (
    Always,
    CallbackRules,
    Span,
    State,
    after_attempt,
    may_call_from,
    next_time,
    refused,
    typed_time,
)
from tongdai.tenancy.public import Hours

ZONES = ("Asia/Ho_Chi_Minh", "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "America/St_Johns")
YEARS = 4 * 366 * 24 * 60
INSTANTS = st.integers(0, YEARS).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
WORKDAYS = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
RULES = CallbackRules(max_attempts=3, retry_s=600)
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)


@given(at=INSTANTS, zone=st.sampled_from(ZONES), first=st.integers(5, 11), length=st.integers(2, 12))
def test_nobody_is_called_outside_their_day_and_nobody_later_than_need_be(
    at: datetime, zone: str, first: int, length: int
):
    day = Span(zone, f"{first:02}:00", f"{first + length:02}:00")
    found = may_call_from(at, day, Always())
    assert found is not None
    assert found >= at
    assert day.holds(found)
    minutes = (found - at) // timedelta(minutes=1)
    assert not any(day.holds(at + timedelta(minutes=minute)) for minute in range(0, minutes, 7))


@given(at=INSTANTS, customer=st.sampled_from(ZONES), queue=st.sampled_from(ZONES))
def test_both_the_customers_day_and_the_queues_hours_hold(at: datetime, customer: str, queue: str):
    day, hours = Span(customer, "08:00", "21:00"), Hours(WORKDAYS, [], queue)
    found = may_call_from(at, day, hours)
    if found is None:
        week = [at + timedelta(minutes=15 * step) for step in range(4 * 24 * 7)]
        assert not any(day.holds(moment) and hours.open_at(moment) for moment in week)
    else:
        assert day.holds(found)
        assert hours.open_at(found)


def test_hours_that_never_open_are_said_so():
    assert may_call_from(AT, Span("UTC", "08:00", "21:00"), Hours({}, [], "UTC")) is None


@given(at=INSTANTS, zone=st.sampled_from(ZONES), hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_a_time_of_day_is_the_next_one_on_the_customers_clock(
    at: datetime, zone: str, hour: int, minute: int
):
    found = next_time(at, zone, hour, minute)
    assert timedelta(0) < found - at <= timedelta(hours=25, minutes=30)
    wall = found.astimezone(ZoneInfo(zone))
    skipped = (wall.hour * 60 + wall.minute - hour * 60 - minute) % 1440
    assert skipped in (0, 30, 60)  # the clocks went forward over it


def test_the_night_in_which_the_clocks_go_forward():
    """In Kyiv 03:00 became 04:00 on 29 March 2026: half past three is as late as the clocks are then."""
    found = next_time(datetime(2026, 3, 29, 0, tzinfo=UTC), "Europe/Kyiv", 3, 30)
    assert found == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    morning = may_call_from(found, Span("Europe/Kyiv", "08:00", "21:00"), Always())
    assert morning == datetime(2026, 3, 29, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("1430", (14, 30)), ("930", (9, 30)), ("0000", (0, 0)), ("2400", None), ("1260", None), ("9", None), ("1*30", None)],
)  # fmt: skip
def test_a_typed_time(typed: str, meant: tuple[int, int] | None):
    assert typed_time(typed) == meant


def test_attempts_are_repeated_and_then_given_up():
    busy = after_attempt(RULES, 0, "busy", "17", AT, personal=False)
    assert (busy.state, busy.attempts, busy.due_at) == (State.SCHEDULED, 1, AT + timedelta(seconds=600))
    last = after_attempt(RULES, 2, "no_answer", "19", AT, personal=False)
    assert (last.state, last.attempts, last.due_at) == (State.FAILED, 3, None)
    assert after_attempt(RULES, 2, "answered", "16", AT, personal=False).state is State.SERVED


def test_who_promised_to_call_is_not_given_up_for():
    assert after_attempt(RULES, 9, "no_answer", "19", AT, personal=True).state is State.SCHEDULED


def test_a_call_that_ended_with_our_server_counts_for_nothing():
    again = after_attempt(RULES, 2, "failed", "41", AT, personal=False)
    assert (again.state, again.attempts, again.due_at) == (State.SCHEDULED, 2, AT)


@pytest.mark.parametrize(
    ("raw", "why"),
    [("+84901234567", None), ("0901234567", None), ("anonymous", "number"), ("", "number"), ("113", "number"),
     ("12", "number"), ("+12125551234", "international"), ("1900545401", "premium"), ("09", "number")],
)  # fmt: skip
def test_numbers_that_cannot_be_called_back_are_refused(raw: str, why: str | None):
    assert refused(callable_number(raw, "VN"), RULES) == why


def test_the_time_zone_is_that_of_the_number():
    assert time_zone_of("+380441234567", "Asia/Ho_Chi_Minh") == "Europe/Kyiv"
    assert time_zone_of("+84901234567", "Asia/Ho_Chi_Minh") == "Asia/Ho_Chi_Minh"
    assert time_zone_of("nonsense", "Asia/Ho_Chi_Minh") == "Asia/Ho_Chi_Minh"
