"""The expected wait: the formula, what it does as things change, and rates learned from what happens."""

from datetime import UTC, datetime, timedelta
from math import isclose

from hypothesis import given
from hypothesis import strategies as st

from tongdai.routing.waits import HALF_LIFE_S, Pace, expected_wait

START = datetime(2026, 1, 5, 9, tzinfo=UTC)

paces = st.builds(
    Pace,
    st.just(START),
    st.floats(10, 1000),
    st.floats(100, 1e6),
    st.floats(0, 500),
    st.floats(10, 1e6),
)
agents = st.floats(0.1, 500)


def told(pace: Pace, agents: float, ahead: int) -> float:
    wait = expected_wait(pace, agents, ahead)
    assert wait is not None
    return wait


@given(paces, agents, st.integers(0, 3000))
def test_it_is_the_sum_over_the_departures(pace: Pace, agents: float, ahead: int):
    mu, theta = pace.finished / pace.worked_s, pace.abandoned / pace.waited_s
    plain = sum(1 / (agents * mu + k * theta) for k in range(ahead + 1))
    assert isclose(told(pace, agents, ahead), plain, rel_tol=1e-4)


@given(paces, agents, st.integers(0, 2000))
def test_more_before_one_is_never_shorter_and_more_agents_never_longer(pace: Pace, agents: float, ahead: int):
    here = told(pace, agents, ahead)
    assert told(pace, agents, ahead + 1) > here
    assert told(pace, agents * 1.5, ahead) < here


def test_nobody_at_work_says_nothing_and_somebody_free_is_no_wait():
    pace = Pace(START, finished=20, worked_s=6000)
    assert expected_wait(pace, 0, 3) is None
    assert expected_wait(pace, 2, 0, free=True) == 0
    assert expected_wait(pace, 2, 0) == 150


def test_while_little_is_known_it_is_the_last_ones_wait():
    pace = Pace(START)
    assert expected_wait(pace, 3, 4) is None
    pace = pace.left(75, START, served=True, gave_up=False).left(10, START, served=False, gave_up=True)
    assert expected_wait(pace, 3, 4) == 75
    for _ in range(10):
        pace = pace.worked(300, START)
    assert expected_wait(pace, 3, 0) == 100


@given(st.lists(st.tuples(st.floats(1, 600), st.floats(0, 900)), min_size=12, max_size=60))
def test_rates_are_learned_and_older_news_counts_less(talks: list[tuple[float, float]]):
    pace, now = Pace(START), START
    for busy, later in talks:
        now += timedelta(seconds=later)
        pace = pace.worked(busy, now)
    weights = [
        0.5 ** (sum(later for _, later in talks[index + 1 :]) / HALF_LIFE_S) for index in range(len(talks))
    ]
    assert isclose(pace.finished, sum(weights), rel_tol=1e-6)
    worked = sum(weight * busy for weight, (busy, _) in zip(weights, talks, strict=True))
    assert isclose(pace.worked_s, worked, rel_tol=1e-6)


def test_who_times_out_has_shown_patience_and_has_not_given_up():
    pace = (
        Pace(START).left(60, START, served=False, gave_up=True).left(60, START, served=False, gave_up=False)
    )
    assert pace.abandon_rate == 1 / 120
    assert pace.last_wait_s is None


def test_news_with_an_older_clock_makes_nothing_younger():
    pace = Pace(START, finished=5.0).worked(10, START - timedelta(hours=1))
    assert (pace.finished, pace.at) == (6.0, START)


@given(st.lists(st.floats(1, 600), min_size=1, max_size=20), st.integers(0, 20), st.floats(0, 3600))
def test_what_is_learned_in_two_parts_is_as_in_one(talks: list[float], cut: int, gap: float):
    whole, first, second = Pace(START), Pace(START), Pace(START + timedelta(seconds=gap))
    for number, busy in enumerate(talks):
        late = number >= cut
        now = START + timedelta(seconds=gap if late else 0)
        whole = whole.worked(busy, now)
        first, second = (first, second.worked(busy, now)) if late else (first.worked(busy, now), second)
    joined, whole = first.joined(second), whole.aged(second.at)
    assert isclose(joined.finished, whole.finished, rel_tol=1e-9)
    assert isclose(joined.worked_s, whole.worked_s, rel_tol=1e-9)
