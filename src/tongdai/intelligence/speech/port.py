"""The port of text to speech."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Quality(StrEnum):
    """What a caller thinks of the voice, stated per language, best first."""

    NATURAL = "natural"
    CLEAR = "clear"
    ROBOTIC = "robotic"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice for one language (a BCP 47 tag's first part)."""

    name: str
    language: str
    quality: Quality


@dataclass(frozen=True, slots=True)
class VoiceCapabilities:
    """`licence` is that of the voice and its program, as an SPDX expression; `rate` the sample rate in Hz."""

    voices: tuple[Voice, ...]
    rate: int
    offline: bool
    licence: str


class SpeechSynthesis(Protocol):
    """A provider. `synthesise` may be called from several tasks; it raises NoVoice when it cannot speak after all."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> VoiceCapabilities: ...

    async def synthesise(self, text: str, voice: Voice) -> bytes:
        """A WAV of any rate."""
        ...


class NoVoice(Exception):
    """Nothing here can speak this; the message says the mend. A call goes on without it."""
