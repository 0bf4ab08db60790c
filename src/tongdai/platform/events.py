"""The event log and those who listen to it.

Three ways to listen:

- `on_fact(Type, callback)`: in memory, for actors and caches of this process. Facts of this process arrive at once after the
  commit, those of other nodes through the ordered reader; each fact arrives exactly once per process while it runs.
- `handle(Type, name, handler)`: durable. The handler runs in a transaction of its own in which its mark is stored too, so
  that its effects happen once; what a crash interrupted, the reader hands over again.
- `follow(callback)`: the ordered reader itself, in log order, in batches; feeds browsers and live figures.

Log order is (tx, id) below the oldest running transaction: reading `id > last` would lose rows that commit late.
"""

import asyncio
import contextlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from psycopg import AsyncConnection, OperationalError

from tongdai.platform.database.session import Database, DatabaseAway, Scope, Transaction
from tongdai.platform.facts import FACTS, Fact, Position, Recorded

log = logging.getLogger(__name__)

CHANNEL = "tongdai_facts"
BATCH = 1000
MAX_TRIES = 8
TOGETHER = 0.02
"""Facts of this process have been handed over already; the reader collects them for so long before it asks for them."""
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Handler:
    """A durable subscription; `name` identifies its marks and must never change meaning."""

    name: str
    fact_type: str
    run: Callable[[Transaction, Recorded], Awaitable[None]]


class Subscriptions:
    """Who listens to what. Filled while modules register; fixed afterwards."""

    def __init__(self) -> None:
        self.listeners: dict[str, list[Callable[[Recorded], None]]] = {}
        self.handlers: dict[str, list[Handler]] = {}
        self.followers: list[Callable[[Sequence[Recorded]], Awaitable[None]]] = []

    def on_fact(self, fact: type[F], callback: Callable[[Recorded], None]) -> None:
        self.listeners.setdefault(fact.type, []).append(callback)

    def handle(
        self, fact: type[F], name: str, handler: Callable[[Transaction, Recorded], Awaitable[None]]
    ) -> None:
        self.handlers.setdefault(fact.type, []).append(Handler(name, fact.type, handler))

    def follow(self, callback: Callable[[Sequence[Recorded]], Awaitable[None]]) -> None:
        self.followers.append(callback)


def encode_position(position: Position) -> str:
    return f"{position[0]}.{position[1]}"


def decode_position(text: str) -> Position | None:
    """The position that a client holds, or None when it is not one of ours."""
    tx, _, number = text.partition(".")
    if tx.isdecimal() and number.isdecimal() and len(text) < 40:
        return int(tx), int(number)
    return None


async def read_after(tx: Transaction, after: Position, limit: int = BATCH) -> list[Recorded]:
    """The next facts in log order, as far as no running transaction can still put one before them."""
    rows = await tx.fetch_tuples(
        """
        SELECT tx::text::bigint, id, at, tenant_id, type, body FROM event_log
        WHERE (tx, id) > (%(tx)s::text::xid8, %(id)s) AND tx < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY tx, id LIMIT %(limit)s
        """,
        {"tx": str(after[0]), "id": after[1], "limit": limit},
    )
    # A type that this version does not know (a newer node wrote it) is not ours to act on.
    return [
        Recorded((number_tx, number), at, tenant, FACTS[kind].model_validate(body))
        for number_tx, number, at, tenant, kind, body in rows
        if kind in FACTS
    ]


async def log_end(tx: Transaction) -> Position:
    """A position that is before every fact not yet visible: start following from here after taking a snapshot."""
    xmin = await tx.fetch_value("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    return (xmin - 1, 2**62)


class EventStream:
    """Runs the subscriptions of this process: the hand-off after commits, the ordered reader, the durable handlers."""

    def __init__(self, database: Database, subscriptions: Subscriptions, *, hand_off: bool = True) -> None:
        self._database = database
        self._subscriptions = subscriptions
        self._hand_off = hand_off
        self._woken = asyncio.Event()
        self._urgent = asyncio.Event()
        self._name = secrets.token_hex(8)
        self._notify_due = asyncio.Event()
        self._seen: OrderedDict[Position, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self.position: Position = (0, 0)
        database.on_commit(self._committed)

    async def start(self) -> None:
        async with self._database.transaction(Scope.system()) as tx:
            self.position = await log_end(tx)
        for work in (self._listen(), self._read(), self._notify(), self._redeliver()):
            self._spawn(work)

    async def stop(self) -> None:
        # A cancellation can be swallowed inside a library; ask again until nothing runs.
        while tasks := [task for task in self._tasks if not task.done()]:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=0.5)

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _committed(self, recorded: list[Recorded]) -> None:
        self._notify_due.set()
        self._woken.set()
        if not self._hand_off:
            self._wake()
            return
        for event in recorded:
            self._tell_listeners(event)
            for handler in self._subscriptions.handlers.get(event.fact.type, ()):
                self._spawn(self._try_handler(handler, event))

    def _tell_listeners(self, event: Recorded) -> None:
        if event.position in self._seen:
            return
        self._seen[event.position] = None
        if len(self._seen) > 50_000:
            self._seen.popitem(last=False)
        for listener in self._subscriptions.listeners.get(event.fact.type, ()):
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed on %s", event.fact.type)

    async def _try_handler(self, handler: Handler, event: Recorded) -> None:
        try:
            await self._run_handler(handler, event)
        except Exception:
            log.exception(
                "handler %s failed on fact %s; it will be tried again", handler.name, event.position
            )

    async def _run_handler(self, handler: Handler, event: Recorded) -> None:
        async with self._database.transaction(Scope(event.tenant_id)) as tx:
            marked = await tx.execute(
                "INSERT INTO event_marks (handler, event_id) VALUES (%(handler)s, %(event)s) ON CONFLICT DO NOTHING",
                {"handler": handler.name, "event": event.position[1]},
            )
            if marked:
                await handler.run(tx, event)

    async def _listen(self) -> None:
        """Wake the reader when any node commits facts."""
        while True:
            try:
                connection = await AsyncConnection.connect(self._database.dsn, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._wake()
                    async for notification in connection.notifies():
                        if notification.payload != self._name:
                            self._wake()
            except OperationalError:
                await asyncio.sleep(0.2)

    async def _notify(self) -> None:
        """Tell the other nodes, many commits in one notification."""
        while True:
            await self._notify_due.wait()
            self._notify_due.clear()
            with contextlib.suppress(DatabaseAway, OperationalError):
                await self._database.execute_alone(f"NOTIFY {CHANNEL}, '{self._name}'")
            await asyncio.sleep(0.01)

    def _wake(self) -> None:
        """Read at once: others committed, or nothing was handed over."""
        self._urgent.set()
        self._woken.set()

    async def _read(self) -> None:
        while True:
            # Not wait_for: before Python 3.12 it can swallow the cancellation of `stop`, which then waits for ever.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._woken.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TOGETHER):
                    await self._urgent.wait()
            self._woken.clear()
            self._urgent.clear()
            try:
                while await self._read_batch():
                    pass
            except (DatabaseAway, OperationalError):
                await asyncio.sleep(0.2)
            except Exception:
                log.exception("the event reader failed on a batch after %s", self.position)
                await asyncio.sleep(1)

    async def _read_batch(self) -> bool:
        async with self._database.transaction(Scope.system()) as tx:
            batch = await read_after(tx, self.position)
            behind = not batch and await self._something_waits(tx)
        for event in batch:
            self._tell_listeners(event)
        for follower in self._subscriptions.followers if batch else ():
            await follower(batch)
        if batch:
            self.position = batch[-1].position
        if behind:
            # A fact is committed but an older transaction still runs; nobody will notify when that one ends.
            await asyncio.sleep(0.005)
        return len(batch) > 0 or behind

    async def _something_waits(self, tx: Transaction) -> bool:
        return bool(
            await tx.fetch_value(
                "SELECT EXISTS (SELECT FROM event_log WHERE (tx, id) > (%(tx)s::text::xid8, %(id)s)"
                " AND tx >= pg_snapshot_xmin(pg_current_snapshot()))",
                {"tx": str(self.position[0]), "id": self.position[1]},
            )
        )

    async def _redeliver(self) -> None:
        """Hand over to the durable handlers what the hand-off missed. One process at a time does this."""
        if not self._subscriptions.handlers:
            return
        while True:
            try:
                while await self.redeliver_once():
                    pass
            except (DatabaseAway, OperationalError):
                pass
            except Exception:
                log.exception("redelivery of facts failed")
            await asyncio.sleep(1 if self._hand_off else 0.02)

    async def redeliver_once(self) -> bool:
        """Work through one batch; True when there may be more. Public for tests."""
        async with self._database.transaction(Scope.system()) as tx:
            row = await tx.fetch_tuples(
                "SELECT tx, id FROM event_positions WHERE reader = 'handlers' FOR UPDATE SKIP LOCKED"
            )
            if not row:
                await tx.execute(
                    "INSERT INTO event_positions VALUES ('handlers', %(tx)s, %(id)s) ON CONFLICT DO NOTHING",
                    {"tx": self.position[0], "id": self.position[1]},
                )
                return False
            batch = await read_after(tx, row[0], 200)
            marks = await tx.fetch_tuples(
                "SELECT handler, event_id FROM event_marks WHERE event_id = ANY(%(ids)s)",
                {"ids": [event.position[1] for event in batch]},
            )
        done = set(marks)
        for event in batch:
            for handler in self._subscriptions.handlers.get(event.fact.type, ()):
                if (handler.name, event.position[1]) not in done and not await self._redeliver_one(
                    handler, event
                ):
                    return False
        if batch:
            async with self._database.transaction(Scope.system()) as tx:
                await tx.execute(
                    "UPDATE event_positions SET tx = %(tx)s, id = %(id)s"
                    " WHERE reader = 'handlers' AND (tx, id) < (%(tx)s, %(id)s)",
                    {"tx": batch[-1].position[0], "id": batch[-1].position[1]},
                )
        return len(batch) > 0

    async def _redeliver_one(self, handler: Handler, event: Recorded) -> bool:
        """Run one handler. After MAX_TRIES the fact is set aside in event_failures, so that one bad fact stops nothing."""
        try:
            await self._run_handler(handler, event)
        except (DatabaseAway, OperationalError):
            return False
        except Exception as error:
            log.exception("handler %s failed on fact %s", handler.name, event.position)
            async with self._database.transaction(Scope.system()) as tx:
                tries = await tx.fetch_value(
                    "INSERT INTO event_failures (handler, event_id, tries, error)"
                    " VALUES (%(handler)s, %(event)s, 1, %(error)s)"
                    " ON CONFLICT (handler, event_id) DO UPDATE SET tries = event_failures.tries + 1,"
                    " error = excluded.error, at = now() RETURNING tries",
                    {"handler": handler.name, "event": event.position[1], "error": repr(error)[:500]},
                )
            return tries >= MAX_TRIES
        return True
