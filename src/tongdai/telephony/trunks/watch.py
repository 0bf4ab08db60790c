"""Looks at the trunks every few seconds and writes what is otherwise, so that any node, and doctor, can tell.

Looking instead of listening: Asterisk tells nobody by ARI what becomes of a registration, and says why only in its log.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncGenerator
from pathlib import Path
from uuid import UUID

from tongdai.platform.database import Scope
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.registry import Runtime
from tongdai.telephony.ari.connection import AriError, AsteriskAway
from tongdai.telephony.events import TrunkStateChanged
from tongdai.telephony.exchange import Exchange
from tongdai.telephony.phones.endpoints import client_uri, trunk_uri
from tongdai.telephony.repository import TrunkRow
from tongdai.telephony.trunks.console import LOST, ConsoleAway, ask_way, registrations, round_trips
from tongdai.telephony.trunks.policies import Seen, TrunkState, due, news, next_state, refusals
from tongdai.telephony.trunks.repository import TrunkStates

log = logging.getLogger(__name__)

LOOK_S = 3.0


class TrunkWatch:
    """Part of the node that owns the Asterisk."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._written: dict[UUID, TrunkState] | None = None
        self._refused: dict[tuple[str, str], int] = {}
        self._complained = ""
        self._lost: set[str] = set()
        """Trunks whose registrations the last look did not find."""
        self._asked: set[tuple[str, str]] = set()
        """Trunks, and where they lead, whose carriers were asked at once whether they answer."""

    @contextlib.asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        self._runtime = runtime
        if not runtime.settings.ari_url:
            yield
            return
        self._log = LogTail(runtime.settings.asterisk_log)
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                if self._at_work:
                    await self.look(self._exchange.directory.trunks())
                else:
                    self._written = None
            except (AsteriskAway, AriError, DatabaseAway) as error:
                log.info("the trunks could not be looked at: %s", error)
            except Exception:
                log.exception("looking at the trunks failed")
            await asyncio.sleep(LOOK_S)

    @property
    def _at_work(self) -> bool:
        return self._exchange.owns and self._exchange.directory.told_all

    async def _console(self, trunks: list[TrunkRow]) -> tuple[dict[str, str], dict[str, float]]:
        """Statuses and round trips; nothing where the console cannot be asked, which is said once, not at every look."""
        socket = self._runtime.settings.asterisk_control
        if socket is None:
            return {}, {}
        try:
            registered = await registrations(socket) if any(one.registers for one in trunks) else {}
            took, why = await round_trips(socket) if any(one.host for one in trunks) else {}, ""
            await self._ask_new(socket, [one for one in trunks if one.host])
        except ConsoleAway as error:
            registered, took, why = {}, {}, str(error)
        if why and why != self._complained:
            log.warning("Asterisk's console cannot be asked about the trunks: %s", why)
        self._complained = why
        return registered, took

    async def _ask_new(self, socket: Path, trunks: list[TrunkRow]) -> None:
        for trunk in trunks:
            if (place := (trunk.sip_name, trunk_uri(trunk))) not in self._asked:
                if not await self._exchange.directory.registered([trunk.sip_name]):
                    await ask_way(socket, trunk.sip_name)
                self._asked.add(place)

    async def look(self, trunks: list[TrunkRow]) -> None:
        """One look at all trunks; writes and tells what is otherwise."""
        if self._written is None:
            async with self._runtime.database.transaction(Scope.system()) as tx:
                self._written = await TrunkStates(tx).all()
        statuses, took = await self._console(trunks)
        await self._mend(trunks, statuses)
        self._refused |= refusals(await asyncio.to_thread(self._log.read))
        for trunk in trunks:
            seen = await self._seen(trunk, statuses.get(trunk.sip_name), took.get(trunk.sip_name))
            before = self._written.get(trunk.id, TrunkState())
            after = next_state(before, seen, self._runtime.clock.now())
            if due(before, after) and await self._write(trunk, after, tell=news(before, after)):
                self._written[trunk.id] = after

    async def _mend(self, trunks: list[TrunkRow], statuses: dict[str, str]) -> None:
        """Has registrations made again that Asterisk lost, once two looks did not find them: it may be about to make one."""
        if self._complained or self._runtime.settings.asterisk_control is None:
            return
        lost = {one.sip_name for one in trunks if one.registers and statuses.get(one.sip_name, LOST) == LOST}
        for trunk in trunks:
            if trunk.sip_name in lost & self._lost:
                await self._exchange.directory.register_again(trunk)
        self._lost = lost - self._lost

    async def _seen(self, trunk: TrunkRow, status: str | None, took: float | None) -> Seen:
        asked = trunk.registers
        answer = self._refused.get((trunk_uri(trunk), client_uri(trunk))) if asked else None
        reachable = bool(await self._exchange.directory.registered([trunk.sip_name]))
        return Seen(asked, status, answer, reachable, took if reachable else None)

    async def _write(self, trunk: TrunkRow, state: TrunkState, *, tell: bool) -> bool:
        async with self._runtime.database.transaction(Scope(trunk.tenant_id)) as tx:
            version = await TrunkStates(tx).write(trunk.id, state)
            if version is not None and tell:
                tx.emit(TrunkStateChanged(aggregate_id=trunk.id, aggregate_version=version))
        return version is not None


class LogTail:
    """What was added to a log since it was last read; at first, its end. A log that was begun anew is read from its start."""

    AT_FIRST = 256 * 1024

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._place: tuple[int, int] | None = None
        """The file's inode, and up to where it was read."""
        self._rest = b""

    def read(self) -> list[str]:
        """Whole lines; none when the log cannot be read."""
        if self._path is None:
            return []
        try:
            with self._path.open("rb") as file:
                status = os.fstat(file.fileno())
                if self._place is None:
                    start = max(0, status.st_size - self.AT_FIRST)
                elif self._place[0] != status.st_ino or self._place[1] > status.st_size:
                    start, self._rest = 0, b""
                else:
                    start = self._place[1]
                file.seek(start)
                data = self._rest + file.read()
                self._place = (status.st_ino, file.tell())
        except OSError:
            return []
        *lines, self._rest = data.split(b"\n")
        return [line.decode(errors="replace") for line in lines]
