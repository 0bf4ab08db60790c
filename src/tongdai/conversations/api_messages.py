"""Routes of a conversation's messages: reading, writing, having seen them."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints

from tongdai.conversations.adapters import ChannelAdapters
from tongdai.conversations.attachments.policies import MOST_PER_MESSAGE
from tongdai.conversations.errors import NotYours
from tongdai.conversations.inbox.access import readable
from tongdai.conversations.repository import Interactions
from tongdai.conversations.thread_views import (
    ClientId,
    MessageView,
    SeenIn,
    ThreadSeen,
    ThreadView,
    message_views,
    seen_of,
    thread_view,
)
from tongdai.conversations.writing import NewMessage, says_something, see, write
from tongdai.platform.bodies import Body
from tongdai.platform.http import Me, RuntimeOf, Tx

router = APIRouter(prefix="/api/v1/conversations", tags=["messages"])


class MessageIn(Body):
    """`client_id`: the same message sent again has the same. A note is for colleagues only. `attachments`: what was uploaded for
    it; words are needed where there is none."""

    client_id: ClientId
    kind: Literal["text", "note"] = "text"
    body: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)] = ""
    attachments: Annotated[list[UUID], Field(max_length=MOST_PER_MESSAGE)] = []


@router.get("/{conversation_id}/messages")
async def get_messages(
    conversation_id: UUID,
    me: Me,
    tx: Tx,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ThreadView:
    """The last messages, or those before number `before`."""
    thread, mine = await readable(tx, me, conversation_id)
    return await thread_view(tx, thread, before, limit, writable=mine is not None)


@router.post("/{conversation_id}/messages", status_code=201)
async def post_message(
    conversation_id: UUID, body: MessageIn, me: Me, tx: Tx, runtime: RuntimeOf
) -> MessageView:
    """Write to the customer whose contact I have, or a note for colleagues. Sent again, it is the same message."""
    _, mine = await readable(tx, me, conversation_id)
    says_something(body.body, body.attachments)
    if mine is None and body.kind != "note":
        raise NotYours()
    if mine is not None:
        mine = await Interactions(tx).lock(mine.id) or mine
    new = NewMessage(
        author="agent",
        body=body.body,
        kind=body.kind,
        user_id=me.user_id,
        interaction_id=mine.id if mine else None,
        client_id=body.client_id,
        attachments=tuple(body.attachments),
        uploader_id=me.user_id,
    )
    at = runtime.clock.now()
    row, fresh = await write(tx, conversation_id, new, at)
    if fresh and mine is not None and row.kind == "text":
        row = await runtime.registry.ensure(ChannelAdapters).get(mine.channel).send(tx, mine, row, at)
    return (await message_views(tx, [row]))[0]


@router.post("/{conversation_id}/seen")
async def post_seen(conversation_id: UUID, body: SeenIn, me: Me, tx: Tx, runtime: RuntimeOf) -> ThreadSeen:
    """I have seen the messages up to this one. Only of whom I have in hand is the customer told so."""
    thread, mine = await readable(tx, me, conversation_id)
    if mine is not None:
        thread = await see(tx, conversation_id, "agent", body.seq, runtime.clock.now())
    return seen_of(thread)
