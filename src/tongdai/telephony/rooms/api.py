"""Routes of conference rooms."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from tongdai.people import public as people
from tongdai.platform.bodies import Body, Change, Name
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited, EditedRow
from tongdai.platform.http import Me, Page, Tx
from tongdai.platform.paging import Asked, listed
from tongdai.telephony.events import TelephonyConfigured
from tongdai.telephony.extensions.groups_api import Extension
from tongdai.telephony.extensions.taken import need_free
from tongdai.telephony.voicemail.boxes_api import Pin
from tongdai.tenancy import public as tenancy

router = APIRouter(prefix="/api/v1", tags=["telephony"])
EDIT = "telephony.edit"

Most = Annotated[int, Field(ge=2, le=100, description="So many are let in at once.")]


class RoomIn(Body):
    """Who dials the extension hears all others who are there. `pin`: keyed before; "" or null: whoever dials is let in. `tone`:
    those inside hear a tone when somebody comes."""

    name: Name
    extension: Extension
    pin: Pin | None = None
    max_members: Most = 20
    tone: bool = True


class RoomChange(Change):
    """`pin`: a new PIN, "" for none; null, or left out, it stays."""

    name: Name = ""
    extension: Extension = ""
    pin: Pin | None = None
    max_members: Most = 20
    tone: bool = True


class RoomView(EditedRow):
    name: str
    extension: str
    has_pin: bool
    max_members: int
    tone: bool


ROOMS = Edited(
    "conference_rooms",
    RoomView,
    search="(t.extension || ' ' || t.name)",
    computed={"has_pin": "(t.pin <> '')"},
    unique={"conference_rooms_tenant_id_extension_key": "extension"},
)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is written: of the PIN a hash, with which the counting of wrong ones begins anew."""
    columns = {name: value for name, value in values.items() if name != "pin"}
    pin = values.get("pin")
    if pin is not None:
        columns |= {"pin": people.hash_pin(pin) if pin else "", "pin_failures": 0, "pin_locked_until": None}
    return columns


async def _changed(
    tx: Transaction, action: str, row_id: UUID, version: int, values: Mapping[str, Any]
) -> None:
    await tenancy.recorded(tx, TelephonyConfigured, action, row_id, version, values)


@router.get("/conference-rooms")
async def list_rooms(me: Me, tx: Tx, asked: Asked) -> Page[RoomView]:
    me.reach(EDIT)
    return await listed(tx, ROOMS, asked)


@router.post("/conference-rooms", status_code=201)
async def post_room(body: RoomIn, me: Me, tx: Tx) -> RoomView:
    """Make an extension a room in which all who dial it hear each other."""
    me.reach(EDIT)
    values = body.model_dump()
    await need_free(tx, body.extension, "conference_rooms")
    row_id = await ROOMS.add(tx, _columns(values))
    await _changed(tx, "conference_room.created", row_id, 1, values)
    return await ROOMS.get(tx, row_id)


@router.get("/conference-rooms/{room_id}")
async def get_room(room_id: UUID, me: Me, tx: Tx) -> RoomView:
    me.reach(EDIT)
    return await ROOMS.get(tx, room_id)


@router.patch("/conference-rooms/{room_id}")
async def patch_room(room_id: UUID, body: RoomChange, me: Me, tx: Tx) -> RoomView:
    """Change a room; who is in it stays."""
    me.reach(EDIT)
    await ROOMS.lock(tx, room_id, body.version)
    values = body.values()
    if "extension" in values:
        await need_free(tx, body.extension, "conference_rooms")
    version = await ROOMS.change(tx, room_id, _columns(values))
    await _changed(tx, "conference_room.changed", room_id, version, values)
    return await ROOMS.get(tx, room_id)


@router.delete("/conference-rooms/{room_id}", status_code=204)
async def delete_room(room_id: UUID, me: Me, tx: Tx) -> None:
    """Put a room aside: nobody else comes in; who is in it stays."""
    me.reach(EDIT)
    version = await ROOMS.archive(tx, room_id)
    await _changed(tx, "conference_room.archived", room_id, version, {})


@router.post("/conference-rooms/{room_id}/restore")
async def restore_room(room_id: UUID, me: Me, tx: Tx) -> RoomView:
    me.reach(EDIT)
    room = await ROOMS.get(tx, room_id)
    await need_free(tx, room.extension, "conference_rooms")
    version = await ROOMS.archive(tx, room_id, archived=False)
    await _changed(tx, "conference_room.restored", room_id, version, {})
    return await ROOMS.get(tx, room_id)
