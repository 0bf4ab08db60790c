"""An agent's figures, by the definitions: exact cases and properties."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.conversations.figures import Span, Worked, clipped, figures, overlap_s
from tongdai.kit.ids import new_id

DAY = datetime(2026, 1, 5, tzinfo=UTC)
NIGHT = DAY + timedelta(days=1)


def at(seconds: float) -> datetime:
    return DAY + timedelta(seconds=seconds)


def test_the_formulas_on_a_known_day():
    one, two = new_id(), new_id()
    worked = [
        Worked(one, "ring", at(0), at(5)),
        Worked(one, "talk", at(5), at(105)),
        Worked(one, "hold", at(105), at(125)),
        Worked(one, "talk", at(125), at(165)),
        Worked(one, "wrap_up", at(165), at(205)),
        Worked(two, "talk", at(305), at(405)),
    ]
    spans = [Span("ready", at(0), at(5)), Span("working", at(5), at(165)), Span("wrap_up", at(165), at(205)),
             Span("ready", at(205), at(305)), Span("working", at(305), at(405)), Span("not_ready", at(405), None)]  # fmt: skip
    found = figures(spans, worked, 2, DAY, at(1005))
    assert (found.handled, found.talk_s, found.hold_s, found.wrap_up_s) == (2, 240, 20, 40)
    assert found.aht_s == (240 + 20 + 40) / 2
    assert found.occupancy == pytest.approx(300 / 405)
    assert (found.ready_s, found.not_ready_s, found.missed) == (105, 600, 2)


def test_calls_with_colleagues_stand_apart():
    customers, asked, answered = new_id(), new_id(), new_id()
    worked = [
        Worked(customers, "talk", at(0), at(100)),
        Worked(asked, "talk", at(100), at(150), internal=True),
        Worked(asked, "hold", at(150), at(160), internal=True),
        Worked(asked, "talk", at(160), at(200), internal=True),
        Worked(answered, "ring", at(200), at(205), internal=True),
        Worked(answered, "help", at(205), at(300), internal=True),
    ]
    spans = [Span("working", at(0), at(300)), Span("ready", at(300), at(400))]
    found = figures(spans, worked, 0, DAY, at(400))
    assert (found.handled, found.talk_s, found.hold_s, found.aht_s) == (1, 100, 0, 100)
    assert (found.internal, found.internal_s) == (2, 195)
    assert found.occupancy == pytest.approx(100 / (400 - 195))


def test_nothing_to_divide_by_is_none_and_not_zero():
    found = figures([], [], 0, DAY, NIGHT)
    assert (found.aht_s, found.occupancy) == (None, None)


def test_a_contact_counts_in_the_day_in_which_its_talk_began():
    talk = Worked(new_id(), "talk", DAY - timedelta(seconds=60), at(60))
    today = figures([], [talk], 0, DAY, NIGHT)
    yesterday = figures([], [talk], 0, DAY - timedelta(days=1), DAY)
    assert (today.handled, today.talk_s) == (0, 60)
    assert (yesterday.handled, yesterday.talk_s) == (1, 60)


moments = st.integers(-86_400, 2 * 86_400)
pieces = st.lists(
    st.tuples(st.sampled_from(["ring", "talk", "hold", "wrap_up"]), moments, st.integers(0, 7200)),
    max_size=12,
)


@given(pieces=pieces, cuts=st.lists(st.integers(1, 86_399), max_size=5, unique=True))
def test_time_split_at_any_boundaries_adds_up_to_the_whole(
    pieces: list[tuple[str, int, int]], cuts: list[int]
):
    """Pro rata: the parts of a day sum to the day, for every figure that is a sum."""
    worked = [Worked(new_id(), kind, at(start), at(start + length)) for kind, start, length in pieces]
    spans = [Span("ready", one.start, one.end) for one in worked]
    edges = [0, *sorted(cuts), 86_400]
    parts = [figures(spans, worked, 0, at(a), at(b)) for a, b in pairwise(edges)]
    whole = figures(spans, worked, 0, DAY, NIGHT)
    for name in ("handled", "talk_s", "hold_s", "wrap_up_s", "ready_s"):
        assert sum(getattr(part, name) for part in parts) == pytest.approx(getattr(whole, name))


@given(start=moments, length=st.integers(0, 200_000), first=moments, width=st.integers(0, 200_000))
def test_an_overlap_is_never_negative_nor_longer_than_either(start: int, length: int, first: int, width: int):
    found = overlap_s(at(start), at(start + length), at(first), at(first + width))
    assert 0 <= found <= min(length, width)


@given(pieces=pieces)
def test_clipping_keeps_within_and_loses_no_second(pieces: list[tuple[str, int, int]]):
    spans = [Span(kind, at(start), at(start + length)) for kind, start, length in pieces]
    kept = clipped(spans, DAY, NIGHT)
    assert all(DAY <= one.start < NIGHT and one.end is not None and one.end <= NIGHT for one in kept)
    total = sum(((one.end or NIGHT) - one.start).total_seconds() for one in kept)
    assert total == pytest.approx(sum(overlap_s(s.start, s.end or NIGHT, DAY, NIGHT) for s in spans))
