"""Transactions.

One request or event is one transaction: the block commits when it ends and rolls back when it raises; nobody calls commit.
A transaction carries the tenant as a setting of the session (`tongdai.tenant`), which row-level security compares with each
row. It must be short and hold no outside I/O: `forbid_inside_transaction` is called by every client of the outside
(Asterisk, HTTP, SMTP …) and raises.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from tongdai.platform.database import driver
from tongdai.platform.database.driver import CONFLICTS, LOST, Connection, InterfaceError, arguments
from tongdai.platform.database.reads import Read, together
from tongdai.platform.database.writes import Writes
from tongdai.platform.errors import AppError
from tongdai.platform.facts import Fact, Recorded

Row = TypeVar("Row")
_open: ContextVar["Transaction | None"] = ContextVar("open_transaction", default=None)

_STORE_FACTS = """
INSERT INTO event_log (tenant_id, type, aggregate_id, aggregate_version, body)
SELECT %(tenant)s::uuid, * FROM unnest(%(types)s::text[], %(ids)s::uuid[], %(versions)s::int[], %(bodies)s::jsonb[])
RETURNING tx::text::bigint, id, at
"""


class DatabaseAway(AppError):
    """The database cannot be reached just now. Try again in a few seconds."""

    status = 503
    code = "database_away"


@dataclass(frozen=True, slots=True)
class Scope:
    """On whose behalf a transaction runs. `tenant_id` None is the installation itself: it sees every tenant."""

    tenant_id: UUID | None
    user_id: UUID | None = None

    @classmethod
    def system(cls) -> "Scope":
        return cls(None)


def forbid_inside_transaction(what: str) -> None:
    """Raise if a transaction is open in this task: outside I/O would hold its locks for as long as the world likes."""
    if _open.get() is not None:
        raise RuntimeError(f"{what} inside a database transaction: decide, commit, then act")


class Transaction:
    """An open transaction. SQL uses named parameters; `%(tenant)s` is always there."""

    def __init__(
        self, connection: Connection, scope: Scope, memory: Mapping[type[Any], Any] | None = None
    ) -> None:
        self._connection = connection
        self.scope = scope
        self.memory: Mapping[type[Any], Any] = memory or {}
        """What this process remembers of the database, by kind; empty unless a service keeps it true (`Database.memory`)."""
        self._facts: list[Fact] = []
        self._after: list[Callable[[], None]] = []
        self._undo: list[Callable[[], None]] = []
        self._writes = Writes()
        self.held: dict[Any, Any] = {}
        """Rows that this transaction has locked or written, as they are now: repositories keep it so, and ask nobody twice."""

    @property
    def tenant_id(self) -> UUID:
        if self.scope.tenant_id is None:
            raise RuntimeError("this needs the scope of one tenant")
        return self.scope.tenant_id

    def _parameters(self, parameters: Mapping[str, Any] | None) -> dict[str, Any]:
        return {"tenant": self.scope.tenant_id, **(parameters or {})}

    async def write(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, row: object = None
    ) -> None:
        """Insert, update or delete without asking what came of it. Sent with the next statement, at the latest with the commit,
        together with other writes (see `writes`): the statement must not read what this transaction wrote just before.
        Errors, a violated constraint say, are raised there.

        `row` is the key of a row that is written whole, by parameters named like its columns: of several such writes of one
        row only the last state is sent.
        """
        if row is not None and self._writes.renew(sql, parameters or {}, row):
            return
        if not self._writes.takes(sql):
            await self._flush()
        self._writes.add(sql, self._parameters(parameters), row)

    async def _flush(self) -> int:
        """Send the writes that wait; gives the number of rows that the last one touched."""
        if not self._writes:
            return 0
        text, values = self._writes.drain()
        return driver.touched(await self._connection.execute(text, *values))

    async def _fetch(self, sql: str, parameters: Mapping[str, Any] | None) -> list[Any]:
        if self._writes:
            await self._flush()
        text, values = arguments(sql, self._parameters(parameters))
        return await self._connection.fetch(text, *values)

    async def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> int:
        """Run a statement; gives the number of rows it touched."""
        if self._writes:
            if self._writes.takes(sql) and "RETURNING" not in sql:
                self._writes.add(sql, self._parameters(parameters))
                return await self._flush()
            await self._flush()
        text, values = arguments(sql, self._parameters(parameters))
        return driver.touched(await self._connection.execute(text, *values))

    async def execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run one statement for each row of parameters."""
        await self._flush()
        text, names = driver.numbered(sql)
        filled = [self._parameters(row) for row in rows]
        await self._connection.executemany(text, [[row[name] for name in names] for row in filled])

    async def fetch_all(
        self, row: type[Row], sql: str, parameters: Mapping[str, Any] | None = None
    ) -> list[Row]:
        """All rows, each as `row` (a dataclass or a pydantic model whose fields are the columns' names)."""
        return driver.rows(row, await self._fetch(sql, parameters))

    async def fetch_one(
        self, row: type[Row], sql: str, parameters: Mapping[str, Any] | None = None
    ) -> Row | None:
        """The first row as `row`, or None."""
        found = driver.rows(row, (await self._fetch(sql, parameters))[:1])
        return found[0] if found else None

    async def read(self, read: Read[Row]) -> list[Row]:
        return await self.fetch_all(read.row, read.sql, read.parameters)

    async def fetch_together(self, *reads: Read[Any], apart: bool = False) -> list[list[Any]]:
        """Several reads in one trip (see `reads`); the rows of each. `apart`: of nothing that this transaction wrote, so that
        what waits to be written may wait on."""
        if not apart:
            await self._flush()
        text, places = together(tuple(read.sql for read in reads))
        filled = [self._parameters(read.parameters) for read in reads]
        found = await self._connection.fetch(text, *[filled[part][name] for part, name in places])
        return [[read.row(*row) for row in part] for read, part in zip(reads, found[0], strict=True)]

    async def fetch_value(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row, or None."""
        found = await self._fetch(sql, parameters)
        return found[0][0] if found else None

    async def fetch_tuples(
        self, sql: str, parameters: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """All rows as plain tuples, where a type of their own would say no more."""
        return [tuple(record) for record in await self._fetch(sql, parameters)]

    def emit(self, fact: Fact) -> None:
        """Record a fact: stored with this transaction, handed to its subscribers after the commit."""
        self._facts.append(fact)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call back once committed; never when rolled back. For waking things, not for work."""
        self._after.append(callback)

    def after_rollback(self, callback: Callable[[], None]) -> None:
        """Call back if it was rolled back, or may have been: when the connection broke during the commit, nobody knows."""
        self._undo.append(callback)

    async def begin(self) -> None:
        tenant = "*" if self.scope.tenant_id is None else str(self.scope.tenant_id)
        await self._connection.execute(f"BEGIN; SET LOCAL tongdai.tenant = '{tenant}'")

    async def commit(self) -> list[Recorded]:
        if self._facts:
            recorded = await self._store_facts()
        else:
            recorded = []
            await self._flush()
        await self._connection.execute("COMMIT")
        return recorded

    async def _store_facts(self) -> list[Recorded]:
        """The facts, in one statement with the last writes."""
        facts = self._facts
        if not self._writes.takes(_STORE_FACTS):
            await self._flush()
        self._writes.add(
            _STORE_FACTS,
            {
                "tenant": self.tenant_id,
                "types": [f.type for f in facts],
                "ids": [f.aggregate_id for f in facts],
                "versions": [f.aggregate_version for f in facts],
                "bodies": [f.model_dump_json() for f in facts],
            },
        )
        text, values = self._writes.drain()
        stored = await self._connection.fetch(text, *values)
        return [
            Recorded((tx, number), at, self.tenant_id, fact)
            for (tx, number, at), fact in zip(stored, facts, strict=True)
        ]

    def committed(self) -> None:
        for callback in self._after:
            callback()

    def rolled_back(self) -> None:
        for callback in self._undo:
            callback()


class Database:
    """A pool of connections and the one way to a transaction."""

    def __init__(self, dsn: str, *, pool_size: int = 10, name: str = "tongdai") -> None:
        self.dsn = dsn
        self.name = name
        self.memory: dict[type[Any], Any] = {}
        """Caches that services keep in step with the facts, for use inside transactions."""
        self._on_commit: list[Callable[[list[Recorded]], None]] = []
        self._size = pool_size
        self._opened: driver.Pool | None = None

    async def open(self) -> None:
        """Waits for a server that is starting. Raises DatabaseAway when none answers."""
        deadline = asyncio.get_running_loop().time() + 20
        while True:
            try:
                self._opened = await driver.open_pool(self.dsn, self._size, self.name)
            except (*LOST, TimeoutError) as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise DatabaseAway() from error
                await asyncio.sleep(0.1)
            else:
                return

    async def close(self) -> None:
        """Connections that are still at work get five seconds."""
        if self._opened is not None:
            try:
                async with asyncio.timeout(5):
                    await self._opened.close()
            except TimeoutError:
                self._opened.terminate()

    async def __aenter__(self) -> "Database":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def _pool(self) -> driver.Pool:
        assert self._opened is not None, "the database has not been opened"
        return self._opened

    def on_commit(self, listener: Callable[[list[Recorded]], None]) -> None:
        """Have `listener` called with the facts of each commit of this process."""
        self._on_commit.append(listener)

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncGenerator[Transaction]:
        """One transaction on behalf of `scope`. Transactions do not nest: pass `tx` down instead. Raises DatabaseAway."""
        if _open.get() is not None:
            raise RuntimeError("a transaction is open already: pass it down")
        connection, tx = await self._begin(scope)
        token = _open.set(tx)
        try:
            yield tx
            recorded = await tx.commit()
        except asyncio.CancelledError:
            # Perhaps in the middle of a statement: with its connection the transaction ends, too.
            connection.terminate()
            tx.rolled_back()
            raise
        except BaseException as error:
            tx.rolled_back()
            if connection.is_closed() or (isinstance(error, LOST) and not isinstance(error, OSError)):
                connection.terminate()
                if isinstance(error, (*LOST, InterfaceError)):
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
            await self._pool.release(connection)

    def _tell(self, tx: Transaction, recorded: list[Recorded]) -> None:
        tx.committed()
        if recorded:
            for listener in self._on_commit:
                listener(recorded)

    async def _roll_back(self, connection: Connection) -> None:
        rolled_back = False
        try:
            with contextlib.suppress(*LOST, InterfaceError):
                await connection.execute("ROLLBACK")
                rolled_back = True
        finally:
            if not rolled_back:
                connection.terminate()

    async def _begin(self, scope: Scope) -> tuple[Connection, Transaction]:
        """A begun transaction. Connections that died with the server are thrown out until one answers."""
        for _ in range(self._size + 1):
            connection = await self._take()
            tx = Transaction(connection, scope, self.memory)
            try:
                await tx.begin()
            except (*LOST, InterfaceError):
                connection.terminate()
                await self._pool.release(connection)
            except BaseException:
                connection.terminate()
                await self._pool.release(connection)
                raise
            else:
                return connection, tx
        raise DatabaseAway()

    async def _take(self) -> Connection:
        try:
            return await self._pool.acquire(timeout=10)
        except (*LOST, InterfaceError, TimeoutError) as error:
            raise DatabaseAway() from error

    async def look(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """One statement in a transaction of its own and in no scope, for what belongs to the installation: the event log,
        notifications. Row-level security shows it nothing of any tenant. Raises DatabaseAway."""
        connection = await self._take()
        text, values = arguments(sql, parameters or {})
        try:
            return [tuple(record) for record in await connection.fetch(text, *values)]
        except asyncio.CancelledError:
            connection.terminate()
            raise
        except (*LOST, InterfaceError) as error:
            connection.terminate()
            raise DatabaseAway() from error
        finally:
            await self._pool.release(connection)

    async def retrying(self, scope: Scope, work: Callable[[Transaction], Awaitable[Row]]) -> Row:
        """Run `work` in a transaction, again while the database is away (for call actors: the caller must not lose the line).

        `work` must be repeatable: a commit whose answer was lost is done a second time.
        """
        delay = 0.05
        while True:
            try:
                async with self.transaction(scope) as tx:
                    return await work(tx)
            except (DatabaseAway, *CONFLICTS):
                await asyncio.sleep(delay)
                delay = min(delay * 2, 1.0)
