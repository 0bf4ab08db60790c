"""Routes of a conversation's messages: reading, writing, having seen them."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints

from tongdai.conversations.adapters import ChannelAdapters
from tongdai.conversations.attachments.policies import MOST_PER_MESSAGE
from tongdai.conversations.errors import NotYours
from tongdai.conversations.following.repository import Following
from tongdai.conversations.following.service import MOST_MENTIONED, mentioned, tell_mentioned
from tongdai.conversations.inbox.access import readable
from tongdai.conversations.later.service import grace_of
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
from tongdai.people.public import PrincipalSources
from tongdai.platform.bodies import Body
from tongdai.platform.errors import invalid_field
from tongdai.platform.http import Me, RuntimeOf, Tx

router = APIRouter(prefix="/api/v1/conversations", tags=["messages"])


class MessageIn(Body):
    """`client_id`: the same message sent again has the same. A note is for colleagues only. `attachments`: what was uploaded for
    it; words are needed where there is none. `mentions`: colleagues whom a note names; who may read it is told."""

    client_id: ClientId
    kind: Literal["text", "note"] = "text"
    body: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)] = ""
    attachments: Annotated[list[UUID], Field(max_length=MOST_PER_MESSAGE)] = []
    mentions: Annotated[list[UUID], Field(max_length=MOST_MENTIONED)] = []


@router.get("/{conversation_id}/messages")
async def get_messages(
    conversation_id: UUID,
    me: Me,
    tx: Tx,
    runtime: RuntimeOf,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ThreadView:
    """The last messages, or those before number `before`."""
    thread, mine = await readable(tx, me, conversation_id)
    adapters = runtime.registry.ensure(ChannelAdapters)
    undo_s = await grace_of(tx, adapters, thread.channel) if thread.channel is not None else 0
    return await thread_view(tx, thread, before, limit, writable=mine is not None, undo_s=undo_s)


@router.post("/{conversation_id}/messages", status_code=201)
async def post_message(
    conversation_id: UUID, body: MessageIn, me: Me, tx: Tx, runtime: RuntimeOf
) -> MessageView:
    """Write to the customer whose contact I have, or a note for colleagues. Sent again, it is the same message."""
    _, mine = await readable(tx, me, conversation_id)
    says_something(body.body, body.attachments)
    if mine is None and body.kind != "note":
        raise NotYours()
    if body.mentions and body.kind != "note":
        raise invalid_field("mentions", "Only notes mention colleagues.", "choose")
    named = await mentioned(tx, conversation_id, body.mentions, runtime.get(PrincipalSources))
    if mine is not None:
        mine = await Interactions(tx).lock(mine.id) or mine
    new = NewMessage(
        author="agent",
        body=body.body,
        kind=body.kind,
        data={"mentions": [{**one.model_dump(mode="json"), "told": told} for one, told in named]}
        if named
        else {},
        user_id=me.user_id,
        interaction_id=mine.id if mine else None,
        client_id=body.client_id,
        attachments=tuple(body.attachments),
        uploader_id=me.user_id,
    )
    at = runtime.clock.now()
    row, fresh = await write(tx, conversation_id, new, at)
    if fresh:
        await tell_mentioned(tx, row, [one.id for one, told in named if told], me.user_id, at)
    if fresh and mine is not None and row.kind == "text":
        row = await runtime.registry.ensure(ChannelAdapters).get(mine.channel).send(tx, mine, row, at)
    return (await message_views(tx, [row]))[0]


@router.post("/{conversation_id}/seen")
async def post_seen(conversation_id: UUID, body: SeenIn, me: Me, tx: Tx, runtime: RuntimeOf) -> ThreadSeen:
    """I have seen the messages up to this one, as one who follows, too. Only of whom I have in hand is the customer told so."""
    thread, mine = await readable(tx, me, conversation_id)
    await Following(tx).seen(conversation_id, me.user_id, body.seq)
    if mine is not None:
        thread = await see(tx, conversation_id, "agent", body.seq, runtime.clock.now())
    return seen_of(thread)
