"""The stream of facts: handed to who listens in this process, read in order from the log, handed over again after a crash."""

import asyncio
import contextlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import Any

from tongdai.kit.waiting import is_set_within
from tongdai.platform.database import driver
from tongdai.platform.database.session import Database, DatabaseAway
from tongdai.platform.database.transaction import Scope
from tongdai.platform.events import AFTER, ROWS, Handler, Subscriptions, log_end, read_after, recorded
from tongdai.platform.facts import Position, Recorded
from tongdai.platform.partitions import Months

log = logging.getLogger(__name__)

CHANNEL = "tongdai_facts"
PASSED = "tongdai_passed"
"""What is passed on without being kept; on the same connection."""
BATCH = 1000
MAX_TRIES = 8
REMEMBERED = 50_000
"""How many facts are known by their place, so that no listener of this process hears one twice."""
TOGETHER = 0.05
"""Facts of this process have been handed over already; the reader collects them for so long before it asks for them."""
HEARTBEAT = 2.0
"""How often a node lets the others hear that it is there. Who hears nobody for three of these notifies nobody."""
REMEMBER = 30.0
"""How often the durable handlers' position is stored: what was done since is only looked through again."""
TIDY = 600.0
"""How often the marks are looked through for those that nobody needs any more."""
TIDIED_AT_ONCE = 5_000


class EventStream:
    """Runs the subscriptions of this process: the hand-off after commits, the ordered reader, the durable handlers."""

    def __init__(
        self, database: Database, subscriptions: Subscriptions, *, hand_off: bool = True, months: int = 0
    ) -> None:
        """`months`: see partitions.Months."""
        self._database = database
        self._months = Months(database, months)
        self._subscriptions = subscriptions
        self._hand_off = hand_off
        self._woken = asyncio.Event()
        self._urgent = asyncio.Event()
        self._name = secrets.token_hex(8)
        self._notify_due = asyncio.Event()
        self._others_until = 0.0
        self._told: OrderedDict[Position, Recorded | None] = OrderedDict()
        """What the listeners have heard: facts of this process, until the reader has passed them; and where the reader was first
        (other nodes' facts, and those whose commit this process has not heard the end of) the place alone."""
        self._handled_to: Position = (0, 0)
        self._tasks: set[asyncio.Task[None]] = set()
        self.position: Position = (0, 0)
        database.on_commit(self._committed)

    async def start(self) -> None:
        async with self._database.transaction(Scope.system()) as tx:
            self.position = await log_end(tx)
        for work in (
            self._listen(),
            self._read(),
            self._notify(),
            self._beat(),
            self._redeliver(),
            self._months.run(),
        ):
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
            self._tell_listeners(event, kept=event)
            for handler in self._subscriptions.handlers.get(event.fact.type, ()):
                self._spawn(self._try_handler(handler, event))

    def _tell_listeners(self, event: Recorded, *, kept: Recorded | None = None) -> None:
        """Once. `kept`: the reader will ask for it."""
        if event.position in self._told:
            return
        self._told[event.position] = kept
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
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
        async with self._database.transaction(Scope(event.tenant_id), prompt=True) as tx:
            marked = await tx.execute(
                "INSERT INTO event_marks (handler, event_id) VALUES (%(handler)s, %(event)s) ON CONFLICT DO NOTHING",
                {"handler": handler.name, "event": event.position[1]},
            )
            if marked:
                await handler.run(tx, event)

    async def _listen(self) -> None:
        """Wake the reader when any other node commits facts."""
        while True:
            with contextlib.suppress(*driver.BROKEN, TimeoutError):
                connection = await driver.connect(self._database.dsn, self._database.name)
                lost = asyncio.Event()
                connection.add_termination_listener(partial(_set, lost))
                try:
                    await connection.add_listener(CHANNEL, self._heard)
                    await connection.add_listener(PASSED, self._heard_passing)
                    await self._tell_others()
                    self._wake()
                    await lost.wait()
                finally:
                    connection.terminate()
            await asyncio.sleep(0.2)

    def _heard(self, _: object, __: int, ___: str, payload: object) -> None:
        if payload != self._name:
            self._others_until = asyncio.get_running_loop().time() + 3 * HEARTBEAT
            self._wake()

    def _heard_passing(self, _: object, __: int, ___: str, payload: object) -> None:
        for listener in self._subscriptions.passed:
            try:
                listener(str(payload))
            except Exception:
                log.exception("what another process passed on could not be taken")

    @property
    def has_others(self) -> bool:
        """Whether there are other processes on this database, as far as one has heard."""
        return asyncio.get_running_loop().time() < self._others_until

    async def pass_on(self, payloads: Sequence[str]) -> None:
        """To all processes, in this order. Raises DatabaseAway."""
        await self._database.look(
            f"SELECT pg_notify('{PASSED}', one) FROM unnest(%(all)s::text[]) WITH ORDINALITY AS t (one, place) ORDER BY place",
            {"all": list(payloads)},
        )

    async def _tell_others(self) -> None:
        with contextlib.suppress(DatabaseAway):
            await self._database.look(f"NOTIFY {CHANNEL}, '{self._name}'")

    async def _notify(self) -> None:
        """Tell the other nodes, if there are any, many commits in one notification."""
        while True:
            await self._notify_due.wait()
            self._notify_due.clear()
            if self.has_others:
                await self._tell_others()
            await asyncio.sleep(0.01)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            await self._tell_others()

    def _wake(self) -> None:
        """Read at once: others committed, or nothing was handed over."""
        self._urgent.set()
        self._woken.set()

    async def _read(self) -> None:
        while True:
            await is_set_within(self._woken, 1.0)
            await is_set_within(self._urgent, TOGETHER)
            self._woken.clear()
            self._urgent.clear()
            try:
                while await self._read_batch():
                    pass
            except DatabaseAway:
                await asyncio.sleep(0.2)
            except Exception:
                log.exception("the event reader failed on a batch after %s", self.position)
                await asyncio.sleep(1)

    async def _read_batch(self) -> bool:
        """One batch; True when there is more already."""
        places = await self._database.look(
            "SELECT tx::text::bigint, id, tx < pg_snapshot_xmin(pg_current_snapshot()) FROM event_log"
            f" WHERE {AFTER} ORDER BY tx, id LIMIT %(limit)s",
            {"tx": str(self.position[0]), "id": self.position[1], "limit": BATCH},
        )
        settled = [(number_tx, number) for number_tx, number, is_settled in places if is_settled]
        batch = await self._facts_at(settled)
        for event in batch:
            self._tell_listeners(event)
        for follower in self._subscriptions.followers if batch else ():
            await follower(batch)
        for place in settled:
            if self._told.get(place) is not None:
                del self._told[place]
        if settled:
            self.position = settled[-1]
        if len(settled) < len(places):
            # A fact is committed but an older transaction still runs; nobody will notify when that one ends.
            await asyncio.sleep(0.005)
            return True
        return len(places) == BATCH

    async def _facts_at(self, places: Sequence[Position]) -> list[Recorded]:
        """The facts at these places of the log, in this order. Those of this process were handed over and are known."""
        unknown = [place for place in places if self._told.get(place) is None]
        found: dict[Position, Recorded] = {}
        if unknown:
            rows = await self._database.look(
                f"{ROWS} WHERE {AFTER} AND id = ANY(%(ids)s) ORDER BY tx, id",
                {
                    "tx": str(self.position[0]),
                    "id": self.position[1],
                    "ids": [number for _, number in unknown],
                },
            )
            found = {event.position: event for event in recorded(rows)}
        known = [self._told.get(place) or found.get(place) for place in places]
        return [event for event in known if event is not None]

    async def _redeliver(self) -> None:
        """Hand over to the durable handlers what the hand-off missed. One process at a time does this."""
        if not self._subscriptions.handlers:
            return
        remembered, tidied = 0.0, asyncio.get_running_loop().time()
        while True:
            try:
                while await self.redeliver_once():
                    pass
                if asyncio.get_running_loop().time() > remembered + REMEMBER:
                    await self._remember_position()
                    remembered = asyncio.get_running_loop().time()
                now = asyncio.get_running_loop().time()
                if now > tidied + TIDY and await self.forget_marks() < TIDIED_AT_ONCE:
                    tidied = now
            except DatabaseAway:
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
            self._handled_to = max(self._handled_to, (row[0][0], row[0][1]))
            horizon = (await log_end(tx))[0], 2**62
            batch = await read_after(tx, self._handled_to, 200, list(self._subscriptions.handlers))
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
        self._handled_to = batch[-1].position if batch else max(self._handled_to, horizon)
        return len(batch) > 0

    async def _remember_position(self) -> None:
        async with self._database.transaction(Scope.system()) as tx:
            await tx.execute(
                "UPDATE event_positions SET tx = %(tx)s, id = %(id)s"
                " WHERE reader = 'handlers' AND (tx, id) < (%(tx)s, %(id)s)",
                {"tx": self._handled_to[0], "id": self._handled_to[1]},
            )

    async def forget_marks(self) -> int:
        """Delete marks of facts that the durable handlers' position has passed, for those are never redelivered; gives how many.
        A mark stays for a day all the same: a hand-off may be slower than the redelivery of its fact. Public for tests."""
        async with self._database.transaction(Scope.system()) as tx:
            return await tx.execute(
                "DELETE FROM event_marks WHERE (handler, event_id) IN (SELECT m.handler, m.event_id"
                " FROM event_marks m, event_positions p WHERE p.reader = 'handlers' AND m.at < now() - interval '1 day'"
                " AND m.event_id < coalesce((SELECT min(e.id) FROM event_log e"
                " WHERE (e.tx, e.id) > (p.tx::text::xid8, p.id)), p.id + 1) LIMIT %(limit)s)",
                {"limit": TIDIED_AT_ONCE},
            )

    async def _redeliver_one(self, handler: Handler, event: Recorded) -> bool:
        """Run one handler. After MAX_TRIES the fact is set aside in event_failures, so that one bad fact stops nothing."""
        try:
            await self._run_handler(handler, event)
        except DatabaseAway:
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


def _set(event: asyncio.Event, _: object) -> None:
    event.set()
