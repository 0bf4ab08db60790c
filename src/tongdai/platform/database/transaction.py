"""What is done within one transaction: reads, writes that leave together, facts, and what is remembered meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeVar
from uuid import UUID

from tongdai.platform.database import driver
from tongdai.platform.database.driver import Connection, arguments
from tongdai.platform.database.reads import Read, together
from tongdai.platform.database.writes import Writes
from tongdai.platform.facts import Fact, Recorded

Row = TypeVar("Row")

_STORE_FACTS = """
INSERT INTO event_log (tenant_id, type, aggregate_id, aggregate_version, body)
SELECT %(tenant)s::uuid, * FROM unnest(%(types)s::text[], %(ids)s::uuid[], %(versions)s::int[], %(bodies)s::jsonb[])
RETURNING tx::text::bigint, id, at
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """On whose behalf a transaction runs. `tenant_id` None is the installation itself: it sees every tenant."""

    tenant_id: UUID | None
    user_id: UUID | None = None

    @classmethod
    def system(cls) -> "Scope":
        return cls(None)


class Transaction:
    """An open transaction. SQL uses named parameters; `%(tenant)s` is always there."""

    def __init__(
        self,
        connection: Connection,
        scope: Scope,
        memory: Mapping[type[Any], Any] | None = None,
        alone: str | None = None,
    ) -> None:
        self._connection = connection
        self.scope = scope
        self._alone = alone
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
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        row: object = None,
        apart: bool = False,
    ) -> None:
        """Insert, update or delete without asking what came of it. Sent with the next statement, at the latest with the commit,
        together with other writes (see `writes`): the statement must not read what this transaction wrote just before.
        Errors, a violated constraint say, are raised there.

        `row` is the key of a row that is written whole, by parameters named like its columns: of several such writes of one
        row only the last state is sent. `apart`: see `Writes.takes`.
        """
        if row is not None and self.rewrite(sql, parameters or {}, row):
            return
        if not self._writes.takes(sql, apart=apart):
            await self._flush()
        self._writes.add(sql, self._parameters(parameters), row)

    def rewrite(self, sql: str, parameters: Mapping[str, Any], row: object) -> bool:
        """Give the write of `row` newer values, if it has not been sent; False when it has, or there was none."""
        return self._writes.renew(sql, parameters, row)

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
        if not reads:
            return []
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
        locking = "" if self._alone is None else f"; {self._locking(self._alone)}"
        await self._connection.execute(f"BEGIN; SET LOCAL tongdai.tenant = '{tenant}'{locking}")

    async def keep_alone(self, what: str) -> None:
        """From here to its end, this transaction is the only one of the tenant that has asked for `what`. A transaction that
        was begun with it (`alone`) has that already, and saved a trip."""
        if what != self._alone:
            await self._connection.execute(self._locking(what))

    def _locking(self, what: str) -> str:
        key = blake2b(f"{self.tenant_id}:{what}".encode(), digest_size=8).digest()
        return f"SELECT pg_advisory_xact_lock({int.from_bytes(key, signed=True)})"

    async def store(self) -> list[Recorded]:
        """Send what waits to be written, and the facts; gives these as they will stand in the log."""
        if self._facts:
            return await self._store_facts()
        await self._flush()
        return []

    async def commit(self) -> None:
        await self._connection.execute("COMMIT")

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
