"""hibari-tts: English, offline, Apache-2.0, the voice inside its wheel (extra `ai`)."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import io
from typing import Any

from tongdai.intelligence.speech.port import NoVoice, Quality, Voice, VoiceCapabilities


class Hibari:
    """Loaded at the first sentence; one sentence at a time, in a thread."""

    name = "hibari-tts"
    capabilities = VoiceCapabilities((Voice("hibari-en", "en", Quality.CLEAR),), 24_000, True, "Apache-2.0")

    def __init__(self) -> None:
        self._engine: Any = None
        self._one_at_a_time = asyncio.Lock()

    @classmethod
    def find(cls) -> Hibari | None:
        return cls() if importlib.util.find_spec("hibari") is not None else None

    async def synthesise(self, text: str, voice: Voice) -> bytes:
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._speak, text)

    def _speak(self, text: str) -> bytes:
        try:
            if self._engine is None:
                self._engine = importlib.import_module("hibari").Hibari(threads=1)
            samples = self._engine(text, seed=0)
        except (ImportError, RuntimeError, OSError, ValueError) as exc:
            raise NoVoice(f"hibari-tts cannot speak: {exc}") from exc
        buffer = io.BytesIO()
        import soundfile  # pyright: ignore[reportMissingTypeStubs]

        soundfile.write(buffer, samples, self.capabilities.rate, subtype="PCM_16", format="WAV")
        return buffer.getvalue()
