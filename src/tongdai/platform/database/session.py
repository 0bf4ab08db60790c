"""Transactions.

One request or event is one transaction: the block commits when it ends and rolls back when it raises; nobody calls commit.
A transaction carries the tenant as a setting of the session (`tongdai.tenant`), which row-level security compares with each
row. It must be short and hold no outside I/O: `forbid_inside_transaction` is called by every client of the outside
(Asterisk, HTTP, SMTP …) and raises.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, LiteralString, TypeAlias, TypeVar, cast
from uuid import UUID

from psycopg import AsyncConnection, AsyncRawCursor, Error, OperationalError
from psycopg.rows import class_row, tuple_row
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout
from pydantic_core import from_json, to_json

from tongdai.platform.database.writes import Writes
from tongdai.platform.errors import AppError
from tongdai.platform.facts import Fact, Recorded

Connection: TypeAlias = AsyncConnection[tuple[Any, ...]]
Row = TypeVar("Row")
_open: ContextVar["Transaction | None"] = ContextVar("open_transaction", default=None)

_STORE_FACTS = """
INSERT INTO event_log (tenant_id, type, aggregate_id, aggregate_version, body)
SELECT %(tenant)s::uuid, * FROM unnest(%(types)s::text[], %(ids)s::uuid[], %(versions)s::int[], %(bodies)s::jsonb[])
RETURNING tx::text::bigint, id, at
"""

set_json_dumps(to_json)
set_json_loads(from_json)


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
        self._writes = Writes()

    @property
    def tenant_id(self) -> UUID:
        if self.scope.tenant_id is None:
            raise RuntimeError("this needs the scope of one tenant")
        return self.scope.tenant_id

    def _parameters(self, parameters: Mapping[str, Any] | None) -> dict[str, Any]:
        return {"tenant": self.scope.tenant_id, **(parameters or {})}

    async def write(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Insert, update or delete without asking what came of it. Sent with the next statement, at the latest with the commit,
        together with other writes (see `writes`): the statement must not read what this transaction wrote just before.
        Errors, a violated constraint say, are raised there.
        """
        if not self._writes.takes(sql):
            await self._flush()
        self._writes.add(sql, self._parameters(parameters))

    async def _flush(self) -> int:
        """Send the writes that wait; gives the number of rows that the last one touched."""
        if not self._writes:
            return 0
        text, values = self._writes.drain()
        cursor = AsyncRawCursor(self._connection)
        await cursor.execute(cast(LiteralString, text), values)
        return cursor.rowcount

    async def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> int:
        """Run a statement; gives the number of rows it touched."""
        if self._writes:
            if self._writes.takes(sql) and "RETURNING" not in sql:
                self._writes.add(sql, self._parameters(parameters))
                return await self._flush()
            await self._flush()
        cursor = await self._connection.execute(cast(LiteralString, sql), self._parameters(parameters))
        return cursor.rowcount

    async def execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run one statement for each row of parameters."""
        await self._flush()
        async with self._connection.cursor() as cursor:
            await cursor.executemany(cast(LiteralString, sql), [self._parameters(row) for row in rows])

    async def fetch_all(
        self, row: type[Row], sql: str, parameters: Mapping[str, Any] | None = None
    ) -> list[Row]:
        """All rows, each as `row` (a dataclass or a pydantic model whose fields are the columns' names)."""
        await self._flush()
        async with self._connection.cursor(row_factory=class_row(row)) as cursor:
            await cursor.execute(cast(LiteralString, sql), self._parameters(parameters))
            return await cursor.fetchall()

    async def fetch_one(
        self, row: type[Row], sql: str, parameters: Mapping[str, Any] | None = None
    ) -> Row | None:
        """The first row as `row`, or None."""
        await self._flush()
        async with self._connection.cursor(row_factory=class_row(row)) as cursor:
            await cursor.execute(cast(LiteralString, sql), self._parameters(parameters))
            return await cursor.fetchone()

    async def fetch_value(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row, or None."""
        await self._flush()
        row = await (
            await self._connection.execute(cast(LiteralString, sql), self._parameters(parameters))
        ).fetchone()
        return row[0] if row else None

    async def fetch_tuples(
        self, sql: str, parameters: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """All rows as plain tuples, where a type of their own would say no more."""
        await self._flush()
        cursor = await self._connection.execute(cast(LiteralString, sql), self._parameters(parameters))
        return await cursor.fetchall()

    def emit(self, fact: Fact) -> None:
        """Record a fact: stored with this transaction, handed to its subscribers after the commit."""
        self._facts.append(fact)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call back once committed; never when rolled back. For waking things, not for work."""
        self._after.append(callback)

    async def begin(self) -> None:
        tenant = "*" if self.scope.tenant_id is None else str(self.scope.tenant_id)
        await self._connection.execute(cast(LiteralString, f"BEGIN; SET LOCAL tongdai.tenant = '{tenant}'"))

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
        cursor = AsyncRawCursor(self._connection)
        await cursor.execute(cast(LiteralString, text), values)
        return [
            Recorded((tx, number), at, self.tenant_id, fact)
            for (tx, number, at), fact in zip(await cursor.fetchall(), facts, strict=True)
        ]

    def committed(self) -> None:
        for callback in self._after:
            callback()


async def _prepare_more(connection: Connection) -> None:
    """Each combination of writes is a statement of its own: keep more than psycopg's hundred prepared."""
    connection.prepared_max = 400


class Database:
    """A pool of connections and the one way to a transaction."""

    def __init__(self, dsn: str, *, pool_size: int = 10, name: str = "tongdai") -> None:
        self.dsn = dsn
        self.memory: dict[type[Any], Any] = {}
        """Caches that services keep in step with the facts, for use inside transactions."""
        self._on_commit: list[Callable[[list[Recorded]], None]] = []
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            dsn,
            min_size=min(2, pool_size),
            max_size=pool_size,
            open=False,
            timeout=10,
            reconnect_timeout=3600,
            kwargs={"autocommit": True, "row_factory": tuple_row, "application_name": name},
            check=None,
            configure=_prepare_more,
        )

    async def open(self) -> None:
        await self._pool.open(wait=True, timeout=20)

    async def close(self) -> None:
        await self._pool.close()

    async def __aenter__(self) -> "Database":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def on_commit(self, listener: Callable[[list[Recorded]], None]) -> None:
        """Have `listener` called with the facts of each commit of this process."""
        self._on_commit.append(listener)

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncGenerator[Transaction]:
        """One transaction on behalf of `scope`. Transactions do not nest: pass `tx` down instead."""
        if _open.get() is not None:
            raise RuntimeError("a transaction is open already: pass it down")
        connection, tx = await self._begin(scope)
        token = _open.set(tx)
        recorded: list[Recorded] = []
        usable = False
        try:
            try:
                yield tx
                recorded = await tx.commit()
            except BaseException:
                if not connection.closed:
                    await asyncio.shield(connection.execute("ROLLBACK"))
                    usable = True
                raise
            usable = True
        except OperationalError as error:
            if connection.closed:
                raise DatabaseAway() from error
            raise
        finally:
            _open.reset(token)
            if not usable:
                await connection.close()
            await self._pool.putconn(connection)
        tx.committed()
        if recorded:
            for listener in self._on_commit:
                listener(recorded)

    async def _begin(self, scope: Scope) -> tuple[Connection, Transaction]:
        """A begun transaction. Connections that died with the server are thrown out until one answers."""
        for _ in range(self._pool.max_size + 1):
            try:
                connection = await self._pool.getconn()
            except (PoolTimeout, PoolClosed, OperationalError) as error:
                raise DatabaseAway() from error
            tx = Transaction(connection, scope, self.memory)
            try:
                await tx.begin()
            except OperationalError:
                await connection.close()
                await self._pool.putconn(connection)
            except BaseException:
                await connection.close()
                await self._pool.putconn(connection)
                raise
            else:
                return connection, tx
        raise DatabaseAway()

    async def execute_alone(self, sql: str) -> None:
        """One statement that needs no scope, in a transaction of its own. Raises DatabaseAway, OperationalError."""
        try:
            async with self._pool.connection() as connection:
                await connection.execute(cast(LiteralString, sql))
        except (PoolTimeout, PoolClosed) as error:
            raise DatabaseAway() from error

    async def retrying(self, scope: Scope, work: Callable[[Transaction], Awaitable[Row]]) -> Row:
        """Run `work` in a transaction, again while the database is away (for call actors: the caller must not lose the line).

        `work` must be repeatable: a commit whose answer was lost is done a second time.
        """
        delay = 0.05
        while True:
            try:
                async with self.transaction(scope) as tx:
                    return await work(tx)
            except (DatabaseAway, OperationalError):
                await asyncio.sleep(delay)
                delay = min(delay * 2, 1.0)


def is_unique_violation(error: Error, constraint: str) -> bool:
    """True when `error` says that the named unique constraint or index was violated."""
    return error.sqlstate == "23505" and error.diag.constraint_name == constraint
