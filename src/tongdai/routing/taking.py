"""A contact that waits is taken by hand: by an agent who picked it from the list, or given to one by a supervisor.

As with an offer the stay's lock decides: of two who take it at once one gets OfferGone, and so does who is taking it while it is
being accepted elsewhere.
"""

from datetime import datetime
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow, Assignments, Phase
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.routing import service
from tongdai.routing.direct import begin_direct
from tongdai.routing.errors import AgentAway, OfferGone
from tongdai.routing.policies import Verdict
from tongdai.routing.repositories.entries import Entries


async def take_waiting(
    tx: Transaction, interaction_id: UUID, user_id: UUID, at: datetime, *, by: UUID | None = None
) -> AssignmentRow:
    """The agent has the contact from now on, ready or not, if they have room for it; whoever it was being offered to sees that it
    was answered elsewhere. `by`: the supervisor who gives it to them. Raises OfferGone, AgentAway, AgentBusy."""
    interaction = await conversations.lock(tx, interaction_id)
    entry = await Entries(tx).lock(interaction_id)
    if entry is None or entry.callback or interaction.phase != Phase.WAIT:
        raise OfferGone()
    offered = await Entries(tx).lock_open_round(interaction_id)
    offers = await Assignments(tx).of_round(offered.id, interaction_id) if offered is not None else []
    if (await people.lock_presence(tx, user_id)).chosen == people.Chosen.OFFLINE:
        raise AgentAway()
    for mine in (row for row in offers if row.user_id == user_id):
        return await service.accept(tx, mine.id, at)
    for other in offers:
        await conversations.end_offer(tx, other, "elsewhere", at)
        await service.free(tx, other.user_id, entry.channel, at)
    if offered is not None:
        await Entries(tx).close_round(interaction_id, offered.id, "accepted", at)
    taken = await begin_direct(tx, interaction, user_id, at, queue_id=entry.queue_id)
    await conversations.enter(tx, interaction, Phase.TALK, at, user_id=user_id)
    await service.dequeue(tx, entry, "accepted", at)
    (person,) = await people.list_people(tx, [user_id])
    await Entries(tx).add_decision(
        interaction_id,
        entry.queue_id,
        None,
        at,
        "taken" if by is None else "assigned",
        {"candidates": [{"user_id": str(user_id), "name": person.name, "verdict": Verdict.CHOSEN}]},
    )
    return taken
