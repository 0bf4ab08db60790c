"""The door of a conference room, decided purely."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.flows.public import Speech
from tongdai.telephony.extensions.policies import (
    Book,
    Forwarding,
    Group,
    Hunt,
    Outcome,
    Pursuit,
    Room,
    comes_back,
)
from tongdai.telephony.rooms.policies import LONGEST_PIN, TRIES, PinAsking, Place, place_of
from tongdai.telephony.rooms.words import said

A, B, GROUP, ROOM = (UUID(int=number) for number in range(1, 5))
BOOK = Book({"101": A, "102": B, "600": GROUP, "700": ROOM}, rooms=frozenset({ROOM}))
digits = st.text("0123456789*", min_size=1, max_size=LONGEST_PIN - 1)


def keyed(asking: PinAsking, keys: str) -> list[str]:
    return [typed for typed in map(asking.key, keys) if typed is not None]


@given(st.lists(digits, min_size=1, max_size=5))
def test_each_pin_is_what_was_keyed_before_its_pound_key(pins: list[str]):
    asking = PinAsking()
    assert keyed(asking, "".join(f"{pin}#" for pin in pins)) == pins
    assert asking.whole() == ""


def test_the_longest_pin_is_whole_by_itself_and_its_pound_key_begins_no_other():
    asking, pin = PinAsking(), "123456789012"
    assert keyed(asking, f"{pin}#4711#") == [pin, "4711"]


def test_what_nobody_ends_is_whole_when_the_time_is_over():
    asking = PinAsking()
    assert keyed(asking, "47") == []
    assert asking.whole() == "47"
    assert keyed(asking, "11#") == ["11"]


def test_the_third_wrong_one_is_the_last():
    asking = PinAsking()
    assert [asking.wrong() for _ in range(TRIES)] == [True, True, False]


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ([], Place.NOBODY),
        (["a"], Place.MUSIC),
        (["a", "b"], Place.EACH_OTHER),
        (list("abc"), Place.EACH_OTHER),
    ],
)
def test_who_is_alone_hears_music(members: list[str], place: Place):
    assert place_of(members) is place


def test_an_extension_leads_into_its_room_and_nothing_follows():
    pursuit = Pursuit(BOOK)
    assert pursuit.begin(ROOM) == Room(ROOM)
    assert pursuit.after(Outcome.NO_ANSWER) is None


def test_forwarding_and_groups_may_lead_into_a_room():
    forwarded = Book(BOOK.extensions, {A: Forwarding(always="700")}, rooms=BOOK.rooms)
    assert Pursuit(forwarded).begin(A) == Room(ROOM)
    assert not comes_back(forwarded, A, "700")
    group = Group(GROUP, Hunt.ALL, (B,), otherwise="700")
    pursuit = Pursuit(Book(BOOK.extensions, groups={GROUP: group}, rooms=BOOK.rooms))
    pursuit.begin(GROUP)
    assert pursuit.after(Outcome.NO_ANSWER) == Room(ROOM)


@pytest.mark.parametrize("what", ["pin", "wrong", "full"])
def test_what_is_said_is_said_in_three_languages(what: str):
    texts: set[str] = set()
    for language in ("en", "vi", "uk"):
        (speech,) = said(what, language)
        assert isinstance(speech, Speech)
        assert (speech.language, bool(speech.sounds)) == (language, language == "en")
        texts.add(speech.text)
    assert len(texts) == 3
    assert said(what, "fr") == said(what, "en")


def test_every_word_that_is_said_is_there():
    source = Path(__file__).parents[3] / "src/tongdai/telephony/calls/in_room.py"
    spoken = re.findall(r'_(?:say|turn_away)\(((?:"\w+"(?:, )?)+)\)', source.read_text())
    words = {word for one in spoken for word in re.findall(r'"(\w+)"', one)} - {"refused", "busy"}
    assert words == {"pin", "wrong", "full"}
    for word in words:
        assert said(word, "en")
