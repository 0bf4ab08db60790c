"""Rendered speech, kept by (text, voice, rate): a prompt is synthesised once, whoever calls."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from pathlib import Path

from tongdai.intelligence.speech.audio import to_rate
from tongdai.intelligence.speech.port import NoVoice
from tongdai.intelligence.speech.voices import Voices

MAX_TEXT = 2_000
RATES = {".wav16": 16_000, ".wav": 8_000}
"""Suffix → rate, in the order of writing: a .wav that is there means that both are."""


class SpeechCache:
    """Files `<folder>/<2 hex>/<hash>.wav` (8 kHz) and `.wav16` (16 kHz), mono 16-bit, each written whole or not at all."""

    def __init__(self, folder: Path, voices: Voices) -> None:
        self.folder = folder
        self.voices = voices
        self._running: dict[str, asyncio.Task[None]] = {}

    async def render(self, text: str, language: str) -> Path:
        """The path without its suffix. Asked for twice at once, it is synthesised once. Raises NoVoice."""
        text = " ".join(text.split())
        if not any(char.isalnum() for char in text):
            raise NoVoice("there is nothing to say")
        if len(text) > MAX_TEXT:
            raise NoVoice(f"the text is longer than {MAX_TEXT} characters; split it")
        _, voice = self.voices.choose(language)
        key = hashlib.sha256("\0".join((text, voice.name, "1")).encode()).hexdigest()
        path = self.folder / key[:2] / key
        if path.with_suffix(".wav").exists():
            return path
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._make(path, text, language))
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))
        await asyncio.shield(task)
        return path

    async def _make(self, path: Path, text: str, language: str) -> None:
        provider, voice = self.voices.choose(language)
        audio = await provider.synthesise(text, voice)
        await asyncio.to_thread(_write, path, audio)


def _write(path: Path, audio: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    for suffix, rate in RATES.items():
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(to_rate(audio, rate))
        os.chmod(name, 0o644)
        os.replace(name, path.with_suffix(suffix))
