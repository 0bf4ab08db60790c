"""Guessing is slowed down by address; a shift that signs in from behind one address is not."""

from datetime import UTC, datetime, timedelta

import pytest

from tongdai.people.errors import WrongCredentials
from tongdai.people.services.sign_in import Throttle
from tongdai.platform.errors import TooMany

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


def fails(throttle: Throttle, address: str, at: datetime) -> None:
    with pytest.raises(WrongCredentials), throttle.attempt(address, at):
        raise WrongCredentials


def test_guesses_from_one_address_are_refused_for_a_while():
    throttle = Throttle()
    for _ in range(Throttle.LIMIT):
        fails(throttle, "a", NOW)
    with pytest.raises(TooMany), throttle.attempt("a", NOW + timedelta(seconds=59)):
        pytest.fail("a guess too many was tried")
    fails(throttle, "b", NOW)
    fails(throttle, "a", NOW + timedelta(seconds=60))


def test_who_signs_in_does_not_count():
    throttle = Throttle()
    for _ in range(10 * Throttle.LIMIT):
        with throttle.attempt("office", NOW):
            pass
    for _ in range(Throttle.LIMIT):
        fails(throttle, "office", NOW)
    with pytest.raises(TooMany), throttle.attempt("office", NOW):
        pytest.fail("a guess too many was tried")


def test_attempts_that_are_still_being_checked_count():
    throttle = Throttle()
    under_way = [throttle.attempt("a", NOW) for _ in range(Throttle.LIMIT)]
    for attempt in under_way:
        attempt.__enter__()
    with pytest.raises(TooMany), throttle.attempt("a", NOW):
        pytest.fail("one too many at once")
    for attempt in under_way:
        attempt.__exit__(None, None, None)
    fails(throttle, "a", NOW)
