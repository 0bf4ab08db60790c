"""Routes of working together on a call: sending it on, asking a colleague, conferring."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from tongdai.flows import public as flows
from tongdai.kit.text import fold
from tongdai.people import public as people
from tongdai.platform.database import Scope
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, RuntimeOf, Tx, one_of
from tongdai.routing import public as routing
from tongdai.telephony import views
from tongdai.telephony.api import TAKE, Key, order, view_of
from tongdai.telephony.commands import Wanted
from tongdai.telephony.errors import NotParked
from tongdai.telephony.exchange import Exchange
from tongdai.telephony.extensions.repository import Reach
from tongdai.telephony.repository import Calls
from tongdai.telephony.together.parked import ParkedView, parked_views
from tongdai.telephony.together.targets import Destination
from tongdai.telephony.voicemail.repository import Boxes

router = APIRouter(prefix="/api/v1", tags=["calls"])


@router.post("/calls/{call_id}/transfer")
async def post_transfer(
    call_id: UUID, body: Destination, me: Me, runtime: RuntimeOf, key: Key = None
) -> views.CallView:
    """Send the customer on without asking. Who does not answer is followed by me, if I can take them back, then by the queue."""
    return await order(runtime, me, call_id, "transfer", key, body.model_dump_json())


@router.post("/calls/{call_id}/consult")
async def post_consult(
    call_id: UUID, body: Destination, me: Me, runtime: RuntimeOf, key: Key = None
) -> views.CallView:
    """Ask somebody while the customer hears music: a colleague, an outside number, a ring group, any agent of a queue (found as
    for a caller)."""
    return await order(runtime, me, call_id, "consult", key, body.model_dump_json())


@router.post("/calls/{call_id}/consult/{command}")
async def post_consult_command(
    call_id: UUID,
    command: Literal["swap", "complete", "cancel", "merge"],
    me: Me,
    runtime: RuntimeOf,
    key: Key = None,
) -> views.CallView:
    """While asking: speak to the other one, leave the customer to them, go back to the customer, or put all together."""
    return await order(runtime, me, call_id, command, key)


class Invited(Destination):
    """`listens`: they hear the others, who never hear them."""

    listens: bool = False


@router.post("/calls/{call_id}/parties")
async def post_party(
    call_id: UUID, body: Invited, me: Me, runtime: RuntimeOf, key: Key = None
) -> views.CallView:
    """Call somebody into the conversation; it goes on meanwhile. Ten people in all."""
    command = "add_listener" if body.listens else "add_party"
    return await order(runtime, me, call_id, command, key, body.model_dump_json(exclude={"listens"}))


@router.post("/calls/{call_id}/parties/{party_id}/{command}")
async def post_party_command(
    call_id: UUID,
    party_id: UUID,
    command: Literal["drop", "mute", "unmute", "hold", "resume", "listen", "speak", "lead"],
    me: Me,
    runtime: RuntimeOf,
    key: Key = None,
) -> views.CallView:
    """Let somebody go, silence them for the others, or let them wait with music; let them only listen, or speak again; or let a
    colleague lead: the customer and the result are theirs from now on, and I am one of the others."""
    return await order(runtime, me, call_id, f"{command}_party", key, str(party_id))


@router.post("/calls/{call_id}/leave")
async def post_leave(call_id: UUID, me: Me, runtime: RuntimeOf, key: Key = None) -> views.CallView:
    """Leave a conference to the others."""
    return await order(runtime, me, call_id, "leave", key)


@router.post("/calls/{call_id}/park")
async def post_park(call_id: UUID, me: Me, runtime: RuntimeOf, key: Key = None) -> views.CallView:
    """Leave the customer at a parking place, with music, to whoever picks them up. The answer says which (`park_slot`)."""
    return await order(runtime, me, call_id, "park", key)


@router.get("/parked-calls")
async def get_parked(me: Me, tx: Tx) -> list[ParkedView]:
    """All who are parked, by place. `parked.changed` says when that is another list."""
    me.reach(TAKE)
    return await parked_views(tx)


@router.post("/parked-calls/{call_id}/pick-up")
async def post_pick_up(call_id: UUID, me: Me, runtime: RuntimeOf, key: Key = None) -> views.CallView:
    """Take the customer: my own phone rings (a browser answers by itself). One gets them; whoever comes later is told so."""
    me.reach(TAKE)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        row = await Calls(tx).get(call_id)
    if row is None:
        raise NotFound("There is no such call.")
    if row.park_slot is None:
        raise NotParked()
    wanted = Wanted("pick_up", call_id, str(me.user_id), key=key)
    await runtime.get(Exchange).commands.give(me, wanted)
    return await view_of(runtime, me, call_id)


class DestinationView(BaseModel):
    """One whom a call can be sent to. A colleague says what they do now and since when, a queue how many wait in it. A
    voicemail bears the name of the user or ring group whose it is."""

    kind: Annotated[str, one_of("colleague", "queue", "group", "room", "flow", "voicemail")]
    id: UUID
    name: str
    extension: str | None = None
    state: Annotated[str | None, one_of("ready", "not_ready", "offered", "working", "wrap_up", "offline")] = (
        None
    )
    since: datetime | None = None
    waiting: int | None = None


@router.get("/call-destinations")
async def get_destinations(
    me: Me, tx: Tx, q: Annotated[str, Query(max_length=100)] = ""
) -> list[DestinationView]:
    """Colleagues who are there (the ready ones first), queues, ring groups, conference rooms, published flows, the colleagues who
    are not, and the voicemails of those who take messages: those whose name or extension fits."""
    me.reach(TAKE)
    colleagues = [
        DestinationView(
            kind="colleague",
            id=one.id,
            name=one.name,
            extension=one.extension,
            state=one.shown,
            since=one.since,
        )
        for one in await people.colleagues(tx, q, limit=50)
        if one.id != me.user_id
    ]
    queues = [
        DestinationView(kind="queue", id=row.id, name=row.name, waiting=row.waiting)
        for row in await routing.waiting_in_queues(tx)
    ]
    published = [DestinationView(kind="flow", id=row.id, name=row.title) for row in await flows.published(tx)]
    places = [
        DestinationView(kind=row.kind, id=row.id, name=row.name, extension=row.extension)
        for row in await Reach(tx).places()
    ]
    lines = [
        one
        for one in queues + places + published
        if fold(q) in fold(one.name) or (one.extension or "").startswith(q or "-")
    ]
    there = [one for one in colleagues if one.state != "offline"]
    boxes = [
        DestinationView(kind="voicemail", id=box.owner_id, name=box.name, extension=box.extension)
        for box in await Boxes(tx).to_leave_in()
        if fold(q) in fold(box.name) or (box.extension or "").startswith(q)
    ]
    return there + lines + [one for one in colleagues if one.state == "offline"] + boxes[:50]
