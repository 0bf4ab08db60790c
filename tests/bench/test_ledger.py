"""The book-keeper of `./run bench floor` finds what is wrong, and only that."""

import pytest
from bench.parts.ledger import Record, compare
from bench.parts.lines import Ended, Line, Talk

NUMBER = "900010001"


def line(ended: Ended, *talks: tuple[float, float | None], over: float = 100.0) -> Line:
    """Placed at 0, answered at 1."""
    return Line(NUMBER, 0.0, 1.0, over, ended, [Talk(f"agent{n}", *talk) for n, talk in enumerate(talks)])


def record(
    result: str | None, by: str | None, talk_s: float = 0.0, state: str = "closed", held_s: float = 0.0
) -> Record:
    return Record(f"+84{NUMBER}", state, result, by, talk_s, held_s)


@pytest.mark.parametrize(
    ("seen", "logged"),
    [
        (line(Ended.CUSTOMER), record("abandoned", "customer")),
        (line(Ended.CUSTOMER, (40, None)), record("answered", "customer", 60)),
        (line(Ended.CENTRE, (40, 100)), record("answered", "agent", 61)),
        (line(Ended.CUSTOMER, (20, 50), (60, 100)), record("answered", "customer", 71)),
        (line(Ended.CUSTOMER, (20, 50), (60, 100)), record("answered", "customer", 71, held_s=20)),
        (line(Ended.CUSTOMER, (20, 100)), record("answered", "customer", 50, held_s=30)),
        (
            line(Ended.CUSTOMER, (20, 60), (50, 100)),
            record("answered", "customer", 80),
        ),  # both in a conference
        (line(Ended.LOST, (40, 100)), record("answered", "system", 62)),
        (line(Ended.CUSTOMER, (99, None)), record("abandoned", "customer")),  # a close call
        (line(Ended.CUSTOMER, (99, None)), record("answered", "customer", 1)),
    ],
)
def test_a_record_that_tells_what_the_phones_saw_is_right(seen: Line, logged: Record):
    ledger = compare([seen], [logged])
    assert (ledger.wrong, ledger.placed, ledger.recorded) == ([], 1, 1)


@pytest.mark.parametrize(
    ("seen", "logged"),
    [
        (line(Ended.CUSTOMER), record("answered", "customer", 5)),
        (line(Ended.CUSTOMER, (40, None)), record("abandoned", "customer")),
        (line(Ended.CUSTOMER, (40, None)), record("answered", "agent", 60)),
        (line(Ended.CENTRE, (40, 100)), record("answered", "customer", 60)),
        (line(Ended.LOST, (40, 100)), record("answered", "customer", 60)),
        (line(Ended.CENTRE, (40, 100)), record("answered", "agent", 20)),
        (line(Ended.CENTRE, (40, 100)), record("answered", "agent", 120)),
        (line(Ended.CENTRE, (40, 100)), record("answered", "agent", 20, held_s=20)),
        (line(Ended.CENTRE, (40, 100)), record(None, None, 60, "connected")),
    ],
)
def test_a_record_that_tells_otherwise_is_wrong(seen: Line, logged: Record):
    assert len(compare([seen], [logged]).wrong) == 1


def test_each_call_is_in_the_log_once():
    told = record("abandoned", "customer")
    assert len(compare([line(Ended.CUSTOMER)], []).wrong) == 1
    assert len(compare([line(Ended.CUSTOMER)], [told, told]).wrong) == 1
    assert len(compare([], [told]).wrong) == 1


def test_a_call_that_nobody_took_may_be_missing():
    assert compare([line(Ended.REFUSED)], []).wrong == []
    assert len(compare([line(Ended.REFUSED)], [record("abandoned", "system")] * 2).wrong) == 1
