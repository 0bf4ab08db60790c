"""The matcher: one per installation, under a lease. Keeps the pool in step with the facts, decides, claims, and wakes at
deadlines (offers that expire, skills that widen, longest waits, wrap-ups that are over).

It holds nothing that the database does not have: whoever takes over the lease loads everything anew. A decision that loses the
race for the contact or the agent is rejected by the claim and looked at again with fresh data.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tongdai.conversations.events import AssignmentDone
from tongdai.people.events import PresenceChanged, SkillsChanged, UserChanged
from tongdai.platform import leases
from tongdai.platform.database import Scope
from tongdai.platform.database.driver import CONFLICTS, UniqueViolation
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.facts import Recorded
from tongdai.platform.registry import Registry, Runtime
from tongdai.routing.blending.news import concerned
from tongdai.routing.cache import QueueMemory
from tongdai.routing.errors import OfferGone
from tongdai.routing.events import (
    BlendingChanged,
    CallbackChanged,
    ContactDequeued,
    ContactEnqueued,
    ContactOffered,
    ContactReturned,
    EntryFact,
    QueueChanged,
)
from tongdai.routing.matching import upkeep
from tongdai.routing.matching.at_once import AtOnce, entry_of
from tongdai.routing.matching.deadlines import Act, Deadlines, Rounds
from tongdai.routing.matching.decision import Decision
from tongdai.routing.matching.news import News
from tongdai.routing.matching.paces import Paces
from tongdai.routing.matching.pool import Pool
from tongdai.routing.matching.unstaffed import Unstaffed
from tongdai.routing.offers import claim
from tongdai.routing.policies import Entry
from tongdai.routing.repositories.entries import Entries
from tongdai.routing.repository import Agents, Queues

log = logging.getLogger(__name__)

LEASE = "routing.matcher"
WRAP_UPS_EVERY = timedelta(seconds=0.5)
LOOK_OVER_EVERY = timedelta(seconds=5)
REMEMBERED = 20_000
"""So many stays that are over are known, should older news of them come late."""


class Matcher:
    """Listens always (cheaply); decides only while `run` is under the lease."""

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._leading = False
        self._news = News()
        self._refreshing = False
        self._changed = asyncio.Event()
        self._pool = Pool()
        self._memory = QueueMemory()
        self._over: OrderedDict[UUID, int] = OrderedDict()
        """Stays that were offered or ended, and in which version: facts and readings can overtake each other."""
        self._deadlines = Deadlines()
        self._rounds = Rounds()
        self._paces, self._unstaffed = Paces(), Unstaffed()
        self._tasks: set[asyncio.Task[None]] = set()
        self._claiming = asyncio.Semaphore(4)

    def listen(self, registry: Registry) -> None:
        """Subscribe to what moves contacts and agents."""
        on_fact = registry.subscriptions.on_fact
        on_fact(ContactEnqueued, self._entry_arrived)
        on_fact(ContactReturned, self._entry_waits)
        for fact in (ContactOffered, ContactDequeued):
            on_fact(fact, self._entry_gone)
        on_fact(PresenceChanged, self._presence_changed)
        on_fact(AssignmentDone, self._work_done)
        on_fact(AssignmentDone, self._paces.work_done)
        on_fact(ContactDequeued, self._paces.stay_ended)
        for fact in (SkillsChanged, UserChanged):
            on_fact(fact, lambda event: self._note(self._news.agents, event.fact.aggregate_id))
        for fact in (BlendingChanged, CallbackChanged):
            on_fact(fact, lambda event: self._note(self._news.agents, *concerned(event, self._pool)))
        on_fact(QueueChanged, self._memory.forget)
        on_fact(QueueChanged, lambda event: self._note(self._news.queues, event.fact.aggregate_id))

    @contextlib.asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        self._runtime = runtime
        runtime.database.memory[QueueMemory] = self._memory
        async with leases.held(runtime.database, LEASE, self.run):
            yield

    def _note(self, ids: set[UUID], *values: UUID) -> None:
        if self._leading and values:
            ids.update(values)
            self._changed.set()

    def _entry_arrived(self, event: Recorded) -> None:
        """The fact says all: the database need not be asked."""
        fact = event.fact
        assert isinstance(fact, ContactEnqueued)
        if not self._leading:
            return
        if self._pool.queue(fact.queue_id) is None:
            self._note(self._news.entries, fact.interaction_id)  # after its queue, which is new
            return
        self._news.arrived[fact.interaction_id] = entry_of(event.tenant_id, fact)
        self._changed.set()

    def _entry_waits(self, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, ContactReturned)
        self._rounds.over(fact.aggregate_id, fact.round_id)
        self._note(self._news.entries, fact.interaction_id)

    def _entry_gone(self, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, EntryFact)
        self._over[fact.aggregate_id] = max(fact.aggregate_version, self._over.get(fact.aggregate_id, 0))
        if len(self._over) > REMEMBERED:
            self._over.popitem(last=False)
        if (waiting := self._pool.entry(fact.interaction_id)) is not None and self._is_past(waiting):
            self._pool.remove_entry(fact.interaction_id)
        if not isinstance(fact, ContactOffered) or not self._leading:
            self._rounds.over(fact.aggregate_id)
            return
        self._rounds.opened(fact.aggregate_id, fact.round_id)
        self._note(self._news.agents, *filter(self._pool.writes, fact.user_ids))
        for user_id in fact.user_ids:
            if (agent := self._pool.agent(user_id)) is not None:
                self._pool.put_agent(replace(agent, last_offer_at=event.at))
        if fact.expires_at is not None:
            self._expire_at(event.tenant_id, fact.interaction_id, fact.round_id, fact.expires_at)
            self._changed.set()

    def _work_done(self, event: Recorded) -> None:
        """The counters by which contacts are shared out fairly."""
        fact = event.fact
        assert isinstance(fact, AssignmentDone)
        if (agent := self._pool.agent(fact.user_id)) is not None and fact.outcome == "completed":
            counted = replace(agent, handled=agent.handled + 1, busy_s=agent.busy_s + fact.busy_s)
            self._pool.put_agent(counted)
        self._note(self._news.agents, *filter(self._pool.writes, [fact.user_id]))

    def _presence_changed(self, event: Recorded) -> None:
        """Of an agent of calls alone who was at work and is so still, the fact says all. Others are read from the database."""
        fact = event.fact
        assert isinstance(fact, PresenceChanged)
        if fact.began and self._leading:
            self._begin(self._count_anew(event.tenant_id, fact.aggregate_id))
        agent, ready = self._pool.agent(fact.aggregate_id), fact.chosen == "ready"
        if agent is None or not fact.idle_since or self._pool.writes(agent.id) or ready > agent.ready:
            self._note(self._news.agents, fact.aggregate_id)
        elif fact.aggregate_version > agent.version:
            now = replace(
                agent,
                ready=ready,
                occupied=fact.occupancy != "idle",
                connected=fact.connected,
                idle_since=fact.idle_since,
                version=fact.aggregate_version,
            )
            self._pool.put_agent(now)
            if now.available:
                self._note(self._news.freed, agent.id)

    @property
    def _live(self) -> Runtime:
        assert self._runtime is not None
        return self._runtime

    def _now(self) -> datetime:
        return self._live.clock.now()

    async def run(self, lease: leases.Lease) -> None:
        """Decide until cancelled. Started anew, with a fresh pool, whenever this process gets the lease."""
        self._pool = Pool()
        self._deadlines = Deadlines()
        self._over.clear()
        self._rounds = Rounds()
        self._leading = True
        memory = self._live.database.memory
        keeping = None
        try:
            await self._load()
            memory[AtOnce] = AtOnce(self._pool, self._now, self._at_rest, self._settle)
            log.info("matching under lease epoch %s: %s contacts wait", lease.epoch, len(self._news.entries))
            keeping = asyncio.create_task(
                self._paces.keep_up(self._live, self._pool, lambda ids: self._note(self._news.entries, *ids))
            )
            self._deadlines.at(self._now(), self._end_wrap_ups)
            self._deadlines.at(self._now() + LOOK_OVER_EVERY, self._look_over)
            while True:
                await self._work_once()
                await self._wait()
        finally:
            self._leading = False
            memory.pop(AtOnce, None)
            for task in [*self._tasks, *([keeping] if keeping else [])]:
                task.cancel()

    async def _load(self) -> None:
        async with self._live.database.transaction(Scope.system()) as tx:
            for rules in await Queues(tx).rules():
                self._pool.put_queue(rules)
            for agent in await Agents(tx).load():
                self._pool.put_agent(agent)
            for row in await Entries(tx).load():
                if row.state == "waiting":
                    self._pool.put_entry(row.entry())
            rounds = await Entries(tx).rounds_open()
        for tenant_id, interaction_id, round_id, expires_at in rounds:
            self._expire_at(tenant_id, interaction_id, round_id, expires_at)
        self._news.entries |= {entry.interaction_id for entry in self._pool.entries()}

    async def _work_once(self) -> None:
        now = self._now()
        for act in self._deadlines.due(now):
            await self._safely(act)
        news, self._news = self._news, News()
        if news.to_read:
            self._refreshing = True
            try:
                await self._refresh(news.entries, news.agents, news.queues)
            except DatabaseAway:
                self._news.add(news)
                await asyncio.sleep(0.1)
                self._changed.set()
                return
            finally:
                self._refreshing = False
        for entry in news.arrived.values():
            self._put_entry(entry)
        self._match(news.entries | news.arrived.keys(), news.agents | news.freed, news.queues)

    async def _refresh(self, entries: set[UUID], agents: set[UUID], queues: set[UUID]) -> None:
        """Bring the pool in step with the database for what changed."""
        async with self._live.database.transaction(Scope.system()) as tx:
            for queue_id in queues:
                rules = await Queues(tx).rules(queue_id)
                if rules:
                    self._pool.put_queue(rules[0])
                else:
                    self._pool.remove_queue(queue_id)
            fresh_agents = await Agents(tx).load(list(agents)) if agents else []
            fresh_entries = await Entries(tx).load(list(entries)) if entries else []
        for user_id in agents - {agent.id for agent in fresh_agents}:
            self._pool.remove_agent(user_id)
        for agent in fresh_agents:
            self._pool.put_read_agent(agent)
        for interaction_id in entries:
            self._pool.remove_entry(interaction_id)
        for row in fresh_entries:
            if row.state == "waiting":
                self._put_entry(row.entry())

    def _put_entry(self, entry: Entry) -> None:
        if not self._is_past(entry):
            self._pool.put_entry(entry)

    def _is_past(self, entry: Entry) -> bool:
        """Whether a fact has told already what became of the contact after it waited in this version."""
        return self._over.get(entry.entry_id, 0) > entry.version

    def _match(self, entries: set[UUID], agents: set[UUID], queues: set[UUID]) -> None:
        now = self._now()
        if queues:
            entries = entries | {entry.interaction_id for entry in self._pool.entries()}
        waiting = [entry for entry in map(self._pool.entry, entries) if entry is not None]
        for entry in sorted(waiting, key=lambda one: (-one.priority, one.enqueued_at)):
            self._schedule_entry(entry.interaction_id)
            decision = self._pool.match_entry(entry.interaction_id, now)
            if decision is not None and (better := self._better_use(decision, now)):
                decision = better
            if decision is not None:
                self._claim(decision)
        for user_id in agents:
            if (found := self._pool.match_agent(user_id, now)) is not None:
                self._claim(found)

    def _better_use(self, decision: Decision, now: datetime) -> Decision | None:
        """When the chosen agent suits someone who should be served before, that one goes first."""
        first, *others = decision.user_ids
        if others or self._pool.best_of(first, now) in (None, decision.entry):
            return None
        self._note(self._news.entries, decision.entry.interaction_id)
        return self._pool.match_agent(first, now)

    def _claim(self, decision: Decision) -> None:
        """Take both out of the matching now; the database says whether it was right."""
        self._pool.hold(decision)
        self._begin(self._claim_in_database(decision))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _count_anew(self, tenant_id: UUID, user_id: UUID) -> None:
        """Contacts are shared out fairly over a stretch of work, not over all time."""
        with contextlib.suppress(DatabaseAway):
            await upkeep.count_anew(self._live.database, tenant_id, user_id)
        self._note(self._news.agents, user_id)

    async def _claim_in_database(self, decision: Decision) -> None:
        claimed = None
        try:
            scope = Scope(decision.entry.tenant_id)
            async with self._claiming, self._live.database.transaction(scope, prompt=True) as tx:
                claimed = await claim(tx, decision, self._now())
        except (OfferGone, DatabaseAway, UniqueViolation, *CONFLICTS):
            await asyncio.sleep(0.05)
        except Exception:
            log.exception("a claim failed")
            await asyncio.sleep(0.5)
        self._settle(decision, claimed is not None)

    def _settle(self, decision: Decision, won: bool) -> None:
        """The claim is over."""
        again, free = self._pool.let_go(decision, won=won)
        if again:
            self._note(self._news.entries, decision.entry.interaction_id)
        self._note(self._news.freed, *free)
        if not won or len(decision.user_ids) > 1:
            self._note(self._news.agents, *decision.user_ids)

    def _schedule_entry(self, interaction_id: UUID) -> None:
        entry = self._pool.entry(interaction_id)
        if entry is None:
            return
        if (widening := self._pool.next_widening(entry, self._now())) is not None:

            async def again() -> None:
                if self._pool.knows(interaction_id):
                    self._note(self._news.entries, interaction_id)

            self._deadlines.at(widening, again)
        if entry.times_out_at is not None:

            async def over() -> None:
                if self._pool.knows(interaction_id):
                    await upkeep.time_out(self._live.database, entry, self._now())

            self._deadlines.at(entry.times_out_at, over)

    def _expire_at(self, tenant_id: UUID, interaction_id: UUID, round_id: UUID, expires_at: datetime) -> None:
        async def expire() -> None:
            if not self._rounds.forget(round_id):
                await upkeep.expire(self._live.database, tenant_id, interaction_id, round_id, self._now())

        self._deadlines.at(expires_at, expire)

    async def _end_wrap_ups(self) -> None:
        """Wrap-ups that are over, and waits for nobody."""
        self._deadlines.at(self._now() + WRAP_UPS_EVERY, self._end_wrap_ups)
        await upkeep.finish_wrap_ups(self._live, self._now())
        await self._unstaffed.look(self._live, self._pool)

    async def _look_over(self) -> None:
        """The pool against the database: no contact and no agent is forgotten for long, whatever news was lost."""
        self._deadlines.at(self._now() + LOOK_OVER_EVERY, self._look_over)
        since = self._now() - LOOK_OVER_EVERY
        forgotten, idle = await upkeep.forgotten(self._live.database, self._pool, lambda: self._news, since)
        self._note(self._news.entries, *forgotten)
        self._note(self._news.agents, *idle)

    async def _safely(self, act: Act) -> None:
        try:
            await act()
        except (DatabaseAway, *CONFLICTS):
            self._deadlines.at(self._now() + timedelta(seconds=0.2), act)
        except Exception:
            log.exception("a deadline's work failed")

    def _at_rest(self) -> bool:
        """Whether all news so far have been looked at."""
        return not (self._news or self._refreshing)

    async def _wait(self) -> None:
        """Until something changed or the next deadline, by this process's clock."""
        if not self._at_rest():
            return
        timer = self._live.clock.call_at(self._deadlines.next, self._changed.set)
        try:
            await self._changed.wait()
        finally:
            timer.cancel()
            self._changed.clear()
