"""How articles become passages, and which one answers. Pure."""

from __future__ import annotations

import heapq
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

NEAR = 0.18
"""From here on a passage answers a question. Measured: see the README of module intelligence."""
SAME_LANGUAGE = 0.08
"""What it counts that a passage is in the customer's language: of two that say the same, that one is told."""
LENGTH = 600
"""Characters of a passage: what one reads in a chat without scrolling."""
_ENDS = re.compile(r"(?<=[.!?…;:])\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    title: str
    link: str
    language: str
    text: str
    vector: array[float]


@dataclass(frozen=True, slots=True)
class Found:
    passage: Passage
    score: float


def passages_of(body: str) -> list[str]:
    """Pieces of at most LENGTH characters, cut between paragraphs, else between sentences, else between words."""
    pieces: list[str] = []
    for paragraph in re.split(r"\n\s*\n", body):
        for piece in _cut(" ".join(paragraph.split())):
            if pieces and len(pieces[-1]) + 1 + len(piece) <= LENGTH // 2:
                pieces[-1] += " " + piece
            else:
                pieces.append(piece)
    return pieces


def _cut(text: str) -> list[str]:
    """A paragraph in pieces, as long as they may be."""
    pieces: list[str] = []
    for sentence in _ENDS.split(text):
        for part in _words(sentence):
            if pieces and len(pieces[-1]) + 1 + len(part) <= LENGTH:
                pieces[-1] += " " + part
            elif part:
                pieces.append(part)
    return pieces


def _words(sentence: str) -> list[str]:
    """A sentence that is too long, between its words; a word that is too long, anywhere."""
    parts = [""]
    for word in sentence.split(" "):
        for start in range(0, max(1, len(word)), LENGTH):
            bit = word[start : start + LENGTH]
            if parts[-1] and len(parts[-1]) + 1 + len(bit) > LENGTH:
                parts.append(bit)
            else:
                parts[-1] = f"{parts[-1]} {bit}" if parts[-1] else bit
    return parts


def nearest(
    question: Sequence[float], language: str, passages: Sequence[Passage], most: int = 1
) -> list[Found]:
    """The passages that answer, if any do, the best first."""
    found: list[Found] = []
    short = language.split("-")[0]
    for passage in passages:
        score = sum(map(mul, question, passage.vector))
        if score >= NEAR:
            found.append(Found(passage, score + SAME_LANGUAGE * (passage.language == short)))
    return heapq.nlargest(most, found, key=lambda one: one.score)
