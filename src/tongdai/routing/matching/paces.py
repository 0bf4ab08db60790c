"""How fast each queue goes: folded from facts in the matcher's memory, kept in queue_paces for everybody who asks.

Who serves several queues counts in each as the part of their work of late that went to it, so that the parts make one agent at
most. Of an agent of whom nothing is known yet, the parts are as the queues' contacts were of late. Only own queues count, not
those that an agent helps out in. Who chose "not ready" does not count, though they may still be talking, nor does who takes
outbound work alone.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from math import exp
from typing import NamedTuple
from uuid import UUID

from tongdai.conversations.events import AssignmentDone
from tongdai.platform.database import Database, Scope
from tongdai.platform.database.driver import CONFLICTS
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.facts import Recorded
from tongdai.platform.registry import Runtime
from tongdai.routing.blending.policies import BlendMode, under_level
from tongdai.routing.events import ContactDequeued
from tongdai.routing.matching.pool import Pool
from tongdai.routing.repositories.paces import PaceRow, PaceRows
from tongdai.routing.waits import Pace, expected_wait

log = logging.getLogger(__name__)

KEPT_EVERY_S = 2.0
WORK_REMEMBERED_S = 3600.0
"""An agent's work of so many seconds ago counts e times less in what their time goes to."""
SLICE = 200
"""So many agents are counted without letting anybody else go on."""


class AtWork(NamedTuple):
    """A queue's agents at work: how many, how many of those are free, and how much of all is for this queue."""

    staff: int = 0
    free: int = 0
    agents: float = 0.0


class Paces:
    """The paces of all queues, in the process whose matcher leads."""

    def __init__(self) -> None:
        self._paces: dict[UUID, Pace] = {}
        self._work: dict[UUID, dict[UUID | None, float]] = {}
        """Of each agent, the parts of their work of late by queue (None: outside queues)."""
        self._told: dict[UUID, AtWork] = {}
        self._changed: dict[UUID, UUID] = {}
        """Queues whose pace is not kept yet, with their tenants."""
        self._pool: Pool | None = None

    def stay_ended(self, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, ContactDequeued)
        if fact.callback:
            return  # nobody was patient on the line
        pace = self._paces.get(fact.queue_id) or Pace(event.at)
        served, gave_up = fact.why == "accepted", fact.why == "abandoned"
        pace = pace.left(fact.waited_s, event.at, served=served, gave_up=gave_up)
        rules = self._pool.queue(fact.queue_id) if self._pool else None
        if rules and (served or (gave_up and fact.waited_s > rules.short_abandon_s)):
            pace = pace.levelled(event.at, in_time=served and fact.waited_s <= rules.target_s)
        self._paces[fact.queue_id] = pace
        self._changed[fact.queue_id] = event.tenant_id

    def work_done(self, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, AssignmentDone)
        if fact.outcome != "completed":
            return
        kept = exp(-fact.busy_s / WORK_REMEMBERED_S)
        work = self._work.setdefault(fact.user_id, {})
        for queue_id in work:
            work[queue_id] *= kept
        work[fact.queue_id] = work.get(fact.queue_id, 0.0) + 1 - kept
        if fact.queue_id is not None:
            pace = self._paces.get(fact.queue_id) or Pace(event.at)
            self._paces[fact.queue_id] = pace.worked(fact.busy_s, event.at)
            self._changed[fact.queue_id] = event.tenant_id

    async def keep_up(self, runtime: Runtime, pool: Pool, look_at: Callable[[list[UUID]], None]) -> None:
        """Keep what changes, until cancelled. Begins with what was kept before. `look_at` is told the contacts for which others
        are to help out, now that the expected wait is too long."""
        self._paces.clear()
        self._pool = pool
        begun = False
        while True:
            try:
                if not begun:
                    await self._load(runtime.database)
                    begun = True
                changed = await self._look(pool)
                look_at(self._expect(pool))
                look_at(self._level(pool, runtime.clock.now()))
                await self._keep(runtime, changed)
            except (DatabaseAway, *CONFLICTS):
                pass
            except Exception:
                log.exception("the paces of the queues could not be kept")
            await asyncio.sleep(KEPT_EVERY_S)

    async def _load(self, database: Database) -> None:
        async with database.transaction(Scope.system()) as tx:
            rows = await PaceRows(tx).load()
        for row in rows:
            heard = self._paces.get(row.queue_id)
            self._paces[row.queue_id] = row.pace.joined(heard) if heard else row.pace
        self._told = {row.queue_id: AtWork(row.staff, row.free, row.agents) for row in rows}

    async def _keep(self, runtime: Runtime, changed: dict[UUID, list[UUID]]) -> None:
        for tenant_id, queue_ids in changed.items():
            kept = [self._row(queue_id, runtime.clock.now()) for queue_id in queue_ids]
            try:
                async with runtime.database.transaction(Scope(tenant_id)) as tx:
                    await PaceRows(tx).keep(kept)
            except Exception:
                self._changed |= dict.fromkeys(queue_ids, tenant_id)
                raise

    def _row(self, queue_id: UUID, now: datetime) -> PaceRow:
        at_work = self._told.get(queue_id, AtWork())
        pace = self._paces.get(queue_id) or Pace(now)
        return PaceRow.of(queue_id, pace, at_work.staff, at_work.free, at_work.agents)

    async def _look(self, pool: Pool) -> dict[UUID, list[UUID]]:
        """Count who is at work. Gives the queues of which there is news, by tenant."""
        counted = await self._count(pool)
        for rules in pool.rules():
            now, told = counted.get(rules.id, AtWork()), self._told.get(rules.id, AtWork())
            if (now.staff, now.free) != (told.staff, told.free) or abs(now.agents - told.agents) > 0.01:
                self._changed[rules.id] = rules.tenant_id
        self._told |= {rules.id: counted.get(rules.id, AtWork()) for rules in pool.rules()}
        changed, self._changed = self._changed, {}
        by_tenant: dict[UUID, list[UUID]] = {}
        for queue_id, tenant_id in changed.items():
            if pool.queue(queue_id) is not None:
                by_tenant.setdefault(tenant_id, []).append(queue_id)
        return by_tenant

    def _expect(self, pool: Pool) -> list[UUID]:
        """Tell the pool the waits that open rings; gives the contacts concerned."""
        found: list[UUID] = []
        for rules in list(pool.rules()):
            if any(ring.expected_s is not None for ring in rules.overflow):
                at_work, ahead = self._told.get(rules.id, AtWork()), pool.waiting(rules.id)
                pace = self._paces.get(rules.id)
                free = at_work.free > ahead
                wait = expected_wait(pace, at_work.agents, ahead, free=free) if pace else None
                found += pool.expect(rules.id, wait)
        return found

    def _level(self, pool: Pool, now: datetime) -> list[UUID]:
        """Tell the pool which queues are under their service level, where agents take callers by that; gives the contacts
        concerned."""
        found: list[UUID] = []
        for queue_id in pool.asked_for_level():
            rules, pace = pool.queue(queue_id), self._paces.get(queue_id) or Pace(now)
            if rules is not None:
                under = under_level(
                    pace.counted, pace.in_time, pool.overdue(queue_id, now), rules.target_share
                )
                found += pool.level(queue_id, under)
        return found

    async def _count(self, pool: Pool) -> dict[UUID, AtWork]:
        counted: dict[UUID, AtWork] = {}
        for number, agent in enumerate(list(pool.agents()), 1):
            if agent.ready and agent.connected and agent.blend.mode is not BlendMode.OUTBOUND_ONLY:
                for queue_id, part in self.parts(agent.id, pool.queues_of(agent.id)).items():
                    one, rules = counted.get(queue_id, AtWork()), pool.queue(queue_id)
                    free = rules is not None and agent.available_for(rules.channel)
                    counted[queue_id] = AtWork(one.staff + 1, one.free + free, one.agents + part)
            if number % SLICE == 0:
                await asyncio.sleep(0)
        return counted

    def parts(self, user_id: UUID, queue_ids: frozenset[UUID]) -> dict[UUID, float]:
        """What part of the agent each of their queues can count on. What is not known of them yet follows the queues' volume."""
        work = self._work.get(user_id, {})
        volume = {one: 1 + (pace.finished if (pace := self._paces.get(one)) else 0.0) for one in queue_ids}
        unknown = max(0.0, 1 - sum(work.values()))
        whole = sum(volume.values())
        return {one: work.get(one, 0.0) + unknown * volume[one] / whole for one in queue_ids}
