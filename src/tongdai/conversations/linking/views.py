"""What screens show of conversations that have to do with one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from tongdai.conversations.inbox import listing
from tongdai.conversations.inbox.access import may_read
from tongdai.conversations.inbox.schemas import ConversationView
from tongdai.conversations.inbox.views import listed
from tongdai.conversations.sources import InteractionSources
from tongdai.people.public import list_people
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Ref
from tongdai.platform.registry import Runtime


class Linked(BaseModel):
    """A conversation that this one is linked with, by whom and since when."""

    conversation: ConversationView
    by: Ref
    at: datetime


class LinksView(BaseModel):
    """The oldest first. `hidden`: so many more are not the reader's to read."""

    links: list[Linked]
    hidden: int


async def in_writing(tx: Transaction, *conversation_ids: UUID) -> None:
    """Raises NotFound for one in which nothing was written: nobody could look at it."""
    for conversation_id in conversation_ids:
        if await listing.get(tx, conversation_id) is None:
            raise NotFound()


async def links_view(
    tx: Transaction, me: Principal, runtime: Runtime, links: Sequence[tuple[UUID, UUID, datetime]]
) -> LinksView:
    """Of (conversation, who joined them, when)."""
    rows = [
        row
        for other_id, _, _ in links
        if await may_read(tx, me, other_id) and (row := await listing.get(tx, other_id))
    ]
    views = {one.id: one for one in await listed(tx, rows, runtime.get(InteractionSources), me)}
    names = {one.id: one.name for one in await list_people(tx, [user_id for _, user_id, _ in links])}
    shown = [
        Linked(conversation=views[other_id], by=Ref(id=user_id, name=names.get(user_id, "")), at=at)
        for other_id, user_id, at in links
        if other_id in views
    ]
    return LinksView(links=shown, hidden=len(links) - len(shown))
