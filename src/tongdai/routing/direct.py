"""Contacts that reach an agent without a queue: their own calls, and what a colleague hands over or asks help with."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow, Assignments, InteractionRow
from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.people.public import Occupancy
from tongdai.platform.database import Transaction
from tongdai.routing.errors import AgentBusy, OfferGone
from tongdai.routing.repositories.entries import Entries
from tongdai.routing.repository import Agents
from tongdai.routing.service import free


@dataclass(frozen=True, slots=True)
class DirectOffer:
    """A colleague is asked to take a contact, or (`party`) to help with one that stays another's."""

    user_id: UUID
    by: UUID | None
    expires_at: datetime
    party: bool
    auto_answer: bool = False


async def begin_direct(
    tx: Transaction,
    interaction: InteractionRow,
    user_id: UUID,
    at: datetime,
    *,
    party: bool = False,
    queue_id: UUID | None = None,
) -> AssignmentRow:
    """An outbound or internal call of this agent, who is on the line already. Raises AgentBusy.

    `party` is the colleague who is called: also busy, but the call is not theirs.
    """
    await _take(tx, user_id, interaction.channel, at, Occupancy.WORKING)
    assignment = _assignment(
        interaction, user_id, at, "accepted", party=party, auto_answer=True, queue_id=queue_id
    )
    await conversations.offer(tx, assignment)
    return assignment


async def offer_direct(
    tx: Transaction, interaction: InteractionRow, offer: DirectOffer, at: datetime
) -> AssignmentRow:
    """Present a locked contact to one agent, ready or not, if they have room for it. Raises AgentBusy.

    Whoever presents it watches the time: `pass_over` ends it as missed.
    """
    await _take(tx, offer.user_id, interaction.channel, at, Occupancy.OFFERED)
    assignment = _assignment(
        interaction,
        offer.user_id,
        at,
        "offered",
        party=offer.party,
        auto_answer=offer.auto_answer,
        queue_id=None if offer.party else interaction.queue_id,
        offered_by=offer.by,
        expires_at=offer.expires_at,
    )
    await conversations.offer(tx, assignment)
    return assignment


async def accept_direct(tx: Transaction, assignment_id: UUID, at: datetime) -> AssignmentRow:
    """The agent takes what `offer_direct` presented. The contact must be locked already. Raises OfferGone."""
    assignment = await conversations.lock_assignment(tx, assignment_id)
    if assignment.state != "offered" or assignment.round_id is not None:
        raise OfferGone()
    taken = await conversations.accept(tx, assignment, at)
    await people.occupy(tx, assignment.user_id, Occupancy.WORKING, at)
    return taken


async def carry_over(
    tx: Transaction, held: AssignmentRow, interaction: InteractionRow, at: datetime, *, party: bool = False
) -> AssignmentRow:
    """A colleague who is on one contact has another instead (or, with `party`, helps with it from now on): what room the first
    took is the second's. Both are locked."""
    await conversations.finish(tx, held, at)
    assignment = _assignment(
        interaction,
        held.user_id,
        at,
        "accepted",
        party=party,
        auto_answer=True,
        queue_id=None if party else interaction.queue_id,
    )
    await conversations.offer(tx, assignment)
    return assignment


async def join_round(tx: Transaction, interaction_id: UUID, user_id: UUID, at: datetime) -> UUID:
    """A waiting contact that is being offered to others is offered to this agent as well, ready or not, who is about to take it.
    Gives the assignment. Raises OfferGone, AgentBusy."""
    interaction = await conversations.lock(tx, interaction_id)
    offered = await Entries(tx).lock_open_round(interaction_id)
    if offered is None:
        raise OfferGone()
    await _take(tx, user_id, interaction.channel, at, Occupancy.OFFERED)
    assignment = _assignment(
        interaction,
        user_id,
        at,
        "offered",
        party=False,
        auto_answer=False,
        queue_id=interaction.queue_id,
        expires_at=offered.expires_at,
    )
    await conversations.offer(tx, replace(assignment, round_id=offered.id))
    return assignment.id


async def withdraw_direct(tx: Transaction, interaction: InteractionRow, at: datetime) -> None:
    """Take back what `offer_direct` presented of a locked contact and nobody has taken."""
    for row in await Assignments(tx).open_of_interaction(interaction.id):
        if row.state == "offered" and row.round_id is None:
            await conversations.end_offer(tx, row, "withdrawn", at)
            await free(tx, row.user_id, interaction.channel, at)


async def _take(tx: Transaction, user_id: UUID, channel: str, at: datetime, shown: Occupancy) -> None:
    if not await Agents(tx).take(user_id, channel, at):
        raise AgentBusy()
    await people.occupy(tx, user_id, shown, at)


def _assignment(
    interaction: InteractionRow,
    user_id: UUID,
    at: datetime,
    state: str,
    *,
    party: bool,
    auto_answer: bool,
    queue_id: UUID | None = None,
    offered_by: UUID | None = None,
    expires_at: datetime | None = None,
) -> AssignmentRow:
    return AssignmentRow(
        id=new_id(),
        interaction_id=interaction.id,
        user_id=user_id,
        queue_id=queue_id,
        round_id=None,
        state=state,
        outcome=None,
        offered_at=at,
        expires_at=expires_at,
        accepted_at=at if state == "accepted" else None,
        wrap_up_at=None,
        wrap_up_ends_at=None,
        done_at=None,
        party=party,
        offered_by=offered_by,
        auto_answer=auto_answer,
        note="",
        disposition_id=None,
        no_consequence=False,
        decline_reason=None,
        version=1,
    )


async def may_take_back(tx: Transaction, interaction: InteractionRow, user_id: UUID) -> bool:
    """Whether an agent who sent a contact on could have it again: still at its wrap-up, or ready and with room for it."""
    mine = await Assignments(tx).open_of_user(user_id)
    if any(row.state == "wrap_up" and row.interaction_id == interaction.id for row in mine):
        return True
    ready = (await people.lock_presence(tx, user_id)).chosen == "ready"
    return ready and await Agents(tx).has_room(user_id, interaction.channel)


async def take_back(tx: Transaction, interaction: InteractionRow, user_id: UUID, at: datetime) -> UUID:
    """The agent who sent a locked contact on has it again: the wrap-up is broken off, or a part of its own begins. Gives the
    assignment. Raises AgentBusy."""
    for row in await Assignments(tx).open_of_interaction(interaction.id):
        if row.user_id == user_id and row.state == "wrap_up":
            await conversations.resume(tx, row, at)
            await people.occupy(tx, user_id, Occupancy.WORKING, at)
            return row.id
    return (await begin_direct(tx, interaction, user_id, at, queue_id=interaction.queue_id)).id
