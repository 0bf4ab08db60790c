"""Use cases of the clock: an offer, a wait or a wrap-up is over by itself. Each looks again under its lock whether it is so."""

from datetime import datetime
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Assignments
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.routing.consequences import DoNotCallPort, take_effect
from tongdai.routing.events import ContactTimedOut
from tongdai.routing.known import rules_in_use
from tongdai.routing.repositories.entries import Entries, EntryRow
from tongdai.routing.service import finish, pass_over


async def expire_round(tx: Transaction, interaction_id: UUID, round_id: UUID, at: datetime) -> None:
    """The offer's time is over: every agent who did not answer missed it."""
    await conversations.lock(tx, interaction_id)
    offered = await Entries(tx).lock_open_round(interaction_id)
    if offered is None or offered.id != round_id or offered.expires_at > at:
        return
    for assignment in await Assignments(tx).of_round(round_id, interaction_id):
        await pass_over(tx, assignment.id, "missed", at)


async def time_out(tx: Transaction, interaction_id: UUID, at: datetime) -> None:
    """The longest wait is over. Tells the flow by a fact; the flow takes the contact out."""
    entry = await Entries(tx).lock(interaction_id)
    if entry is None or entry.state != "waiting" or entry.times_out_at is None or entry.times_out_at > at:
        return
    await _send_out(tx, entry, "timed_out")


async def leave_unstaffed(tx: Transaction, interaction_id: UUID, at: datetime) -> None:
    """Nobody is signed in who could serve it. Tells the flow by a fact, as at the end of the longest wait."""
    entry = await Entries(tx).lock(interaction_id)
    if entry is not None and entry.state == "waiting" and not entry.callback and entry.enqueued_at <= at:
        await _send_out(tx, entry, "no_agents")


async def _send_out(tx: Transaction, entry: EntryRow, why: str) -> None:
    version = entry.version + 1
    await Entries(tx).mark(entry.interaction_id, "waiting", entry.tried, version, entry.rounds)
    tx.emit(
        ContactTimedOut(
            aggregate_id=entry.entry_id,
            aggregate_version=version,
            interaction_id=entry.interaction_id,
            queue_id=entry.queue_id,
            why=why,
        )
    )


async def finish_overdue(tx: Transaction, port: DoNotCallPort, assignment_id: UUID, at: datetime) -> None:
    """The wrap-up time ran out. What the result asks for is done as if the agent had ended it."""
    for found in await Assignments(tx).get([assignment_id]):
        await conversations.lock(tx, found.interaction_id)
    assignment = await conversations.lock_assignment(tx, assignment_id)
    if assignment.state == "wrap_up" and assignment.wrap_up_ends_at and assignment.wrap_up_ends_at <= at:
        rules = await rules_in_use(tx, assignment.queue_id)
        if rules is not None and rules.wrap_up_then == "not_ready":
            await people.choose(tx, assignment.user_id, people.Chosen.NOT_READY, None, at)
        if assignment.disposition_id is not None:
            rule = await conversations.disposition_rule(tx, assignment.disposition_id)
            await take_effect(tx, port, assignment, rule, at)
        await finish(tx, assignment, at)
