"""An agent's connection to what a customer shows, without a browser."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.api import Person
from tests.channels.shop import Visitor


def _cookies(person: Person) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())}


def agent_socket(server: int, person: Person, share_id: str, **headers: str) -> connect:
    url = f"ws://127.0.0.1:{server}/api/v1/assignments/shares/{share_id}/socket"
    return connect(url, additional_headers={**_cookies(person), **headers}, max_size=None)


@asynccontextmanager
async def customer_socket(server: int, visitor: Visitor, share_id: str) -> AsyncGenerator[ClientConnection]:
    url = f"ws://127.0.0.1:{server}/api/v1/chat/{visitor.key}/shares/{share_id}/socket"
    async with connect(url) as socket:
        await socket.send(json.dumps({"token": visitor.token}))
        yield socket


class Watching:
    """Keeps all that the server relays to the agent; `page` is what of it would be drawn."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.relayed: list[str] = []
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for message in self.socket:
                self.relayed.append(str(message))

    @property
    def text(self) -> str:
        """The pieces put together, without their heads."""
        return "".join(one.split("|", 2)[2] for one in self.relayed if one.startswith(">"))

    @property
    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        parts: list[str] = []
        for one in self.relayed:
            if one.startswith(">"):
                _, place, text = one[1:].split("|", 2)
                at, count = place.split("/")
                parts = [text] if at == "0" else [*parts, text]
                if int(at) + 1 == int(count):
                    found += json.loads("".join(parts))
        return found

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))


@asynccontextmanager
async def watching(server: int, person: Person, share_id: str) -> AsyncGenerator[Watching]:
    async with agent_socket(server, person, share_id) as socket:
        yield Watching(socket)
