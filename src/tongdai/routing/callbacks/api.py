"""Routes of callbacks."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, Field

from tongdai.crm import public as crm
from tongdai.kit.phone import NumberKind, callable_number
from tongdai.people.public import team_mates
from tongdai.platform.auth import Principal, Reach
from tongdai.platform.bodies import Body, Change, Zone
from tongdai.platform.cursors import instant_or_invalid, uuid_or_invalid
from tongdai.platform.database import Transaction
from tongdai.platform.errors import Invalid, NotFound, StaleVersion, invalid_field
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, decode_cursor, encode_cursor
from tongdai.routing.callbacks import keeping, service
from tongdai.routing.callbacks.door import EDIT, SEE
from tongdai.routing.callbacks.policies import OPEN, State
from tongdai.routing.callbacks.service import Ask, OutsideHours
from tongdai.routing.callbacks.views import (
    CallbackFigures,
    CallbackView,
    MyReminders,
    callback_views,
    figure_views,
)
from tongdai.routing.known import queue_rules
from tongdai.routing.repositories.callbacks import CallbackRow, Callbacks, Wanted, within
from tongdai.tenancy import public as tenancy

router = APIRouter(prefix="/api/v1", tags=["callbacks"])
Note = Annotated[str, Field(max_length=2000)]
CLOSED = tuple(state for state in State if state not in OPEN)


class CallbackIn(Body):
    """A promise to call. Without a queue it is mine. Sent again with the same `id`, it is the same promise. `due_at` null: when
    the place in the queue comes up (personal ones need a time)."""

    id: UUID | None = None
    number: Annotated[str, Field(min_length=1, max_length=64)]
    queue_id: UUID | None = None
    contact_id: UUID | None = None
    due_at: AwareDatetime | None = None
    time_zone: Zone | None = None
    note: Note = ""


class CallbackChange(Change):
    """Another time, another note; what is left out stays."""

    due_at: AwareDatetime | None = None
    note: Note | None = None


def _outside(error: OutsideHours) -> Invalid:
    message = (
        "Nobody is called at that time: choose one within the hours of the queue and the customer's day."
    )
    return invalid_field("due_at", message, "outside_hours")


async def _mates(tx: Transaction, reach: Reach) -> list[UUID]:
    return await team_mates(tx, reach.team_ids)


async def _within(tx: Transaction, me: Principal, callback_id: UUID, permission: str) -> CallbackRow:
    reach = me.reach(permission)
    row = await Callbacks(tx).get(callback_id)
    if row is None or not await Callbacks(tx).covered(callback_id, within(reach, await _mates(tx, reach))):
        raise NotFound("There is no such callback.")
    return row


async def _view(tx: Transaction, row: CallbackRow) -> CallbackView:
    return (await callback_views(tx, [row]))[0]


def _asked_for(
    asked: Asked,
    state: Annotated[Literal["open", "closed", "all"] | State, Query()] = "open",
    queue_id: UUID | None = None,
    user_id: UUID | None = None,
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
) -> Wanted:
    groups: dict[str, tuple[str, ...] | None] = {"open": OPEN, "closed": CLOSED, "all": None}
    cursor = decode_cursor(asked.cursor, 2)
    return Wanted(
        states=groups.get(state, (state,)),
        queue_id=queue_id,
        user_id=user_id,
        q="".join(char for char in asked.q if char.isdigit()).lstrip("0") or None,
        since=since,
        until=until,
        before=(instant_or_invalid(cursor[0]), uuid_or_invalid(cursor[1])) if cursor else None,
        limit=asked.limit,
    )


AskedFor = Annotated[Wanted, Depends(_asked_for)]


@router.get("/callbacks")
async def list_callbacks(me: Me, tx: Tx, wanted: AskedFor) -> Page[CallbackView]:
    """Callbacks within reach, the latest asked for first. `q` finds parts of a number; `user_id` what somebody promised, or
    called last; `from` and `to` (before it) when it was asked for."""
    reach = me.reach(SEE)
    rows = await Callbacks(tx).page(wanted, within(reach, await _mates(tx, reach)))
    shown = rows[: wanted.limit]
    more = len(rows) > wanted.limit
    return Page(
        items=await callback_views(tx, shown),
        next_cursor=encode_cursor(shown[-1].asked_at.isoformat(), shown[-1].id) if more else None,
    )


@router.get("/callbacks/figures")
async def get_figures(me: Me, tx: Tx, wanted: AskedFor) -> list[CallbackFigures]:
    """What became of those that the list has, by queue."""
    reach = me.reach(SEE)
    rows = await Callbacks(tx).figures(wanted, within(reach, await _mates(tx, reach)))
    return await figure_views(tx, rows)


@router.get("/callbacks/reminders")
async def get_reminders(me: Me, tx: Tx, runtime: RuntimeOf) -> MyReminders:
    """What I promised and is due now."""
    me.reach(SEE)
    rows = await Callbacks(tx).due_for(me.user_id)
    return MyReminders(seq=runtime.hub.seq, due=await callback_views(tx, rows))


@router.get("/callbacks/{callback_id}")
async def get_callback(callback_id: UUID, me: Me, tx: Tx) -> CallbackView:
    return await _view(tx, await _within(tx, me, callback_id, SEE))


@router.post("/callbacks", status_code=201)
async def post_callback(body: CallbackIn, me: Me, tx: Tx, runtime: RuntimeOf) -> CallbackView:
    """Promise to call; for a number that has an open callback in the queue, that one is given."""
    reach, at = me.reach(EDIT), runtime.clock.now()
    if body.id is not None and (known := await Callbacks(tx).get(body.id)) is not None:
        return await _view(tx, await _within(tx, me, known.id, EDIT))
    number = await _number(tx, body.number)
    if body.queue_id is None and body.due_at is None:
        raise invalid_field("due_at", "Say when you will call.", "required")
    project_id = None
    if body.queue_id is not None:
        await queue_rules(tx, body.queue_id)
        if not reach.everything and body.queue_id not in reach.queue_ids:
            raise invalid_field("queue_id", "Choose one of your queues.", "choose")
        project_id = await Callbacks(tx).project_of(body.queue_id)
    contact = await crm.choose_contact(tx, body.contact_id) if body.contact_id else None
    if contact is None:
        contact = await crm.recognise(tx, number, name="", at=at)
    wish = Ask(
        id=body.id,
        number=number,
        queue_id=body.queue_id,
        user_id=None if body.queue_id else me.user_id,
        asked_by=me.user_id,
        contact_id=contact.id if contact else None,
        project_id=project_id,
        language=contact.language if contact else None,
        note=body.note.strip(),
        due_at=body.due_at,
        time_zone=body.time_zone,
    )
    try:
        row, new = await service.ask(tx, wish, at)
    except OutsideHours as error:
        raise _outside(error) from error
    if new:
        await tenancy.audit(tx, "callback.created", "callback", row.id, {"queue": str(body.queue_id or "")})
    return await _view(tx, row)


async def _number(tx: Transaction, raw: str) -> str:
    number = callable_number(raw, await tenancy.country_of(tx))
    if number.e164 is None or number.kind is NumberKind.PREMIUM:
        raise invalid_field("number", "This number cannot be called back: check it.", "number")
    return number.e164


@router.patch("/callbacks/{callback_id}")
async def patch_callback(
    callback_id: UUID, body: CallbackChange, me: Me, tx: Tx, runtime: RuntimeOf
) -> CallbackView:
    """Put it to another time, or change its note."""
    await _within(tx, me, callback_id, EDIT)
    row = await keeping.lock(tx, callback_id)
    if row.version != body.version:
        raise StaleVersion(current=(await _view(tx, row)).model_dump(mode="json"))
    due_at: datetime | None = body.due_at
    try:
        row = await service.reschedule(tx, row, runtime.clock.now(), due_at=due_at, note=body.note)
    except OutsideHours as error:
        raise _outside(error) from error
    await tenancy.audit(tx, "callback.changed", "callback", row.id, tenancy.changed_fields(body.values()))
    return await _view(tx, row)


@router.post("/callbacks/{callback_id}/cancel")
async def post_callback_cancel(callback_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> CallbackView:
    """Nobody is called. Done twice it is done once."""
    await _within(tx, me, callback_id, EDIT)
    row = await service.cancel(tx, callback_id, runtime.clock.now())
    await tenancy.audit(tx, "callback.cancelled", "callback", row.id)
    return await _view(tx, row)
