"""The fake as a server: events and REST over WebSockets, as the real connection expects them."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tongdai.kit.clock import Clock
from tongdai.telephony.ari.connection import Account
from tongdai.telephony.ari.fake.channels import FakeChannel, Json
from tongdai.telephony.ari.fake.rest import Rest
from tongdai.telephony.ari.fake.switch import APP, Switch

ONE_SECOND: Callable[[str], float] = lambda _: 1.0  # noqa: E731


class FakeAri:
    """`switch` is for far sides; `refuse` and `drop` make trouble. Time is the clock's."""

    def __init__(self, clock: Clock, seconds_of: Callable[[str], float] = ONE_SECOND) -> None:
        self.switch = Switch(clock, seconds_of)
        self.rest = Rest(self.switch)
        self.refusals: deque[tuple[str, int]] = deque()
        """What the next requests whose path contains a text are answered with."""
        self.requests: list[tuple[str, str]] = []
        self.after: dict[tuple[str, str], Callable[[], object]] = {}
        """What happens once, right after a request (method, path) was answered."""
        self.port = 0
        self._sockets: set[ServerConnection] = set()
        self._open = True

    @asynccontextmanager
    async def running(self) -> AsyncGenerator["FakeAri"]:
        async with serve(self._serve, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            yield self
            await self.drop()

    @property
    def account(self) -> Account:
        return Account(f"http://127.0.0.1:{self.port}/ari", "tongdai", "")

    async def drop(self) -> None:
        """Cut the connection; calls stay up."""
        self.switch.disconnect()
        await asyncio.gather(*(socket.close() for socket in tuple(self._sockets)))

    async def crash(self) -> None:
        """kill -9 and a restart."""
        self.switch.crash()
        self.rest.objects.clear()
        await self.drop()

    def shut(self, shut: bool = True) -> None:
        """While shut, nobody can connect."""
        self._open = not shut

    def ringing(self) -> list[FakeChannel]:
        """Channels that call a far side and were neither answered nor refused yet."""
        return [c for c in self.switch.channels.values() if c.dialling and c.state != "Up"]

    async def _serve(self, socket: ServerConnection) -> None:
        if not self._open:
            return
        self._sockets.add(socket)
        out: asyncio.Queue[Json] = asyncio.Queue()
        writing = asyncio.create_task(self._write(socket, out))
        assert socket.request is not None
        listens = parse_qs(urlsplit(socket.request.path).query)["app"] == [APP]
        if listens:
            self.switch.connect(out.put_nowait)
        try:
            async for text in socket:
                # One after the other, as Asterisk does: a request that waits keeps all behind it waiting.
                await self._answer(json.loads(text), out)
        except ConnectionClosed:
            pass
        finally:
            self._sockets.discard(socket)
            if not self._sockets:
                self.switch.disconnect()
            writing.cancel()

    async def _write(self, socket: ServerConnection, out: "asyncio.Queue[Json]") -> None:
        try:
            while True:
                await socket.send(json.dumps(await out.get()))
        except ConnectionClosed:
            pass

    async def _answer(self, request: Json, out: "asyncio.Queue[Json]") -> None:
        method, path = request["method"], "/" + request["uri"]
        self.requests.append((method, path))
        query = {one["name"]: one["value"] for one in request["query_strings"]}
        body: Any = json.loads(request["message_body"]) if request.get("message_body") else None
        if self.refusals and self.refusals[0][0] in path:
            status, answer = self.refusals.popleft()[1], {"message": "as the test wants it"}
        else:
            status, answer = await self.rest.answer(method, path, query, body)
        response: Json = {"type": "RESTResponse", "request_id": request["request_id"], "status_code": status}
        if answer is not None:
            response["message_body"] = json.dumps(answer)
        out.put_nowait(response)
        happens = self.after.pop((method, path), None)
        if happens is not None:
            happens()
