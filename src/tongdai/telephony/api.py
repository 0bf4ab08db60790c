"""Routes of calls and phones."""

import contextlib
import secrets
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel, Field

from tongdai.crm import public as crm
from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.platform.auth import Principal
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import Forbidden, NotFound, invalid_field
from tongdai.platform.http import Me, RuntimeOf
from tongdai.platform.registry import Runtime
from tongdai.platform.relays import ice_servers
from tongdai.routing import public as routing
from tongdai.telephony import views
from tongdai.telephony.ari.connection import AsteriskAway
from tongdai.telephony.commands import KEEP, KNOW, PLACE, Wanted
from tongdai.telephony.events import DeviceChanged, RingOnChosen
from tongdai.telephony.exchange import Exchange
from tongdai.telephony.repository import Calls, DeviceRow, Lines
from tongdai.telephony.together.parties import Parties

router = APIRouter(prefix="/api/v1", tags=["calls"])
TAKE = "calls.take"
MONITOR = "calls.monitor"
Key = Annotated[
    str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")
]
"""A request that is sent again with the same key is carried out once, and gets the first one's answer."""


class NewCall(BaseModel):
    to: Annotated[str, Field(min_length=1, max_length=64)]
    caller_id: Annotated[str | None, Field(max_length=32)] = None
    project_id: UUID | None = None
    """One of mine, for which I call; null: that of whom I call."""


class Keys(BaseModel):
    digits: Annotated[str, Field(pattern=r"^[0-9*#A-D]{1,32}$")]


class Mute(BaseModel):
    muted: bool


class Pause(BaseModel):
    """How long a recording pauses before it goes on by itself; null: as long as may be. `field`: the contact field that is being
    filled in; one that pauses recordings does so where agents themselves may not."""

    seconds: Annotated[int | None, Field(ge=1, le=3600)] = None
    field: Annotated[str | None, Field(max_length=40)] = None


class RingOn(BaseModel):
    ring_on: Literal["browser", "phone", "both"]


def _need_phone(me: Principal) -> None:
    """Who takes calls has a phone, and who only listens to others' calls."""
    if not me.may(MONITOR):
        me.reach(TAKE)


async def view_of(runtime: Runtime, me: Principal, call_id: UUID) -> views.CallView:
    """The call as it is now. Raises NotFound."""
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        view = await views.call_view(tx, call_id)
    if view is None:
        raise NotFound("There is no such call.")
    return view


async def order(
    runtime: Runtime, me: Principal, call_id: UUID, command: str, key: str | None, argument: str = ""
) -> views.CallView:
    """Have my call do something, and show it as it is then. Who was called in may leave, and nothing else."""
    me.reach(TAKE)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        row = await Calls(tx).get(call_id)
        of_another = row is not None and row.user_id != me.user_id
        parties = await Parties(tx).of_calls([call_id]) if of_another else []
    if row is None:
        raise NotFound("There is no such call.")
    if of_another:
        mine = next((party for party in parties if party.user_id == me.user_id), None)
        if mine is None or command not in ("hang_up", "leave"):
            raise Forbidden("This is somebody else's call.")
        command, argument = "drop_party", str(mine.id)
    await runtime.get(Exchange).commands.give(me, Wanted(command, call_id, argument, key=key))
    return await view_of(runtime, me, call_id)


@router.post("/calls", status_code=201)
async def post_call(body: NewCall, me: Me, runtime: RuntimeOf, key: Key = None) -> views.CallView:
    """Call somebody: my own phone rings first (a browser answers by itself), then theirs."""
    me.reach(TAKE)
    if body.project_id is not None and body.project_id not in me.project_ids:
        raise invalid_field("project_id", "Choose one of your projects.", "own_project")
    wanted = Wanted(PLACE, None, body.to, body.caller_id, body.project_id, key=key)
    call_id = await runtime.get(Exchange).commands.give(me, wanted)
    return await view_of(runtime, me, UUID(call_id))


@router.post("/callbacks/{callback_id}/call", status_code=201)
async def post_callback_call(
    callback_id: UUID, me: Me, runtime: RuntimeOf, key: Key = None
) -> views.CallView:
    """Keep a promise now: my own phone rings first, then the customer's."""
    me.reach(TAKE)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        await routing.number_of_callback(tx, me, callback_id)
    wanted = Wanted(KEEP, None, str(callback_id), key=key)
    call_id = await runtime.get(Exchange).commands.give(me, wanted)
    return await view_of(runtime, me, UUID(call_id))


@router.get("/calls/{call_id}")
async def get_call(call_id: UUID, me: Me, runtime: RuntimeOf) -> views.CallView:
    me.reach(TAKE)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        mine = [row.id for row in await Calls(tx).open_of_user(me.user_id)]
        row = await Calls(tx).get(call_id)
    if row is None or (row.user_id != me.user_id and call_id not in mine):
        raise NotFound("There is no such call.")
    return await view_of(runtime, me, call_id)


@router.post("/calls/{call_id}/hold")
async def post_hold(call_id: UUID, me: Me, runtime: RuntimeOf, key: Key = None) -> views.CallView:
    """Put the customer on hold, with music."""
    return await order(runtime, me, call_id, "hold", key)


@router.post("/calls/{call_id}/resume")
async def post_resume(call_id: UUID, me: Me, runtime: RuntimeOf, key: Key = None) -> views.CallView:
    return await order(runtime, me, call_id, "resume", key)


@router.post("/calls/{call_id}/hang-up")
async def post_hang_up(call_id: UUID, me: Me, runtime: RuntimeOf, key: Key = None) -> views.CallView:
    return await order(runtime, me, call_id, "hang_up", key)


@router.post("/calls/{call_id}/rejoin")
async def post_rejoin(call_id: UUID, me: Me, runtime: RuntimeOf, key: Key = None) -> views.CallView:
    """My browser was loaded anew: ring it again; the customer hears music until then."""
    return await order(runtime, me, call_id, "rejoin", key)


@router.post("/calls/{call_id}/dtmf")
async def post_dtmf(call_id: UUID, body: Keys, me: Me, runtime: RuntimeOf, key: Key = None) -> views.CallView:
    """Press keys towards the other side."""
    return await order(runtime, me, call_id, "send_keys", key, body.digits)


@router.post("/calls/{call_id}/mute")
async def post_mute(call_id: UUID, body: Mute, me: Me, runtime: RuntimeOf, key: Key = None) -> views.CallView:
    """Tell that my microphone is off or on; the browser has muted it already."""
    return await order(runtime, me, call_id, "mute", key, "on" if body.muted else "off")


@router.post("/calls/{call_id}/recording/{command}")
async def post_recording(
    call_id: UUID,
    command: Literal["start", "stop", "pause", "resume"],
    me: Me,
    runtime: RuntimeOf,
    body: Pause | None = None,
    key: Key = None,
) -> views.CallView:
    """Record on demand, where the policy leaves it to the agent; pause while a card number is told, say.

    Scripts pause while a field that asks for one has the focus, and resume when it is left. A pause of a paused recording
    begins its time anew; what was forgotten to be resumed goes on by itself.
    """
    if body is None or command != "pause":
        return await order(runtime, me, call_id, f"{command}_recording", key)
    if body.field is None:
        return await order(runtime, me, call_id, "pause_recording", key, str(body.seconds or ""))
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        if not await crm.field_pauses_recording(tx, body.field):
            raise invalid_field("field", "This field does not pause recordings: leave it out.", "choose")
    return await order(runtime, me, call_id, "leave_out_field", key, body.field)


@router.get("/phone/me")
async def get_phone(me: Me, runtime: RuntimeOf) -> views.PhoneView:
    """The account of this session's softphone, made when first asked for."""
    _need_phone(me)
    scope = Scope(me.tenant_id, me.user_id)
    async with runtime.database.transaction(scope) as tx:
        device = await _session_device(tx, me)
    return await _phone(runtime, me, device)


@router.put("/phone/me")
async def put_phone(body: RingOn, me: Me, runtime: RuntimeOf) -> views.PhoneView:
    """Choose where calls ring."""
    _need_phone(me)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        setting, version = await Lines(tx).set_ring_on(me.user_id, body.ring_on)
        chosen = RingOnChosen(
            aggregate_id=setting, aggregate_version=version, user_id=me.user_id, ring_on=body.ring_on
        )
        tx.emit(chosen)
        device = await _session_device(tx, me)
    return await _phone(runtime, me, device)


async def _session_device(tx: Transaction, me: Principal) -> DeviceRow | None:
    """The softphone of this browser session. API tokens have none; they ring desk phones."""
    if me.session_id is None:
        return None
    device = await Lines(tx).device_of_session(me.session_id)
    if device is None:
        device_id = new_id()
        device = DeviceRow(
            tenant_id=me.tenant_id,
            id=device_id,
            user_id=me.user_id,
            kind="webrtc",
            sip_name=f"web-{device_id.hex}",
            password=secrets.token_urlsafe(24),
            session_id=me.session_id,
        )
        await Lines(tx).add_device(device)
        tx.emit(DeviceChanged(aggregate_id=device_id, aggregate_version=1, user_id=me.user_id))
    return device


async def _phone(runtime: Runtime, me: Principal, device: DeviceRow | None) -> views.PhoneView:
    exchange = runtime.get(Exchange)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        ring_on = await Lines(tx).ring_on(me.user_id)
        devices = await Lines(tx).devices(me.user_id)
        (person,) = await people.list_people(tx, [me.user_id])
        queued = await routing.may_be_offered(tx, me.user_id, "voice")
    registered: frozenset[str] = frozenset()
    with contextlib.suppress(AsteriskAway):
        registered = frozenset((await exchange.commands.give(me, Wanted(KNOW, seconds=2.0))).split(","))
    settings = runtime.settings
    return views.PhoneView(
        sip_user=device.sip_name if device else "",
        sip_password=device.password if device else "",
        domain=settings.external_address or settings.sip_host,
        ws_path="/sip",
        ice_servers=ice_servers(settings, me.user_id, runtime.clock.now()),
        ring_on=ring_on,
        extension=person.extension,
        devices=[views.device_view(one, registered) for one in devices],
        queued=queued,
    )
