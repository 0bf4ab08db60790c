"""Decisions within the transaction of what happened: an agent for a contact that comes, a contact for an agent who comes free.

Where the matcher runs in this process, the offer need not wait for the commit of the arrival (or of the end of a call) and a
transaction of its own: a call reaches its agent some milliseconds sooner, for a fifth less work. The decision and the claim are
the same as always; if the claim fails, or the transaction does, the matcher looks at both as at any others.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.routing.events import ContactEnqueued
from tongdai.routing.matching.decision import Decision
from tongdai.routing.matching.pool import Pool
from tongdai.routing.offers import claim
from tongdai.routing.policies import Entry
from tongdai.routing.repositories.entries import EntryRow
from tongdai.routing.repository import parse_requirements


def entry_of(tenant_id: UUID, fact: ContactEnqueued) -> Entry:
    """The contact as the fact of its arrival tells it."""
    return Entry(
        fact.interaction_id,
        fact.aggregate_id,
        tenant_id,
        fact.queue_id,
        parse_requirements(fact.requirements),
        fact.priority,
        fact.at,
        fact.preferred_user_id,
        fact.times_out_at,
        tuple(fact.passed),
        version=fact.aggregate_version,
        callback=fact.callback,
        preferred_why=fact.preferred_why,
    )


class AtOnce:
    """Decides for transactions of this process; the matcher keeps one in `Database.memory` while it leads.

    It decides only while the matcher has looked at all news, so that nobody is overtaken.
    """

    def __init__(
        self,
        pool: Pool,
        now: Callable[[], datetime],
        at_rest: Callable[[], bool],
        settle: Callable[[Decision, bool], None],
    ) -> None:
        self._pool = pool
        self._now = now
        self._at_rest = at_rest
        self._settle = settle

    async def offer(self, tx: Transaction, row: EntryRow) -> None:
        """Offer the contact that `tx` enqueues to who is free and suits nobody better."""
        decision = self._for_contact(row.entry())
        if decision is not None:
            await self._claim(tx, decision)

    async def serve(self, tx: Transaction, user_id: UUID) -> None:
        """Offer the agent whom `tx` frees who suits them best of those who wait."""
        decision = self._for_agent(user_id)
        if decision is None:
            return

        def back_to_work() -> None:
            agent = self._pool.agent(user_id)
            if agent is not None:
                self._pool.put_agent(replace(agent, occupied=True))

        tx.after_rollback(back_to_work)
        await self._claim(tx, decision)

    async def _claim(self, tx: Transaction, decision: Decision) -> None:
        self._pool.hold(decision)
        won = False
        tx.after_commit(lambda: self._settle(decision, won))
        tx.after_rollback(lambda: self._settle(decision, False))
        won = await claim(tx, decision, decision.at) is not None

    def _for_contact(self, entry: Entry) -> Decision | None:
        if not self._at_rest() or self._pool.queue(entry.queue_id) is None:
            return None
        now = self._now()
        self._pool.put_entry(entry)
        try:
            decision = self._pool.match_entry(entry.interaction_id, now)
            match decision:
                case Decision(user_ids=(only,)):
                    return decision if self._pool.best_of(only, now) in (None, decision.entry) else None
                case _:
                    return decision
        finally:
            self._pool.remove_entry(entry.interaction_id)

    def _for_agent(self, user_id: UUID) -> Decision | None:
        """Not a contact that rings for all: the others' rows are locked before this agent's work is."""
        agent = self._pool.agent(user_id)
        if agent is None or not self._at_rest() or self._pool.writes(user_id):
            return None
        self._pool.put_agent(replace(agent, occupied=False))
        decision = self._pool.match_agent(user_id, self._now())
        if decision is not None and decision.user_ids == (user_id,):
            return decision
        self._pool.put_agent(agent)
        return None


async def offer_at_once(tx: Transaction, row: EntryRow) -> None:
    """Offer the contact that `tx` enqueues, where this process may decide."""
    at_once: AtOnce | None = tx.memory.get(AtOnce)
    if at_once is not None:
        await at_once.offer(tx, row)


async def serve_at_once(tx: Transaction, user_id: UUID) -> None:
    """Offer the agent whom `tx` frees the next contact, where this process may decide."""
    at_once: AtOnce | None = tx.memory.get(AtOnce)
    if at_once is not None:
        await at_once.serve(tx, user_id)
