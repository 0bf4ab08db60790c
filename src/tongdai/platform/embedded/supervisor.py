"""The parent of PostgreSQL, Asterisk, the app and the edge: restarts any that dies, takes all down only with itself.

It has no thread of its own and does no work for the product, so there is little that could make it fall. Should it be
killed, the kernel sends every child its death signal, and the next start waits for (or ends) what is left.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Protocol

from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.embedded.leftovers import end_leftovers, forget, remember
from tongdai.platform.embedded.logs import LogFile
from tongdai.platform.embedded.process import Command, spawn
from tongdai.platform.embedded.spare import Spare

Announce = Callable[[str], None]

_BACK_OFF = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
_STABLE_AFTER = 30.0
_POLL = 0.02
_ROTATE_EVERY = 10.0
_PATIENCE_WITH_STARTERS = 2.0
"""A process that was still starting has nothing to lose (Asterisk hears no SIGTERM while it loads modules)."""


class Server(Protocol):
    """What the supervisor needs of a server. All methods may block for a moment; they run in a thread."""

    def prepare(self) -> None:
        """Get ready for a start, each time anew."""
        ...

    def command(self) -> Command: ...

    def ready(self, pid: int) -> bool:
        """Whether it serves now; raises SetupError when it never will."""
        ...


def _set_event() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Service:
    """One supervised program."""

    name: str
    server: Server
    needs: tuple[str, ...] = ()
    """Names of services that must be ready before the first start (restarts do not wait)."""
    once_ready: Callable[[], None] | None = None
    """Called in a thread after the first readiness: schema, roles, …"""
    spare: Callable[[int], Command] | None = None
    """Runs the program so that it waits, ready, on a descriptor: then a restart takes next to no time."""
    start_timeout: float = 30.0
    stop_timeout: float = 10.0
    up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once it was ready for the first time."""
    down: asyncio.Event = field(default_factory=_set_event)
    """Set while no process of it is there."""
    pid: int | None = None
    serving: bool = False
    """Whether the present process has become ready."""
    restarts: int = 0


class Supervisor:
    """Runs services until `stop`. Its directory is locked by the caller (`directory_lock`)."""

    def __init__(self, directory: Path, services: Sequence[Service], announce: Announce) -> None:
        self.directory = directory
        self.services = {service.name: service for service in services}
        self._announce = announce
        self._stopping = asyncio.Event()
        self._spares: dict[str, Spare] = {}

    async def run(self, when_ready: Callable[[], Awaitable[None]]) -> None:
        """Start everything, call `when_ready`, and stay until `stop`. Raises SetupError when a first start fails.

        Whatever happens, no child is left when this returns.
        """
        for name in ("run", "log"):
            (self.directory / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        tasks: list[asyncio.Task[None]] = []
        try:
            await asyncio.to_thread(end_leftovers, self.directory / "run")
            stopping = asyncio.create_task(self._stopping.wait())
            tasks = [asyncio.create_task(self._keep(service)) for service in self.services.values()]
            tasks.append(asyncio.create_task(self._rotate_logs()))
            all_up = asyncio.create_task(self._until_ready(when_ready))
            waiting = {stopping, all_up, *tasks}
            while not stopping.done():
                done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()  # a first start that failed raises here
                waiting -= done
            all_up.cancel()
        finally:
            self._stopping.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def stop(self) -> None:
        """Ask `run` to take everything down and return."""
        self._stopping.set()

    async def _until_ready(self, when_ready: Callable[[], Awaitable[None]]) -> None:
        for service in self.services.values():
            await service.up.wait()
        await when_ready()

    async def _keep(self, service: Service) -> None:
        """Run one service for ever; ended by cancellation."""
        self._start_spare(service)
        try:
            for need in service.needs:
                await self.services[need].up.wait()
            await self._keep_running(service)
        finally:
            if spare := self._spares.pop(service.name, None):
                spare.end()

    async def _keep_running(self, service: Service) -> None:
        failures = 0
        while True:
            started = time.monotonic()
            process: Popen[bytes] | None = None
            try:
                await asyncio.to_thread(service.server.prepare)
                process = self._spawn(service)
                await self._await_ready(service, process)
                self._start_spare(service)
                status = await _exit(process)
                problem = f"{service.name} stopped ({_describe(status)})"
            except SetupError as error:
                if not service.up.is_set():
                    raise
                problem = str(error)
            finally:
                if process is not None:
                    await asyncio.shield(self._end(service, process))
            failures = 0 if time.monotonic() - started > _STABLE_AFTER else failures + 1
            delay = _BACK_OFF[min(max(failures - 1, 0), len(_BACK_OFF) - 1)]
            service.restarts += 1
            self._announce(f"{problem}; starting it again" + (f" in {delay:g} s" if delay else ""))
            await asyncio.sleep(delay)

    def _spawn(self, service: Service) -> Popen[bytes]:
        with LogFile(self.directory / "log" / f"{service.name}.log").open() as log:
            try:
                spare = self._spares.pop(service.name, None)
                process = spare.take() if spare else None
                process = process or spawn(service.server.command(), log=log.fileno())
            except OSError as error:
                raise SetupError(f"{service.name} could not be started: {error}.") from error
        service.pid = process.pid
        service.serving = False
        service.down.clear()
        remember(self.directory / "run", service.name, process.pid)
        return process

    def _start_spare(self, service: Service) -> None:
        if service.spare is not None and service.name not in self._spares:
            with LogFile(self.directory / "log" / f"{service.name}.log").open() as log:
                notes = self.directory / "run"
                self._spares[service.name] = Spare.start(service.name, service.spare, notes, log.fileno())

    async def _await_ready(self, service: Service, process: Popen[bytes]) -> None:
        deadline = time.monotonic() + service.start_timeout
        log = LogFile(self.directory / "log" / f"{service.name}.log")
        while not await asyncio.to_thread(service.server.ready, process.pid):
            if process.poll() is not None:
                raise SetupError(f"{service.name} ended while it started; {log.path} ends: {log.tail()}")
            if time.monotonic() > deadline:
                raise SetupError(f"{service.name} was not ready in time; {log.path} ends: {log.tail()}")
            await asyncio.sleep(_POLL)
        service.serving = True
        if not service.up.is_set():
            if service.once_ready is not None:
                await asyncio.to_thread(service.once_ready)
            service.up.set()

    async def _end(self, service: Service, process: Popen[bytes]) -> None:
        """Stop the process and what it started; dependants go first when everything stops."""
        if process.poll() is None and self._stopping.is_set():
            await self._dependants_gone(service)
        if process.poll() is None:
            process.send_signal(service.server.command().stop_signal)
            patience = service.stop_timeout if service.serving else _PATIENCE_WITH_STARTERS
            try:
                async with asyncio.timeout(patience):
                    await _exit(process)
            except TimeoutError:
                if service.serving:
                    self._announce(f"{service.name} did not stop in {patience:g} s and was killed")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the whole session: grandchildren too
        process.wait()
        service.pid = None
        service.down.set()
        forget(self.directory / "run", service.name)

    async def _dependants_gone(self, service: Service) -> None:
        for other in self.services.values():
            if service.name in other.needs:
                await other.down.wait()

    async def _rotate_logs(self) -> None:
        while True:
            await asyncio.sleep(_ROTATE_EVERY)
            for path in (self.directory / "log").glob("*.log"):
                await asyncio.to_thread(LogFile(path).rotate)


async def _exit(process: Popen[bytes]) -> int:
    """Wait for the end of a child without polling; gives its status as Popen does."""
    status = process.poll()
    if status is not None:
        return status
    loop = asyncio.get_running_loop()
    gone = loop.create_future()
    handle = os.pidfd_open(process.pid)
    loop.add_reader(handle, lambda: gone.done() or gone.set_result(None))
    try:
        await gone
    finally:
        loop.remove_reader(handle)
        os.close(handle)
    return process.wait()


def _describe(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit code {status}"
