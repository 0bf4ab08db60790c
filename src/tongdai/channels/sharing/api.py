"""Routes of shared sessions for agents."""

from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, WebSocket

from tongdai.channels.sharing import service
from tongdai.channels.sharing.line import carry
from tongdai.channels.sharing.policies import Kind, Side, Stage, Why
from tongdai.channels.sharing.repository import ShareRow, Shares
from tongdai.channels.sharing.rooms import OVER, REFUSED
from tongdai.channels.sharing.schemas import Share
from tongdai.conversations.public import AssignmentRow, Assignments
from tongdai.platform.auth import Principal
from tongdai.platform.bodies import Body
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Authenticator, Me, RuntimeOf, Tx, runtime_of
from tongdai.platform.relays import IceServer, ice_servers

router = APIRouter(prefix="/api/v1", tags=["webchat"])
TAKE = "calls.take"


class Asked(Body):
    """What is to be shared."""

    kind: Kind


async def _part(tx: Transaction, me: Principal, assignment_id: UUID) -> AssignmentRow:
    found = await Assignments(tx).get([assignment_id])
    if not found or found[0].user_id != me.user_id:
        raise NotFound("There is no such contact of yours.")
    return found[0]


async def _mine(tx: Transaction, me: Principal, share_id: UUID) -> ShareRow:
    row = await Shares(tx).get(share_id)
    if row is None or row.user_id != me.user_id:
        raise NotFound()
    return row


@router.get("/assignments/{assignment_id}/shares")
async def get_shares(assignment_id: UUID, me: Me, tx: Tx) -> list[Share]:
    """My last session of each kind with the customer whom I have, over or not."""
    me.reach(TAKE)
    part = await _part(tx, me, assignment_id)
    return [Share.of(row) for row in await Shares(tx).latest_of(part.interaction_id, me.user_id)]


@router.post("/assignments/{assignment_id}/shares")
async def post_share(assignment_id: UUID, body: Asked, me: Me, tx: Tx, runtime: RuntimeOf) -> Share:
    """Ask the customer whom I have to show me their page. Asked again while that is open, it is the same session."""
    me.reach(TAKE)
    part = await _part(tx, me, assignment_id)
    return Share.of(await service.ask(tx, part, body.kind, runtime.clock.now()))


@router.post("/assignments/shares/{share_id}/end")
async def post_end(share_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> Share:
    """Stop it, or take the question back."""
    me.reach(TAKE)
    row = await _mine(tx, me, share_id)
    return Share.of(await service.end(tx, row.id, Side.AGENT, Why.STOPPED, runtime.clock.now()))


@router.get("/assignments/shares/{share_id}/ice")
async def get_ice(share_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> list[IceServer]:
    """Through which servers my call goes."""
    me.reach(TAKE)
    await _mine(tx, me, share_id)
    return ice_servers(runtime.settings, me.user_id, runtime.clock.now())


@router.websocket("/assignments/shares/{share_id}/socket")
async def socket(socket: WebSocket, share_id: UUID) -> None:
    """What the customer shows, for the agent who asked, while it is on."""
    runtime = runtime_of(socket)
    await socket.accept()
    origin = socket.headers.get("origin")
    me = await runtime.get(Authenticator).principal(socket)
    foreign = origin is not None and urlsplit(origin).netloc != socket.headers.get("host")
    if me is None or foreign or not me.may(TAKE):
        await socket.close(REFUSED)
        return
    scope = Scope(me.tenant_id, me.user_id)
    try:
        async with runtime.database.transaction(scope) as tx:
            row = await _mine(tx, me, share_id)
    except NotFound:
        await socket.close(REFUSED)
        return
    if row.state != Stage.ON:
        await socket.close(OVER)
        return

    async def allowed() -> bool:
        now = await runtime.get(Authenticator).principal(socket)
        return now is not None and now.may(TAKE)

    await carry(socket, runtime, scope, row, Side.AGENT, allowed)
