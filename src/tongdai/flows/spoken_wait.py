"""What is said of waiting: the place in the queue and the expected wait, in three languages."""

from __future__ import annotations

from math import ceil

from tongdai.flows.prompts import Prompts, Speech
from tongdai.flows.spoken import language as spoken_language

_POSITION = {
    "en": ("You are next.", "You are number {n} in line."),
    "vi": ("Bạn là người tiếp theo.", "Bạn đang ở vị trí thứ {n} trong hàng chờ."),
    "uk": ("Ви наступні в черзі.", "Ви в черзі під номером {n}."),
}
_WAIT = {
    "en": (
        "The wait is less than a minute.",
        "The wait is about {time}.",
        "The wait is more than half an hour.",
    ),
    "vi": (
        "Thời gian chờ dưới một phút.",
        "Thời gian chờ khoảng {time}.",
        "Thời gian chờ hơn nửa giờ.",
    ),
    "uk": (
        "Чекати менше хвилини.",
        "Орієнтовний час очікування: {time}.",
        "Чекати понад пів години.",
    ),
}
LONGEST = 30
"""Minutes. Beyond them no number is told: it would be wrong, and it helps nobody to decide."""


def waiting_prompts(position: int | None, expected_s: float | None, language: str) -> Prompts:
    """The caller's place in the queue and the wait, each where it is known. English has recorded sounds for most; other languages
    are synthesised."""
    place = () if position is None else position_prompts(position, language)
    return place if expected_s is None else (*place, wait_prompt(expected_s, language))


def position_prompts(position: int, language: str) -> Prompts:
    next_one, place = _POSITION.get(language, _POSITION["en"])
    if position <= 1:
        return (
            Speech(
                text=next_one, language=language, sounds=("queue-youarenext",) if language == "en" else ()
            ),
        )
    sounds: tuple[str, ...] = ()
    if language == "en" and position <= 20:
        sounds = ("queue-thereare", f"digits/{position}", "queue-callswaiting")
    return (Speech(text=place.format(n=position), language=language, sounds=sounds),)


def told_minutes(seconds: float) -> int | None:
    """The minutes that are told: rounded up, since nobody minds having waited less, from ten on to fives. 0: less than one.
    None: more than LONGEST."""
    if seconds < 60:
        return 0
    minutes = ceil(seconds / 60)
    if minutes > 10:
        minutes = 5 * ceil(minutes / 5)
    return minutes if minutes <= LONGEST else None


def wait_prompt(seconds: float, language: str) -> Speech:
    """The wait in words, never with seconds."""
    short, about, long = _WAIT.get(language, _WAIT["en"])
    minutes = told_minutes(seconds)
    spoken = spoken_language(language) or spoken_language("en")
    assert spoken is not None
    if minutes is None:
        return Speech(text=long, language=language)
    if minutes == 0:
        sounds = ("queue-holdtime", "queue-less-than", "digits/1", "minute")
        return Speech(text=short, language=language, sounds=sounds if language == "en" else ())
    digits = ("digits/20", "digits/5") if minutes == 25 else (f"digits/{minutes}",)
    sounds = ("queue-holdtime", *digits, "minute" if minutes == 1 else "minutes")
    return Speech(
        text=about.format(time=spoken.duration(minutes * 60)),
        language=language,
        sounds=sounds if language == "en" else (),
    )
