"""Routes of a conversation's links."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from tongdai.conversations.inbox import listing
from tongdai.conversations.inbox.access import changeable, may_read, readable
from tongdai.conversations.inbox.schemas import ConversationView
from tongdai.conversations.inbox.views import listed
from tongdai.conversations.linking import service
from tongdai.conversations.linking.repository import Links
from tongdai.conversations.sources import InteractionSources
from tongdai.people.public import list_people
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, Ref, RuntimeOf, Tx
from tongdai.platform.registry import Runtime

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}/links", tags=["linking"])


class Linked(BaseModel):
    """A conversation that this one is linked with, by whom and since when."""

    conversation: ConversationView
    by: Ref
    at: datetime


class LinksView(BaseModel):
    """The oldest first. `hidden`: so many more are not the reader's to read."""

    links: list[Linked]
    hidden: int


@router.get("")
async def get_links(conversation_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> LinksView:
    await readable(tx, me, conversation_id)
    return await _view(tx, me, runtime, conversation_id)


@router.put("/{other_id}")
async def put_link(conversation_id: UUID, other_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> LinksView:
    """Both show each other: who links may change the one and read the other. Linked before, they stay so."""
    await _allowed(tx, me, conversation_id, other_id)
    await service.link(tx, conversation_id, other_id, me.user_id, runtime.clock.now())
    return await _view(tx, me, runtime, conversation_id)


@router.delete("/{other_id}")
async def delete_link(conversation_id: UUID, other_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> LinksView:
    """They show each other no more. Removing it twice changes nothing."""
    await _allowed(tx, me, conversation_id, other_id)
    await service.unlink(tx, conversation_id, other_id, me.user_id, runtime.clock.now())
    return await _view(tx, me, runtime, conversation_id)


async def _allowed(tx: Transaction, me: Principal, conversation_id: UUID, other_id: UUID) -> None:
    await changeable(tx, me, conversation_id)
    await readable(tx, me, other_id)
    if await listing.get(tx, other_id) is None:
        raise NotFound()


async def _view(tx: Transaction, me: Principal, runtime: Runtime, conversation_id: UUID) -> LinksView:
    links = await Links(tx).of(conversation_id)
    rows = [
        row
        for link in links
        if await may_read(tx, me, link.other_id) and (row := await listing.get(tx, link.other_id))
    ]
    views = {one.id: one for one in await listed(tx, rows, runtime.get(InteractionSources), me)}
    names = {one.id: one.name for one in await list_people(tx, [link.user_id for link in links])}
    shown = [
        Linked(
            conversation=views[link.other_id],
            by=Ref(id=link.user_id, name=names.get(link.user_id, "")),
            at=link.at,
        )
        for link in links
        if link.other_id in views
    ]
    return LinksView(links=shown, hidden=len(links) - len(shown))
