"""Routes of trunks and numbers: what connects the centre with the outside world."""

import re
import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from tongdai.kit.ids import new_id
from tongdai.platform.bodies import Body, Change, Name
from tongdai.platform.chosen import check_chosen
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited, EditedRow
from tongdai.platform.errors import WrongValue, invalid_field
from tongdai.platform.http import Me, Page, Tx
from tongdai.platform.paging import Asked, listed
from tongdai.telephony.events import TelephonyConfigured
from tongdai.telephony.outbound.rules_api import Prefix
from tongdai.tenancy import public as tenancy

router = APIRouter(prefix="/api/v1", tags=["telephony"])
EDIT = "telephony.edit"

Host = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9.\-\[\]:]{1,255}$")]
Match = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9a-fA-F.:/]{2,64}$")]
_DIALLED = re.compile(r"^\+?[0-9*#]{2,32}$")


def dialled(text: str) -> str:
    """Without the spaces and signs that people write between the digits; trunks present none."""
    number = re.sub(r"[\s().\-–/]", "", text)
    if not number:
        raise WrongValue("Fill this in.", "required")
    if not _DIALLED.match(number):
        raise WrongValue("Write the digits, such as 19001234 or +842473001234.", "digits")
    return number


Number = Annotated[str, StringConstraints(max_length=60), AfterValidator(dialled)]
Codec = Literal["alaw", "ulaw", "g722", "opus"]
Codecs = Annotated[list[Codec], Field(min_length=1, max_length=5)]
Money = Annotated[Decimal, Field(ge=0, le=10_000_000, decimal_places=6)]
Password = Annotated[str, Field(min_length=8, max_length=128, pattern=r"^[\x21-\x7e]+$")]


NumberFormat = Literal["e164", "digits", "national"]


class Rate(Body):
    """What a minute to numbers that begin so costs; the longest beginning counts."""

    prefix: Prefix
    price_per_minute: Money


class RateView(BaseModel):
    prefix: str
    price_per_minute: float


class TrunkIn(Body):
    """A line. Without `host` the other side signs in to us with the account that is shown. `srtp`: the sound is encrypted
    by keys that are told in the signalling, and so with TLS only."""

    name: Name
    host: Host | None = None
    transport: Literal["udp", "tcp", "tls"] = "udp"
    username: str = ""
    password: Password | Literal[""] = ""
    registers_out: bool = False
    match: Annotated[list[Match], Field(max_length=50)] = []
    codecs: Codecs = ["alaw", "ulaw"]
    order: Annotated[int, Field(ge=0, le=1000)] = 0
    caller_id: Number | None = None
    max_calls: Annotated[int, Field(ge=1, le=100_000)] = 100
    max_spend: Money | None = None
    price_per_minute: Money = Decimal(0)
    prefixes: Annotated[list[Prefix], Field(max_length=200)] = []
    rates: Annotated[list[Rate], Field(max_length=2000)] = []
    number_format: NumberFormat = "e164"
    srtp: bool = False


class TrunkChange(Change):
    name: Name = ""
    host: Host | None = None
    transport: Literal["udp", "tcp", "tls"] = "udp"
    username: str = ""
    password: Password | Literal[""] = ""
    registers_out: bool = False
    match: Annotated[list[Match], Field(max_length=50)] = []
    codecs: Codecs = ["alaw", "ulaw"]
    order: Annotated[int, Field(ge=0, le=1000)] = 0
    caller_id: Number | None = None
    max_calls: Annotated[int, Field(ge=1, le=100_000)] = 100
    max_spend: Money | None = None
    price_per_minute: Money = Decimal(0)
    prefixes: Annotated[list[Prefix], Field(max_length=200)] = []
    rates: Annotated[list[Rate], Field(max_length=2000)] = []
    number_format: NumberFormat = "e164"
    srtp: bool = False


class Trunk(EditedRow):
    """The password is write-only; `username` is the account's name, unique in the installation."""

    name: str
    host: str | None
    transport: str
    username: str
    registers_out: bool
    match: list[str]
    codecs: list[str]
    order: int
    caller_id: str | None
    max_calls: int
    max_spend: float | None
    price_per_minute: float
    prefixes: list[str]
    rates: list[RateView]
    number_format: str
    srtp: bool


class TrunkAccount(Trunk):
    """A new trunk with its password, shown this once."""

    password: str


class NumberIn(Body):
    """A number that customers dial, as the trunk presents it."""

    number: Number
    label: Annotated[str, Field(max_length=120)] = ""
    flow_id: UUID | None = None
    trunk_id: UUID | None = None
    project_id: UUID | None = None


class NumberChange(Change):
    number: Number = ""
    label: Annotated[str, Field(max_length=120)] = ""
    flow_id: UUID | None = None
    trunk_id: UUID | None = None
    project_id: UUID | None = None


class NumberView(EditedRow):
    number: str
    label: str
    flow_id: UUID | None
    trunk_id: UUID | None
    project_id: UUID | None


TRUNKS = Edited("trunks", Trunk, json=frozenset({"match", "codecs", "prefixes", "rates"}))
NUMBERS = Edited(
    "numbers",
    NumberView,
    order="t.number",
    search="(t.number || ' ' || t.label)",
    unique={"numbers_tenant_id_number_key": "number"},
)


async def _changed(
    tx: Transaction, action: str, row_id: UUID, version: int, values: Mapping[str, Any]
) -> None:
    fields = {name: value for name, value in values.items() if name != "password"}
    await tenancy.recorded(tx, TelephonyConfigured, action, row_id, version, fields)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Rates as they are kept: prices as texts, so that no cent is lost."""
    rates: list[dict[str, Any]] = values.get("rates", [])
    kept = [{"prefix": one["prefix"], "price_per_minute": str(one["price_per_minute"])} for one in rates]
    return values | ({"rates": kept} if "rates" in values else {})


def _check_srtp(transport: str, *, srtp: bool) -> None:
    if srtp and transport != "tls":
        raise invalid_field(
            "srtp", "Sound is encrypted with TLS only: choose TLS as the transport.", "needs_tls"
        )


@router.get("/trunks")
async def list_trunks(me: Me, tx: Tx, asked: Asked) -> Page[Trunk]:
    me.reach(EDIT)
    return await listed(tx, TRUNKS, asked)


@router.post("/trunks", status_code=201)
async def post_trunk(body: TrunkIn, me: Me, tx: Tx) -> TrunkAccount:
    """Add a line. The account's name and password are made up where none are given; the password is shown this once.

    A trunk that we dial out by keeps the provider's account name; one that signs in to us is known by its own unique name.
    """
    me.reach(EDIT)
    row_id = new_id()
    sip_name = f"trunk-{row_id.hex[:12]}"
    _check_srtp(body.transport, srtp=body.srtp)
    values = _plain(body.model_dump())
    values["username"] = (body.username.strip() if body.host else "") or sip_name
    values["password"] = body.password or secrets.token_urlsafe(16)
    await TRUNKS.add(tx, {**values, "sip_name": sip_name}, row_id)
    await _changed(tx, "trunk.created", row_id, 1, values)
    made = await TRUNKS.get(tx, row_id)
    return TrunkAccount(**made.model_dump(), password=values["password"])


@router.get("/trunks/{trunk_id}")
async def get_trunk(trunk_id: UUID, me: Me, tx: Tx) -> Trunk:
    me.reach(EDIT)
    return await TRUNKS.get(tx, trunk_id)


@router.patch("/trunks/{trunk_id}")
async def patch_trunk(trunk_id: UUID, body: TrunkChange, me: Me, tx: Tx) -> Trunk:
    """Change a line. An empty password leaves the present one."""
    me.reach(EDIT)
    before = await TRUNKS.lock(tx, trunk_id, body.version)
    values = _plain(body.values())
    _check_srtp(values.get("transport", before.transport), srtp=values.get("srtp", before.srtp))
    if not values.get("password"):
        values.pop("password", None)
    if not values.get("username") or not values.get("host", before.host):
        values.pop("username", None)
    version = await TRUNKS.change(tx, trunk_id, values)
    await _changed(tx, "trunk.changed", trunk_id, version, values)
    return await TRUNKS.get(tx, trunk_id)


@router.delete("/trunks/{trunk_id}", status_code=204)
async def delete_trunk(trunk_id: UUID, me: Me, tx: Tx) -> None:
    """Put a line aside: no new calls by it; calls that are up go on."""
    me.reach(EDIT)
    version = await TRUNKS.archive(tx, trunk_id)
    await _changed(tx, "trunk.archived", trunk_id, version, {})


@router.post("/trunks/{trunk_id}/restore")
async def restore_trunk(trunk_id: UUID, me: Me, tx: Tx) -> Trunk:
    me.reach(EDIT)
    version = await TRUNKS.archive(tx, trunk_id, archived=False)
    await _changed(tx, "trunk.restored", trunk_id, version, {})
    return await TRUNKS.get(tx, trunk_id)


_CHOSEN = {"flow_id": "flows", "trunk_id": "trunks", "project_id": "projects"}


@router.get("/numbers")
async def list_numbers(me: Me, tx: Tx, asked: Asked) -> Page[NumberView]:
    me.reach(EDIT)
    return await listed(tx, NUMBERS, asked)


@router.post("/numbers", status_code=201)
async def post_number(body: NumberIn, me: Me, tx: Tx) -> NumberView:
    me.reach(EDIT)
    values = body.model_dump()
    await check_chosen(tx, values, _CHOSEN)
    row_id = await NUMBERS.add(tx, values)
    await _changed(tx, "number.created", row_id, 1, values)
    return await NUMBERS.get(tx, row_id)


@router.get("/numbers/{number_id}")
async def get_number(number_id: UUID, me: Me, tx: Tx) -> NumberView:
    me.reach(EDIT)
    return await NUMBERS.get(tx, number_id)


@router.patch("/numbers/{number_id}")
async def patch_number(number_id: UUID, body: NumberChange, me: Me, tx: Tx) -> NumberView:
    """Change where a number leads; callers who are in a flow already stay in it."""
    me.reach(EDIT)
    await NUMBERS.lock(tx, number_id, body.version)
    values = body.values()
    await check_chosen(tx, values, _CHOSEN)
    version = await NUMBERS.change(tx, number_id, values)
    await _changed(tx, "number.changed", number_id, version, values)
    return await NUMBERS.get(tx, number_id)


@router.delete("/numbers/{number_id}", status_code=204)
async def delete_number(number_id: UUID, me: Me, tx: Tx) -> None:
    """Put a number aside: callers hear that it is not in service."""
    me.reach(EDIT)
    version = await NUMBERS.archive(tx, number_id)
    await _changed(tx, "number.archived", number_id, version, {})


@router.post("/numbers/{number_id}/restore")
async def restore_number(number_id: UUID, me: Me, tx: Tx) -> NumberView:
    me.reach(EDIT)
    version = await NUMBERS.archive(tx, number_id, archived=False)
    await _changed(tx, "number.restored", number_id, version, {})
    return await NUMBERS.get(tx, number_id)
