"""English values as the names of Asterisk's own recorded sounds (the `en` set that every Asterisk ships)."""

from __future__ import annotations

import datetime
from decimal import Decimal

_SCALES = ((10**6, "digits/million"), (10**3, "digits/thousand"))


def _below_thousand(n: int) -> list[str]:
    sounds: list[str] = []
    if n >= 100:
        sounds += [f"digits/{n // 100}", "digits/hundred"]
        n %= 100
    if n > 20 and n % 10:
        return [*sounds, f"digits/{n - n % 10}", f"digits/{n % 10}"]
    return [*sounds, f"digits/{n}"] if n else sounds


def cardinal(n: int) -> tuple[str, ...]:
    """Empty where the recorded set ends (10^9); the words then go to a synthesiser."""
    if abs(n) >= 10**9:
        return ()
    sounds = ["digits/minus"] if n < 0 else []
    n = abs(n)
    if n == 0:
        return ("digits/0",)
    for scale, sound in _SCALES:
        if n >= scale:
            sounds += [*_below_thousand(n // scale), sound]
            n %= scale
    return tuple(sounds + _below_thousand(n))


def number(value: Decimal) -> tuple[str, ...]:
    return cardinal(int(value)) if value == value.to_integral_value() else ()


def digits(text: str) -> tuple[str, ...]:
    return tuple(f"digits/{c}" for c in text if c in "0123456789")


def date(day: datetime.date) -> tuple[str, ...]:
    """Month, day, year; only years that are read as whole numbers or in two pairs."""
    century, rest = divmod(day.year, 100)
    if 2000 <= day.year <= 2009:
        year = cardinal(day.year)
    elif 1100 <= day.year < 10_000 and rest >= 10:
        year = (*cardinal(century), *cardinal(rest))
    else:
        return ()
    ordinal = (
        (f"digits/{day.day // 10 * 10}", f"digits/h-{day.day % 10}")
        if day.day > 20 and day.day % 10
        else (f"digits/h-{day.day}",)
    )
    return (f"digits/mon-{day.month - 1}", *ordinal, *year)


def time(at: datetime.time) -> tuple[str, ...]:
    hour = f"digits/{at.hour % 12 or 12}"
    half = "digits/a-m" if at.hour < 12 else "digits/p-m"
    if at.minute == 0:
        return (hour, half)
    oh = ("digits/oh",) if at.minute < 10 else ()
    return (hour, *oh, *cardinal(at.minute), half)
