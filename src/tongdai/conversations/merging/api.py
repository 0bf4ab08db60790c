"""Routes of what is merged into a conversation."""

from uuid import UUID

from fastapi import APIRouter

from tongdai.conversations.inbox.access import changeable, readable
from tongdai.conversations.linking.views import LinksView, in_writing, links_view
from tongdai.conversations.merging import service
from tongdai.conversations.merging.repository import Merges
from tongdai.platform.auth import Principal
from tongdai.platform.bodies import Body
from tongdai.platform.database import Transaction
from tongdai.platform.http import Me, RuntimeOf, Tx
from tongdai.platform.registry import Runtime

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}/merged", tags=["merging"])


class MergeIn(Body):
    """`other_customer`: the two belong together though their customers differ, or are not known."""

    other_customer: bool = False


@router.get("")
async def get_merged(conversation_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> LinksView:
    """What is shown in it; who reads it reads that, too."""
    await readable(tx, me, conversation_id)
    return await _view(tx, me, runtime, conversation_id)


@router.put("/{other_id}")
async def put_merged(
    conversation_id: UUID, other_id: UUID, body: MergeIn, me: Me, tx: Tx, runtime: RuntimeOf
) -> LinksView:
    """The other conversation, which is over, is shown in this one from now on. Who merges may change both."""
    await changeable(tx, me, conversation_id)
    await changeable(tx, me, other_id)
    await in_writing(tx, conversation_id, other_id)
    at = runtime.clock.now()
    await service.merge(tx, conversation_id, other_id, me.user_id, at, other_customer=body.other_customer)
    return await _view(tx, me, runtime, conversation_id)


@router.delete("/{other_id}")
async def delete_merged(
    conversation_id: UUID, other_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf
) -> LinksView:
    """It stands by itself again."""
    await changeable(tx, me, conversation_id)
    await Merges(tx).serialise()
    await service.take_back(tx, conversation_id, other_id, me.user_id, runtime.clock.now())
    return await _view(tx, me, runtime, conversation_id)


async def _view(tx: Transaction, me: Principal, runtime: Runtime, conversation_id: UUID) -> LinksView:
    rows = await Merges(tx).into(conversation_id)
    return await links_view(tx, me, runtime, [(row.id, row.merged_by, row.merged_at) for row in rows])
