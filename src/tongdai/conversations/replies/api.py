"""Routes of canned replies: for administrators, of one's own, and where one writes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from tongdai.conversations.inbox.access import TAKE, readable
from tongdai.conversations.replies import service
from tongdai.conversations.replies.schemas import (
    CannedReply,
    CannedReplyChange,
    CannedReplyIn,
    OwnReplyIn,
    ReplyView,
)
from tongdai.conversations.replies.service import REPLIES, SHARED
from tongdai.conversations.repository import Interactions
from tongdai.conversations.sources import InteractionSources
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, listed

router = APIRouter(prefix="/api/v1", tags=["canned replies"])
EDIT = "replies.edit"


@router.get("/canned-replies")
async def list_replies(me: Me, tx: Tx, asked: Asked) -> Page[CannedReply]:
    me.reach(EDIT)
    return await listed(tx, REPLIES, asked, SHARED)


@router.post("/canned-replies", status_code=201)
async def post_reply(body: CannedReplyIn, me: Me, tx: Tx) -> CannedReply:
    me.reach(EDIT)
    return await service.create(tx, body.model_dump())


@router.get("/canned-replies/{reply_id}")
async def get_reply(reply_id: UUID, me: Me, tx: Tx) -> CannedReply:
    me.reach(EDIT)
    return await REPLIES.get(tx, reply_id, SHARED)


@router.patch("/canned-replies/{reply_id}")
async def patch_reply(reply_id: UUID, body: CannedReplyChange, me: Me, tx: Tx) -> CannedReply:
    me.reach(EDIT)
    return await service.change(tx, reply_id, body.version, body.values())


@router.delete("/canned-replies/{reply_id}", status_code=204)
async def delete_reply(reply_id: UUID, me: Me, tx: Tx) -> None:
    me.reach(EDIT)
    await service.archive(tx, reply_id, archived=True)


@router.post("/canned-replies/{reply_id}/restore")
async def restore_reply(reply_id: UUID, me: Me, tx: Tx) -> CannedReply:
    me.reach(EDIT)
    return await service.archive(tx, reply_id, archived=False)


@router.post("/own-replies", status_code=201)
async def post_own_reply(body: OwnReplyIn, me: Me, tx: Tx) -> CannedReply:
    """A reply that only I have."""
    me.reach(TAKE)
    return await service.create_own(tx, me.user_id, body.model_dump())


@router.delete("/own-replies/{reply_id}", status_code=204)
async def delete_own_reply(reply_id: UUID, me: Me, tx: Tx) -> None:
    me.reach(TAKE)
    await service.delete_own(tx, me.user_id, reply_id)


@router.get("/conversations/{conversation_id}/replies")
async def get_replies(
    conversation_id: UUID,
    me: Me,
    tx: Tx,
    runtime: RuntimeOf,
    q: Annotated[str, Query(max_length=100)] = "",
) -> list[ReplyView]:
    """Replies by code or words, ready to be inserted in this conversation: at most eight, the best first."""
    await readable(tx, me, conversation_id)
    parts = await Interactions(tx).of_conversation(conversation_id)
    if not parts:
        raise NotFound()
    return await service.fitting(tx, me, parts[-1], q.strip(), runtime.get(InteractionSources))
