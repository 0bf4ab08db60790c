"""Use cases of links: two conversations have to do with each other, or do not any more."""

from datetime import datetime
from uuid import UUID

from tongdai.conversations.errors import TooManyLinks
from tongdai.conversations.events import ConversationLinked, ConversationUnlinked
from tongdai.conversations.linking.repository import Links
from tongdai.conversations.messages import ThreadRow
from tongdai.conversations.writing import lock_thread, next_version
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field
from tongdai.tenancy.public import audit

MOST = 50


async def link(tx: Transaction, one: UUID, other: UUID, user_id: UUID, at: datetime) -> None:
    """Both show each other from now on. Linked before, they stay so. Raises Invalid, NotFound, TooManyLinks."""
    if one == other:
        raise invalid_field("other_id", "Choose another conversation than this one.", "choose")
    await lock_both(tx, one, other)
    if not await Links(tx).add(one, other, user_id, at):
        return
    for end in (one, other):
        if len(await Links(tx).of(end)) > MOST:
            raise TooManyLinks()
    await _tell(tx, ConversationLinked, one, other, user_id, at)
    await audit(tx, "conversation.linked", "conversation", one, {"other_id": str(other)})


async def unlink(tx: Transaction, one: UUID, other: UUID, user_id: UUID, at: datetime) -> None:
    """They show each other no more. Removing it twice changes nothing. Raises NotFound."""
    await lock_both(tx, one, other)
    if await Links(tx).remove(one, other):
        await _tell(tx, ConversationUnlinked, one, other, user_id, at)
        await audit(tx, "conversation.unlinked", "conversation", one, {"other_id": str(other)})


async def lock_both(tx: Transaction, one: UUID, other: UUID) -> tuple[ThreadRow, ThreadRow]:
    """In one order, so that two people wait for each other."""
    locked = {
        conversation_id: await lock_thread(tx, conversation_id) for conversation_id in sorted((one, other))
    }
    return locked[one], locked[other]


async def _tell(
    tx: Transaction,
    fact: type[ConversationLinked | ConversationUnlinked],
    one: UUID,
    other: UUID,
    user_id: UUID,
    at: datetime,
) -> None:
    for end, far in ((one, other), (other, one)):
        thread = await next_version(tx, end)
        tx.emit(
            fact(aggregate_id=end, aggregate_version=thread.version, at=at, user_id=user_id, other_id=far)
        )
