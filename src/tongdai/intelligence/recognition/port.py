"""The port of speech to text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RecognitionCapabilities:
    """`languages` are first parts of BCP 47 tags, `rates` the sample rates (Hz) that are taken, `licence` that of the program and
    its model, as an SPDX expression."""

    languages: frozenset[str]
    rates: frozenset[int]
    offline: bool
    licence: str


class SpeechRecognition(Protocol):
    """A provider. All may be called from several tasks."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> RecognitionCapabilities: ...

    async def prepare(self) -> None:
        """Begin to load what takes a while, so that it is there when the caller has spoken. Returns at once, never raises."""
        ...

    async def transcribe(self, audio: Path, language: str, phrases: Sequence[str]) -> str:
        """What is said in a WAV (mono, 16 bit, one of the rates), "" for nothing. `phrases` are what is expected: a hint, no
        limit. Answers before a deadline. Raises NoRecogniser."""
        ...

    async def stop(self) -> None:
        """Give back what was loaded; the next use loads it again."""
        ...


class NoRecogniser(Exception):
    """Nothing here understands this, or not in time; the message says the mend. A call goes on by keys."""
