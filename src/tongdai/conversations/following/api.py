"""Routes of following: one's own list, and whom one can mention."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from tongdai.conversations.following.repository import Following
from tongdai.conversations.following.service import may_read
from tongdai.conversations.inbox import api as inbox
from tongdai.conversations.inbox.access import readable
from tongdai.conversations.inbox.schemas import ConversationView
from tongdai.people.public import PrincipalSources, colleagues
from tongdai.platform.http import Me, RuntimeOf, Tx

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["following"])
SHOWN = 6


class Mentionable(BaseModel):
    """A colleague whom a note can name. `reads`: they may read this conversation; who may not is not told."""

    id: UUID
    name: str
    reads: bool


@router.put("/follow")
async def put_follow(conversation_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> ConversationView:
    """It stands in my own list, and I am told what is written in it."""
    await readable(tx, me, conversation_id)
    await Following(tx).follow(conversation_id, me.user_id, runtime.clock.now())
    return await inbox.view_of(tx, me, runtime, conversation_id)


@router.delete("/follow")
async def delete_follow(conversation_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> ConversationView:
    await readable(tx, me, conversation_id)
    await Following(tx).unfollow(conversation_id, me.user_id)
    return await inbox.view_of(tx, me, runtime, conversation_id)


@router.get("/mentionable")
async def get_mentionable(
    conversation_id: UUID,
    me: Me,
    tx: Tx,
    runtime: RuntimeOf,
    q: Annotated[str, Query(max_length=60)] = "",
) -> list[Mentionable]:
    """Colleagues by a part of their name, those who are there first: at most six."""
    await readable(tx, me, conversation_id)
    sources = runtime.get(PrincipalSources)
    found = [one for one in await colleagues(tx, q.strip(), limit=SHOWN + 1) if one.id != me.user_id]
    return [
        Mentionable(id=one.id, name=one.name, reads=await may_read(tx, one.id, conversation_id, sources))
        for one in found[:SHOWN]
    ]
