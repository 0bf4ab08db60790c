"""What is written changes hands: given by its agent to a colleague, or taken from among those that wait.

The customer stays with the agent who has them until the colleague has accepted; declined, unanswered or taken back, nothing has
changed for them. For all channels in which nothing rings.
"""

import contextlib
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.channels.errors import ColleagueFull
from tongdai.channels.regularly import regularly
from tongdai.conversations import public as conversations
from tongdai.conversations.public import (
    AssignmentRow,
    Assignments,
    ChannelAdapters,
    InteractionRow,
    NewMessage,
    Phase,
)
from tongdai.people import public as people
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.registry import Runtime
from tongdai.routing import public as routing

ANSWER_S = 45.0
"""So long a colleague has to answer."""


async def offer(tx: Transaction, mine: AssignmentRow, user_id: UUID, at: datetime) -> None:
    """Offer the customer whom an agent has to a colleague, instead of any to whom they were being offered. Raises NotInState,
    AgentAway, ColleagueFull."""
    interaction = await conversations.lock(tx, mine.interaction_id)
    held = await conversations.lock_assignment(tx, mine.id)
    if held.state != "accepted" or held.party or interaction.phase != Phase.TALK or user_id == held.user_id:
        raise conversations.NotInState()
    await routing.withdraw_direct(tx, interaction, at)
    until = at + timedelta(seconds=ANSWER_S)
    wish = routing.DirectOffer(user_id, held.user_id, until, party=False)
    if (await people.lock_presence(tx, user_id)).chosen == people.Chosen.OFFLINE:
        raise routing.AgentAway()
    try:
        await routing.offer_direct(tx, interaction, wish, at)
    except routing.AgentBusy as error:
        raise ColleagueFull() from error
    await conversations.edit(tx, held)


async def take_back(tx: Transaction, mine: AssignmentRow, at: datetime) -> None:
    """The agent keeps the customer after all. Once a colleague has accepted, nothing changes."""
    interaction = await conversations.lock(tx, mine.interaction_id)
    held = await conversations.lock_assignment(tx, mine.id)
    if held.state == "accepted":
        await routing.withdraw_direct(tx, interaction, at)
        await conversations.edit(tx, held)


async def accept(tx: Transaction, offered: AssignmentRow, at: datetime) -> None:
    """The colleague has the customer from now on; whoever gave them goes into the wrap-up. Raises OfferGone."""
    interaction = await conversations.lock(tx, offered.interaction_id)
    givers = [
        row
        for row in await Assignments(tx).open_of_interaction(interaction.id)
        if row.user_id == offered.offered_by and row.state == "accepted"
    ]
    if not givers or interaction.phase != Phase.TALK:
        raise routing.OfferGone()
    (giver,) = givers
    await routing.end_work(tx, giver.id, at)
    await Assignments(tx).share(giver.id)
    await routing.accept_direct(tx, offered.id, at)
    interaction = await conversations.lock(tx, interaction.id)
    await say(tx, interaction, "left", at, giver.user_id)
    await conversations.hand_over(tx, interaction, at, offered.user_id)
    await say(tx, interaction, "joined", at, offered.user_id)


async def reassign(tx: Transaction, row: InteractionRow, giver_id: UUID, user_id: UUID, at: datetime) -> None:
    """Whom this agent has another has at once. Raises OfferGone if somebody else has them by now, AgentAway, ColleagueFull."""
    interaction = await conversations.lock(tx, row.id)
    if interaction.phase != Phase.TALK or interaction.user_id != giver_id:
        raise routing.OfferGone()
    if user_id == giver_id:
        raise conversations.NotInState()
    await routing.withdraw_direct(tx, interaction, at)
    if (await people.lock_presence(tx, user_id)).chosen == people.Chosen.OFFLINE:
        raise routing.AgentAway()
    wish = routing.DirectOffer(user_id, giver_id, at + timedelta(seconds=ANSWER_S), party=False)
    try:
        offered = await routing.offer_direct(tx, interaction, wish, at)
    except routing.AgentBusy as error:
        raise ColleagueFull() from error
    await accept(tx, offered, at)


async def held_by(tx: Transaction, row: InteractionRow, giver_id: UUID) -> AssignmentRow:
    """The part of the agent who has this customer. Raises OfferGone if somebody else has them by now."""
    interaction = await conversations.lock(tx, row.id)
    for part in await Assignments(tx).open_of_interaction(interaction.id):
        if part.user_id == giver_id and part.state == "accepted" and not part.party:
            return part
    raise routing.OfferGone()


async def take(
    tx: Transaction, interaction: InteractionRow, user_id: UUID, at: datetime, *, by: UUID | None = None
) -> None:
    """An agent takes a customer who waits, or (`by`) is given them. Raises OfferGone, AgentAway, AgentBusy, ColleagueFull."""
    try:
        await routing.take_waiting(tx, interaction.id, user_id, at, by=by)
    except routing.AgentBusy as error:
        raise (error if by is None else ColleagueFull()) from error
    await say(tx, interaction, "joined", at, user_id)


async def say(tx: Transaction, interaction: InteractionRow, event: str, at: datetime, user_id: UUID) -> None:
    """A line in the thread that both sides read."""
    if interaction.conversation_id is not None:
        new = NewMessage(
            "system", kind="event", data={"event": event}, user_id=user_id, interaction_id=interaction.id
        )
        await conversations.write(tx, interaction.conversation_id, new, at)


@contextlib.asynccontextmanager
async def watching(runtime: Runtime) -> AsyncGenerator[None]:
    """Hand-overs that nobody answers come back."""
    async with regularly("conversations that are handed over", lambda: look(runtime)):
        yield


async def look(runtime: Runtime) -> None:
    """One round. Several processes may look at once: each change is decided under the interaction's lock."""
    adapters, at = runtime.get(ChannelAdapters).all(), runtime.clock.now()
    written = [channel for channel, adapter in adapters.items() if not adapter.capabilities.rings]
    async with runtime.database.transaction(Scope.system()) as tx:
        due = await Assignments(tx).hand_overs_due(written, at)
    for tenant_id, assignment_id in due:
        async with runtime.database.transaction(Scope(tenant_id)) as tx:
            await routing.pass_over(tx, assignment_id, "missed", at)
