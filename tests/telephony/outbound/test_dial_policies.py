"""What forbids a call: matching the do-not-call list, and the hours of the called number's own clock."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.kit.ids import new_id
from tongdai.kit.phone import NumberKind, zones_of
from tongdai.telephony.errors import CallerIdRefused, DoNotCall, OutsideCallingHours
from tongdai.telephony.outbound.dialplan import Dialled
from tongdai.telephony.outbound.rules_api import read_list
from tongdai.telephony.policies import (
    Blocked,
    CallerIdRule,
    CallingHours,
    DialRules,
    Purpose,
    WhoCalls,
    blocking,
    caller_id_rule,
    choices,
    hours_of,
    prefixes_of,
    refusal,
    shown_number,
)

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
DAYTIME = {day: [["08:00", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
HANOI, KYIV, NEW_YORK, LONDON = "+842473001234", "+380441234567", "+12125550123", "+442079460000"

digits = st.text("0123456789", min_size=1, max_size=6)
entries = st.lists(
    st.builds(
        Blocked,
        number=digits.map(lambda text: f"+{text}"),
        prefix=st.booleans(),
        reason=st.text(max_size=5),
        until=st.none() | st.integers(-5, 5).map(lambda days: NOON + timedelta(days=days)),
    ),
    max_size=8,
)


def national(number: str) -> Dialled:
    return Dialled(number, NumberKind.NATIONAL, number)


@given(digits.map(lambda text: f"+{text}"), entries)
def test_a_number_is_blocked_by_what_it_is_or_begins_with_and_nothing_else(
    number: str, listed: list[Blocked]
):
    found = blocking(number, listed, NOON)
    matching = [
        one
        for one in listed
        if (one.number == number or (one.prefix and one.number in prefixes_of(number)))
        and (one.until is None or one.until > NOON)
    ]
    assert (found is None) == (not matching)
    if found is not None:
        assert found in matching
        assert all(len(one.number) <= len(found.number) for one in matching if one.prefix == found.prefix)
        assert not found.prefix or all(one.prefix for one in matching)


@given(entries, st.sampled_from(list(Purpose)))
def test_emergency_numbers_always_pass(listed: list[Blocked], purpose: Purpose):
    everything = [*listed, Blocked("1", True, "", None)]
    rules = DialRules(everything, [CallingHours("+", {}), CallingHours("1", {})], "UTC")
    assert refusal(Dialled("113", NumberKind.EMERGENCY, "113"), purpose, rules, NOON) is None


@given(st.integers(0, 2 * 366 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)))
@pytest.mark.parametrize(
    ("number", "zone"),
    [
        (HANOI, "Asia/Ho_Chi_Minh"),
        (KYIV, "Europe/Kyiv"),
        (NEW_YORK, "America/New_York"),
        (LONDON, "Europe/London"),
    ],
)
def test_hours_are_those_of_the_called_number_also_when_clocks_change(number: str, zone: str, at: datetime):
    rules = DialRules([], [CallingHours("+", DAYTIME)], "UTC")
    local = at.astimezone(ZoneInfo(zone))
    refused = refusal(national(number), Purpose.CALL, rules, at)
    assert (refused is None) == (8 <= local.hour < 20)
    if refused is not None:
        assert isinstance(refused, OutsideCallingHours)
        assert f"{local:%H:%M}" in refused.detail
    assert refusal(national(number), Purpose.JOIN, rules, at) is None


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        ("2026-03-08T12:59+00:00", True),  # New York has gone to summer time that night: 08:59
        ("2026-03-08T11:59+00:00", False),  # 07:59
        ("2026-03-07T12:59+00:00", False),  # the day before it was still 07:59
        ("2026-11-01T12:59+00:00", False),  # and back in autumn
    ],
)
def test_the_night_of_the_changed_clock(at: str, open_: bool):
    rules = DialRules([], [CallingHours("+1", DAYTIME)], "UTC")
    assert (refusal(national(NEW_YORK), Purpose.CALL, rules, datetime.fromisoformat(at)) is None) == open_


def test_a_number_in_several_zones_needs_all_of_them_open():
    toll_free = "+18005550123"
    assert len(zones_of(toll_free)) > 1
    rules = DialRules([], [CallingHours("+1", DAYTIME)], "UTC")
    assert refusal(national(toll_free), Purpose.CALL, rules, datetime(2026, 6, 1, 13, tzinfo=UTC)) is not None


def test_a_number_without_a_zone_has_that_of_the_centre():
    rules = DialRules([], [CallingHours("1", DAYTIME)], "Asia/Ho_Chi_Minh")
    number = Dialled("19001234", NumberKind.UNKNOWN, "19001234")
    assert refusal(number, Purpose.CALL, rules, NOON) is None
    assert refusal(number, Purpose.CALL, rules, NOON + timedelta(hours=9)) is not None


def test_the_longest_prefix_has_the_hours():
    rules = [CallingHours("+", {}), CallingHours("+84", DAYTIME), CallingHours("+8490", {})]
    assert [hours_of(number, rules) for number in ("+1", "+8491", "+84901")] == rules


def test_the_list_comes_before_the_hours_and_says_why():
    rules = DialRules([Blocked("+84", True, "asked us to", None)], [CallingHours("+", {})], "UTC")
    refused = refusal(national(HANOI), Purpose.JOIN, rules, NOON)
    assert isinstance(refused, DoNotCall)
    assert "asked us to" in refused.detail


def test_a_list_is_read_line_by_line():
    lines = ["Phone;Why", "0912 345 678; moved away", '"+380 44 123 45 67"', "0912345678", "12", "hello"]
    found, unreadable = read_list(lines, "VN", "bought list")
    assert [(one.number, one.reason) for one in found] == [
        ("+84912345678", "moved away"),
        (KYIV, "bought list"),
    ]
    assert unreadable == ["Phone;Why", "12", "hello"]


@given(st.lists(st.text(max_size=40), max_size=20))
def test_any_list_can_be_read(lines: list[str]):
    found, unreadable = read_list(lines, "VN", "")
    assert len({one.number for one in found}) == len(found)
    assert len(found) + len(unreadable) <= len(lines)


A, B, C = new_id(), new_id(), new_id()
OWN = {A: "19001234", B: "+842473001234", C: "+380441110000"}


def rule(**given: Any) -> CallerIdRule:
    empty: dict[str, Any] = {
        "prefixes": [],
        "queue_ids": [],
        "team_ids": [],
        "user_ids": [],
        "project_ids": [],
        "may_choose": False,
    }
    filled: dict[str, Any] = empty | {"number_ids": [A]} | given
    return CallerIdRule(**filled)


def test_the_first_rule_that_fits_says_what_is_shown():
    team, queue, user = new_id(), new_id(), new_id()
    rules = [
        rule(prefixes=["+380"], team_ids=[team], number_ids=[C]),
        rule(queue_ids=[queue], number_ids=[B, A], may_choose=True),
        rule(user_ids=[user]),
    ]
    insider = WhoCalls(new_id(), frozenset({team}), frozenset({queue}))
    assert caller_id_rule(rules, insider, KYIV) is rules[0]
    assert caller_id_rule(rules, insider, HANOI) is rules[1]
    assert caller_id_rule(rules, WhoCalls(user, frozenset(), frozenset()), KYIV) is rules[2]
    assert caller_id_rule(rules, WhoCalls(new_id(), frozenset(), frozenset()), KYIV) is None


def test_a_rule_for_a_project_holds_for_calls_made_for_it():
    project, who = new_id(), WhoCalls(new_id(), frozenset(), frozenset())
    rules = [rule(project_ids=[project], number_ids=[B]), rule(prefixes=["+380"])]
    assert caller_id_rule(rules, who, KYIV, project) is rules[0]
    assert caller_id_rule(rules, who, KYIV, new_id()) is rules[1]
    assert caller_id_rule(rules, who, KYIV) is rules[1]
    assert [one.because for one in rules] == [["project"], ["number"]]
    assert rule().because == []


@given(st.lists(st.sampled_from([A, B, C, new_id()]), min_size=1, unique=True), st.booleans())
def test_only_what_the_rule_allows_is_shown(numbers: list[UUID], may_choose: bool):
    one = rule(number_ids=numbers, may_choose=may_choose)
    allowed = choices(one, OWN)
    assert shown_number(one, OWN, None) == (allowed[0] if allowed else None)
    for wanted in [*OWN.values(), "113"]:
        if wanted in allowed[: None if may_choose else 1]:
            assert shown_number(one, OWN, wanted) == wanted
        else:
            with pytest.raises(CallerIdRefused):
                shown_number(one, OWN, wanted)


def test_without_a_rule_any_number_of_the_centre_may_be_shown_and_no_other():
    assert shown_number(None, OWN, None) is None
    assert shown_number(None, OWN, "19001234") == "19001234"
    with pytest.raises(CallerIdRefused):
        shown_number(None, OWN, "+84900000000")
