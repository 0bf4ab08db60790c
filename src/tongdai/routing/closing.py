"""Emergency closing: queues and hours that are closed at once, and switches that are turned on, until somebody opens them again.

Flows take the chosen exit from the next caller on. Who waits already goes on waiting, and is served.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.people import public as people
from tongdai.platform.auth import Reach
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Ref
from tongdai.routing.administration import QUEUES, WITHIN, check_prompt, within
from tongdai.routing.events import QueueChanged
from tongdai.routing.repositories.entries import Entries
from tongdai.routing.repository import Queues
from tongdai.routing.schemas import CalendarClosingIn, Closable, ClosureSwitch, Queue, QueueClosingIn
from tongdai.routing.switches import SWITCHES, WITHIN_PROJECTS, within_projects
from tongdai.tenancy import public as tenancy
from tongdai.tenancy.public import Calendar, Closing

MOST = 1000


async def closables(tx: Transaction, reach: Reach) -> list[Closable]:
    """What may be closed within reach; what is closed comes first."""
    queues = await QUEUES.page(tx, limit=MOST, where=WITHIN, **within(reach))
    calendars = [one for one in await tenancy.calendars(tx) if reach.covers(project_id=one.project_id)]
    switches = await SWITCHES.page(tx, limit=MOST, where=WITHIN_PROJECTS, **within_projects(reach))
    waiting = await Entries(tx).counts()
    closers = {one.closing.by for one in (*queues, *calendars, *switches) if one.closing and one.closing.by}
    names = {one.id: one.name for one in await people.list_people(tx, list(closers))} if closers else {}

    def shown(kind: str, row: Queue | Calendar | ClosureSwitch) -> Closable:
        by = row.closing.by if row.closing else None
        return Closable(
            kind=kind,
            id=row.id,
            name=row.name,
            waiting=waiting.get(row.id, 0),
            closing=row.closing,
            by=Ref(id=by, name=names.get(by, "")) if by else None,
        )

    rows = [
        *(shown("queue", row) for row in queues),
        *(shown("calendar", row) for row in calendars),
        *(shown("switch", row) for row in switches),
    ]
    return sorted(rows, key=lambda row: row.closing is None)


async def close_queue(
    tx: Transaction, reach: Reach, queue_id: UUID, asked: QueueClosingIn | None, at: datetime
) -> None:
    """Close it, or change how it is closed; None opens it."""
    await QUEUES.lock(tx, queue_id, None, WITHIN, **within(reach))
    closing = await _closing(tx, asked, at)
    values: dict[str, Any] = {"closing": closing and closing.model_dump(mode="json")}
    version = await QUEUES.change(tx, queue_id, values)
    action = "queue.closed" if closing else "queue.reopened"
    await tenancy.recorded(tx, QueueChanged, action, queue_id, version, asked.model_dump() if asked else {})


async def close_calendar(
    tx: Transaction, reach: Reach, calendar_id: UUID, asked: CalendarClosingIn | None, at: datetime
) -> None:
    """The same of hours."""
    known = await tenancy.calendars(tx)
    if not any(one.id == calendar_id and reach.covers(project_id=one.project_id) for one in known):
        raise NotFound("There are no such hours.")
    await tenancy.close_calendar(tx, calendar_id, await _closing(tx, asked, at))


async def playing(tx: Transaction, prompts: list[str]) -> list[str]:
    """What says one of these prompts: queues before they record, and what is closed or switched on in an emergency."""
    hours = [
        one.name
        for one in await tenancy.calendars(tx)
        if one.closing is not None and one.closing.prompt in prompts
    ]
    return [*await Queues(tx).playing(prompts), *hours]


async def _closing(
    tx: Transaction, asked: QueueClosingIn | CalendarClosingIn | None, at: datetime
) -> Closing | None:
    if asked is None:
        return None
    await check_prompt(tx, "prompt", asked.prompt)
    return Closing(since=at, by=tx.scope.user_id, exit=asked.exit, prompt=asked.prompt)
