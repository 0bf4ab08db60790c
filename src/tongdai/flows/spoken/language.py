"""The contract of a spoken language."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar

from tongdai.flows.errors import SpokenError

LIMIT = 10**12
"""Numbers from -LIMIT to LIMIT, both excluded, can be spoken."""

MINOR_UNITS = {"VND": 0, "UAH": 2, "USD": 2, "EUR": 2, "GBP": 2}
"""Currencies that all languages can speak, with their decimal places (ISO 4217)."""


class SpokenLanguage(ABC):
    """Words of one language. Every method raises SpokenError for what cannot be spoken, nothing else."""

    code: ClassVar[str]
    digit_words: ClassVar[tuple[str, ...]]
    minus: ClassVar[str]
    point: ClassVar[str]

    @abstractmethod
    def _count(self, number: int) -> str:
        """Words of 0 ≤ number < LIMIT."""

    @abstractmethod
    def money(self, amount: Decimal, currency: str) -> str: ...

    @abstractmethod
    def date(self, day: datetime.date) -> str: ...

    @abstractmethod
    def time(self, at: datetime.time) -> str: ...

    @abstractmethod
    def duration(self, seconds: int) -> str: ...

    def cardinal(self, number: int) -> str:
        """The number in words, with the word for minus when it is negative."""
        if not -LIMIT < number < LIMIT:
            raise SpokenError(f"numbers are spoken up to {LIMIT - 1}")
        words = self._count(abs(number))
        return f"{self.minus} {words}" if number < 0 else words

    def number(self, number: Decimal) -> str:
        """A number with decimals; those are said digit by digit."""
        if not number.is_finite():
            raise SpokenError("the number is not finite")
        whole, _, decimals = format(abs(number), "f").partition(".")
        decimals = decimals.rstrip("0")
        words = self.cardinal(int(whole))
        if decimals:
            words = f"{words} {self.point} {say_digits(self, decimals)}"
        return f"{self.minus} {words}" if number < 0 and (int(whole) or decimals) else words

    def parts_of_money(self, amount: Decimal, currency: str) -> tuple[bool, int, int]:
        """(negative, major units, minor units), rounded half up to the currency's places."""
        if currency not in MINOR_UNITS:
            raise SpokenError(f"no words for the currency {currency}; there are {', '.join(MINOR_UNITS)}")
        if not amount.is_finite() or abs(amount) >= LIMIT - 1:
            raise SpokenError("the amount is out of range")
        places = MINOR_UNITS[currency]
        rounded = abs(amount).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        return amount < 0 and rounded > 0, int(rounded), int((rounded % 1).scaleb(places))


def say_digits(language: SpokenLanguage, text: str) -> str:
    """Each digit by its name, anything else left out; groups stay apart by a comma: "12 34" → "one two, three four"."""
    groups = [[language.digit_words[int(c)] for c in group if c in "0123456789"] for group in text.split()]
    words = ", ".join(" ".join(group) for group in groups if group)
    if not words:
        raise SpokenError("there are no digits to say")
    return words


def split_duration(seconds: int) -> tuple[int, int, int]:
    """(hours, minutes, seconds)."""
    if not 0 <= seconds < LIMIT:
        raise SpokenError("a duration cannot be negative")
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return hours, minutes, rest
