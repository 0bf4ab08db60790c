"""Which voices there are, and which one speaks a language."""

from __future__ import annotations

from collections.abc import Sequence

from tongdai.intelligence.speech.espeak import Espeak
from tongdai.intelligence.speech.hibari import Hibari
from tongdai.intelligence.speech.port import NoVoice, Quality, SpeechSynthesis, Voice

_BEST = list(Quality)


class Voices:
    """The providers of this process, in the order in which they are preferred at the same quality."""

    def __init__(self, providers: Sequence[SpeechSynthesis]) -> None:
        self.providers = tuple(providers)

    def choose(self, language: str) -> tuple[SpeechSynthesis, Voice]:
        """The best voice of the language. Raises NoVoice with the mend."""
        short = language.replace("_", "-").split("-")[0].lower()
        found = [
            (provider, voice)
            for provider in self.providers
            for voice in provider.capabilities.voices
            if voice.language == short
        ]
        if not found:
            raise NoVoice(
                f"there is no voice for '{short}' on this server: install espeak-ng (apt-get install espeak-ng), "
                "or record the prompts"
            )
        return min(found, key=lambda pair: _BEST.index(pair[1].quality))

    def quality(self, language: str) -> Quality | None:
        """How good the language sounds here; None when it cannot be spoken."""
        try:
            return self.choose(language)[1].quality
        except NoVoice:
            return None


def default_voices() -> Voices:
    """What this machine has: hibari-tts (extra `ai`) for English, espeak-ng for the rest."""
    return Voices([provider for provider in (Hibari.find(), Espeak.find()) if provider is not None])
