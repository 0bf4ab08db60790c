"""What the states of a call read of its contact's place in the queue."""

from typing import TYPE_CHECKING

from tongdai.conversations import public as conversations
from tongdai.routing import public as routing

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


async def open_offers(call: "Call") -> list[conversations.AssignmentRow]:
    """Offers that were made while the actor was not yet waiting."""
    async with call.exchange.database.transaction(call.scope) as tx:
        rows = await conversations.Assignments(tx).open_of_interaction(call.row.interaction_id)
    return [one for one in rows if one.state == "offered"]


async def care_of(call: "Call") -> routing.QueueCare:
    """How this caller is looked after, by the queue."""
    async with call.exchange.database.transaction(call.scope) as tx:
        return await routing.care_of(tx, call.row.interaction_id)


async def prospect_of(call: "Call", *, expecting: bool) -> routing.Prospect:
    """Where the caller is in the queue and, if asked, how long they have to expect to wait."""
    async with call.exchange.database.transaction(call.scope) as tx:
        return await routing.prospect_of(tx, call.row.interaction_id, expecting=expecting)
