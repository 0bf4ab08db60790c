"""What the states of a call read of its contact's place in the queue. They wait for a database that is away: a state that went on
without would have lost what it was told."""

from typing import TYPE_CHECKING

from tongdai.conversations import public as conversations
from tongdai.routing import public as routing

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


async def open_offers(call: "Call") -> list[conversations.AssignmentRow]:
    """Offers that were made while the actor was not yet waiting."""
    rows = await call.exchange.database.retrying(
        call.scope, lambda tx: conversations.Assignments(tx).open_of_interaction(call.row.interaction_id)
    )
    return [one for one in rows if one.state == "offered"]


async def care_of(call: "Call") -> routing.QueueCare:
    """How this caller is looked after, by the queue."""
    return await call.exchange.database.retrying(
        call.scope, lambda tx: routing.care_of(tx, call.row.interaction_id)
    )


async def prospect_of(call: "Call", *, expecting: bool) -> routing.Prospect:
    """Where the caller is in the queue and, if asked, how long they have to expect to wait."""
    return await call.exchange.database.retrying(
        call.scope, lambda tx: routing.prospect_of(tx, call.row.interaction_id, expecting=expecting)
    )
