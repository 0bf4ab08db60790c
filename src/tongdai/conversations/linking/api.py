"""Routes of a conversation's links."""

from uuid import UUID

from fastapi import APIRouter

from tongdai.conversations.inbox.access import changeable, readable
from tongdai.conversations.linking import service
from tongdai.conversations.linking.repository import Links
from tongdai.conversations.linking.views import LinksView, in_writing, links_view
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.http import Me, RuntimeOf, Tx
from tongdai.platform.registry import Runtime

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}/links", tags=["linking"])


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
    await in_writing(tx, other_id)


async def _view(tx: Transaction, me: Principal, runtime: Runtime, conversation_id: UUID) -> LinksView:
    links = await Links(tx).of(conversation_id)
    return await links_view(tx, me, runtime, [(link.other_id, link.user_id, link.at) for link in links])
