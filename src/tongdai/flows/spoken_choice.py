"""Which of several phrases was said, by what a recogniser made of it. Pure.

Phrases are compared with stretches of whole words: "sales" is found in "hello, I want the sales department", but "no" is not
found in "know". Accents count for something, since Vietnamese lives by them, but not for all: recognisers lose them first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from tongdai.kit.text import fold

GOOD = 0.75
"""From here on a phrase is taken for said. Measured: see the README of module intelligence."""
CLEARLY = 0.1
"""So much better than what leads elsewhere it must be; else nobody can know which was meant."""
WORDS = 40
"""So much of what was said is looked at."""
ACCENTS = 0.2
"""What the accents are worth of it all."""


def words_of(text: str) -> list[str]:
    """Lower-case words without punctuation, in one form."""
    return re.findall(r"[^\W_]+(?:['’ʼ][^\W_]+)*", text.casefold().replace("’", "'").replace("ʼ", "'"))


@dataclass(frozen=True, slots=True)
class Found:
    """Where a phrase fits best: its choice, how well (0–1), and between which words."""

    choice: str
    score: float
    start: int
    end: int

    def covers(self, other: Found) -> bool:
        """Whether it explains all that the other does and more: "after sales" besides "sales"."""
        return (
            self.start <= other.start
            and other.end <= self.end
            and self.end - self.start > other.end - other.start
        )


def likeness(one: str, other: str) -> float:
    """0–1, letter by letter."""
    if one == other:
        return 1.0
    bare = SequenceMatcher(None, fold(one), fold(other), autojunk=False).ratio()
    full = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return bare * (1 - ACCENTS) + full * ACCENTS


def find(choice: str, phrase: str, heard: Sequence[str]) -> Found:
    """The stretch of what was heard that a phrase fits best."""
    wanted = words_of(phrase)
    text, best = " ".join(wanted), Found(choice, 0.0, 0, 0)
    for length in range(max(1, len(wanted) - 1), len(wanted) + 2):
        for start in range(len(heard) - length + 1):
            score = likeness(text, " ".join(heard[start : start + length]))
            if score > best.score:
                best = Found(choice, score, start, start + length)
    return best


def choose(heard: str, choices: Mapping[str, Sequence[str]]) -> str | None:
    """The choice that was said: `choices` are the phrases of each. None when none fits, or several do."""
    words = words_of(heard)[:WORDS]
    found = [find(choice, phrase, words) for choice, phrases in choices.items() for phrase in phrases]
    good = [one for one in found if one.score >= GOOD]
    if not good:
        return None
    best = max(good, key=lambda one: (one.score, one.end - one.start))
    if any(_disputes(one, best) for one in good):
        return None
    return best.choice


def _disputes(other: Found, best: Found) -> bool:
    """Whether the other may have been meant as well. Against what was said word for word only the same counts, or a longer phrase
    around it that is nearly as good."""
    if other.choice == best.choice or best.covers(other):
        return False
    if best.score == 1.0 and not other.covers(best):
        return other.score == 1.0
    return other.score > best.score - CLEARLY
