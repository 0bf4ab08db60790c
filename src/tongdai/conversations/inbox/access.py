"""Who may read a conversation: the same rule for the list, for one thread and for whoever is told of it."""

from uuid import UUID

from tongdai.conversations import log
from tongdai.conversations.assignments import Assignments
from tongdai.conversations.inbox.listing import Within
from tongdai.conversations.messages import Messages, ThreadRow
from tongdai.conversations.policies import State
from tongdai.conversations.repository import InteractionRow, Interactions
from tongdai.people.public import team_mates
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.errors import Forbidden, NotFound

SEE = "interactions.see"
TAKE = "calls.take"
EDIT = "interactions.edit"


def may_take(me: Principal, row: InteractionRow) -> bool:
    """Who waits in a queue that one serves is one's own to read, and to take."""
    return row.state == State.QUEUED and row.queue_id in me.queue_ids and me.may(TAKE)


async def within(tx: Transaction, me: Principal) -> Within:
    """How far `me` reads the inbox. Raises Forbidden."""
    reach = me.reach(SEE)
    mates = await team_mates(tx, reach.team_ids)
    return Within(reach, tuple(mates), tuple(me.queue_ids) if me.may(TAKE) else ())


async def mine_of(tx: Transaction, me: Principal, conversation_id: UUID) -> InteractionRow | None:
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


async def changeable(tx: Transaction, me: Principal, conversation_id: UUID) -> None:
    """Who may tag a conversation or put it aside: who has it, and whose reach for corrections covers a part of it. Raises
    NotFound, Forbidden."""
    reach = me.reach(EDIT)
    _, mine = await readable(tx, me, conversation_id)
    if mine is None:
        mates = await team_mates(tx, reach.team_ids)
        parts = await Interactions(tx).of_conversation(conversation_id)
        if not any([await log.covers(tx, reach, row, mates) for row in parts]):
            raise Forbidden(permission=EDIT)


async def readable(
    tx: Transaction, me: Principal, conversation_id: UUID
) -> tuple[ThreadRow, InteractionRow | None]:
    """The conversation, if it is within reach, waits for me or is in my hands, and what of it is in my hands. Raises NotFound."""
    reach = me.reach(SEE)
    thread = await Messages(tx).thread(conversation_id)
    if thread is None:
        raise NotFound()
    mine = await mine_of(tx, me, conversation_id)
    if mine is None:
        mates = await team_mates(tx, reach.team_ids)
        parts = await Interactions(tx).of_conversation(conversation_id)
        if not any([may_take(me, row) or await log.covers(tx, reach, row, mates) for row in parts]):
            # Who reads a conversation reads what was merged into it.
            if thread.merged_into is None:
                raise NotFound()
            await readable(tx, me, thread.merged_into)
    return thread, mine


async def may_read(tx: Transaction, me: Principal, conversation_id: UUID) -> bool:
    """Whether `me` may read it, by the same rule as when they ask for it."""
    try:
        await readable(tx, me, conversation_id)
    except (Forbidden, NotFound):
        return False
    return True
