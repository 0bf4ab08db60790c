"""One WebSocket to one Asterisk: events come in, REST requests go out on the same socket and are matched by id.

REST over the WebSocket costs a quarter of the CPU of HTTP, and keeps requests and events in one order. The connection comes
back by itself; requests made while it is away fail at once with `AsteriskAway`, because what to do about it is the caller's
decision (a call's actor waits for the reconciliation).
"""

import asyncio
import base64
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from pydantic_core import from_json, to_json
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from tongdai.platform.database import forbid_inside_transaction
from tongdai.platform.errors import AppError
from tongdai.telephony.ari.operations import Operations

log = logging.getLogger(__name__)

REQUEST_TIMEOUT = 5.0
EVENTS = (
    "StasisStart", "StasisEnd", "ChannelStateChange", "ChannelDestroyed", "ChannelHangupRequest", "ChannelDtmfReceived",
    "ChannelHold", "ChannelUnhold", "PlaybackFinished", "RecordingFinished", "RecordingFailed", "RESTResponse",
)  # fmt: skip
"""What we ask Asterisk to send. RESTResponse must be among them, or requests over the socket hang silently."""


class AriError(Exception):
    """Asterisk refused a request."""

    def __init__(self, status: int, method: str, path: str, message: str) -> None:
        super().__init__(f"{method} {path}: {status} {message}")
        self.status = status


class Gone(AriError):
    """404: the channel, bridge, playback… is no longer there. Usually because somebody hung up, which is no fault."""


class AsteriskAway(AppError):
    """The telephone server cannot be reached just now. Try again in a few seconds."""

    status = 503
    code = "asterisk_away"


Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """Where an Asterisk is and how to sign in."""

    url: str
    user: str
    password: str
    app: str = "tongdai"

    def websocket(self) -> str:
        parts = urlsplit(self.url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        query = urlencode({"app": self.app, "subscribeAll": "false"})
        return f"{scheme}://{parts.netloc}{parts.path}/events?{query}"

    def authorization(self) -> str:
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


class AriConnection:
    """A connection that keeps itself up. `on_event` gets every event in order; `on_up` runs after each (re)connect."""

    def __init__(
        self, account: Account, on_event: Callable[[Event], None], on_up: Callable[[], Awaitable[None]]
    ) -> None:
        self.account = account
        self.ari = Operations(self._send)
        self.up = asyncio.Event()
        self._on_event = on_event
        self._on_up = on_up
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Event]] = {}
        self._socket: ClientConnection | None = None

    async def run(self) -> None:
        """Keep the connection up until cancelled."""
        delay = 0.05
        while True:
            try:
                async with connect(
                    self.account.websocket(),
                    additional_headers={"Authorization": self.account.authorization()},
                    compression=None,
                    max_size=16 * 2**20,
                    open_timeout=3,
                    ping_interval=5,
                    ping_timeout=10,
                ) as socket:
                    delay = 0.05
                    await self._serve(socket)
            except (OSError, WebSocketException, TimeoutError) as error:
                log.debug("no connection to Asterisk: %s", error)
            await asyncio.sleep(delay)
            delay = min(delay * 2, 0.5)

    async def close(self) -> None:
        """Close the socket first thing when another node owns this Asterisk now."""
        if self._socket is not None:
            await self._socket.close()

    async def _serve(self, socket: ClientConnection) -> None:
        self._socket = socket
        reading = asyncio.create_task(self._read(socket))
        coming_up = asyncio.create_task(self._come_up())
        try:
            await asyncio.wait({reading, coming_up}, return_when=asyncio.FIRST_COMPLETED)
            if coming_up.done():
                coming_up.result()
            await reading
        except (AriError, AsteriskAway) as error:
            log.warning("Asterisk went away while it was being set up: %s", error)
        finally:
            self.up.clear()
            self._socket = None
            for task in (reading, coming_up):
                task.cancel()
            await asyncio.gather(reading, coming_up, return_exceptions=True)
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(AsteriskAway())
            self._waiting.clear()

    async def _come_up(self) -> None:
        await self.ari.applications.filter(
            self.account.app, filter={"allowed": [{"type": name} for name in EVENTS]}
        )
        self.up.set()
        await self._on_up()

    async def _read(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                event: Event = from_json(text)
                if event["type"] == "RESTResponse":
                    future = self._waiting.pop(event["request_id"], None)
                    if future is not None and not future.done():
                        future.set_result(event)
                else:
                    try:
                        self._on_event(event)
                    except Exception:
                        log.exception("handling %s failed", event["type"])

    async def _send(self, method: str, path: str, query: Mapping[str, Any], body: Any) -> Any:
        forbid_inside_transaction("a request to Asterisk")
        socket = self._socket
        if socket is None:
            raise AsteriskAway()
        number = str(next(self._numbers))
        request: dict[str, Any] = {
            "type": "RESTRequest",
            "request_id": number,
            "method": method,
            "uri": path.lstrip("/"),
            "query_strings": [
                {"name": name, "value": _text(value)} for name, value in query.items() if value is not None
            ],
        }
        if body is not None:
            request |= {"content_type": "application/json", "message_body": to_json(body).decode()}
        future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            await socket.send(to_json(request).decode())
            answer = await asyncio.wait_for(future, REQUEST_TIMEOUT)
        except (ConnectionClosed, TimeoutError) as error:
            raise AsteriskAway() from error
        finally:
            self._waiting.pop(number, None)
        return _result(answer, method, path)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _result(answer: Event, method: str, path: str) -> Any:
    status = int(answer["status_code"])
    text = answer.get("message_body") or ""
    if status < 300:
        return from_json(text) if text else None
    try:
        reason = from_json(text).get("message", text)
    except ValueError:
        reason = text
    kind = Gone if status == 404 else AriError
    raise kind(status, method, path, reason or str(answer.get("reason_phrase", "")))
