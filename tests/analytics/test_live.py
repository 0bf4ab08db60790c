"""Live figures: the formulas against known values, and folding that nothing can confuse."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.analytics.live import LiveFigures, Outcome, QueueRow, Stay
from tongdai.analytics.policies import ServiceLevel, Tally, service_level

DAY = datetime(2026, 1, 5, tzinfo=UTC)
QUEUES = [UUID(int=1), UUID(int=2)]
KNOWN = Tally(answered=1000, answered_in_target=860, abandoned=60, abandoned_in_target=20, short_abandoned=10)


@pytest.mark.parametrize(
    ("formula", "share"),
    [
        (ServiceLevel.WITH_ABANDONED_IN_TARGET, 0.830),
        (ServiceLevel.ANSWERED_ONLY, 0.860),
        (ServiceLevel.ANSWERED_OF_ALL, 0.811),
        (ServiceLevel.WITHOUT_EARLY_ABANDONS, 0.827),
    ],
)
def test_the_four_service_levels(formula: ServiceLevel, share: float):
    assert service_level(KNOWN, formula, exclude_short=False) == pytest.approx(share, abs=0.0005)


def test_no_level_before_anything_has_ended():
    assert service_level(Tally(), ServiceLevel.ANSWERED_OF_ALL) is None


def row(queue_id: UUID, target: float = 20.0) -> QueueRow:
    return QueueRow(queue_id, "Q", None, target, 0.8, ServiceLevel.ANSWERED_OF_ALL, 5.0)


stays = st.builds(
    Stay,
    queue_id=st.sampled_from(QUEUES),
    since=st.integers(0, 3600).map(lambda s: DAY + timedelta(seconds=s)),
    outcome=st.sampled_from(Outcome),
    waited_s=st.floats(0, 100),
)
events = st.lists(st.tuples(st.integers(0, 6).map(lambda n: UUID(int=100 + n)), stays), max_size=40)


@given(events, st.integers(0, 40))
def test_folding_equals_counting_the_last_word_on_each_contact(told: list[tuple[UUID, Stay]], again: int):
    """Duplicates, corrections and a change of target in the middle leave exactly what a recount gives."""
    live = LiveFigures(DAY)
    for queue_id in QUEUES:
        live.put_queue(row(queue_id))
    for index, (interaction_id, stay) in enumerate(told):
        live.put_stay(interaction_id, stay)
        if index == again:
            live.put_queue(row(QUEUES[0], target=50.0))
            live.put_stay(interaction_id, stay)
    target = {QUEUES[0]: 50.0 if again < len(told) else 20.0, QUEUES[1]: 20.0}
    final = dict(told)
    for queue_id in QUEUES:
        mine = [stay for stay in final.values() if stay.queue_id == queue_id]
        figures = live.queues[queue_id]
        answered = [stay for stay in mine if stay.outcome is Outcome.ANSWERED]
        assert figures.offered == len(mine)
        assert len(figures.waiting) == sum(stay.outcome is Outcome.WAITING for stay in mine)
        assert figures.tally.answered == len(answered)
        assert figures.tally.answered_in_target == sum(stay.waited_s <= target[queue_id] for stay in answered)
        assert figures.tally.abandoned == sum(stay.outcome is Outcome.ABANDONED for stay in mine)


def test_the_trend_gets_a_point_a_minute():
    live = LiveFigures(DAY)
    live.put_queue(row(QUEUES[0]))
    assert live.note_trend(DAY) == [QUEUES[0]]
    assert live.note_trend(DAY + timedelta(seconds=30)) == []
    assert live.note_trend(DAY + timedelta(seconds=61)) == [QUEUES[0]]


@given(events)
def test_a_board_built_late_recalls_the_hour_that_it_did_not_see(told: list[tuple[UUID, Stay]]):
    """The last point is what the figures say now, save those who begin or end later; points are a minute apart."""
    live = LiveFigures(DAY)
    for queue_id in QUEUES:
        live.put_queue(row(queue_id))
    for interaction_id, stay in told:
        live.put_stay(interaction_id, stay)
    now = DAY + timedelta(seconds=4000)
    live.recall_trend(now)
    for figures in live.queues.values():
        points = list(figures.trend)
        assert [b.at - a.at for a, b in pairwise(points)] == [timedelta(minutes=1)] * 59
        assert (points[-1].waiting, points[-1].service_level) == (len(figures.waiting), figures.level)
        assert all(point.waiting >= 0 for point in points)
