"""English words for numbers, money and time."""

from __future__ import annotations

import datetime
from decimal import Decimal

from tongdai.flows.spoken.language import SpokenLanguage, split_duration

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ("", " thousand", " million", " billion")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_CURRENCIES = {
    "USD": ("dollar", "dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("pound", "pounds", "penny", "pence"),
    "UAH": ("hryvnia", "hryvnias", "kopiyka", "kopiykas"),
    "VND": ("dong", "dong", "", ""),
}


def _below_thousand(n: int) -> str:
    hundreds, rest = divmod(n, 100)
    words = [f"{_SMALL[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        tens, ones = divmod(rest, 10)
        words.append(_TENS[tens] + (f" {_SMALL[ones]}" if ones else ""))
    elif rest:
        words.append(_SMALL[rest])
    return " ".join(words)


class English(SpokenLanguage):
    code = "en"
    digit_words = tuple(_SMALL[:10])
    minus = "minus"
    point = "point"

    def _count(self, number: int) -> str:
        if number == 0:
            return "zero"
        words: list[str] = []
        for scale in _SCALES:
            number, group = divmod(number, 1000)
            if group:
                words.append(_below_thousand(group) + scale)
        return " ".join(reversed(words))

    def ordinal(self, number: int) -> str:
        """ "twenty first" of 21."""
        *head, last = self.cardinal(number).split()
        regular = last[:-1] + "ieth" if last.endswith("y") else last + ("h" if last.endswith("t") else "th")
        return " ".join([*head, _ORDINALS.get(last, regular)])

    def money(self, amount: Decimal, currency: str) -> str:
        negative, major, minor = self.parts_of_money(amount, currency)
        one, many, one_minor, many_minor = _CURRENCIES[currency]
        words: list[str] = []
        if major or not minor:
            words.append(f"{self.cardinal(major)} {one if major == 1 else many}")
        if minor:
            words.append(f"{self.cardinal(minor)} {one_minor if minor == 1 else many_minor}")
        return ("minus " if negative else "") + " and ".join(words)

    def year(self, year: int) -> str:
        """As it is read aloud: 1999 "nineteen ninety nine", 2007 "two thousand seven", 2026 "twenty twenty six"."""
        century, rest = divmod(year, 100)
        if year < 1000 or 2000 <= year <= 2009 or year % 1000 == 0:
            return self.cardinal(year)
        if rest == 0:
            return f"{self.cardinal(century)} hundred"
        return f"{self.cardinal(century)} {'oh ' if rest < 10 else ''}{self.cardinal(rest)}"

    def date(self, day: datetime.date) -> str:
        return f"{_MONTHS[day.month - 1]} {self.ordinal(day.day)}, {self.year(day.year)}"

    def time(self, at: datetime.time) -> str:
        hour = self.cardinal(at.hour % 12 or 12)
        half = "a m" if at.hour < 12 else "p m"
        if at.minute == 0:
            return f"{hour} {half}"
        return f"{hour} {'oh ' if at.minute < 10 else ''}{self.cardinal(at.minute)} {half}"

    def duration(self, seconds: int) -> str:
        parts = split_duration(seconds)
        names = ("hour", "minute", "second")
        words = [
            f"{self.cardinal(n)} {name}{'' if n == 1 else 's'}"
            for n, name in zip(parts, names, strict=True)
            if n
        ]
        return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words) or "zero seconds"


ENGLISH = English()
