"""Routes of visitors while nobody is there, and of what they want by mail."""

from uuid import UUID

from fastapi import APIRouter, Request

from tongdai.channels import desk
from tongdai.channels.errors import TooFast
from tongdai.channels.webchat import identity, offline, service, told, transcripts
from tongdai.channels.webchat.callers import TokenHeader, address_of, widget_of
from tongdai.channels.webchat.policies import Bucket
from tongdai.channels.webchat.schemas import Left, OfflineMessage, There, TranscriptIn
from tongdai.platform.database import Scope
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, RuntimeOf, Tx
from tongdai.platform.registry import Runtime

router = APIRouter(prefix="/api/v1/chat/{key}", tags=["visitors"])
agents = APIRouter(prefix="/api/v1", tags=["webchat"])
LEFT = Bucket(burst=5, rate=1 / 120)
"""By visitor."""
LEFT_FROM = Bucket(burst=20, rate=1 / 30)
"""By address: who opens the chat anew is a new visitor."""
LEFT_AT = Bucket(burst=200, rate=0.5)
"""By widget, whoever floods it from wherever."""
ASKED = Bucket(burst=4, rate=1 / 60)
"""By visitor."""
LOOKED = Bucket(burst=20, rate=0.5)
"""By address: a page asks once before it greets."""


def _calm(runtime: Runtime, *asked: tuple[Bucket, str]) -> None:
    now = runtime.clock.now().timestamp()
    if not all(bucket.takes(key, now) for bucket, key in asked):
        raise TooFast()


@router.get("/there")
async def get_there(key: str, request: Request, runtime: RuntimeOf) -> There:
    """Whether somebody is there, for a page that is about to greet its visitor: whoever that is."""
    widget, at = await widget_of(runtime, key), runtime.clock.now()
    _calm(runtime, (LOOKED, f"{key} {address_of(request)}"))
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        return There(away=await offline.away(tx, widget, at))


@router.post("/offline", status_code=201)
async def post_offline(
    key: str, body: OfflineMessage, request: Request, runtime: RuntimeOf, token: TokenHeader
) -> Left:
    """Leave a message while nobody is there. It is stored before this is answered."""
    widget, at = await widget_of(runtime, key), runtime.clock.now()
    if widget.offline is None:
        raise NotFound()
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        visitor = await service.visitor_of(tx, widget, token, lock=True)
        identity.admit(widget, visitor, at)
        address = f"{key} {address_of(request)}"
        _calm(runtime, (LEFT, str(visitor.id)), (LEFT_FROM, address), (LEFT_AT, key))
        return Left(answered_by=await offline.leave_message(tx, widget, visitor, body, at))


@router.post("/transcript", status_code=204)
async def post_transcript(key: str, body: TranscriptIn, runtime: RuntimeOf, token: TokenHeader) -> None:
    """The visitor wants the chat by mail."""
    widget, at = await widget_of(runtime, key), runtime.clock.now()
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        visitor = await service.visitor_of(tx, widget, token, lock=True)
        identity.admit(widget, visitor, at)
        _calm(runtime, (ASKED, str(visitor.id)))
        await transcripts.send_to_visitor(tx, widget, visitor, body.email, body.client_id, at)


@agents.get("/assignments/{assignment_id}/visit")
async def get_visit(assignment_id: UUID, me: Me, tx: Tx) -> told.Visit:
    """What the page of the visitor whom I have tells of the visit: not proven."""
    me.reach(desk.TAKE)
    part = await desk.part_of(tx, me, assignment_id)
    visit = await told.visit_of(tx, part.interaction_id)
    if visit is None:
        raise NotFound("There is no such contact of yours.")
    return visit


@agents.post("/assignments/{assignment_id}/transcript", status_code=204)
async def post_agents_transcript(
    assignment_id: UUID, body: TranscriptIn, me: Me, tx: Tx, runtime: RuntimeOf
) -> None:
    """The agent who has the chat, or wraps it up, sends it to an address of the customer's."""
    me.reach(desk.TAKE)
    part = await desk.part_of(tx, me, assignment_id)
    await transcripts.send_by_agent(tx, part, body.email, body.client_id, runtime.clock.now())
