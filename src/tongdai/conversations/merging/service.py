"""Use cases of merges: one conversation is shown in another, and stands by itself again."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from tongdai.conversations.errors import (
    MergedBefore,
    MergeHeld,
    MergeHolds,
    MergeOpen,
    MergeTakenBack,
    MergeWaits,
    OtherCustomer,
)
from tongdai.conversations.events import ConversationMerged, ConversationUnmerged, MergeFact
from tongdai.conversations.following.repository import Following
from tongdai.conversations.inbox.words import Words
from tongdai.conversations.later.repository import Scheduled
from tongdai.conversations.linking.repository import Links
from tongdai.conversations.linking.service import lock_both
from tongdai.conversations.merging.repository import Merges
from tongdai.conversations.messages import Messages, ThreadRow
from tongdai.conversations.policies import State
from tongdai.conversations.repository import Interactions
from tongdai.conversations.writing import next_version
from tongdai.crm.public import group_of
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field
from tongdai.tenancy.public import audit


async def merge(
    tx: Transaction, kept_id: UUID, other_id: UUID, user_id: UUID, at: datetime, *, other_customer: bool
) -> None:
    """The other conversation, which is over, is shown in the kept one. `other_customer`: also if it is somebody else's. Nothing
    of either changes but the pointer, the words by which the kept one is found, and who follows it. Raises Invalid, NotFound, or
    what forbids it."""
    if kept_id == other_id:
        raise invalid_field("other_id", "Choose another conversation than this one.", "choose")
    await Merges(tx).serialise()
    kept, other = await lock_both(tx, kept_id, other_id)
    if kept.merged_into is not None or other.merged_into is not None:
        raise MergedBefore()
    if await Merges(tx).into(other_id):
        raise MergeHolds()
    going = [part for part in await Interactions(tx).of_conversation(other_id) if part.state != State.CLOSED]
    if going:
        held = any(part.state == State.CONNECTED and part.user_id != user_id for part in going)
        raise MergeHeld() if held else MergeOpen()
    if await Scheduled(tx).next_of([other_id]):
        raise MergeWaits()
    if not other_customer and not await _same_customer(tx, kept, other):
        raise OtherCustomer()
    await Merges(tx).point(other_id, kept_id, user_id, at)
    await Following(tx).lead_on(other_id, kept_id)
    await _tell(tx, ConversationMerged, "conversation.merged", kept_id, other_id, user_id, at)


async def take_back(
    tx: Transaction, kept_id: UUID, other_id: UUID, user_id: UUID | None, at: datetime, why: str = "agent"
) -> None:
    """Both are as if they had never been merged, with what was written in each since. Raises NotFound, MergeTakenBack."""
    _, other = await lock_both(tx, kept_id, other_id)
    if other.merged_into != kept_id:
        raise MergeTakenBack()
    await Merges(tx).point(other_id, None, None, None)
    await Following(tx).lead_back(other_id, kept_id)
    await _tell(
        tx, partial(ConversationUnmerged, why=why), "conversation.unmerged", kept_id, other_id, user_id, at
    )


async def going_on(tx: Transaction, conversation_id: UUID, at: datetime, channel: str | None = None) -> UUID:
    """Where the customer of a conversation goes on with it; nothing is merged meanwhile. What was merged goes on in the one that
    shows it, if all of that one was written on `channel`, so that nobody but this customer hears of it. Otherwise the merge is
    taken back, and the two stay linked. Before any conversation is locked."""
    await Merges(tx).hold()
    thread = await Messages(tx).thread(conversation_id)
    if thread is None or thread.merged_into is None:
        return conversation_id
    kept_id = thread.merged_into
    parts = await Interactions(tx).of_conversation(kept_id)
    if parts and all(part.channel == channel for part in parts):
        return kept_id
    by = await Merges(tx).merged_by(conversation_id)
    try:
        await take_back(tx, kept_id, conversation_id, None, at, "customer")
    except MergeTakenBack:  # by another message of theirs, just now
        return conversation_id
    if by is not None:
        await Links(tx).add(kept_id, conversation_id, by, at)
    return conversation_id


async def _tell(
    tx: Transaction,
    fact: Callable[..., MergeFact],
    action: str,
    kept_id: UUID,
    other_id: UUID,
    user_id: UUID | None,
    at: datetime,
) -> None:
    """The kept one is found by other words from now on, and both have changed."""
    await Words(tx).renew(kept_id)
    about = {"at": at, "user_id": user_id, "kept_id": kept_id, "merged_id": other_id}
    for end in (kept_id, other_id):
        thread = await next_version(tx, end)
        tx.emit(fact(aggregate_id=end, aggregate_version=thread.version, **about))
    await audit(tx, action, "conversation", kept_id, {"merged_id": str(other_id)})


async def _same_customer(tx: Transaction, kept: ThreadRow, other: ThreadRow) -> bool:
    if kept.contact_id is None or other.contact_id is None:
        return False
    return kept.contact_id == other.contact_id or other.contact_id in await group_of(tx, kept.contact_id)
