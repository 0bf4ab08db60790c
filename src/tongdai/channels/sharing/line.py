"""One side's connection to a session: what it sends goes to the other side, within limits, for as long as the session is on."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import WebSocket, WebSocketDisconnect

from tongdai.channels.sharing.policies import MOST_CHARACTERS, SEEN_S, Allowance, Side
from tongdai.channels.sharing.repository import ShareRow, Shares
from tongdai.channels.sharing.rooms import OVER, REFUSED, TOO_BIG, End, Rooms
from tongdai.kit.waiting import is_set_within
from tongdai.platform.database import Scope
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.registry import Runtime

Allowed = Callable[[], Awaitable[bool]]


async def carry(
    socket: WebSocket, runtime: Runtime, scope: Scope, row: ShareRow, side: Side, allowed: Allowed
) -> None:
    """Until either side goes or the session ends. `allowed` is asked again and again whether this side may still be here."""
    rooms = runtime.get(Rooms)
    with rooms.open(row.id, side) as end:
        tasks: set[asyncio.Task[None]] = {
            asyncio.create_task(_hear(socket, rooms, end)),
            asyncio.create_task(_tell(socket, end)),
            asyncio.create_task(_be_there(runtime, scope, end, allowed)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    if end.code is not None:
        await socket.close(end.code)


async def _hear(socket: WebSocket, rooms: Rooms, end: End) -> None:
    loop = asyncio.get_running_loop()
    allowance = Allowance.of(end.side, loop.time())
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        if text is None or len(text) > MOST_CHARACTERS[end.side]:
            end.close(TOO_BIG)
            return
        rooms.say(end, text)
        await asyncio.sleep(allowance.wait(len(text), loop.time()))


async def _tell(socket: WebSocket, end: End) -> None:
    while True:
        text = await end.next()
        try:
            await socket.send_text(text)
        except WebSocketDisconnect:
            return


async def _be_there(runtime: Runtime, scope: Scope, end: End, allowed: Allowed) -> None:
    """Write down that this side is there, until the session is over. A database that is away has its turn next time."""
    while True:
        try:
            if not await allowed():
                end.close(REFUSED)
                return
            async with runtime.database.transaction(scope) as tx:
                on = await Shares(tx).seen(end.share_id, end.side, runtime.clock.now())
            if not on:
                end.close(OVER)
                return
        except DatabaseAway:
            pass
        if await is_set_within(end.closed, SEEN_S):
            return
