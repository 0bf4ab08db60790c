"""Routes of replies that are sent later."""

from uuid import UUID

from fastapi import APIRouter

from tongdai.conversations.adapters import ChannelAdapters
from tongdai.conversations.errors import NotYours
from tongdai.conversations.inbox.access import EDIT, changeable, readable
from tongdai.conversations.later import service
from tongdai.conversations.later.repository import Scheduled, ScheduledRow
from tongdai.conversations.later.schemas import ScheduledChange, ScheduledIn, ScheduledView
from tongdai.conversations.later.views import shown
from tongdai.conversations.repository import Interactions
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.errors import Forbidden, NotFound
from tongdai.platform.http import Me, RuntimeOf, Tx

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}/scheduled", tags=["scheduled replies"])


@router.get("")
async def get_scheduled(conversation_id: UUID, me: Me, tx: Tx) -> list[ScheduledView]:
    """What waits to be sent here, and what was stopped."""
    _, mine = await readable(tx, me, conversation_id)
    rows = await Scheduled(tx).open_of(conversation_id)
    may_change = mine is not None or (bool(rows) and await _may_change(tx, me, conversation_id))
    return await shown(tx, rows, me.user_id, may_change=may_change)


@router.post("", status_code=201)
async def post_scheduled(
    conversation_id: UUID, body: ScheduledIn, me: Me, tx: Tx, runtime: RuntimeOf
) -> ScheduledView:
    """Write to the customer whose contact I have, to be sent later. Sent again, it is the same."""
    _, held = await readable(tx, me, conversation_id)
    mine = await Interactions(tx).lock(held.id) if held is not None else None
    if mine is None:
        raise NotYours()
    adapters = runtime.registry.ensure(ChannelAdapters)
    row = await service.schedule(tx, adapters, mine, me.user_id, body, runtime.clock.now())
    return (await shown(tx, [row], me.user_id, may_change=True))[0]


@router.patch("/{reply_id}")
async def patch_scheduled(
    conversation_id: UUID, reply_id: UUID, body: ScheduledChange, me: Me, tx: Tx, runtime: RuntimeOf
) -> ScheduledView:
    """Another time, or another condition."""
    await _changeable(tx, me, conversation_id, reply_id)
    row = await service.change(tx, reply_id, body, me.user_id, runtime.clock.now())
    return (await shown(tx, [row], me.user_id, may_change=True))[0]


@router.post("/{reply_id}/send")
async def post_send(
    conversation_id: UUID, reply_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf
) -> ScheduledView:
    """Now, whatever came meanwhile."""
    await _changeable(tx, me, conversation_id, reply_id)
    adapters = runtime.registry.ensure(ChannelAdapters)
    row = await service.send(tx, adapters, reply_id, runtime.clock.now(), me.user_id)
    return (await shown(tx, [row], me.user_id, may_change=True))[0]


@router.delete("/{reply_id}")
async def delete_scheduled(
    conversation_id: UUID, reply_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf
) -> ScheduledView:
    """It is not sent. Gives it for the field where it was written; asked again within a day, too."""
    row = await _changeable(tx, me, conversation_id, reply_id)
    if row.state != "withdrawn" or row.user_id != me.user_id:
        row = await service.withdraw(tx, reply_id, me.user_id, runtime.clock.now())
    return (await shown(tx, [row], me.user_id, may_change=True))[0]


async def _may_change(tx: Transaction, me: Principal, conversation_id: UUID) -> bool:
    if not me.may(EDIT):
        return False
    try:
        await changeable(tx, me, conversation_id)
    except (Forbidden, NotFound):
        return False
    return True


async def _changeable(tx: Transaction, me: Principal, conversation_id: UUID, reply_id: UUID) -> ScheduledRow:
    """Who wrote it, who has the customer now, and who may correct conversations. Raises NotFound, Forbidden."""
    _, mine = await readable(tx, me, conversation_id)
    row = await Scheduled(tx).get(reply_id)
    if row is None or row.conversation_id != conversation_id:
        raise NotFound()
    if row.user_id != me.user_id and mine is None:
        await changeable(tx, me, conversation_id)
    return row
