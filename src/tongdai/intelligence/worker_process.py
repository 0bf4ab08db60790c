"""A program of its own that answers questions, one at a time: it may be killed when it takes too long, with its memory.

It writes one line when it is loaded, then one line of JSON for each that it reads, until its input ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

log = logging.getLogger(__name__)

LOADING_S = 60.0
IDLE_S = 900.0
"""After so long without a question the process ends, with the memory that it took."""
LONGEST_LINE = 8 << 20


class Why(StrEnum):
    """Why there is no answer."""

    LATE = "late"
    DEAD = "dead"
    """It died of the question, and again when it was asked once more."""
    UNLOADABLE = "unloadable"


class WorkerFailed(Exception):
    """The program did not answer."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class WorkerProcess:
    """One question after the other. A process that dies is replaced and asked once more; one that takes too long is killed."""

    def __init__(self, name: str, command: Sequence[str], deadline: float, idle: float = IDLE_S) -> None:
        """`deadline`: seconds in which an answer comes, turns of other askers and the loading included."""
        self._name = name
        self._command = command
        self._deadline = deadline
        self._idle = idle
        self._turn = asyncio.Lock()
        self._loading: asyncio.Task[Process] | None = None
        self._asking: set[asyncio.Task[bytes]] = set()
        self._dying: set[asyncio.Task[None]] = set()
        self._rest: asyncio.TimerHandle | None = None
        self.pid: int | None = None
        """Of the process, while there is one."""

    def prepare(self) -> None:
        """Begin to load, unless it is loaded. Returns at once."""
        self._load()

    async def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Raises WorkerFailed."""
        # Who goes away meanwhile leaves the process in order for the next one: the answer is read all the same.
        task = asyncio.create_task(self._in_time((json.dumps(question) + "\n").encode()))
        self._asking.add(task)
        task.add_done_callback(self._asked)
        return json.loads(await asyncio.shield(task))

    def _asked(self, task: asyncio.Task[bytes]) -> None:
        self._asking.discard(task)
        if not task.cancelled():
            task.exception()  # nobody may be left to hear of it
        if self._rest is not None:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(self._idle, self._end)

    async def stop(self) -> None:
        """Give back what was loaded; the next question loads it again."""
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

    async def _in_time(self, question: bytes) -> bytes:
        try:
            async with asyncio.timeout(self._deadline), self._turn:
                answer = await self._ask(question) or await self._ask(question)
        except TimeoutError:
            raise WorkerFailed(Why.LATE) from None
        if not answer:
            raise WorkerFailed(Why.DEAD)
        return answer

    async def _ask(self, question: bytes) -> bytes:
        """The answer; empty when the process died of it."""
        process = await asyncio.shield(self._load())
        assert process.stdin is not None
        assert process.stdout is not None
        answer = b""
        try:
            process.stdin.write(question)
            await process.stdin.drain()
            answer = await process.stdout.readline()
        except OSError:
            log.info("%s is gone", self._name)
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
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=LONGEST_LINE,
            )
        except OSError as error:
            log.error("%s cannot be started: %s", self._name, error)
            raise WorkerFailed(Why.UNLOADABLE) from error
        assert process.stdout is not None
        self.pid = process.pid
        ready = b""
        try:
            async with asyncio.timeout(LOADING_S):
                ready = await process.stdout.readline()
        except TimeoutError:
            log.error("%s is not loaded after %s s", self._name, LOADING_S)
        finally:
            if not ready:
                self.pid = None
                self._kill(process)
        if not ready:
            raise WorkerFailed(Why.UNLOADABLE)
        return process

    def _end(self) -> None:
        """Kill the process; the next question starts another."""
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
