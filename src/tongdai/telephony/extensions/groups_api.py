"""Routes of ring and hunt groups: several colleagues behind one extension."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from tongdai.people import public as people
from tongdai.platform.bodies import Body, Change, Name
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited, EditedRow
from tongdai.platform.errors import invalid_field
from tongdai.platform.http import Me, Page, Tx
from tongdai.platform.paging import Asked, listed
from tongdai.telephony.events import TelephonyConfigured
from tongdai.telephony.extensions.forwarding_api import To
from tongdai.telephony.extensions.policies import Hunt
from tongdai.telephony.extensions.taken import need_free
from tongdai.tenancy import public as tenancy

router = APIRouter(prefix="/api/v1", tags=["telephony"])
EDIT = "telephony.edit"

Extension = Annotated[str, Field(pattern=r"^[0-9]{2,8}$", description="Two to eight digits; unique.")]
Members = Annotated[list[UUID], Field(min_length=1, max_length=100)]
RingTime = Annotated[int, Field(ge=5, le=120)]


class GroupIn(Body):
    """Members ring all at once or one after the other, `ring_s` seconds (each); who does not want to be disturbed or is on a call
    is passed over, nobody's own forwarding is followed.
    `otherwise`: an extension, a national number or "voicemail" for who reaches nobody."""

    name: Name
    extension: Extension
    hunt: Hunt = Hunt.ALL
    member_ids: Members
    ring_s: RingTime = 20
    otherwise: To = ""


class GroupChange(Change):
    name: Name = ""
    extension: Extension = ""
    hunt: Hunt = Hunt.ALL
    member_ids: Members = []
    ring_s: RingTime = 20
    otherwise: To = ""


class GroupView(EditedRow):
    name: str
    extension: str
    hunt: Hunt
    member_ids: list[UUID]
    ring_s: int
    otherwise: str


GROUPS = Edited(
    "extension_groups",
    GroupView,
    search="(t.extension || ' ' || t.name)",
    json=frozenset({"member_ids"}),
    unique={"extension_groups_tenant_id_extension_key": "extension"},
)


async def _check(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Everybody is a user, and the extension is nobody else's."""
    if "member_ids" in values:
        members = values["member_ids"]
        if len(await people.list_people(tx, members)) != len(set(members)):
            raise invalid_field(
                "member_ids", "Somebody of these is no user any more; choose again.", "choose"
            )
    if "extension" in values:
        await need_free(tx, values["extension"], "extension_groups")


async def _changed(
    tx: Transaction, action: str, row_id: UUID, version: int, values: Mapping[str, Any]
) -> None:
    await tenancy.recorded(tx, TelephonyConfigured, action, row_id, version, values)


@router.get("/ring-groups")
async def list_groups(me: Me, tx: Tx, asked: Asked) -> Page[GroupView]:
    me.reach(EDIT)
    return await listed(tx, GROUPS, asked)


@router.post("/ring-groups", status_code=201)
async def post_group(body: GroupIn, me: Me, tx: Tx) -> GroupView:
    """Put several colleagues behind one extension."""
    me.reach(EDIT)
    values = body.model_dump()
    await _check(tx, values)
    row_id = await GROUPS.add(tx, values)
    await _changed(tx, "ring_group.created", row_id, 1, values)
    return await GROUPS.get(tx, row_id)


@router.get("/ring-groups/{group_id}")
async def get_group(group_id: UUID, me: Me, tx: Tx) -> GroupView:
    me.reach(EDIT)
    return await GROUPS.get(tx, group_id)


@router.patch("/ring-groups/{group_id}")
async def patch_group(group_id: UUID, body: GroupChange, me: Me, tx: Tx) -> GroupView:
    """Change a group; a call that rings it already rings on as it began."""
    me.reach(EDIT)
    await GROUPS.lock(tx, group_id, body.version)
    values = body.values()
    await _check(tx, values)
    version = await GROUPS.change(tx, group_id, values)
    await _changed(tx, "ring_group.changed", group_id, version, values)
    return await GROUPS.get(tx, group_id)


@router.delete("/ring-groups/{group_id}", status_code=204)
async def delete_group(group_id: UUID, me: Me, tx: Tx) -> None:
    """Put a group aside: its extension is nobody's any more."""
    me.reach(EDIT)
    version = await GROUPS.archive(tx, group_id)
    await _changed(tx, "ring_group.archived", group_id, version, {})


@router.post("/ring-groups/{group_id}/restore")
async def restore_group(group_id: UUID, me: Me, tx: Tx) -> GroupView:
    me.reach(EDIT)
    await need_free(tx, (await GROUPS.get(tx, group_id)).extension, "extension_groups")
    version = await GROUPS.archive(tx, group_id, archived=False)
    await _changed(tx, "ring_group.restored", group_id, version, {})
    return await GROUPS.get(tx, group_id)
