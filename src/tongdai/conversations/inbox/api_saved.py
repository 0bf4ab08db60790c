"""Routes of views of the inbox that are kept under a name."""

from uuid import UUID

from fastapi import APIRouter

from tongdai.conversations.inbox import saved
from tongdai.conversations.inbox.access import SEE
from tongdai.conversations.inbox.schemas import InboxView, InboxViewChange, InboxViewIn
from tongdai.platform.http import Me, Tx

router = APIRouter(prefix="/api/v1/inbox-views", tags=["inbox"])


@router.get("")
async def list_views(me: Me, tx: Tx) -> list[InboxView]:
    """One's own and everybody's, by name."""
    me.reach(SEE)
    return await saved.views(tx, me)


@router.post("", status_code=201)
async def post_view(body: InboxViewIn, me: Me, tx: Tx) -> InboxView:
    """Keep a view; `shared` for everybody needs the permission for it."""
    me.reach(SEE)
    return await saved.keep(tx, me, body)


@router.patch("/{view_id}")
async def patch_view(view_id: UUID, body: InboxViewChange, me: Me, tx: Tx) -> InboxView:
    me.reach(SEE)
    return await saved.change(tx, me, view_id, body)


@router.delete("/{view_id}", status_code=204)
async def delete_view(view_id: UUID, me: Me, tx: Tx) -> None:
    me.reach(SEE)
    await saved.delete(tx, me, view_id)
