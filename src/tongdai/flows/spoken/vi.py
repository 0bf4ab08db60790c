"""Vietnamese words for numbers, money and time.

Grammar held here: "linh" between a hundred and a lone unit (một trăm linh năm), "mười" for ten but "mươi" for
further tens, "mốt" for 1 after mươi, "lăm" for 5 after mười and mươi, "tư" for 4 after mươi, and "không trăm" for
empty hundreds inside a longer number.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from tongdai.flows.spoken.language import SpokenLanguage, split_duration

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", " nghìn", " triệu", " tỷ")
_CURRENCIES = {
    "VND": ("đồng", ""),
    "USD": ("đô la", "xu"),
    "EUR": ("ơ rô", "xu"),
    "GBP": ("bảng Anh", "xu"),
    "UAH": ("hryvnia", "kopiyka"),
}


def _below_hundred(n: int) -> str:
    tens, ones = divmod(n, 10)
    if tens == 0:
        return _DIGITS[ones]
    if tens == 1:
        return "mười" + ("" if ones == 0 else " lăm" if ones == 5 else f" {_DIGITS[ones]}")
    unit = {0: "", 1: " mốt", 4: " tư", 5: " lăm"}.get(ones, f" {_DIGITS[ones]}")
    return f"{_DIGITS[tens]} mươi{unit}"


def _below_thousand(n: int, *, full: bool) -> str:
    """`full` says the hundreds even when they are none, as inside a longer number."""
    hundreds, rest = divmod(n, 100)
    if not hundreds and not full:
        return _below_hundred(rest)
    head = f"{_DIGITS[hundreds]} trăm"
    if rest == 0:
        return head
    return f"{head} linh {_DIGITS[rest]}" if rest < 10 else f"{head} {_below_hundred(rest)}"


class Vietnamese(SpokenLanguage):
    code = "vi"
    digit_words = _DIGITS
    minus = "âm"
    point = "phẩy"

    def _count(self, number: int) -> str:
        if number == 0:
            return "không"
        groups: list[int] = []
        while number:
            number, group = divmod(number, 1000)
            groups.append(group)
        words: list[str] = []
        for index in reversed(range(len(groups))):
            if groups[index]:
                words.append(_below_thousand(groups[index], full=bool(words)) + _SCALES[index])
        return " ".join(words)

    def money(self, amount: Decimal, currency: str) -> str:
        negative, major, minor = self.parts_of_money(amount, currency)
        name, minor_name = _CURRENCIES[currency]
        words: list[str] = []
        if major or not minor:
            words.append(f"{self.cardinal(major)} {name}")
        if minor:
            words.append(f"{self.cardinal(minor)} {minor_name}")
        return ("âm " if negative else "") + " ".join(words)

    def date(self, day: datetime.date) -> str:
        first = "mùng " if day.day <= 10 else ""
        month = "tư" if day.month == 4 else self.cardinal(day.month)
        return f"ngày {first}{self.cardinal(day.day)} tháng {month} năm {self.cardinal(day.year)}"

    def time(self, at: datetime.time) -> str:
        words = f"{self.cardinal(at.hour)} giờ"
        return words if at.minute == 0 else f"{words} {self.cardinal(at.minute)} phút"

    def duration(self, seconds: int) -> str:
        parts = split_duration(seconds)
        names = ("giờ", "phút", "giây")
        words = [f"{self.cardinal(n)} {name}" for n, name in zip(parts, names, strict=True) if n]
        return " ".join(words) or "không giây"


VIETNAMESE = Vietnamese()
