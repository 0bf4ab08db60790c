"""Whose conversation it is to read, and to write in."""

from uuid import UUID

from tongdai.conversations import log
from tongdai.conversations.assignments import Assignments
from tongdai.conversations.messages import Messages, ThreadRow
from tongdai.conversations.policies import State
from tongdai.conversations.repository import InteractionRow, Interactions
from tongdai.people.public import team_mates
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound

SEE = "interactions.see"


async def _mine(tx: Transaction, me: Principal, conversation_id: UUID) -> InteractionRow | None:
    """The live interaction of this conversation that is in my hands."""
    held = [
        row.interaction_id
        for row in await Assignments(tx).open_of_user(me.user_id)
        if row.state == "accepted"
    ]
    for row in await Interactions(tx).get(held):
        if row.conversation_id == conversation_id and row.state == State.CONNECTED:
            return row
    return None


async def readable(
    tx: Transaction, me: Principal, conversation_id: UUID
) -> tuple[ThreadRow, InteractionRow | None]:
    """The conversation, if it is within reach or in my hands, and what of it is in my hands. Raises NotFound."""
    reach = me.reach(SEE)
    thread = await Messages(tx).thread(conversation_id)
    if thread is None:
        raise NotFound()
    mine = await _mine(tx, me, conversation_id)
    if mine is None:
        mates = await team_mates(tx, reach.team_ids)
        parts = await Interactions(tx).of_conversation(conversation_id)
        if not any([await log.covers(tx, reach, row, mates) for row in parts]):
            raise NotFound()
    return thread, mine
