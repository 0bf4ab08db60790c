"""Interactions about one matter: the conversation that joins them, and the promise to go on with it later."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tongdai.conversations.policies import Result
from tongdai.conversations.repository import InteractionRow, Interactions
from tongdai.platform.database import Transaction


async def promise_callback(tx: Transaction, row: InteractionRow, conversation_id: UUID) -> InteractionRow:
    """The customer of a locked interaction will be called back: unless an agent takes them before, that is how it ends."""
    after = replace(row, result=Result.CALLBACK, conversation_id=conversation_id)
    await Interactions(tx).save(after)
    return after


async def join(tx: Transaction, row: InteractionRow, conversation_id: UUID) -> InteractionRow:
    """A locked interaction is about the matter of a conversation."""
    after = replace(row, conversation_id=conversation_id)
    await Interactions(tx).save(after)
    return after


async def forget_promise(tx: Transaction, row: InteractionRow) -> InteractionRow:
    """The customer of a locked interaction waits after all."""
    after = replace(row, result=None)
    await Interactions(tx).save(after)
    return after


async def open_conversation(
    tx: Transaction,
    conversation_id: UUID,
    project_id: UUID | None,
    contact_id: UUID | None,
    at: datetime,
    subject: str = "",
) -> None:
    """The thread that joins a contact's interactions on one matter."""
    await Interactions(tx).add_conversation(conversation_id, project_id, contact_id, at, subject)


async def close_conversation(tx: Transaction, conversation_id: UUID, at: datetime) -> None:
    await Interactions(tx).close_conversation(conversation_id, at)
