"""Use cases: contacts enter queues, are offered, accepted, passed on, worked and finished.

Locks are always taken in the order interaction → queue entry → round → assignments → presence, so that an acceptance, a
hang-up and a time-out that meet end in one of them winning and never in a deadlock.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow, Assignments, InteractionRow, Phase
from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.people.public import Occupancy
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.routing import locks
from tongdai.routing.callbacks import keeping
from tongdai.routing.errors import OfferGone, QueueClosed, QueueFull, QueueUnstaffed
from tongdai.routing.events import (
    ContactDequeued,
    ContactEnqueued,
    ContactReturned,
)
from tongdai.routing.known import queue_rules, rules_in_use
from tongdai.routing.matching.at_once import serve_at_once
from tongdai.routing.policies import Requirement
from tongdai.routing.preferred import preferred_for
from tongdai.routing.repositories.entries import Entries, EntryRow
from tongdai.routing.repository import Agents, dump_requirements
from tongdai.routing.waiting import somebody_there
from tongdai.tenancy.public import settings

PASS_OVER = timedelta(seconds=15)
"""How long a contact is not offered again to an agent who let it pass, while others may be free."""


@dataclass(frozen=True, slots=True)
class Enqueue:
    """A wish to wait in a queue."""

    interaction_id: UUID
    queue_id: UUID
    priority: int = 0
    requirements: tuple[Requirement, ...] = ()
    max_wait_s: float | None = None
    passed_over: tuple[UUID, ...] = ()
    """Agents who are not asked for a while."""
    returning: bool = False
    """Was with an agent already: let in even when the queue is full or closed."""
    patient: bool = False
    """Waits for an agent however long the queue lets others wait: a letter does not hang up."""
    callback: bool = False
    """Nobody is on the line: the customer is called when an agent has taken it."""
    preferred: UUID | None = None
    """For whom the flow has the contact wait first."""
    waited_s: float = 0.0
    """How long it has waited before: the wait goes on from there, and with it the place and what widens by waiting."""


async def enqueue(tx: Transaction, wish: Enqueue, at: datetime) -> EntryRow:
    """Put an interaction into a queue. Raises QueueFull (the flow takes its overflow exit), QueueClosed,
    QueueUnstaffed and NotFound."""
    rules = await queue_rules(tx, wish.queue_id)
    if not wish.returning and rules.closed is not None:
        raise QueueClosed(rules.closed)
    if (
        not wish.returning
        and rules.max_waiting is not None
        and await Entries(tx).count(rules.id) >= rules.max_waiting
    ):
        raise QueueFull()
    if (
        not (wish.returning or wish.callback)
        and rules.nobody_after_s == 0
        and not await somebody_there(tx, rules)
    ):
        raise QueueUnstaffed()
    row = await conversations.lock(tx, wish.interaction_id)
    if not wish.callback:
        wish = await _resume_place(tx, wish, row, at)
        row = await conversations.lock(tx, wish.interaction_id)
    preferred, preferred_why = await preferred_for(tx, rules, wish.preferred, row.contact_id, at)
    own_wait = wish.max_wait_s is not None or wish.callback or wish.patient
    max_wait = wish.max_wait_s if own_wait else rules.max_wait_s
    since = at - timedelta(seconds=wish.waited_s)
    entry = EntryRow(
        tenant_id=tx.tenant_id,
        interaction_id=wish.interaction_id,
        entry_id=new_id(),
        queue_id=rules.id,
        channel=rules.channel,
        state="waiting",
        requirements=dump_requirements(wish.requirements),
        priority=wish.priority,
        preferred_user_id=preferred,
        preferred_why=preferred_why,
        enqueued_at=since,
        times_out_at=at + timedelta(seconds=max_wait) if max_wait is not None else None,
        rounds=0,
        tried=[(str(user), (at + PASS_OVER).isoformat()) for user in wish.passed_over],
        callback=wish.callback,
        version=1,
    )
    await Entries(tx).add(entry)
    await conversations.enter(tx, row, Phase.WAIT, at, queue_id=rules.id)
    tx.emit(
        ContactEnqueued(
            aggregate_id=entry.entry_id,
            aggregate_version=1,
            interaction_id=entry.interaction_id,
            queue_id=entry.queue_id,
            at=entry.enqueued_at,
            requirements=entry.requirements,
            priority=entry.priority,
            preferred_user_id=entry.preferred_user_id,
            preferred_why=entry.preferred_why,
            passed=[(user, at + PASS_OVER) for user in wish.passed_over],
            times_out_at=entry.times_out_at,
            callback=entry.callback,
        )
    )
    return entry


async def _resume_place(tx: Transaction, wish: Enqueue, row: InteractionRow, at: datetime) -> Enqueue:
    """Who was to be called back and calls again has the place that was kept for them, and is not called any more."""
    if row.direction != "inbound" or row.peer is None:
        return wish
    kept = await keeping.held_place(tx, wish.queue_id, row.peer)
    if kept is None:
        return wish
    if kept.interaction_id is not None:
        await leave(tx, kept.interaction_id, "left", at)
    await keeping.called_again(tx, kept, row, at)
    waited = max(wish.waited_s, (at - kept.place_since).total_seconds())
    return replace(wish, waited_s=waited, priority=max(wish.priority, kept.priority), returning=True)


async def accept(
    tx: Transaction,
    assignment_id: UUID,
    at: datetime,
    interaction_id: UUID | None = None,
    user_id: UUID | None = None,
) -> AssignmentRow:
    """The agent takes the offered contact; other agents of the round see "answered elsewhere". Raises OfferGone.

    Who knows the assignment's interaction and agent says so and saves trips to the database.
    """
    if interaction_id is not None:
        await locks.hold_stay(tx, interaction_id, user_id)
    interaction, assignment = await _lock_both(tx, assignment_id, interaction_id)
    if assignment.state != "offered" or interaction.phase != Phase.WAIT:
        raise OfferGone()
    entry = await Entries(tx).lock(interaction.id)
    offered = await Entries(tx).lock_open_round(interaction.id)
    if entry is None or offered is None or offered.id != assignment.round_id:
        raise OfferGone()
    taken = await conversations.accept(tx, assignment, at)
    await Entries(tx).close_round(offered.interaction_id, offered.id, "accepted", at)
    for other in await Assignments(tx).of_round(offered.id, offered.interaction_id):
        await conversations.end_offer(tx, other, "elsewhere", at)
        await free(tx, other.user_id, entry.channel, at)
    if entry.callback:
        # The customer is called now; the talk begins when they answer.
        await keeping.being_called(tx, interaction, at)
        await conversations.enter(tx, interaction, Phase.FLOW, at)
    else:
        await conversations.enter(tx, interaction, Phase.TALK, at, user_id=assignment.user_id)
        if interaction.direction == "outbound":
            # Was called back, and is on the line since the agent of then was lost.
            await keeping.reached(tx, interaction.id, at)
    await people.occupy(tx, assignment.user_id, Occupancy.WORKING, at)
    await dequeue(tx, entry, "accepted", at)
    return taken


async def pass_over(
    tx: Transaction, assignment_id: UUID, outcome: str, at: datetime, reason: str | None = None
) -> None:
    """One agent lets the offer go: `declined`, `missed`, or `failed` (their phone could not be reached).

    When nobody of the round is left, the contact waits again in its old place. An offer that is over already stays as it is.
    """
    interaction, assignment = await _lock_both(tx, assignment_id)
    if assignment.state != "offered":
        return
    entry = await Entries(tx).lock(interaction.id)
    await conversations.end_offer(tx, assignment, outcome, at, reason)
    rules = await queue_rules(tx, assignment.queue_id) if assignment.queue_id else None
    await free(
        tx,
        assignment.user_id,
        rules.channel if rules else "voice",
        at,
        missed_limit=None if outcome == "declined" or rules is None else rules.missed_limit,
    )
    if assignment.round_id is None and assignment.offered_by is not None:
        await _give_back_to(tx, interaction, assignment.offered_by)
    if entry is None or assignment.round_id is None:
        return
    tried = [item for item in entry.tried if item[0] != str(assignment.user_id)]
    tried.append((str(assignment.user_id), (at + PASS_OVER).isoformat()))
    entry = replace(entry, tried=tried)
    if await Assignments(tx).of_round(assignment.round_id, interaction.id):
        await Entries(tx).mark(interaction.id, entry.state, tried, entry.version, entry.rounds)
        return
    await _return(tx, entry, assignment.round_id, outcome, at)


async def _give_back_to(tx: Transaction, interaction: InteractionRow, user_id: UUID) -> None:
    """Whoever wanted to hand a contact over learns that it stays theirs."""
    for row in await Assignments(tx).open_of_interaction(interaction.id):
        if row.user_id == user_id and row.state == "accepted":
            await conversations.edit(tx, await conversations.lock_assignment(tx, row.id))


async def leave(tx: Transaction, interaction_id: UUID, why: str, at: datetime) -> None:
    """The contact leaves the queue without an agent: `abandoned`, `timed_out`, `left`. Open offers are withdrawn."""
    entry = await Entries(tx).lock(interaction_id)
    if entry is None:
        return
    offered = await Entries(tx).lock_open_round(interaction_id)
    if offered is not None:
        for assignment in await Assignments(tx).of_round(offered.id, offered.interaction_id):
            await conversations.end_offer(tx, assignment, "withdrawn", at)
            await free(tx, assignment.user_id, entry.channel, at)
        await Entries(tx).close_round(offered.interaction_id, offered.id, "withdrawn", at)
    await dequeue(tx, entry, why, at)


async def end_work(
    tx: Transaction, assignment_id: UUID, at: datetime, wrap_up_s: float | None = None
) -> None:
    """The customer is gone: wrap-up begins, or the agent is free at once where the queue has none."""
    assignment = await conversations.lock_assignment(tx, assignment_id)
    if assignment.state != "accepted":
        return
    rules = await rules_in_use(tx, assignment.queue_id)
    if wrap_up_s is None:
        wrap_up_s = rules.wrap_up_s if rules else await _own_wrap_up(tx, assignment)
    forced = rules is not None and rules.wrap_up_forced
    if wrap_up_s > 0 or forced:
        await conversations.start_wrap_up(tx, assignment, None if forced else wrap_up_s, at)
        await people.occupy(tx, assignment.user_id, await _occupancy(tx, assignment.user_id), at)
    else:
        await finish(tx, assignment, at)


async def _own_wrap_up(tx: Transaction, assignment: AssignmentRow) -> float:
    """Seconds after a call of the agent's own, outside queues."""
    if assignment.party or assignment.queue_id is not None:
        return 0.0
    (interaction,) = await conversations.Interactions(tx).get([assignment.interaction_id])
    return (await settings(tx)).outbound_wrap_up_s if interaction.direction == "outbound" else 0.0


async def finish(tx: Transaction, assignment: AssignmentRow, at: datetime) -> None:
    """The agent is done with a contact and has room for the next, which is offered at once where this process decides."""
    channel = (await conversations.lock(tx, assignment.interaction_id)).channel
    await conversations.finish(tx, assignment, at)
    busy = (at - (assignment.accepted_at or at)).total_seconds()
    await free(tx, assignment.user_id, channel, at, handled=1, busy_s=max(0.0, busy))
    await serve_at_once(tx, assignment.user_id)


async def did_not_come(tx: Transaction, assignment: AssignmentRow, at: datetime) -> None:
    """The agent for whom a customer was called is not there: they are not ready until they say so themselves."""
    await conversations.finish(tx, assignment, at, "missed")
    await free(tx, assignment.user_id, "voice", at, missed_limit=1)


async def _lock_both(
    tx: Transaction, assignment_id: UUID, interaction_id: UUID | None = None
) -> tuple[InteractionRow, AssignmentRow]:
    """Interaction first, then the assignment: the order of all locks."""
    if interaction_id is None:
        found = await Assignments(tx).get([assignment_id])
        if not found:
            raise NotFound("There is no such offer.")
        interaction_id = found[0].interaction_id
    interaction = await conversations.lock(tx, interaction_id)
    return interaction, await conversations.lock_assignment(tx, assignment_id)


async def free(
    tx: Transaction,
    user_id: UUID,
    channel: str,
    at: datetime,
    *,
    missed_limit: int | None = None,
    handled: int = 0,
    busy_s: float = 0.0,
) -> None:
    """Give the agent's room back, and show what they are doing now."""
    await Agents(tx).give_back(user_id, channel, handled=handled, busy_s=busy_s)
    occupancy = await _occupancy(tx, user_id)
    if missed_limit is None:
        await people.occupy(tx, user_id, occupancy, at)
    else:
        await people.miss_offer(tx, user_id, occupancy, missed_limit, at)


async def _occupancy(tx: Transaction, user_id: UUID) -> Occupancy:
    """The busiest of the agent's open assignments."""
    states = {row.state for row in await Assignments(tx).open_of_user(user_id)}
    if "accepted" in states:
        return Occupancy.WORKING
    if "wrap_up" in states:
        return Occupancy.WRAP_UP
    return Occupancy.OFFERED if "offered" in states else Occupancy.IDLE


async def _return(tx: Transaction, entry: EntryRow, round_id: UUID, outcome: str, at: datetime) -> None:
    version = entry.version + 1
    await Entries(tx).close_round(entry.interaction_id, round_id, outcome, at)
    await Entries(tx).mark(entry.interaction_id, "waiting", entry.tried, version, entry.rounds)
    tx.emit(
        ContactReturned(
            aggregate_id=entry.entry_id,
            aggregate_version=version,
            interaction_id=entry.interaction_id,
            queue_id=entry.queue_id,
            round_id=round_id,
            outcome=outcome,
        )
    )


async def dequeue(tx: Transaction, entry: EntryRow, why: str, at: datetime) -> None:
    """The stay of a locked contact in its queue is over."""
    await Entries(tx).remove(entry.interaction_id)
    tx.emit(
        ContactDequeued(
            aggregate_id=entry.entry_id,
            aggregate_version=entry.version + 1,
            interaction_id=entry.interaction_id,
            queue_id=entry.queue_id,
            why=why,
            waited_s=max(0.0, (at - entry.enqueued_at).total_seconds()),
            callback=entry.callback,
        )
    )
