"""Routes of shared sessions for visitors: they answer, show, and stop."""

import asyncio
import json
from uuid import UUID

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from tongdai.channels.errors import ShareOver, TooFast
from tongdai.channels.sharing import service
from tongdai.channels.sharing.line import carry
from tongdai.channels.sharing.policies import Side, Stage, Why
from tongdai.channels.sharing.repository import ShareRow, Shares
from tongdai.channels.sharing.rooms import OVER, REFUSED
from tongdai.channels.sharing.schemas import Answer
from tongdai.channels.webchat.callers import TokenHeader, widget_of
from tongdai.channels.webchat.policies import Bucket
from tongdai.channels.webchat.repository import WidgetRow
from tongdai.channels.webchat.service import visitor_of
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import AppError, NotFound
from tongdai.platform.http import RuntimeOf, runtime_of
from tongdai.platform.registry import Runtime
from tongdai.platform.relays import IceServer, ice_servers

router = APIRouter(prefix="/api/v1/chat/{key}/shares/{share_id}", tags=["visitors"])
ANSWERS = Bucket(burst=20, rate=0.5)
"""By token: each page that is loaded opens a connection."""
FIRST_S = 10.0
CALL_HOURS = 2
"""So long a visitor may use our relay."""


def _calm(runtime: Runtime, token: str) -> None:
    if not ANSWERS.takes(token, runtime.clock.now().timestamp()):
        raise TooFast()


async def _mine(tx: Transaction, widget: WidgetRow, token: str, share_id: UUID) -> ShareRow:
    """Raises VisitorUnknown, NotFound."""
    visitor = await visitor_of(tx, widget, token)
    row = await Shares(tx).get(share_id)
    if row is None or row.visitor_id != visitor.id:
        raise NotFound()
    return row


@router.post("/answer", status_code=204)
async def post_answer(key: str, share_id: UUID, body: Answer, runtime: RuntimeOf, token: TokenHeader) -> None:
    """The visitor agrees to show their page, or does not."""
    _calm(runtime, token)
    widget, at = await widget_of(runtime, key), runtime.clock.now()
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        row = await _mine(tx, widget, token, share_id)
        if body.answer == "agree":
            await service.agree(tx, row.id, at)
        else:
            why = Why.UNABLE if body.answer == "unable" else Why.DECLINED
            await service.end(tx, row.id, Side.CUSTOMER, why, at)


@router.post("/end", status_code=204)
async def post_end(key: str, share_id: UUID, runtime: RuntimeOf, token: TokenHeader) -> None:
    """The visitor shows their page no longer."""
    widget = await widget_of(runtime, key)
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        row = await _mine(tx, widget, token, share_id)
        await service.end(tx, row.id, Side.CUSTOMER, Why.STOPPED, runtime.clock.now())


@router.get("/ice")
async def get_ice(key: str, share_id: UUID, runtime: RuntimeOf, token: TokenHeader) -> list[IceServer]:
    """Through which servers a call goes to which the visitor has agreed."""
    _calm(runtime, token)
    widget = await widget_of(runtime, key)
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        row = await _mine(tx, widget, token, share_id)
    if row.state != Stage.ON:
        raise ShareOver()
    return ice_servers(runtime.settings, row.visitor_id, runtime.clock.now(), CALL_HOURS)


@router.websocket("/socket")
async def socket(socket: WebSocket, key: str, share_id: UUID) -> None:
    """The first message is {"token"}; then what the agent is to see."""
    runtime = runtime_of(socket)
    await socket.accept()
    try:
        widget = await widget_of(runtime, key)
        async with asyncio.timeout(FIRST_S):
            token = str(json.loads(await socket.receive_text())["token"])
        _calm(runtime, token)
        async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
            row = await _mine(tx, widget, token, share_id)
    except WebSocketDisconnect:
        return
    except (AppError, ValueError, TypeError, KeyError, TimeoutError):
        await socket.close(REFUSED)
        return
    if row.state != Stage.ON:
        await socket.close(OVER)
        return

    async def allowed() -> bool:
        return True

    await carry(socket, runtime, Scope(widget.tenant_id), row, Side.CUSTOMER, allowed)
