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

from tongdai.kit.ids import new_id
from tongdai.platform.database import Database, Scope
from tongdai.platform.database.session import DatabaseAway

log = logging.getLogger(__name__)

HANGS_S = 2.0
"""A database that answers nothing for so long is as good as away."""


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
    async with database.transaction(Scope.system()) as tx:
        epoch = await tx.fetch_value(
            "INSERT INTO leases (name, holder, epoch, expires_at)"
            " VALUES (%(name)s, %(holder)s, 1, now() + %(seconds)s * interval '1 second')"
            " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at,"
            " epoch = leases.epoch + (leases.holder <> excluded.holder)::int"
            " WHERE leases.holder = excluded.holder OR leases.expires_at < now() RETURNING epoch",
            {"name": name, "holder": holder, "seconds": seconds},
        )
    return Lease(name, holder, epoch) if epoch is not None else None


async def release(database: Database, lease: Lease) -> None:
    """Give the lease back at once, so that a planned restart takes no waiting time."""
    with contextlib.suppress(DatabaseAway):
        async with database.transaction(Scope.system()) as tx:
            await tx.execute(
                "UPDATE leases SET expires_at = now() - interval '1 second'"
                " WHERE name = %(name)s AND holder = %(holder)s",
                {"name": lease.name, "holder": lease.holder},
            )


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
    good_until = 0.0
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
            await asyncio.sleep(seconds / 4)
    finally:
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        if lease is not None:
            await asyncio.shield(release(database, lease))


def _lost(running: asyncio.Task[None]) -> bool:
    return not running.cancelled() and isinstance(running.exception(), LeaseLost)
