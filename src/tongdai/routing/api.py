"""Routes of queues."""

from uuid import UUID

from fastapi import APIRouter

from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, listed
from tongdai.routing import administration, closing, staffing, switches
from tongdai.routing.administration import QUEUES, WITHIN, within
from tongdai.routing.schemas import (
    CalendarClosingIn,
    Closable,
    ClosureSwitch,
    Queue,
    QueueChange,
    QueueClosingIn,
    QueueIn,
    QueueStaff,
    Staffed,
    Staffing,
    SwitchClosingIn,
    SwitchIn,
)
from tongdai.routing.switches import SWITCHES

router = APIRouter(prefix="/api/v1", tags=["routing"])
SEE, EDIT, CLOSE = "queues.see", "queues.edit", "closing.switch"


@router.get("/queues")
async def list_queues(me: Me, tx: Tx, asked: Asked) -> Page[Queue]:
    """Queues within reach, by name."""
    return await listed(tx, QUEUES, asked, WITHIN, **within(me.reach(SEE)))


@router.get("/queues/staff")
async def get_queue_staff(me: Me, tx: Tx) -> list[QueueStaff]:
    """Who is in which queue, by name and by skills."""
    return await staffing.staff_of_queues(tx, me)


@router.post("/queues/staff")
async def post_queue_staff(body: Staffing, me: Me, tx: Tx) -> Staffed:
    """Put agents into queues and take them out, all at once; written down in the audit log."""
    return await staffing.staff(tx, me, body)


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


@router.get("/closings")
async def list_closings(me: Me, tx: Tx) -> list[Closable]:
    """What I may close at once, and what is closed."""
    return await closing.closables(tx, me.reach(CLOSE))


@router.put("/queues/{queue_id}/closing", status_code=204)
async def put_queue_closing(queue_id: UUID, body: QueueClosingIn, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Close a queue at once, until it is opened again."""
    await closing.close_queue(tx, me.reach(CLOSE), queue_id, body, runtime.clock.now())


@router.delete("/queues/{queue_id}/closing", status_code=204)
async def delete_queue_closing(queue_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Open it again."""
    await closing.close_queue(tx, me.reach(CLOSE), queue_id, None, runtime.clock.now())


@router.put("/calendars/{calendar_id}/closing", status_code=204)
async def put_calendar_closing(
    calendar_id: UUID, body: CalendarClosingIn, me: Me, tx: Tx, runtime: RuntimeOf
) -> None:
    """Close hours at once, whatever they say."""
    await closing.close_calendar(tx, me.reach(CLOSE), calendar_id, body, runtime.clock.now())


@router.delete("/calendars/{calendar_id}/closing", status_code=204)
async def delete_calendar_closing(calendar_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Let them be as they say again."""
    await closing.close_calendar(tx, me.reach(CLOSE), calendar_id, None, runtime.clock.now())


@router.get("/closure-switches")
async def list_closure_switches(me: Me, tx: Tx, asked: Asked) -> Page[ClosureSwitch]:
    """Emergency switches, by name."""
    return await listed(
        tx, SWITCHES, asked, switches.WITHIN_PROJECTS, **switches.within_projects(me.reach(SEE))
    )


@router.post("/closure-switches", status_code=201)
async def post_closure_switch(body: SwitchIn, me: Me, tx: Tx) -> ClosureSwitch:
    return await switches.create(tx, me.reach(EDIT), body)


@router.delete("/closure-switches/{switch_id}", status_code=204)
async def delete_closure_switch(switch_id: UUID, me: Me, tx: Tx) -> None:
    """Put it away; flows that ask for it take their way of failure then."""
    await switches.archive(tx, me.reach(EDIT), switch_id, archived=True)


@router.post("/closure-switches/{switch_id}/restore")
async def restore_closure_switch(switch_id: UUID, me: Me, tx: Tx) -> ClosureSwitch:
    return await switches.archive(tx, me.reach(EDIT), switch_id, archived=False)


@router.put("/closure-switches/{switch_id}/closing", status_code=204)
async def put_closure_switch_closing(
    switch_id: UUID, body: SwitchClosingIn, me: Me, tx: Tx, runtime: RuntimeOf
) -> None:
    """Turn an emergency switch on, until it is turned off."""
    await switches.turn(tx, me.reach(CLOSE), switch_id, body, runtime.clock.now())


@router.delete("/closure-switches/{switch_id}/closing", status_code=204)
async def delete_closure_switch_closing(switch_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Turn it off."""
    await switches.turn(tx, me.reach(CLOSE), switch_id, None, runtime.clock.now())
