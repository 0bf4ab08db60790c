"""Routes of what is shown to whom an agent calls, and of the numbers that I called last."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from tongdai.crm import public as crm
from tongdai.kit.ids import new_id
from tongdai.kit.phone import parse_number
from tongdai.people import public as people
from tongdai.platform.bodies import Body, Change
from tongdai.platform.chosen import check_chosen
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field
from tongdai.platform.http import Me, Page, Ref, RuntimeOf, Tx, one_of
from tongdai.platform.paging import Asked, listed
from tongdai.telephony.api import TAKE
from tongdai.telephony.errors import BadNumber
from tongdai.telephony.outbound.dialplan import read_dialled
from tongdai.telephony.outbound.rules import CALLER_IDS, CallerIdRow, DialRuleRows, LastDialled
from tongdai.telephony.outbound.rules_api import Prefix
from tongdai.telephony.policies import choices
from tongdai.telephony.repository import Lines
from tongdai.tenancy import public as tenancy

router = APIRouter(prefix="/api/v1", tags=["telephony"])
EDIT = "telephony.edit"
LAST = 10

Ids = Annotated[list[UUID], Field(max_length=200)]
Prefixes = Annotated[list[Prefix], Field(max_length=50)]


class CallerIdIn(Body):
    """Which numbers are shown, the first unless the agent may choose. Conditions that name nothing hold for all."""

    order: Annotated[int, Field(ge=0, le=1000)] = 0
    prefixes: Prefixes = []
    queue_ids: Ids = []
    team_ids: Ids = []
    user_ids: Ids = []
    project_ids: Ids = []
    number_ids: Ids
    may_choose: bool = False


class CallerIdChange(Change):
    order: Annotated[int, Field(ge=0, le=1000)] = 0
    prefixes: Prefixes = []
    queue_ids: Ids = []
    team_ids: Ids = []
    user_ids: Ids = []
    project_ids: Ids = []
    number_ids: Ids = []
    may_choose: bool = False


Because = Annotated[str, one_of("project", "user", "team", "queue", "number")]


class CallerIds(BaseModel):
    """What I may show to a number: by a rule the first is shown unasked; with `may_choose` another of them when asked."""

    numbers: list[str]
    may_choose: bool
    because: list[Because] | None
    """By which conditions its rule was chosen (none: it holds for all); null: no rule, the trunk's own is shown."""
    project: Ref | None
    """For which the call is: the one that I named, or that of whom I call."""
    projects: list[Ref]
    """Mine, for which I may call."""


_CHOSEN = {"number_ids": "numbers", "queue_ids": "queues", "user_ids": "users", "project_ids": "projects"}


async def _check(tx: Transaction, values: Mapping[str, Any]) -> None:
    if "number_ids" in values and not values["number_ids"]:
        raise invalid_field("number_ids", "Choose at least one of your numbers.", "required")
    await check_chosen(tx, values, _CHOSEN)


@router.get("/caller-ids")
async def list_caller_ids(me: Me, tx: Tx, asked: Asked) -> Page[CallerIdRow]:
    me.reach(EDIT)
    return await listed(tx, CALLER_IDS, asked)


@router.post("/caller-ids", status_code=201)
async def post_caller_id(body: CallerIdIn, me: Me, tx: Tx) -> CallerIdRow:
    """A rule: the first by `order` that fits who calls whom decides what is shown."""
    me.reach(EDIT)
    values = body.model_dump()
    await _check(tx, values)
    row_id = new_id()
    await CALLER_IDS.add(tx, values, row_id)
    await tenancy.audit(tx, "caller_id_rule.created", "caller_id_rule", row_id)
    return await CALLER_IDS.get(tx, row_id)


@router.patch("/caller-ids/{rule_id}")
async def patch_caller_id(rule_id: UUID, body: CallerIdChange, me: Me, tx: Tx) -> CallerIdRow:
    me.reach(EDIT)
    await CALLER_IDS.lock(tx, rule_id, body.version)
    values = body.values()
    await _check(tx, values)
    await CALLER_IDS.change(tx, rule_id, values)
    fields = tenancy.changed_fields(values)
    await tenancy.audit(tx, "caller_id_rule.changed", "caller_id_rule", rule_id, fields)
    return await CALLER_IDS.get(tx, rule_id)


@router.delete("/caller-ids/{rule_id}", status_code=204)
async def delete_caller_id(rule_id: UUID, me: Me, tx: Tx) -> None:
    me.reach(EDIT)
    await CALLER_IDS.archive(tx, rule_id)
    await tenancy.audit(tx, "caller_id_rule.archived", "caller_id_rule", rule_id)


@router.post("/caller-ids/{rule_id}/restore")
async def restore_caller_id(rule_id: UUID, me: Me, tx: Tx) -> CallerIdRow:
    me.reach(EDIT)
    await CALLER_IDS.archive(tx, rule_id, archived=False)
    await tenancy.audit(tx, "caller_id_rule.restored", "caller_id_rule", rule_id)
    return await CALLER_IDS.get(tx, rule_id)


@router.get("/phone/caller-ids")
async def get_my_caller_ids(
    me: Me,
    tx: Tx,
    runtime: RuntimeOf,
    to: Annotated[str, Query(min_length=1, max_length=64)],
    project_id: UUID | None = None,
) -> CallerIds:
    """What I may show to a number that I am about to call, and why. Without rules: any of the centre's, or the trunk's."""
    me.reach(TAKE)
    country, _ = await Lines(tx).country_and_zone()
    dialled = read_dialled(to, country)
    if dialled is None:
        raise BadNumber()
    sources = runtime.registry.ensure(people.PrincipalSources)
    wanted = project_id if project_id in me.project_ids else await _project_of(tx, dialled.number, country)
    rule = await DialRuleRows(tx).caller_id_rule(me.user_id, sources, dialled, wanted)
    own = {row.id: row.number for row in await Lines(tx).numbers() if row.tenant_id == me.tenant_id}
    names = await tenancy.project_names(tx, [*me.project_ids, *([wanted] if wanted else [])])
    return CallerIds(
        numbers=choices(rule, own),
        may_choose=rule is None or rule.may_choose,
        because=None if rule is None else rule.because,
        project=Ref(id=wanted, name=names[wanted]) if wanted is not None and wanted in names else None,
        projects=[Ref(id=one, name=name) for one, name in names.items() if one in me.project_ids],
    )


async def _project_of(tx: Transaction, number: str, country: str) -> UUID | None:
    """The project of whom a number belongs to; None where nobody or several have it."""
    e164 = parse_number(number, country).e164
    known = (await crm.sharing_numbers(tx, [e164]))[e164] if e164 else []
    return known[0].project_id if len(known) == 1 else None


@router.get("/phone/last-dialled")
async def get_last_dialled(me: Me, tx: Tx) -> list[LastDialled]:
    """The outside numbers that I called last, each once."""
    me.reach(TAKE)
    return await DialRuleRows(tx).last_dialled(me.user_id, LAST)
