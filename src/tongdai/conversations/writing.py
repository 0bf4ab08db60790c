"""Use cases of messages: written once however often they are sent, seen, never lost between the two sides."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.conversations.attachments.repository import Attachments
from tongdai.conversations.errors import AttachmentGone, MergedAway
from tongdai.conversations.events import ConversationAwoke, MessageChanged, MessagesSeen, MessageWritten
from tongdai.conversations.following.repository import Following
from tongdai.conversations.inbox.words import Words
from tongdai.conversations.messages import MessageRow, Messages, ThreadRow
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound, invalid_field


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What somebody writes. `client_id` is the sender's own name for it: the same again is the same message. `attachments`: what
    `uploader_id` (the agent, or the channel's visitor) has uploaded for it."""

    author: str
    body: str = ""
    kind: str = "text"
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    user_id: UUID | None = None
    interaction_id: UUID | None = None
    client_id: str | None = None
    attachments: tuple[UUID, ...] = ()
    uploader_id: UUID | None = None
    unseen: bool = False
    """Its writer wrote it earlier and has not seen what came since."""


def says_something(body: str, attachments: Sequence[UUID]) -> None:
    """Raises Invalid for a message that carries neither words nor files."""
    if not body and not attachments:
        raise invalid_field("body", "Fill this in.", "required")


async def lock_thread(tx: Transaction, conversation_id: UUID) -> ThreadRow:
    """The conversation, locked until the transaction ends: after its interaction, where both are. Raises NotFound."""
    row = await Messages(tx).thread(conversation_id, lock=True)
    if row is None:
        raise NotFound("There is no such conversation.")
    return row


async def next_version(tx: Transaction, conversation_id: UUID) -> ThreadRow:
    """The conversation, locked, with the version of the fact that is about to be told of it. Raises NotFound."""
    thread = await lock_thread(tx, conversation_id)
    thread = replace(thread, version=thread.version + 1)
    await Messages(tx).save_thread(thread)
    return thread


async def write(
    tx: Transaction, conversation_id: UUID, new: NewMessage, at: datetime
) -> tuple[MessageRow, bool]:
    """Add a message at the end of a conversation. Gives it, and whether it is new: what was sent before is given as it stands.
    Who writes has seen what is there. Raises AttachmentGone for what cannot be sent (any more), MergedAway where it is shown
    elsewhere: nothing was written then."""
    thread = await lock_thread(tx, conversation_id)
    if new.client_id is not None:
        before = await Messages(tx).sent_before(conversation_id, new.author, new.client_id)
        if before is not None:
            return before, False
    if thread.merged_into is not None and new.author == "agent":
        raise MergedAway()
    seq = thread.last_seq + 1
    thread = replace(thread, last_seq=seq, version=thread.version + 1)
    if new.kind != "event":
        thread = replace(thread, last_at=at)
    if new.author == "customer":
        thread = replace(thread, seen_seq=seq, unread=thread.unread + 1)
    elif new.author == "agent" and not new.unseen:
        thread = replace(thread, read_seq=seq, unread=0)
    awakes = new.author == "customer" and thread.snoozed_until is not None
    written = thread.version
    if awakes:
        thread = replace(thread, snoozed_until=None, version=written + 1)
    row = MessageRow(
        new_id(), conversation_id, new.interaction_id, seq, new.author, new.user_id, new.kind, new.body, new.data,
        new.client_id, at,
    )  # fmt: skip
    await Messages(tx).add(row)
    await Messages(tx).save_thread(thread)
    if new.attachments and new.uploader_id is not None:
        ids = list(dict.fromkeys(new.attachments))
        sent = await Attachments(tx).send(ids, new.uploader_id, conversation_id, row.id)
        if sent != len(ids):
            raise AttachmentGone()
    await Words(tx).add(conversation_id, row.body)
    if new.kind != "event" and new.author in ("customer", "agent"):
        await Following(tx).count_news(conversation_id, new.user_id)
    tx.emit(
        MessageWritten(
            aggregate_id=conversation_id,
            aggregate_version=written,
            at=at,
            seq=seq,
            message_id=row.id,
            interaction_id=row.interaction_id,
            author=row.author,
            kind=row.kind,
            user_id=row.user_id,
        )
    )
    if awakes:
        tx.emit(
            ConversationAwoke(
                aggregate_id=conversation_id, aggregate_version=thread.version, at=at, why="customer"
            )
        )
    return row, True


async def amend(tx: Transaction, row: MessageRow, data: dict[str, Any], at: datetime) -> MessageRow:
    """Know more of a message than when it was written; what it says stays. Gives it as it is now."""
    thread = await next_version(tx, row.conversation_id)
    row = replace(row, data={**row.data, **data})
    await Messages(tx).save_data(row)
    tx.emit(
        MessageChanged(
            aggregate_id=row.conversation_id,
            aggregate_version=thread.version,
            at=at,
            seq=row.seq,
            message_id=row.id,
        )
    )
    return row


async def see(tx: Transaction, conversation_id: UUID, by: str, seq: int, at: datetime) -> ThreadRow:
    """The customer or an agent (`by`) has seen everything up to `seq`. What was seen stays seen."""
    thread = await lock_thread(tx, conversation_id)
    seq = min(seq, thread.last_seq)
    before = thread.seen_seq if by == "customer" else thread.read_seq
    if seq <= before:
        return thread
    seen = {"seen_seq": seq}
    if by != "customer":
        left = 0 if seq == thread.last_seq else await Messages(tx).unread_after(conversation_id, seq)
        seen = {"read_seq": seq, "unread": left}
    thread = replace(thread, version=thread.version + 1, **seen)
    await Messages(tx).save_thread(thread)
    tx.emit(
        MessagesSeen(aggregate_id=conversation_id, aggregate_version=thread.version, at=at, seq=seq, by=by)
    )
    return thread


async def thread(tx: Transaction, conversation_id: UUID) -> ThreadRow | None:
    return await Messages(tx).thread(conversation_id)


async def sent_before(
    tx: Transaction, conversation_id: UUID, author: str, client_id: str
) -> MessageRow | None:
    """What this author's device has sent under this name already."""
    return await Messages(tx).sent_before(conversation_id, author, client_id)


async def messages_after(tx: Transaction, conversation_id: UUID, seq: int, limit: int) -> list[MessageRow]:
    """What the customer may see after `seq`, oldest first."""
    return await Messages(tx).after(conversation_id, seq, limit, notes=False)


async def last_messages(tx: Transaction, conversation_id: UUID, limit: int) -> list[MessageRow]:
    """The last that the customer may see, oldest first."""
    return await Messages(tx).before(conversation_id, None, limit, notes=False)


async def messages(tx: Transaction, message_ids: list[UUID]) -> list[MessageRow]:
    return await Messages(tx).get(message_ids)


async def message(tx: Transaction, message_id: UUID) -> MessageRow | None:
    found = await messages(tx, [message_id])
    return found[0] if found else None


async def is_note(tx: Transaction, message_id: UUID) -> bool:
    """Whether a message is for colleagues only."""
    return any(row.kind == "note" for row in await Messages(tx).get([message_id]))
