"""The simulation's plan is a pure function of its seed."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.entrypoints.simulate.plan import Crowd, callers, describe, per_minute, turn

CROWD = Crowd(6.0, ("19001234", "19001235"), ("", "1", "2,123456#,1"))
seeds = st.integers(0, 2**32)


@given(seeds, st.integers(0, 60), st.integers(0, 60))
def test_a_longer_plan_begins_like_a_shorter_one(seed: int, one: int, other: int) -> None:
    shorter, longer = (callers(seed, CROWD, count=count) for count in sorted((one, other)))
    assert longer[: len(shorter)] == shorter


@given(seeds, st.floats(1, 600))
def test_calls_arrive_in_order_and_in_time(seed: int, seconds: float) -> None:
    plan = callers(seed, CROWD, seconds=seconds)
    times = [call.at_s for call in plan]
    assert times == sorted(times)
    assert all(0 <= time <= seconds + 0.001 for time in times)
    assert plan == callers(seed, CROWD, count=len(plan))
    assert len({call.caller for call in plan}) == len(plan)
    for call in plan:
        assert [key.after_s for key in call.keys] == sorted(key.after_s for key in call.keys)
        assert 6 <= call.patience_s <= 600
        assert 3 <= call.talk_s <= 300


def test_seeds_differ_and_means_are_as_asked() -> None:
    assert callers(1, CROWD, count=20) != callers(2, CROWD, count=20)
    plan = callers(7, CROWD, count=4000)
    assert plan[-1].at_s / 4000 == pytest.approx(10, rel=0.05)
    assert statistics.mean(call.patience_s for call in plan) == pytest.approx(60, rel=0.05)
    assert statistics.mean(call.talk_s for call in plan) == pytest.approx(30, rel=0.05)
    turns = [turn(7, 1, number) for number in range(2000)]
    assert statistics.mean(one.talk_s for one in turns) == pytest.approx(25, rel=0.05)
    assert sum(one.hangs_up for one in turns) / 2000 == pytest.approx(0.6, abs=0.04)
    assert turn(7, 1, 5) == turns[5]


def test_the_plan_is_the_same_on_every_machine() -> None:
    assert describe(callers(1, CROWD, count=2)) == [
        "    0.312 s  0901000000 → 19001234  keys 1  patience 113.6 s  talk 24.4 s",
        "    4.080 s  0901000001 → 19001235  keys 2,123456#,1  patience 32.2 s  talk 33.6 s",
    ]


@pytest.mark.parametrize(("text", "rate"), [("6/min", 6), ("2/s", 120), ("120/h", 2), ("6", 6)])
def test_rates(text: str, rate: float) -> None:
    assert per_minute(text) == rate


@pytest.mark.parametrize("text", ["6/week", "0/min", "-1", "nan", "six", ""])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"rate|float"):
        per_minute(text)
