"""What leaves the centre, and what of an answer is believed. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

Read = TypeVar("Read", bound=BaseModel)
SHORTEST_CARD, LONGEST_CARD = 13, 19
_DIGITS = re.compile(r"\d(?:[\s.\-/·]{0,2}\d){12,}")
_FIRST = frozenset("234569")
"""Digits that cards begin with; 9 is Vietnam's Napas."""
LETTERS_OF_A_TOKEN = 3
"""By that tokens are reckoned where the server does not count them: rather too many than too few."""


class Nonsense(Exception):
    """It answered, and not what was asked for."""


def masked(text: str) -> str:
    """Without numbers of bank cards, but for their last four digits. What passes for one by its check digit is taken for one,
    wherever it stands in a longer row of digits."""
    return _DIGITS.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    text = found[0]
    places = [at for at, char in enumerate(text) if char.isdigit()]
    digits = "".join(str(int(text[at])) for at in places)
    shown, start, kept = list(text), 0, 0
    while start + SHORTEST_CARD <= len(digits):
        length = _card_at(digits, start)
        if length:
            hidden = range(places[start], places[start + length - 4])
            for at in hidden:
                shown[at] = "•" if text[at].isdigit() else text[at]
            kept = start = start + length
        else:
            start += 1
    return "".join(shown) if kept else text


def _card_at(digits: str, start: int) -> int:
    """How long the card number is that begins here; 0: none does. Sixteen digits are the usual."""
    if digits[start] not in _FIRST:
        return 0
    for length in (16, 19, 18, 17, 15, 14, 13):
        if start + length <= len(digits) and _checked(digits[start : start + length]):
            return length
    return 0


def _checked(digits: str) -> bool:
    """Luhn's check digit."""
    doubled = [2 * int(one) if place % 2 else int(one) for place, one in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def read_as(shape: type[Read], said: str) -> Read:
    """The JSON object that was asked for; models like to put it into a fence or a sentence. Raises Nonsense."""
    start, end = said.find("{"), said.rfind("}")
    if start < 0 or end < start:
        raise Nonsense("there is no JSON in it")
    try:
        return shape.model_validate_json(said[start : end + 1], strict=True)
    except ValidationError as error:
        raise Nonsense("its JSON is not what was asked for") from error


def reckoned_tokens(*texts: str) -> int:
    return sum(len(text) for text in texts) // LETTERS_OF_A_TOKEN + 1


def same_server(url: str, other: str) -> bool:
    """A key goes to no other server than the one that it was written for."""
    one, two = urlsplit(url), urlsplit(other)
    return (one.scheme, one.hostname, one.port) == (two.scheme, two.hostname, two.port)


def question(system: str, given: Any) -> list[dict[str, str]]:
    """The messages: our orders, and what they are about as JSON, so that nothing in it passes for an order of ours."""
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": json.dumps(given, ensure_ascii=False)},
    ]


def text_of(messages: Sequence[dict[str, str]]) -> str:
    return "\n".join(one["content"] for one in messages)


class Breaker:
    """After several failures in a row nobody waits for it for a while: one question then shows whether it is back."""

    IN_A_ROW, REST_S = 3, 60.0

    def __init__(self) -> None:
        self._failures, self._until = 0, 0.0

    def rests(self, at: float) -> bool:
        return at < self._until

    def tell(self, at: float, *, failed: bool) -> None:
        self._failures = self._failures + 1 if failed else 0
        if self._failures >= self.IN_A_ROW:
            self._until = at + self.REST_S
