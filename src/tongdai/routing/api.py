"""Routes of queues."""

from uuid import UUID

from fastapi import APIRouter

from tongdai.platform.http import Me, Page, Tx
from tongdai.platform.paging import Asked, listed
from tongdai.routing import administration
from tongdai.routing.administration import QUEUES, WITHIN, within
from tongdai.routing.schemas import Queue, QueueChange, QueueIn

router = APIRouter(prefix="/api/v1", tags=["routing"])
SEE, EDIT = "queues.see", "queues.edit"


@router.get("/queues")
async def list_queues(me: Me, tx: Tx, asked: Asked) -> Page[Queue]:
    """Queues within reach, by name."""
    return await listed(tx, QUEUES, asked, WITHIN, **within(me.reach(SEE)))


@router.post("/queues", status_code=201)
async def post_queue(body: QueueIn, me: Me, tx: Tx) -> Queue:
    return await administration.create(tx, me.reach(EDIT), body)


@router.get("/queues/{queue_id}")
async def get_queue(queue_id: UUID, me: Me, tx: Tx) -> Queue:
    return await QUEUES.get(tx, queue_id, WITHIN, **within(me.reach(SEE)))


@router.patch("/queues/{queue_id}")
async def patch_queue(queue_id: UUID, body: QueueChange, me: Me, tx: Tx) -> Queue:
    return await administration.change(tx, me.reach(EDIT), queue_id, body)


@router.delete("/queues/{queue_id}", status_code=204)
async def delete_queue(queue_id: UUID, me: Me, tx: Tx) -> None:
    await administration.archive(tx, me.reach(EDIT), queue_id, archived=True)


@router.post("/queues/{queue_id}/restore")
async def restore_queue(queue_id: UUID, me: Me, tx: Tx) -> Queue:
    return await administration.archive(tx, me.reach(EDIT), queue_id, archived=False)
