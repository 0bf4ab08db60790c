"""What screens show of a conversation's messages."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from tongdai.conversations.attachments.repository import AttachmentRow, Attachments
from tongdai.conversations.attachments.views import AttachmentView, attachment_view
from tongdai.conversations.messages import MessageRow, Messages, ThreadRow
from tongdai.kit.text import clip
from tongdai.people.public import list_people
from tongdai.platform.bodies import Body
from tongdai.platform.database import Transaction
from tongdai.platform.http import Ref, one_of

PREVIEW = 120
ClientId = Annotated[str, StringConstraints(min_length=8, max_length=64, pattern=r"^[\w-]+$")]
"""A sender's own name for a message: sent again, it is the same message."""


class SeenIn(Body):
    """All messages up to this one."""

    seq: Annotated[int, Field(ge=0, le=2**31 - 1)]


class MessageView(BaseModel):
    """One message. `kind` note is for colleagues only; of an event `data` says what happened."""

    id: UUID
    conversation_id: UUID
    seq: int
    author: Annotated[str, one_of("customer", "agent", "bot", "system")]
    user: Ref | None
    kind: Annotated[str, one_of("text", "note", "event")]
    body: str
    data: dict[str, Any]
    attachments: list[AttachmentView]
    client_id: str | None
    at: datetime


class ThreadView(BaseModel):
    """The last messages, oldest first; `more` are before them. `seen_seq`: so far the customer has seen them. `writable`: the
    reader has the contact and may write to the customer now; for `undo_s` seconds what is sent here can be taken back."""

    id: UUID
    messages: list[MessageView]
    more: bool
    last_seq: int
    seen_seq: int
    read_seq: int
    writable: bool
    undo_s: float = 0


class ThreadSeen(BaseModel):
    """So far both sides have seen the messages."""

    id: UUID
    seen_seq: int
    read_seq: int


class ThreadBrief(BaseModel):
    """A conversation in a list: how it goes, without its messages."""

    conversation_id: UUID
    unread: int
    last_author: str | None
    preview: str
    last_at: datetime | None


def seen_of(thread: ThreadRow) -> ThreadSeen:
    return ThreadSeen(id=thread.id, seen_seq=thread.seen_seq, read_seq=thread.read_seq)


async def message_views(tx: Transaction, rows: list[MessageRow]) -> list[MessageView]:
    authors = list({row.user_id for row in rows if row.user_id})
    names = {one.id: one.name for one in await list_people(tx, authors)} if authors else {}
    files = await Attachments(tx).of_messages([row.id for row in rows])
    return [
        MessageView(
            id=row.id,
            conversation_id=row.conversation_id,
            seq=row.seq,
            author=row.author,
            user=Ref(id=row.user_id, name=names.get(row.user_id, "")) if row.user_id else None,
            kind=row.kind,
            body=row.body,
            data=row.data,
            attachments=[attachment_view(file) for file in files.get(row.id, [])],
            client_id=row.client_id,
            at=row.at,
        )
        for row in rows
    ]


async def thread_view(
    tx: Transaction, thread: ThreadRow, before: int | None, limit: int, *, writable: bool, undo_s: float
) -> ThreadView:
    # What was written since the thread was read is not told with it: whoever reads is told of that as news.
    end = thread.last_seq + 1
    rows = await Messages(tx).before(thread.id, min(before or end, end), limit + 1)
    shown = rows[-limit:]
    return ThreadView(
        id=thread.id,
        messages=await message_views(tx, shown),
        more=len(rows) > limit,
        last_seq=thread.last_seq,
        seen_seq=thread.seen_seq,
        read_seq=thread.read_seq,
        writable=writable,
        undo_s=undo_s,
    )


def _named(files: list[AttachmentRow]) -> str:
    return f"📎 {', '.join(file.name for file in files)}" if files else ""


async def briefs(tx: Transaction, conversation_ids: list[UUID]) -> dict[UUID, ThreadBrief]:
    """Of those that have messages."""
    if not conversation_ids:
        return {}
    last = await Messages(tx).last(conversation_ids)
    unread = await Messages(tx).unread(list(last))
    files = await Attachments(tx).of_messages([row.id for row in last.values() if not row.body])
    return {
        key: ThreadBrief(
            conversation_id=key,
            unread=unread.get(key, 0),
            last_author=row.author,
            preview=clip(" ".join(row.body.split()) or _named(files.get(row.id, [])), PREVIEW),
            last_at=row.at,
        )
        for key, row in last.items()
    }
