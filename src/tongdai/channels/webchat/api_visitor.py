"""Routes of visitors: no sign-in, but the widget's key and the token that their browser was given.

Messages are posted; news come over a WebSocket or, where none gets through, by asking again and again (`events`, which waits a
while). Both tell the same: what stands in the thread after the last message that the browser has.
"""

import asyncio
import contextlib
import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, WebSocket, WebSocketDisconnect

from tongdai.channels.dialogue.service import TextDialogues
from tongdai.channels.errors import TooFast, VisitorUnknown
from tongdai.channels.webchat import identity, service, told, views
from tongdai.channels.webchat.callers import TokenHeader, address_of, widget_of
from tongdai.channels.webchat.lines import TYPING, Line, Lines
from tongdai.channels.webchat.policies import Bucket
from tongdai.channels.webchat.repository import Chats, VisitorRow, WidgetRow
from tongdai.channels.webchat.schemas import (
    Frame,
    Opened,
    VisitorMessage,
    VisitorMessageView,
    Welcome,
)
from tongdai.conversations import public as conversations
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import AppError, invalid_field
from tongdai.platform.http import RuntimeOf, runtime_of
from tongdai.platform.registry import Runtime

router = APIRouter(prefix="/api/v1/chat/{key}", tags=["visitors"])
WAIT_S = 25.0
LOOK_S = 10.0
"""So often a visitor who waits is told their place anew."""
CALM_S = 60.0
"""So often it is looked how a chat stands of which every change is a message."""
REFUSED, GONE = 4404, 4401
OPENINGS = Bucket(burst=20, rate=0.5)
"""By address."""
MESSAGES = Bucket(burst=10, rate=1.0)
"""By visitor."""

ASKING = Bucket(burst=30, rate=3.0)
"""By token: news, typing, what was seen. A window needs a tenth of it."""


def _calm(runtime: Runtime, token: str) -> None:
    if not ASKING.takes(token, runtime.clock.now().timestamp()):
        raise TooFast()


@router.post("/open")
async def post_open(key: str, body: Welcome, request: Request, runtime: RuntimeOf) -> Opened:
    """A browser opens the chat: it gets a token to keep (or its old one), and what there is of a chat."""
    widget = await widget_of(runtime, key)
    if not OPENINGS.takes(f"{key} {address_of(request)}", runtime.clock.now().timestamp()):
        raise TooFast()
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        at = runtime.clock.now()
        visitor, token = await service.welcome(tx, widget, body.token, body.language, at)
        return await views.opened(tx, widget, visitor, token, at)


@router.post("/messages", status_code=201)
async def post_message(
    key: str, body: VisitorMessage, runtime: RuntimeOf, token: TokenHeader
) -> VisitorMessageView:
    """Write. The same `client_id` again is the same message: a browser sends until it is told."""
    widget = await widget_of(runtime, key)
    dialogues, at = runtime.get(TextDialogues), runtime.clock.now()
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        visitor = await service.visitor_of(tx, widget, token, lock=True)
        identity.admit(widget, visitor, at)
        if not MESSAGES.takes(str(visitor.id), runtime.clock.now().timestamp()):
            raise TooFast()
        if visitor.contact_id is None and (await Chats(tx).latest(visitor.id)) is None:
            visitor = await _introduced(tx, widget, visitor, body, runtime)
        conversations.says_something(body.body, body.attachments)
        files = tuple(body.attachments)
        written = service.Written(
            body.client_id, body.body, body.pressed, body.page, files, body.greeting, body.attributes
        )
        row = await service.receive(tx, dialogues, widget, visitor, written, at)
        return (await views.message_views(tx, [row]))[0]


async def _introduced(
    tx: Transaction, widget: WidgetRow, visitor: VisitorRow, body: VisitorMessage, runtime: Runtime
) -> VisitorRow:
    """What the widget asks first. Raises Invalid for what is missing."""
    told = {str(name): value for name, value in body.about.items() if value}
    for field in widget.pre_chat:
        if field.get("required") and field["name"] not in told:
            raise invalid_field(f"about.{field['name']}", "Fill this in.", "required")
    return await service.introduce(tx, widget, visitor, told, runtime.clock.now())


@router.post("/seen", status_code=204)
async def post_seen(key: str, body: conversations.SeenIn, runtime: RuntimeOf, token: TokenHeader) -> None:
    """The visitor has the messages up to this one before their eyes."""
    _calm(runtime, token)
    widget = await widget_of(runtime, key)
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        visitor = await service.visitor_of(tx, widget, token)
        chat = await Chats(tx).latest(visitor.id)
        if chat is not None:
            await conversations.see(tx, chat.conversation_id, "customer", body.seq, runtime.clock.now())


@router.post("/typing", status_code=204)
async def post_typing(key: str, runtime: RuntimeOf, token: TokenHeader) -> None:
    """The visitor is writing: the agent is told, and it is forgotten by itself."""
    _calm(runtime, token)
    widget = await widget_of(runtime, key)
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        visitor = await service.visitor_of(tx, widget, token)
        chat = await Chats(tx).latest(visitor.id)
        if chat is not None and chat.ended_at is None:
            await conversations.tell_typing(tx, runtime.hub, chat.conversation_id)


@router.post("/attributes", status_code=204)
async def post_attributes(key: str, body: told.Tell, runtime: RuntimeOf, token: TokenHeader) -> None:
    """What the page tells of the visit while a chat goes on; what begins one brings along what was told before."""
    _calm(runtime, token)
    widget = await widget_of(runtime, key)
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        visitor = await service.visitor_of(tx, widget, token, lock=True)
        chat = await Chats(tx).latest(visitor.id)
        if chat is not None and chat.ended_at is None:
            await told.tell(tx, chat, body.attributes)


@router.post("/end", status_code=204)
async def post_end(key: str, runtime: RuntimeOf, token: TokenHeader) -> None:
    """The visitor ends the chat."""
    widget = await widget_of(runtime, key)
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        visitor = await service.visitor_of(tx, widget, token, lock=True)
        chat = await Chats(tx).latest(visitor.id)
        if chat is not None and chat.ended_at is None:
            await service.end(tx, runtime.get(TextDialogues), chat, runtime.clock.now(), "customer")


# News


async def _news(runtime: Runtime, widget: WidgetRow, visitor_id: UUID, line: Line, seq: int) -> Frame:
    while True:
        async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
            messages, state, conversation_id = await views.after(tx, visitor_id, seq)
        if conversation_id == line.conversation_id:
            break
        # Followed first, read afterwards: nothing falls between the two.
        runtime.get(Lines).follow(line, conversation_id)
    typing = line.typing_until is not None and line.typing_until > runtime.clock.now()
    return Frame(messages=messages, state=state, typing=typing)


@router.get("/events")
async def get_events(
    key: str,
    runtime: RuntimeOf,
    token: TokenHeader,
    since: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    wait: bool = True,
) -> Frame:
    """What came after message number `since`; with `wait`, when something has."""
    _calm(runtime, token)
    widget = await widget_of(runtime, key)
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        visitor = await service.visitor_of(tx, widget, token)
    with runtime.get(Lines).open(None) as line:
        frame = await _news(runtime, widget, visitor.id, line, since)
        if wait and not frame.messages:
            await line.wait(WAIT_S)
            frame = await _news(runtime, widget, visitor.id, line, since)
    return frame


@router.websocket("/socket")
async def socket(socket: WebSocket, key: str) -> None:
    """The first message is {"token", "since"}; then frames as they come, and {"op": "ping"} is answered."""
    runtime = runtime_of(socket)
    await socket.accept()
    try:
        widget = await widget_of(runtime, key)
        async with asyncio.timeout(10):
            first = json.loads(await socket.receive_text())
        _calm(runtime, str(first["token"]))
        async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
            visitor = await service.visitor_of(tx, widget, str(first["token"]))
        since = int(first["since"])
    except WebSocketDisconnect:
        return
    except VisitorUnknown:
        await socket.close(GONE)
        return
    except (AppError, ValueError, TypeError, KeyError, TimeoutError):
        await socket.close(REFUSED)
        return
    with runtime.get(Lines).open(None) as line:
        tasks = [
            asyncio.create_task(_tell(socket, runtime, widget, visitor.id, line, since)),
            asyncio.create_task(_hear(socket, line)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _tell(
    socket: WebSocket, runtime: Runtime, widget: WidgetRow, visitor_id: UUID, line: Line, since: int
) -> None:
    told = ""
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            frame = await _news(runtime, widget, visitor_id, line, since)
            text = frame.model_dump_json()
            if text != told or frame.messages:
                await socket.send_text(text)
                told = text
            if frame.messages:
                since = frame.messages[-1].seq
            if len(frame.messages) < views.LAST:
                await line.wait(_patience(frame))


def _patience(frame: Frame) -> float:
    """So long nothing changes that no fact tells: somebody stops writing, or the place in the queue is another one."""
    if frame.typing:
        return TYPING.total_seconds()
    return CALM_S if frame.state.phase == "agent" else LOOK_S


async def _hear(socket: WebSocket, line: Line) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()
            line.news.set()  # the browser may know of a chat that this line does not follow yet
            await socket.send_text('{"op":"pong"}')
