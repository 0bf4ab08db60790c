"""Which recognisers there are, and which one understands a language."""

from __future__ import annotations

from collections.abc import Sequence

from tongdai.intelligence.recognition.port import NoRecogniser, SpeechRecognition
from tongdai.intelligence.recognition.whisper import Whisper


class Recognisers:
    """The providers of this process, in the order in which they are preferred; without an argument, what this machine has."""

    def __init__(self, providers: Sequence[SpeechRecognition] | None = None) -> None:
        if providers is None:
            whisper = Whisper.find()
            providers = () if whisper is None else (whisper,)
        self.providers = tuple(providers)

    def choose(self, language: str) -> SpeechRecognition:
        """Raises NoRecogniser with the mend."""
        short = language.replace("_", "-").split("-")[0].lower()
        for provider in self.providers:
            if short in provider.capabilities.languages:
                return provider
        raise NoRecogniser(
            f"nothing on this server understands '{short}': install the extra `ai` (pip install 'tongdai[ai]'), "
            "or ask by keys"
        )

    def understands(self, language: str) -> bool:
        """Whether the language can be heard here; "" means any at all."""
        if not language:
            return bool(self.providers)
        try:
            self.choose(language)
        except NoRecogniser:
            return False
        return True

    async def stop(self) -> None:
        for provider in self.providers:
            await provider.stop()
