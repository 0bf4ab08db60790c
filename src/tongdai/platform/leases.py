"""Leases: at most one node does a thing at a time, and an old holder's late writes can be told by their epoch.

Expiry is decided by the database's clock. Correctness of data must not rest on a lease alone (claims are constraints); a
lease only keeps nodes from doing the same work twice.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from tongdai.kit.ids import new_id
from tongdai.platform.database import Database, Scope
from tongdai.platform.database.session import DatabaseAway

log = logging.getLogger(__name__)

HANGS_S = 2.0
"""A database that answers nothing for so long is as good as away."""
TOGETHER_S = 0.01
OVER_S = -1.0
"""A lease that is asked for until then is over."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Held until its holder stops renewing it."""

    name: str
    holder: str
    epoch: int


class LeaseLost(Exception):
    """Another node took over. Work that learns of it by itself raises this."""


async def acquire(database: Database, name: str, holder: str, seconds: float) -> Lease | None:
    """Take or renew the lease; None while another holds it. A new holder gets a higher epoch."""
    return await _asked_together.setdefault(database, _Together()).ask(database, name, holder, seconds)


async def release(database: Database, lease: Lease) -> None:
    """Give the lease back at once, so that a planned restart takes no waiting time."""
    with contextlib.suppress(DatabaseAway, TimeoutError):
        await acquire(database, lease.name, lease.holder, OVER_S)


class _Together:
    """What a process asks for at about the same time goes in one statement: each would be a commit of its own, twice a second
    for each thing that is done under a lease. One after the other, so that what is given back stays given back."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, float]] | None = None
        self._last: asyncio.Task[dict[str, Lease]] | None = None

    async def ask(self, database: Database, name: str, holder: str, seconds: float) -> Lease | None:
        if self._open is None or name in self._open or self._last is None:
            self._open = {}
            self._last = asyncio.create_task(self._ask_all(database, self._open, self._last))
        self._open[name] = holder, seconds
        return (await asyncio.shield(self._last)).get(name)

    async def _ask_all(
        self, database: Database, wishes: dict[str, tuple[str, float]], before: asyncio.Task[Any] | None
    ) -> dict[str, Lease]:
        if before is not None:
            await asyncio.wait([before])
        await asyncio.sleep(TOGETHER_S)
        if self._open is wishes:
            self._open = None
        async with asyncio.timeout(HANGS_S):
            return await _acquire(database, wishes)


_asked_together: WeakKeyDictionary[Database, _Together] = WeakKeyDictionary()


async def _acquire(database: Database, wishes: dict[str, tuple[str, float]]) -> dict[str, Lease]:
    """In the order of names: two nodes must not wait for each other's rows."""
    names = sorted(wishes)
    async with database.transaction(Scope.system()) as tx:
        rows = await tx.fetch_tuples(
            "INSERT INTO leases (name, holder, epoch, expires_at)"
            " SELECT name, holder, 1, now() + seconds * interval '1 second'"
            " FROM unnest(%(names)s::text[], %(holders)s::text[], %(seconds)s::float8[]) AS w (name, holder, seconds)"
            " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at,"
            " epoch = leases.epoch + (leases.holder <> excluded.holder)::int"
            " WHERE leases.holder = excluded.holder OR leases.expires_at < now() RETURNING name, holder, epoch",
            {
                "names": names,
                "holders": [wishes[name][0] for name in names],
                "seconds": [wishes[name][1] for name in names],
            },
        )
    return {name: Lease(name, holder, epoch) for name, holder, epoch in rows}


@asynccontextmanager
async def held(
    database: Database,
    name: str,
    work: Callable[[Lease], Awaitable[None]],
    *,
    seconds: float = 2.0,
    holder: str | None = None,
    outlast: float = 0.0,
) -> AsyncGenerator[None]:
    """While open, run `work(lease)` whenever this process holds the lease; `work` is cancelled when it is lost.

    `outlast`: so many seconds longer than its time it goes on while the database is away. Only for work that notices by itself
    that another node has begun (and raises LeaseLost): we may be the only one who cannot reach the database.
    """
    me = holder or str(new_id())
    task = asyncio.create_task(_keep(database, name, me, work, seconds, outlast))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _keep(
    database: Database,
    name: str,
    me: str,
    work: Callable[[Lease], Awaitable[None]],
    seconds: float,
    outlast: float,
) -> None:
    loop = asyncio.get_running_loop()
    running: asyncio.Task[None] | None = None
    lease: Lease | None = None
    good_until, pause = 0.0, seconds / 4
    try:
        while True:
            asked_at = loop.time()
            try:
                async with asyncio.timeout(max(seconds, HANGS_S)):
                    lease = await acquire(database, name, me, seconds)
                if lease is not None:
                    good_until = asked_at + seconds
            except Exception as error:
                if not isinstance(error, DatabaseAway | TimeoutError):
                    log.exception("lease %s could not be asked for; it is tried again", name)
                # Nobody else can take it while the database is away for all; after our own time is over, be careful.
                lost = running is not None and running.done() and _lost(running)
                if lost or loop.time() >= good_until + outlast:
                    lease = None
            if lease is None and running is not None:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                running = None
            if lease is not None and (running is None or running.done()):
                if running is not None and not running.cancelled() and (error := running.exception()):
                    log.error("work under lease %s failed; starting it again", name, exc_info=error)
                running = asyncio.ensure_future(work(lease))
            await asyncio.sleep(pause - loop.time() % pause)  # when the others of this process ask, too
    finally:
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        if lease is not None:
            await asyncio.shield(release(database, lease))


def _lost(running: asyncio.Task[None]) -> bool:
    return not running.cancelled() and isinstance(running.exception(), LeaseLost)
