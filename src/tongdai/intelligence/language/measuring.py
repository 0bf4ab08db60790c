"""How well a classifier does, by what it took sentences for that it had not seen, and from which score on to believe it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NONE = -1
STEPS = tuple(step / 50 for step in range(5, 49))
"""The thresholds that are compared, 0.1 to 0.96."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a sentence was taken for: an intent's place, or NONE; `score` (0–1) is the likeliest intent's."""

    intent: int
    score: float

    def at(self, threshold: float) -> int:
        """The intent that is believed, or NONE."""
        return self.intent if self.score >= threshold else NONE


@dataclass(frozen=True, slots=True)
class Share:
    """Of sentences that are one of the intents: understood rightly, wrongly, not at all (the three sum to 1). `refused`: of those
    that are none, the share that was not taken for any."""

    threshold: float
    right: float
    wrong: float
    missed: float
    refused: float

    @property
    def worth(self) -> float:
        """What a threshold is chosen by. A wrong answer costs as much as a right one is worth; who is not understood is asked
        again, or gets a person. Strangers count a third: most of them are of the same trade, the hardest that there are."""
        return self.right - self.wrong + self.refused / 3


@dataclass(frozen=True, slots=True)
class IntentFigures:
    """`precision`: of what was taken for the intent, the share that was it (None: nothing was). `recall`: of what was it, the
    share that was taken for it."""

    precision: float | None
    recall: float


def share_at(
    threshold: float, truth: Sequence[int], known: Sequence[Guess], strangers: Sequence[Guess]
) -> Share:
    right = wrong = 0
    for intent, guess in zip(truth, known, strict=True):
        taken = guess.at(threshold)
        right += taken == intent
        wrong += taken not in (intent, NONE)
    refused = sum(guess.at(threshold) == NONE for guess in strangers)
    count = max(1, len(known))
    return Share(
        threshold,
        right / count,
        wrong / count,
        (len(known) - right - wrong) / count,
        refused / len(strangers) if strangers else 1.0,
    )


def curve(truth: Sequence[int], known: Sequence[Guess], strangers: Sequence[Guess]) -> list[Share]:
    return [share_at(step, truth, known, strangers) for step in STEPS]


def best_threshold(truth: Sequence[int], known: Sequence[Guess], strangers: Sequence[Guess]) -> float:
    """The one that is worth most; of several the one in the middle of the widest stretch, which depends least on chance."""
    shares = curve(truth, known, strangers)
    most = max(one.worth for one in shares)
    best: list[Share] = []
    stretch: list[Share] = []
    for one in shares:
        stretch = [*stretch, one] if one.worth > most - 1e-9 else []
        best = max(best, stretch, key=len)
    return best[len(best) // 2].threshold


def confusion(count: int, threshold: float, truth: Sequence[int], known: Sequence[Guess]) -> list[list[int]]:
    """How many examples of each intent (row) were taken for which (column); the last column: for none."""
    table = [[0] * (count + 1) for _ in range(count)]
    for intent, guess in zip(truth, known, strict=True):
        taken = guess.at(threshold)
        table[intent][count if taken == NONE else taken] += 1
    return table


def figures(table: Sequence[Sequence[int]]) -> list[IntentFigures]:
    """Precision and recall of each intent of a confusion matrix."""
    taken = [sum(row[at] for row in table) for at in range(len(table))]
    return [
        IntentFigures(row[at] / taken[at] if taken[at] else None, row[at] / max(1, sum(row)))
        for at, row in enumerate(table)
    ]
