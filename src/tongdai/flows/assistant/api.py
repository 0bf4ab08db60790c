"""Routes of the assistant: how it is set up, whether it works, what it was told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from tongdai.flows.assistant import service
from tongdai.flows.assistant.policies import question
from tongdai.flows.assistant.repository import Assistants, ExchangeRow, Exchanges
from tongdai.flows.assistant.schemas import (
    AssistantChange,
    AssistantTrial,
    AssistantView,
    Exchange,
    ExchangeDetail,
    Purpose,
)
from tongdai.flows.assistant.service import Assistant, month_of
from tongdai.platform.cursors import instant_or_invalid, uuid_or_invalid
from tongdai.platform.database import Scope
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, decode_cursor, encode_cursor, page_of
from tongdai.platform.sealed import KeyRing

router = APIRouter(prefix="/api/v1/assistant", tags=["flows"])
EDIT = "assistant.edit"
READ = "assistant.read"
TRIAL = question(
    "Answer the question in one short sentence.",
    {"question": "Are you there? Say in which language you answer best."},
)


@router.get("")
async def get_assistant(me: Me, tx: Tx, runtime: RuntimeOf) -> AssistantView:
    me.reach(EDIT)
    return service.view_of(await Assistants(tx).get(month_of(runtime.clock.now())))


@router.patch("")
async def patch_assistant(body: AssistantChange, me: Me, tx: Tx, runtime: RuntimeOf) -> AssistantView:
    """Another server asks for its key again: a key goes to no other."""
    me.reach(EDIT)
    return await service.change(tx, body, KeyRing(runtime.settings.key_ring), runtime.clock.now())


@router.post("/try")
async def post_try(me: Me, runtime: RuntimeOf) -> AssistantTrial:
    """Ask it something that is about nobody, and say what is wrong."""
    me.reach(EDIT)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        row = await Assistants(tx).get(month_of(runtime.clock.now()))
    return await runtime.get(Assistant).try_it(row, TRIAL)


@router.get("/exchanges")
async def list_exchanges(
    me: Me, tx: Tx, asked: Asked, purpose: Annotated[Purpose | None, Query()] = None
) -> Page[Exchange]:
    """What it was asked, newest first."""
    me.reach(READ)
    cursor = decode_cursor(asked.cursor, 2)
    before = (instant_or_invalid(cursor[0]), uuid_or_invalid(cursor[1])) if cursor else None
    rows = await Exchanges(tx).page(purpose, before, asked.limit)
    page = page_of(rows, asked.limit, lambda row: encode_cursor(row.at, row.id))
    return Page(items=[_view(row) for row in page.items], next_cursor=page.next_cursor)


@router.get("/exchanges/{exchange_id}")
async def get_exchange(exchange_id: UUID, me: Me, tx: Tx) -> ExchangeDetail:
    """With all that it was told."""
    me.reach(READ)
    row = await Exchanges(tx).get(exchange_id)
    if row is None:
        raise NotFound()
    return ExchangeDetail.model_validate({**_view(row).model_dump(), "told": row.told})


def _view(row: ExchangeRow) -> Exchange:
    told = {name: getattr(row, name) for name in Exchange.model_fields if name != "interaction_id"}
    return Exchange(interaction_id=row.subject_id, **told)
