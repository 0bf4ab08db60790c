"""When figures are an alert: raised once, cleared by a margin, no flapping in between, whatever the figures do."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.analytics.policies import (
    CALM,
    OF_QUEUES,
    SETTLED,
    SHARES,
    AlertRule,
    Measure,
    Watch,
    look,
)

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def rule(measure: Measure = Measure.WAITING, threshold: float = 10, for_s: float = 0) -> AlertRule:
    return AlertRule(UUID(int=1), UUID(int=2), measure, threshold, for_s, 1, "warning", None, None, None)


def thresholds(measure: Measure) -> st.SearchStrategy[float]:
    if measure in SHARES:
        return st.floats(0.01, 1)
    return st.integers(1, 100).map(float)


rules = st.sampled_from(Measure).flatmap(
    lambda measure: st.builds(
        rule, st.just(measure), thresholds(measure), st.sampled_from([0.0, 0.0, 5.0, 60.0])
    )
)


@st.composite
def stories(draw: st.DrawFn) -> tuple[AlertRule, list[tuple[float, float | None]]]:
    """A rule and what it sees: (seconds later, value or nothing), mostly near the threshold."""
    made = draw(rules)
    near = st.floats(-3, 3).map(lambda n: made.threshold + n * made.margin)
    values = st.one_of(near, near, st.just(made.threshold), st.none())
    return made, draw(st.lists(st.tuples(st.floats(0.5, 40), values), max_size=60))


def told(made: AlertRule, story: Sequence[tuple[float, float | None]], first: Watch = CALM):
    """(instant, value, before, after) of each look."""
    now, watch = NOW, first
    for later, value in story:
        now += timedelta(seconds=later)
        after = look(made, watch, value, now)
        yield now, value, watch, after
        watch = after


@given(stories())
def test_only_a_bad_value_raises_and_only_a_good_one_or_none_clears(
    story: tuple[AlertRule, list[tuple[float, float | None]]],
):
    made, seen = story
    for _, value, before, after in told(made, seen):
        if after.raised and not before.raised:
            assert value is not None
            assert made.is_bad(value)
        if before.raised and not after.raised:
            assert value is None or made.is_well(value)


@given(stories())
def test_between_the_threshold_and_its_margin_nothing_changes(
    story: tuple[AlertRule, list[tuple[float, float | None]]],
):
    made, seen = story
    for _, value, before, after in told(made, seen):
        if value is not None and not made.is_bad(value) and not made.is_well(value):
            assert after.raised == before.raised
            assert after.turning_since is None


@given(stories())
def test_it_does_not_flap(story: tuple[AlertRule, list[tuple[float, float | None]]]):
    """While there is something to measure, an alert stands for at least SETTLED after it was raised, and every value of the
    last SETTLED before it is cleared was good; every value of the last `for_s` before it is raised was bad."""
    made, seen = story
    looks = list(told(made, seen))
    for number, (now, value, before, after) in enumerate(looks):
        if value is None or after.raised == before.raised:
            continue
        lasts, right = (made.for_s, made.is_bad) if after.raised else (SETTLED.total_seconds(), made.is_well)
        begun = next((at for at, one, _, _ in reversed(looks[:number]) if one is None or not right(one)), NOW)
        assert (now - begun).total_seconds() >= lasts
        recent = [one for at, one, _, _ in looks[: number + 1] if now - at < timedelta(seconds=lasts)]
        assert all(one is not None and right(one) for one in recent)


@given(stories())
def test_raised_and_cleared_take_turns_and_remember_the_worst(
    story: tuple[AlertRule, list[tuple[float, float | None]]],
):
    made, seen = story
    values: list[float] = []
    for _, value, before, after in told(made, seen):
        if after.raised and not before.raised:
            values = []
        if value is not None:
            values.append(value)
        if after.raised:
            assert after.worst == (min(values) if made.low_is_bad else max(values))


@given(stories(), st.integers(0, 60))
def test_a_new_evaluator_goes_on_where_another_left_off(
    story: tuple[AlertRule, list[tuple[float, float | None]]], cut: int
):
    """It knows only what is raised: it raises nothing that is raised, and is at most one settling time late."""
    made, seen = story
    whole = [after.raised for _, _, _, after in told(made, seen)]
    kept = Watch(raised=whole[cut - 1]) if 0 < cut <= len(whole) else CALM
    rest = seen[cut:] if cut else seen
    for _, value, before, after in told(made, rest, kept):
        if after.raised and not before.raised:
            assert value is not None
            assert made.is_bad(value)
    if rest and (value := rest[-1][1]) is not None:
        ends = [
            list(told(made, [*rest, *[(1.0, value)] * 80], start))[-1][3].raised for start in (kept, CALM)
        ]
        if made.is_bad(value) or made.is_well(value):
            assert ends == [made.is_bad(value)] * 2


def test_a_full_queue_in_which_each_next_caller_waits_long_is_one_alert():
    longest = rule(Measure.LONGEST_WAIT, 60)
    waits = [(1.0, float(wait)) for _ in range(20) for wait in range(52, 66)]
    changes = [after.raised for _, _, _, after in told(longest, waits)]
    assert sum(later and not earlier for earlier, later in pairwise([False, *changes])) == 1
    assert changes[-1]


@pytest.mark.parametrize("measure", sorted(Measure))
def test_every_threshold_can_be_left_again(measure: Measure):
    for threshold in (0.01, 0.5, 1.0) if measure in SHARES else (1.0, 10.0, 900.0):
        made = rule(measure, threshold)
        best = 1.0 if made.low_is_bad else 0.0
        assert made.is_well(best)
        assert not made.is_bad(best)
    assert (measure in OF_QUEUES) == (measure not in ("talking", "wrap_up", "not_ready", "idle"))
