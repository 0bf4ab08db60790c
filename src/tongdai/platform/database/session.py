"""The pool, and the way to a transaction.

One request or event is one transaction: the block commits when it ends and rolls back when it raises; nobody calls commit.
A transaction carries the tenant as a setting of the session (`tongdai.tenant`), which row-level security compares with each
row. It must be short and hold no outside I/O: `forbid_inside_transaction` is called by every client of the outside
(Asterisk, HTTP, SMTP …) and raises.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from tongdai.platform.database import driver
from tongdai.platform.database.driver import BROKEN, CONFLICTS, LOST, Connection, InterfaceError, arguments
from tongdai.platform.database.transaction import Scope, Transaction
from tongdai.platform.errors import AppError
from tongdai.platform.facts import Recorded

Row = TypeVar("Row")
_open: ContextVar["Transaction | None"] = ContextVar("open_transaction", default=None)


class DatabaseAway(AppError):
    """The database cannot be reached just now. Try again in a few seconds."""

    status = 503
    code = "database_away"


def forbid_inside_transaction(what: str) -> None:
    """Raise if a transaction is open in this task: outside I/O would hold its locks for as long as the world likes."""
    if _open.get() is not None:
        raise RuntimeError(f"{what} inside a database transaction: decide, commit, then act")


SURE_S = 5.0
"""So long we ask whether a commit was made whose answer was lost."""

_RUNS = """
SELECT %(tx)s::text::xid8 < pg_snapshot_xmax(pg_current_snapshot())
 AND pg_xact_status(%(tx)s::text::xid8) = 'in progress'
"""
_TOLD = """
SELECT 1 FROM event_log
WHERE tx = %(tx)s::text::xid8 AND id = %(id)s AND aggregate_id = %(aggregate)s AND aggregate_version = %(version)s
"""


class Database:
    """A pool of connections and the one way to a transaction."""

    def __init__(self, dsn: str, *, pool_size: int = 10, prompt_size: int = 0, name: str = "tongdai") -> None:
        """`prompt_size`: connections beside the pool for what must not wait behind lists and reports; 0: there are none."""
        self.dsn = dsn
        self.name = name
        self.memory: dict[type[Any], Any] = {}
        """Caches that services keep in step with the facts, for use inside transactions."""
        self._on_commit: list[Callable[[list[Recorded]], None]] = []
        self._size, self._prompt_size = pool_size, prompt_size
        self._opened: driver.Pool | None = None
        self._kept: driver.Pool | None = None

    async def open(self) -> None:
        """Waits for a server that is starting. Raises DatabaseAway when none answers."""
        deadline = asyncio.get_running_loop().time() + 20
        while True:
            try:
                self._opened = await driver.open_pool(self.dsn, self._size, self.name)
                if self._prompt_size:
                    self._kept = await driver.open_pool(self.dsn, self._prompt_size, self.name, prompt=True)
            except (*LOST, TimeoutError) as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise DatabaseAway() from error
                await asyncio.sleep(0.1)
            else:
                return

    async def fill(self) -> None:
        """Connect what is kept for what must not wait, so that it does not wait for that either; nothing while the database is
        away."""
        if self._kept is None:
            return
        with contextlib.suppress(DatabaseAway):
            # The stack gives all back, also when we are stopped in the middle of that.
            async with contextlib.AsyncExitStack() as taken:
                for _ in range(self._prompt_size):
                    connection = await self._take(self._kept)
                    taken.push_async_callback(self._kept.release, connection)

    async def close(self) -> None:
        """Connections that are still at work get five seconds."""
        for pool in (self._kept, self._opened):
            if pool is not None:
                try:
                    async with asyncio.timeout(5):
                        await pool.close()
                except TimeoutError:
                    pool.terminate()

    async def __aenter__(self) -> "Database":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _pool(self, prompt: bool = False) -> driver.Pool:
        assert self._opened is not None, "the database has not been opened"
        return self._kept if prompt and self._kept is not None else self._opened

    def on_commit(self, listener: Callable[[list[Recorded]], None]) -> None:
        """Have `listener` called with the facts of each commit of this process."""
        self._on_commit.append(listener)

    @asynccontextmanager
    async def transaction(
        self,
        scope: Scope,
        *,
        alone: str | None = None,
        prompt: bool = False,
        sure_within: float | None = SURE_S,
    ) -> AsyncGenerator[Transaction]:
        """One transaction on behalf of `scope`; the only one of its tenant with the same `alone`, others wait. Transactions do
        not nest: pass `tx` down instead. `prompt`: it is part of a call, say, and must not wait behind lists and reports.

        Raises DatabaseAway: nothing was done then. Only when the connection broke just as it committed, it recorded no fact,
        or for `sure_within` seconds nobody answered what became of it, it may have been done.
        """
        if _open.get() is not None:
            raise RuntimeError("a transaction is open already: pass it down")
        pool = self._pool(prompt)
        connection, tx = await self._begin(pool, scope, alone)
        token = _open.set(tx)
        try:
            yield tx
            recorded = await tx.store()
            try:
                await tx.commit()
            except BROKEN as error:
                _cut(connection)
                if not recorded or not await self._is_told(recorded[0], sure_within):
                    raise DatabaseAway() from error
        except asyncio.CancelledError:
            # Perhaps in the middle of a statement: with its connection the transaction ends, too.
            _cut(connection)
            tx.rolled_back()
            raise
        except BaseException as error:
            tx.rolled_back()
            if _is_over(connection) or (isinstance(error, LOST) and not isinstance(error, OSError)):
                _cut(connection)
                if isinstance(error, BROKEN):
                    raise DatabaseAway() from error
            else:
                await self._roll_back(connection)
            raise
        else:
            # Before anything is awaited: who waited for this commit must not be heard first.
            _open.set(None)
            self._tell(tx, recorded)
        finally:
            _open.reset(token)
            await pool.release(connection)

    async def _is_told(self, event: Recorded, within: float | None) -> bool:
        """Whether this fact, and so the transaction that recorded it, was committed. Asked until the database answers, and says
        that the transaction is not still running on a connection that nobody holds any more. Raises DatabaseAway."""
        tx, number = event.position
        fact = event.fact
        place = {"tx": str(tx), "id": number}
        try:
            async with asyncio.timeout(within):
                while True:
                    with contextlib.suppress(DatabaseAway):
                        (running,) = await self.look(_RUNS, place)
                        if not running[0]:
                            whose = {"aggregate": fact.aggregate_id, "version": fact.aggregate_version}
                            return bool(await self.look(_TOLD, place | whose))
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise DatabaseAway() from error

    def _tell(self, tx: Transaction, recorded: list[Recorded]) -> None:
        tx.committed()
        if recorded:
            for listener in self._on_commit:
                listener(recorded)

    async def _roll_back(self, connection: Connection) -> None:
        rolled_back = False
        try:
            with contextlib.suppress(*BROKEN):
                await connection.execute("ROLLBACK")
                rolled_back = True
        finally:
            if not rolled_back:
                _cut(connection)

    async def _begin(
        self, pool: driver.Pool, scope: Scope, alone: str | None
    ) -> tuple[Connection, Transaction]:
        """A begun transaction. Connections that died with the server are thrown out until one answers."""
        for _ in range(max(self._size, self._prompt_size) + 1):
            connection = await self._take(pool)
            tx = Transaction(connection, scope, self.memory, alone)
            try:
                await tx.begin()
            except BROKEN:
                _cut(connection)
                await pool.release(connection)
            except BaseException:
                _cut(connection)
                await pool.release(connection)
                raise
            else:
                return connection, tx
        raise DatabaseAway()

    async def _take(self, pool: driver.Pool) -> Connection:
        try:
            return await pool.acquire(timeout=10)
        except (*BROKEN, TimeoutError) as error:
            raise DatabaseAway() from error

    async def look(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """One statement in a transaction of its own and in no scope, for what belongs to the installation: the event log,
        notifications. Row-level security shows it nothing of any tenant. Raises DatabaseAway."""
        pool = self._pool()
        connection = await self._take(pool)
        text, values = arguments(sql, parameters or {})
        try:
            return [tuple(record) for record in await connection.fetch(text, *values)]
        except asyncio.CancelledError:
            _cut(connection)
            raise
        except BROKEN as error:
            _cut(connection)
            raise DatabaseAway() from error
        finally:
            await pool.release(connection)

    async def retrying(
        self,
        scope: Scope,
        work: Callable[[Transaction], Awaitable[Row]],
        *,
        alone: str | None = None,
        prompt: bool = True,
        within: float | None = None,
    ) -> Row:
        """Run `work` in a transaction, again while the database is away (for call actors: the caller must not lose the line).

        `work` must be repeatable. If it records a fact, it is not repeated once committed, though the answer was lost. Raises
        DatabaseAway only after `within` seconds: whether it was done is not known then.
        """
        if within is not None:
            patience = asyncio.timeout(within)
            try:
                async with patience:
                    return await self.retrying(scope, work, alone=alone, prompt=prompt)
            except TimeoutError as error:
                if not patience.expired():
                    raise
                raise DatabaseAway() from error
        delay = 0.05
        while True:
            try:
                async with self.transaction(scope, alone=alone, prompt=prompt, sure_within=None) as tx:
                    return await work(tx)
            except (DatabaseAway, *CONFLICTS):
                await asyncio.sleep(delay)
                delay = min(delay * 2, 1.0)


def _is_over(connection: Connection) -> bool:
    with contextlib.suppress(InterfaceError):  # it was cut, and so given back
        return connection.is_closed()
    return True


def _cut(connection: Connection) -> None:
    """End a connection in whatever state it is; perhaps the closing pool has done so already."""
    with contextlib.suppress(InterfaceError):
        connection.terminate()
