"""The browsers' WebSocket: `subscribe` after a snapshot, then events as they happen."""

import asyncio
import json
from typing import Any, cast
from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from tongdai.platform.http import Authenticator, runtime_of
from tongdai.platform.realtime import Client, Hub

router = APIRouter()

SIGNED_OUT, BAD_MESSAGE = 4401, 4400
MAX_TOPICS = 50


@router.websocket("/api/v1/realtime")
async def realtime(socket: WebSocket) -> None:
    """Messages: {"op": "subscribe", "since": seq | null, "topics": […]}, {"op": "ping"}."""
    runtime = runtime_of(socket)
    origin = socket.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != socket.headers.get("host"):
        await socket.close(SIGNED_OUT)
        return
    principal = await runtime.get(Authenticator).principal(socket)
    await socket.accept()
    if principal is None:
        await socket.close(SIGNED_OUT)
        return
    client = runtime.hub.connect(principal)
    tasks: set[asyncio.Task[Any]] = {
        asyncio.create_task(_receive(socket, runtime.hub, client)),
        asyncio.create_task(_send(socket, client)),
        asyncio.create_task(client.closed.wait()),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        runtime.hub.disconnect(client)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if client.closed.is_set():
            await socket.close(SIGNED_OUT)


async def _send(socket: WebSocket, client: Client) -> None:
    while True:
        message = await client.outbox.get()
        await socket.send_text(message.decode())


async def _receive(socket: WebSocket, hub: Hub, client: Client) -> None:
    try:
        while True:
            message = _parse(await socket.receive_text())
            match message:
                case {"op": "subscribe", "topics": list()}:
                    since, topics = message.get("since"), cast("list[Any]", message["topics"])
                    names = [topic for topic in topics[:MAX_TOPICS] if isinstance(topic, str)]
                    hub.subscribe(client, names, since if isinstance(since, str) else None)
                case {"op": "ping"}:
                    client.send(b'{"op":"pong"}')
                case _:
                    await socket.close(BAD_MESSAGE)
                    return
    except WebSocketDisconnect:
        return


def _parse(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except ValueError:
        return {}
    return cast("dict[str, Any]", message) if isinstance(message, dict) else {}
