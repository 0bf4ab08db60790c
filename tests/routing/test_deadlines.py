"""What the matcher knows of offers whose time comes to an end."""

from tongdai.kit.ids import new_id
from tongdai.routing.matching.deadlines import Rounds


def test_an_offer_that_was_taken_is_known_to_be_over_once():
    rounds, entry, offer = Rounds(), new_id(), new_id()
    rounds.opened(entry, offer)
    rounds.over(entry)
    assert rounds.forget(offer)
    assert not rounds.forget(offer)


def test_an_offer_of_which_no_news_came_is_asked_about():
    rounds, entry, offer = Rounds(), new_id(), new_id()
    assert not rounds.forget(offer)
    rounds.opened(entry, offer)
    assert not rounds.forget(offer)


def test_late_news_of_the_last_offer_says_nothing_of_the_next():
    rounds, entry, first, second = Rounds(), new_id(), new_id(), new_id()
    rounds.opened(entry, first)
    rounds.opened(entry, second)
    rounds.over(entry, first)
    assert rounds.forget(first)
    assert not rounds.forget(second)
