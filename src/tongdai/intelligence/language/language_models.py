"""Which language models there are, and which one is asked."""

from __future__ import annotations

from collections.abc import Sequence

from tongdai.intelligence.language.e5 import E5
from tongdai.intelligence.language.port import LanguageModel, NoLanguageModel

ANGRY = 0.6
"""From here on a writer is taken for angry. Measured: see the README of module intelligence."""


class LanguageModels:
    """The providers of this process, in the order in which they are preferred; without an argument, what this machine has."""

    def __init__(self, providers: Sequence[LanguageModel] | None = None) -> None:
        if providers is None:
            e5 = E5.find()
            providers = () if e5 is None else (e5,)
        self.providers = tuple(providers)

    def choose(self, name: str | None = None) -> LanguageModel:
        """The one of that name (a classifier needs the model that it was trained with), or the preferred one. Raises
        NoLanguageModel with the mend."""
        for provider in self.providers:
            if name in (None, provider.name):
                return provider
        if name is not None and self.providers:
            raise NoLanguageModel(f"what was trained with '{name}' is not understood here: train it anew")
        raise NoLanguageModel(
            "nothing on this server understands text: install the extra `ai` (pip install 'tongdai[ai]')"
        )

    async def stop(self) -> None:
        for provider in self.providers:
            await provider.stop()
