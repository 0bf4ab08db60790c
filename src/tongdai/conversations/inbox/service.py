"""Use cases of the inbox: conversations are tagged, put aside until a time, and come back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tongdai.conversations.errors import NotInState
from tongdai.conversations.events import ConversationAwoke, ConversationSnoozed, ConversationTagged
from tongdai.conversations.inbox.policies import may_be_snoozed
from tongdai.conversations.inbox.tags import Tags
from tongdai.conversations.messages import Messages
from tongdai.conversations.repository import Interactions
from tongdai.conversations.writing import lock_thread
from tongdai.platform.database import Transaction


async def tag(
    tx: Transaction, conversation_id: UUID, tags: Sequence[str], user_id: UUID, at: datetime
) -> None:
    """A conversation has exactly these tags from now on."""
    thread = await lock_thread(tx, conversation_id)
    if await Tags(tx).of([conversation_id]) == ({conversation_id: sorted(tags)} if tags else {}):
        return
    await Tags(tx).set(conversation_id, tags)
    thread = replace(thread, version=thread.version + 1)
    await Messages(tx).save_thread(thread)
    tx.emit(
        ConversationTagged(aggregate_id=thread.id, aggregate_version=thread.version, at=at, user_id=user_id)
    )


async def snooze(
    tx: Transaction, conversation_id: UUID, until: datetime, user_id: UUID, at: datetime
) -> None:
    """Put it aside. Raises NotInState while its customer waits for somebody."""
    parts = await Interactions(tx).of_conversation(conversation_id)
    thread = await lock_thread(tx, conversation_id)
    if not parts or not may_be_snoozed(parts[-1].state):
        raise NotInState()
    thread = replace(thread, snoozed_until=until, version=thread.version + 1)
    await Messages(tx).save_thread(thread)
    tx.emit(
        ConversationSnoozed(
            aggregate_id=thread.id, aggregate_version=thread.version, at=at, user_id=user_id, until=until
        )
    )


async def wake(
    tx: Transaction, conversation_id: UUID, why: str, at: datetime, user_id: UUID | None = None
) -> None:
    """It stands in the lists again. Awake already, or (`due`) put aside for longer meanwhile, it stays as it is."""
    thread = await lock_thread(tx, conversation_id)
    if thread.snoozed_until is None or (why == "due" and thread.snoozed_until > at):
        return
    thread = replace(thread, snoozed_until=None, version=thread.version + 1)
    await Messages(tx).save_thread(thread)
    tx.emit(
        ConversationAwoke(
            aggregate_id=thread.id, aggregate_version=thread.version, at=at, user_id=user_id, why=why
        )
    )
