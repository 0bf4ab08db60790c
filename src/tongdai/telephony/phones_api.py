"""Routes of users' desk phones: an account each, made up by us, its password shown once."""

import secrets
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, Tx
from tongdai.telephony.events import DeviceChanged
from tongdai.telephony.repository import DeviceRow, Lines
from tongdai.tenancy import public as tenancy

router = APIRouter(prefix="/api/v1", tags=["telephony"])
EDIT = "telephony.edit"


class Phone(BaseModel):
    """A desk phone's account, as the phone signs in."""

    id: UUID
    sip_user: str


class PhoneAccount(Phone):
    """A new account with its password, shown this once."""

    sip_password: str


async def _known(tx: Transaction, user_id: UUID) -> None:
    if not await people.list_people(tx, [user_id]):
        raise NotFound("There is no such user.")


@router.get("/users/{user_id}/phones")
async def list_phones(user_id: UUID, me: Me, tx: Tx) -> list[Phone]:
    """The user's desk phones; softphones of browsers are not among them."""
    me.reach(EDIT)
    await _known(tx, user_id)
    return [
        Phone(id=row.id, sip_user=row.sip_name)
        for row in await Lines(tx).devices(user_id)
        if row.kind == "sip"
    ]


@router.post("/users/{user_id}/phones", status_code=201)
async def post_phone(user_id: UUID, me: Me, tx: Tx) -> PhoneAccount:
    """Give the user a desk phone's account."""
    me.reach(EDIT)
    await _known(tx, user_id)
    device_id = new_id()
    row = DeviceRow(
        tenant_id=me.tenant_id,
        id=device_id,
        user_id=user_id,
        kind="sip",
        sip_name=f"phone-{device_id.hex[-16:]}",
        password=secrets.token_urlsafe(12),
        session_id=None,
    )
    await Lines(tx).add_device(row)
    tx.emit(DeviceChanged(aggregate_id=device_id, aggregate_version=1, user_id=user_id))
    await tenancy.audit(tx, "phone.created", "user", user_id, {"phone_id": str(device_id)})
    return PhoneAccount(id=device_id, sip_user=row.sip_name, sip_password=row.password)


@router.delete("/users/{user_id}/phones/{phone_id}", status_code=204)
async def delete_phone(user_id: UUID, phone_id: UUID, me: Me, tx: Tx) -> None:
    """Take the account away: the phone can no longer sign in; a call that is up goes on."""
    me.reach(EDIT)
    if not await Lines(tx).remove_phone(user_id, phone_id):
        raise NotFound("There is no such phone.")
    tx.emit(DeviceChanged(aggregate_id=phone_id, aggregate_version=2, user_id=user_id, removed=True))
    await tenancy.audit(tx, "phone.removed", "user", user_id, {"phone_id": str(phone_id)})
