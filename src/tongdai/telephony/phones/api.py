"""Routes of users' desk phones: an account each, made up by us, its password shown once."""

import secrets
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.platform.auth import Principal
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, RuntimeOf, Tx
from tongdai.platform.registry import Runtime
from tongdai.telephony.events import DeviceChanged
from tongdai.telephony.exchange import Exchange
from tongdai.telephony.repository import DeviceRow, DialLimits, Lines
from tongdai.tenancy import public as tenancy

router = APIRouter(prefix="/api/v1", tags=["telephony"])
EDIT = "telephony.edit"


class Phone(BaseModel):
    """A desk phone's account, as the phone signs in at `server`. `registered`: it is signed in now."""

    id: UUID
    sip_user: str
    server: str
    registered: bool = False


class PhoneAccount(Phone):
    """A new account with its password, shown this once."""

    sip_password: str


async def _known(tx: Transaction, user_id: UUID) -> None:
    if not await people.list_people(tx, [user_id]):
        raise NotFound("There is no such user.")


def _server(runtime: Runtime) -> str:
    """What a person types into the phone."""
    settings = runtime.settings
    return f"{settings.external_address or settings.sip_host}:{settings.sip_port}"


@router.get("/users/{user_id}/phones")
async def list_phones(user_id: UUID, me: Me, runtime: RuntimeOf) -> list[Phone]:
    """The user's desk phones; softphones of browsers are not among them."""
    me.reach(EDIT)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        await _known(tx, user_id)
        rows = [row for row in await Lines(tx).devices(user_id) if row.kind == "sip"]
    exchange = runtime.get(Exchange)
    registered = (
        await exchange.directory.registered([row.sip_name for row in rows])
        if exchange.owns
        else frozenset[str]()
    )
    return [
        Phone(
            id=row.id, sip_user=row.sip_name, server=_server(runtime), registered=row.sip_name in registered
        )
        for row in rows
    ]


async def _add(
    tx: Transaction, me: Principal, runtime: Runtime, user_id: UUID, sip_user: str
) -> PhoneAccount:
    row = DeviceRow(
        tenant_id=me.tenant_id,
        id=new_id(),
        user_id=user_id,
        kind="sip",
        sip_name=sip_user,
        password=secrets.token_urlsafe(12),
        session_id=None,
    )
    await Lines(tx).add_device(row)
    tx.emit(DeviceChanged(aggregate_id=row.id, aggregate_version=1, user_id=user_id))
    return PhoneAccount(id=row.id, sip_user=sip_user, server=_server(runtime), sip_password=row.password)


@router.post("/users/{user_id}/phones", status_code=201)
async def post_phone(user_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> PhoneAccount:
    """Give the user a desk phone's account."""
    me.reach(EDIT)
    await _known(tx, user_id)
    made = await _add(tx, me, runtime, user_id, f"phone-{new_id().hex[-16:]}")
    await tenancy.audit(tx, "phone.created", "user", user_id, {"phone_id": str(made.id)})
    return made


@router.post("/users/{user_id}/phones/{phone_id}/password", status_code=201)
async def post_password(user_id: UUID, phone_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> PhoneAccount:
    """Replace the account by one with the same SIP user and a new password. The phone has to sign in anew."""
    me.reach(EDIT)
    rows = await Lines(tx).devices(user_id)
    sip_user = next((row.sip_name for row in rows if row.id == phone_id), None)
    if sip_user is None or not await Lines(tx).remove_phone(user_id, phone_id):
        raise NotFound("There is no such phone.")
    tx.emit(DeviceChanged(aggregate_id=phone_id, aggregate_version=2, user_id=user_id, removed=True))
    made = await _add(tx, me, runtime, user_id, sip_user)
    await tenancy.audit(tx, "phone.password_renewed", "user", user_id, {"phone_id": str(made.id)})
    return made


@router.delete("/users/{user_id}/phones/{phone_id}", status_code=204)
async def delete_phone(user_id: UUID, phone_id: UUID, me: Me, tx: Tx) -> None:
    """Take the account away: the phone can no longer sign in; a call that is up goes on."""
    me.reach(EDIT)
    if not await Lines(tx).remove_phone(user_id, phone_id):
        raise NotFound("There is no such phone.")
    tx.emit(DeviceChanged(aggregate_id=phone_id, aggregate_version=2, user_id=user_id, removed=True))
    await tenancy.audit(tx, "phone.removed", "user", user_id, {"phone_id": str(phone_id)})


class DialLimitsView(BaseModel):
    """What a user may do to outside in a day; null: as much as the trunks let through. Emergency numbers always go."""

    max_calls: Annotated[int, Field(ge=0, le=100_000)] | None = None
    max_spend: Annotated[float, Field(ge=0, le=10_000_000)] | None = None


@router.get("/users/{user_id}/dial-limits")
async def get_dial_limits(user_id: UUID, me: Me, tx: Tx) -> DialLimitsView:
    """How much the user may call outside."""
    me.reach(EDIT)
    await _known(tx, user_id)
    limits = await Lines(tx).dial_limits(user_id)
    spend = None if limits.max_spend is None else float(limits.max_spend)
    return DialLimitsView(max_calls=limits.max_calls, max_spend=spend)


@router.put("/users/{user_id}/dial-limits")
async def put_dial_limits(user_id: UUID, body: DialLimitsView, me: Me, tx: Tx) -> DialLimitsView:
    """Set both limits."""
    me.reach(EDIT)
    await _known(tx, user_id)
    spend = None if body.max_spend is None else Decimal(str(body.max_spend))
    await Lines(tx).set_dial_limits(user_id, DialLimits(body.max_calls, spend))
    await tenancy.audit(tx, "phone.limits_set", "user", user_id, body.model_dump(mode="json"))
    return body
