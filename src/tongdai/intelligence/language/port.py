"""The port of understanding what people write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tongdai.intelligence.language.classifier import Classifier
from tongdai.intelligence.language.measuring import Guess


@dataclass(frozen=True, slots=True)
class LanguageCapabilities:
    """`languages` are first parts of BCP 47 tags for which it was measured; it may understand others. `licence` is that of the
    program and its model, as an SPDX expression."""

    languages: frozenset[str]
    offline: bool
    licence: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """A sentence, as classifiers take it and as passages are compared with it. `language`: None where it cannot be told (a
    number, a name). `anger`: 0–1; from ANGRY on its writer is taken for angry."""

    vector: tuple[float, ...]
    language: str | None
    anger: float


@dataclass(frozen=True, slots=True)
class Trained:
    """A classifier, and how it did in cross-validation: what each example was taken for by one that had not seen it (`known`, in
    the order of the examples), and what became of sentences that are none of the intents (`strangers`)."""

    classifier: Classifier
    known: tuple[Guess, ...]
    strangers: tuple[Guess, ...]


class LanguageModel(Protocol):
    """A provider. All may be called from several tasks."""

    @property
    def name(self) -> str:
        """Of the model: a classifier understands the vectors of the one that it was trained with, and no others."""
        ...

    @property
    def capabilities(self) -> LanguageCapabilities: ...

    async def understand(self, text: str) -> Understanding:
        """Answers before a deadline. Raises NoLanguageModel."""
        ...

    async def read(self, passages: Sequence[str]) -> list[tuple[float, ...]]:
        """Vectors of texts in which answers are looked for: the nearest to `Understanding.vector` by their product. Beside
        those who are answered. Raises NoLanguageModel."""
        ...

    async def train(self, texts: Sequence[str], intents: Sequence[int], count: int) -> Trained:
        """Train a classifier of `count` intents. `intents` gives each text's place among them, `count` for a text that is none
        of them; each has two texts at least. Takes seconds to minutes, beside those who are answered. Raises NoLanguageModel."""
        ...

    async def stop(self) -> None:
        """Give back what was loaded; the next use loads it again."""
        ...


class NoLanguageModel(Exception):
    """Nothing here understands text, or not in time; the message says the mend. A flow goes on by its exit for that."""
