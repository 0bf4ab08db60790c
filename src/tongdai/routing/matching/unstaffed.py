"""Callers of queues that nobody serves: looked after by the clock, since no news may come of it for hours."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.platform.database import Scope
from tongdai.platform.registry import Runtime
from tongdai.routing import overdue
from tongdai.routing.matching.pool import Pool
from tongdai.routing.policies import Entry, leaves_unstaffed_at
from tongdai.routing.waiting import somebody_there

EVERY = timedelta(seconds=1)
AGAIN = timedelta(seconds=10)
"""Who was told to leave and still waits (their flow went on by itself, or the news was lost) is told again."""
BATCH = 100


class Unstaffed:
    """Tells those to leave who waited long enough, while nobody of their queue is signed in. The database says who is."""

    def __init__(self) -> None:
        self._told: dict[UUID, datetime] = {}
        self._next: datetime | None = None

    async def look(self, runtime: Runtime, pool: Pool) -> None:
        now = runtime.clock.now()
        if self._next is not None and now < self._next:
            return
        self._next = now + EVERY
        self._told = {one: at for one, at in self._told.items() if at + AGAIN > now and pool.knows(one)}
        for queue_id, entries in self._due(pool, now).items():
            rules = pool.queue(queue_id)
            assert rules is not None
            async with runtime.database.transaction(Scope(rules.tenant_id)) as tx:
                for entry in entries if not await somebody_there(tx, rules) else ():
                    await overdue.leave_unstaffed(tx, entry.interaction_id, now)
                    self._told[entry.interaction_id] = now

    def _due(self, pool: Pool, now: datetime) -> dict[UUID, list[Entry]]:
        concerned = {
            one.id: one for one in pool.rules() if one.nobody_after_s is not None and pool.waiting(one.id)
        }
        due = defaultdict[UUID, list[Entry]](list)
        for entry in pool.entries() if concerned else ():
            rules = concerned.get(entry.queue_id)
            at = leaves_unstaffed_at(entry, rules) if rules else None
            if at is not None and at <= now and entry.interaction_id not in self._told:
                due[entry.queue_id].append(entry)
        return {queue_id: entries[:BATCH] for queue_id, entries in due.items()}
