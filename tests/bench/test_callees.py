"""Callbacks as the phones saw them against those in the books."""

from typing import Any, cast

from bench.parts.callees import Callees, mistakes
from bench.parts.lines import Ended, Line, Talk

NUMBER = "900010001"


def callees(*, picked_up: int = 0, agents: int = 0) -> Callees:
    """Each time the customer picked up, and an agent was there, for ten seconds."""
    made = Callees(cast("Any", None), cast("Any", None), 10, 1)
    for times, into in ((picked_up, made.picked_up), (agents, made.agents)):
        into[NUMBER] = [Talk("x", 100.0 * n, 100.0 * n + 10) for n in range(times)]
    return made


def asked(ended: Ended = Ended.CENTRE) -> Line:
    return Line(NUMBER, 0, answered=1, over=20, ended=ended, asked=True)


def test_a_promise_that_was_kept_once_is_right():
    assert mistakes([asked()], [("+84900010001", "served")], callees(picked_up=1, agents=1)) == []


def test_a_promise_that_is_nowhere_is_lost():
    (wrong,) = mistakes([asked()], [], callees())
    assert "no callback is in the books" in wrong


def test_who_hung_up_before_the_promise_was_given_has_none():
    assert mistakes([asked(Ended.CUSTOMER), asked(Ended.LOST)], [], callees()) == []


def test_nobody_is_called_back_twice():
    (wrong,) = mistakes([asked()], [("+84900010001", "served")], callees(picked_up=2, agents=2))
    assert "called back 2 times" in wrong


def test_what_the_books_tell_is_what_the_phones_saw():
    (never,) = mistakes([asked()], [("+84900010001", "served")], callees())
    (untold,) = mistakes([asked()], [("+84900010001", "failed")], callees(picked_up=1, agents=1))
    assert "never picked up" in never
    assert "its callback is failed" in untold
