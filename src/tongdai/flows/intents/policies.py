"""What is wrong with examples, what is trained of them, and what their measuring says. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tongdai.flows.intents.schemas import (
    Examples,
    IntentIn,
    IntentMeasures,
    IntentProblem,
    Mistaken,
    ThresholdShares,
)
from tongdai.flows.spoken_choice import words_of
from tongdai.intelligence.public import NONE, Guess, measuring

FEWEST = 5
"""Examples of an intent: with fewer nothing can be measured."""
GOOD = 10
"""With fewer it is said that more would help."""
MOST = 3_000
SHOWN = 200
"""Of each kind of problem; a thousand lines pasted twice need not all be named."""


def form_of(text: str) -> str:
    """Two examples with the same form are the same: case and punctuation do not count, accents do."""
    return " ".join(words_of(text))


def _all(examples: Mapping[Any, Sequence[str]]) -> Iterable[str]:
    return (text for some in examples.values() for text in some)


def problems_of(intents: Sequence[IntentIn], none: Examples) -> list[IntentProblem]:
    found: list[IntentProblem] = []
    if len(intents) < 2:
        found.append(IntentProblem(rule="too_few_intents", count=len(intents)))
    for name, count in Counter(intent.name for intent in intents).items():
        if count > 1:
            found.append(IntentProblem(rule="name_twice", intent=name))
    owners: dict[str, str | None] = {}
    twice: list[IntentProblem] = []
    named: list[tuple[str | None, Examples]] = [(one.name, one.examples) for one in intents]
    total = 0
    for name, examples in [*named, (None, none)]:
        own: set[str] = set()
        for text in _all(examples):
            form = form_of(text)
            if form in own:
                twice.append(IntentProblem(rule="duplicate", intent=name, text=text, warning=True))
            elif form in owners:
                twice.append(IntentProblem(rule="contradiction", intent=owners[form], other=name, text=text))
            own.add(form)
            owners.setdefault(form, name)
        total += len(own)
        if name is not None and len(own) < GOOD:
            found.append(
                IntentProblem(rule="few_examples", intent=name, count=len(own), warning=len(own) >= FEWEST)
            )
    if total > MOST:
        found.append(IntentProblem(rule="too_many_examples", count=total))
    return [*found, *sorted(twice, key=lambda one: one.warning)[:SHOWN]]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a classifier is trained with: the texts, and each one's place among the intents (their number: none of them)."""

    texts: tuple[str, ...]
    intents: tuple[int, ...]


def lesson_of(intents: Sequence[IntentIn], none: Examples) -> Lesson:
    """Each text once; those of the intents first, in their order."""
    seen: set[str] = set()
    texts: list[str] = []
    places: list[int] = []
    for place, examples in enumerate([*(one.examples for one in intents), none]):
        for text in _all(examples):
            form = form_of(text)
            if form and form not in seen:
                seen.add(form)
                texts.append(text)
                places.append(place)
    return Lesson(tuple(texts), tuple(places))


@dataclass(frozen=True, slots=True)
class Report:
    """What measuring says of a version at a threshold."""

    measures: list[IntentMeasures]
    shares: ThresholdShares
    curve: list[ThresholdShares]
    mistaken: list[Mistaken]


def report_of(
    intents: Sequence[IntentIn],
    lesson: Lesson,
    known: Sequence[Guess],
    strangers: Sequence[Guess],
    threshold: float,
) -> Report:
    """`known` are the guesses of the lesson's texts that are one of the intents, in their order."""
    texts, truth = lesson.texts[: len(known)], lesson.intents[: len(known)]
    table = measuring.confusion(len(intents), threshold, truth, known)
    measures = [
        IntentMeasures(
            name=intent.name,
            title=intent.title,
            examples=sum(row),
            precision=figures.precision,
            recall=figures.recall,
            taken=row,
        )
        for intent, row, figures in zip(intents, table, measuring.figures(table), strict=True)
    ]
    mistaken = [
        Mistaken(
            text=text,
            intent=intents[place].name,
            taken_for=None if taken == NONE else intents[taken].name,
            score=guess.score,
        )
        for text, place, guess in zip(texts, truth, known, strict=True)
        if (taken := guess.at(threshold)) != place
    ]
    # What was taken for another intent tells more than what was not understood.
    mistaken.sort(key=lambda one: (one.taken_for is None, -one.score))
    return Report(
        measures,
        _shares(measuring.share_at(threshold, truth, known, strangers)),
        [_shares(one) for one in measuring.curve(truth, known, strangers)],
        mistaken[:SHOWN],
    )


def _shares(share: measuring.Share) -> ThresholdShares:
    return ThresholdShares(
        threshold=share.threshold,
        right=share.right,
        wrong=share.wrong,
        missed=share.missed,
        refused=share.refused,
    )
