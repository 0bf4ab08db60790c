"""Ukrainian words for numbers, money and time.

Grammar held here: the three plural forms (1 гривня, 2 гривні, 5 гривень, 11 гривень), and the gender of one and two
(один долар, одна гривня, одне євро; два долари, дві гривні).
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from tongdai.flows.spoken.language import SpokenLanguage, split_duration

Gender: TypeAlias = Literal["m", "f", "n"]
Forms: TypeAlias = tuple[str, str, str]
"""The noun after 1, after 2–4, after 5–20 and 0."""

_ONES = ("нуль", "один", "два", "три", "чотири", "п'ять", "шість", "сім", "вісім", "дев'ять")
_TEENS = [
    "десять",
    "одинадцять",
    "дванадцять",
    "тринадцять",
    "чотирнадцять",
    "п'ятнадцять",
    "шістнадцять",
    "сімнадцять",
    "вісімнадцять",
    "дев'ятнадцять",
]
_TENS = [
    "-",
    "-",
    "двадцять",
    "тридцять",
    "сорок",
    "п'ятдесят",
    "шістдесят",
    "сімдесят",
    "вісімдесят",
    "дев'яносто",
]
_HUNDREDS = [
    "-",
    "сто",
    "двісті",
    "триста",
    "чотириста",
    "п'ятсот",
    "шістсот",
    "сімсот",
    "вісімсот",
    "дев'ятсот",
]
_ONE: dict[Gender, str] = {"m": "один", "f": "одна", "n": "одне"}
_SCALES: tuple[tuple[Forms, Gender], ...] = (
    (("тисяча", "тисячі", "тисяч"), "f"),
    (("мільйон", "мільйони", "мільйонів"), "m"),
    (("мільярд", "мільярди", "мільярдів"), "m"),
)
_CURRENCIES: dict[str, tuple[Forms, Gender, Forms, Gender]] = {
    "UAH": (("гривня", "гривні", "гривень"), "f", ("копійка", "копійки", "копійок"), "f"),
    "USD": (("долар", "долари", "доларів"), "m", ("цент", "центи", "центів"), "m"),
    "EUR": (("євро", "євро", "євро"), "n", ("цент", "центи", "центів"), "m"),
    "GBP": (("фунт", "фунти", "фунтів"), "m", ("пенс", "пенси", "пенсів"), "m"),
    "VND": (("донг", "донги", "донгів"), "m", ("", "", ""), "m"),
}
_MONTHS = [
    "січня",
    "лютого",
    "березня",
    "квітня",
    "травня",
    "червня",
    "липня",
    "серпня",
    "вересня",
    "жовтня",
    "листопада",
    "грудня",
]
_DAY_ONES = ["-", "перше", "друге", "третє", "четверте", "п'яте", "шосте", "сьоме", "восьме", "дев'яте"]
_DAY_TEENS = [
    "десяте",
    "одинадцяте",
    "дванадцяте",
    "тринадцяте",
    "чотирнадцяте",
    "п'ятнадцяте",
    "шістнадцяте",
    "сімнадцяте",
    "вісімнадцяте",
    "дев'ятнадцяте",
]
_YEAR_ONES = [
    "-",
    "першого",
    "другого",
    "третього",
    "четвертого",
    "п'ятого",
    "шостого",
    "сьомого",
    "восьмого",
    "дев'ятого",
]
_YEAR_TEENS = [word[:-1] + "ого" for word in _DAY_TEENS]
_YEAR_TENS = [
    "-",
    "-",
    "двадцятого",
    "тридцятого",
    "сорокового",
    "п'ятдесятого",
    "шістдесятого",
    "сімдесятого",
    "вісімдесятого",
    "дев'яностого",
]
_YEAR_HUNDREDS = [
    "-",
    "сотого",
    "двохсотого",
    "трьохсотого",
    "чотирьохсотого",
    "п'ятисотого",
    "шестисотого",
    "семисотого",
    "восьмисотого",
    "дев'ятисотого",
]
_THOUSANDTH = [
    "-",
    "тисячного",
    "двотисячного",
    "тритисячного",
    "чотиритисячного",
    "п'ятитисячного",
    "шеститисячного",
    "семитисячного",
    "восьмитисячного",
    "дев'ятитисячного",
]
_HOURS = [
    "нуль",
    "перша",
    "друга",
    "третя",
    "четверта",
    "п'ята",
    "шоста",
    "сьома",
    "восьма",
    "дев'ята",
    "десята",
    "одинадцята",
    "дванадцята",
    "тринадцята",
    "чотирнадцята",
    "п'ятнадцята",
    "шістнадцята",
    "сімнадцята",
    "вісімнадцята",
    "дев'ятнадцята",
    "двадцята",
]


def plural(number: int, forms: Forms) -> str:
    """The noun's form after a number: 21 гривня, 22 гривні, 25 гривень, 111 гривень."""
    if number % 100 in range(11, 15):
        return forms[2]
    return forms[0] if number % 10 == 1 else forms[1] if number % 10 in (2, 3, 4) else forms[2]


def _below_thousand(n: int, gender: Gender) -> list[str]:
    hundreds, rest = divmod(n, 100)
    words = [_HUNDREDS[hundreds]] if hundreds else []
    if 10 <= rest < 20:
        return [*words, _TEENS[rest - 10]]
    tens, ones = divmod(rest, 10)
    if tens:
        words.append(_TENS[tens])
    if ones:
        words.append(_ONE[gender] if ones == 1 else "дві" if ones == 2 and gender == "f" else _ONES[ones])
    return words


def _two_digits(n: int, ones: list[str], teens: list[str], tens: list[str]) -> list[str]:
    """Ordinals: only the last word of a number is one (двадцять перше, двадцяте)."""
    if 10 <= n < 20:
        return [teens[n - 10]]
    ten, one = divmod(n, 10)
    if not one:
        return [tens[ten]]
    return [*([_TENS[ten]] if ten else []), ones[one]]


class Ukrainian(SpokenLanguage):
    code = "uk"
    digit_words = _ONES
    minus = "мінус"
    point = "кома"

    def _count(self, number: int) -> str:
        return self.counted(number, "m")

    def counted(self, number: int, gender: Gender) -> str:
        """The cardinal agreeing with a noun of this gender, 0 ≤ number < LIMIT."""
        if number == 0:
            return "нуль"
        number, group = divmod(number, 1000)
        groups = [_below_thousand(group, gender)]
        for forms, scale_gender in _SCALES:
            number, group = divmod(number, 1000)
            if group:
                groups.append([*_below_thousand(group, scale_gender), plural(group, forms)])
        return " ".join(word for words in reversed(groups) for word in words)

    def _of(self, number: int, forms: Forms, gender: Gender) -> str:
        return f"{self.counted(number, gender)} {plural(number, forms)}"

    def money(self, amount: Decimal, currency: str) -> str:
        negative, major, minor = self.parts_of_money(amount, currency)
        forms, gender, minor_forms, minor_gender = _CURRENCIES[currency]
        words: list[str] = []
        if major or not minor:
            words.append(self._of(major, forms, gender))
        if minor:
            words.append(self._of(minor, minor_forms, minor_gender))
        return ("мінус " if negative else "") + " ".join(words)

    def date(self, day: datetime.date) -> str:
        number = _two_digits(day.day, _DAY_ONES, _DAY_TEENS, ["-", "-", "двадцяте", "тридцяте"])
        return " ".join([*number, _MONTHS[day.month - 1], self.year(day.year), "року"])

    def year(self, year: int) -> str:
        """The year as in a date, genitive: "дві тисячі двадцять шостого"."""
        thousands, rest = divmod(year, 1000)
        if rest == 0:
            return _THOUSANDTH[thousands]
        head = (
            ["тисяча"]
            if thousands == 1
            else ([*_below_thousand(thousands, "f"), plural(thousands, _SCALES[0][0])] if thousands else [])
        )
        hundreds, tail = divmod(rest, 100)
        if tail == 0:
            return " ".join([*head, _YEAR_HUNDREDS[hundreds]])
        if hundreds:
            head.append(_HUNDREDS[hundreds])
        return " ".join([*head, *_two_digits(tail, _YEAR_ONES, _YEAR_TEENS, _YEAR_TENS)])

    def time(self, at: datetime.time) -> str:
        if at.hour == 0:
            hour = "нуль годин"
        elif at.hour > 20:
            hour = f"двадцять {_HOURS[at.hour - 20]} година"
        else:
            hour = f"{_HOURS[at.hour]} година"
        if at.minute == 0:
            return hour
        return f"{hour} {self._of(at.minute, ('хвилина', 'хвилини', 'хвилин'), 'f')}"

    def duration(self, seconds: int) -> str:
        nouns: tuple[Forms, ...] = (
            ("година", "години", "годин"),
            ("хвилина", "хвилини", "хвилин"),
            ("секунда", "секунди", "секунд"),
        )
        parts = zip(split_duration(seconds), nouns, strict=True)
        return " ".join(self._of(n, forms, "f") for n, forms in parts if n) or "нуль секунд"


UKRAINIAN = Ukrainian()
