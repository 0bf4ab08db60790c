"""The connection to one Asterisk: events come in over a WebSocket, REST requests go out on the same socket and are matched by id.

REST over the WebSocket costs a quarter of the CPU of HTTP, and keeps requests and events in one order. Asterisk carries out the
requests of one socket one after the other; those that wait there for a channel's own thread have sockets of their own, lanes,
so that nobody's ring waits behind somebody else's bridging. All of them stand and fall together. The connection comes back by
itself; requests made while it is away fail at once with `AsteriskAway`, because what to do about it is the caller's decision (a
call's actor waits for the reconciliation).
"""

import asyncio
import base64
import itertools
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect  # pyright: ignore[reportUnknownVariableType]
from pydantic_core import from_json, to_json

from tongdai.platform.database import forbid_inside_transaction
from tongdai.platform.errors import AppError
from tongdai.platform.leases import LeaseLost
from tongdai.telephony.ari.operations import Operations

log = logging.getLogger(__name__)

REQUEST_TIMEOUT = 5.0
LANES = 4
WAITING_THERE = ("/addChannel", "/removeChannel", "/answer")
"""Requests that Asterisk answers when the channel's thread has done them: milliseconds, more under load."""
EVENTS = (
    "StasisStart", "StasisEnd", "ChannelStateChange", "ChannelDestroyed", "ChannelHangupRequest", "ChannelDtmfReceived",
    "ChannelHold", "ChannelUnhold", "ChannelTransfer", "PlaybackFinished", "RecordingFinished", "RecordingFailed",
    "ChannelTalkingStarted", "ChannelTalkingFinished", "ApplicationReplaced", "RESTResponse",
)  # fmt: skip
"""What we ask Asterisk to send. ApplicationReplaced says that another node listens now. RESTResponse must be among them, or
requests over the socket hang silently."""


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

    def websocket(self, app: str) -> str:
        parts = urlsplit(self.url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        query = urlencode({"app": app, "subscribeAll": "false"})
        return f"{scheme}://{parts.netloc}{parts.path}/events?{query}"

    def authorization(self) -> str:
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


class _Listener(WSListener):
    """The socket's end of a connection. A message may come in several frames."""

    def __init__(self, receive: Callable[[bytes], None]) -> None:
        self._receive = receive
        self._parts: list[bytes] = []

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is WSMsgType.CLOSE:
            transport.disconnect()
        elif frame.msg_type in (WSMsgType.TEXT, WSMsgType.CONTINUATION):
            self._parts.append(frame.get_payload_as_bytes())
            if frame.fin:
                message = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
                self._parts.clear()
                self._receive(message)


class Replaced(LeaseLost):
    """Another node has connected to the same Asterisk: it is the owner now."""


class _Requests:
    """The requests that go out on one socket, and their answers."""

    def __init__(self, socket: WSTransport) -> None:
        self.socket = socket
        self.waiting: dict[str, asyncio.Future[Event]] = {}
        self._numbers = itertools.count(1)

    async def send(self, method: str, path: str, query: Mapping[str, Any], body: Any) -> Any:
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
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Event] = loop.create_future()
        self.waiting[number] = future
        late = loop.call_later(REQUEST_TIMEOUT, _fail, future)
        try:
            self.socket.send(WSMsgType.TEXT, to_json(request))
            return _result(await future, method, path)
        finally:
            late.cancel()
            self.waiting.pop(number, None)

    def answered(self, event: Event) -> None:
        future = self.waiting.pop(event["request_id"], None)
        if future is not None and not future.done():
            future.set_result(event)

    def end(self) -> None:
        self.socket.disconnect(graceful=False)
        for future in self.waiting.values():
            _fail(future)
        self.waiting.clear()


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
        self._requests: _Requests | None = None
        self._lanes: list[_Requests] = []
        self._replaced = False

    async def run(self) -> None:
        """Keep the connection up until cancelled. Raises Replaced when another node takes the Asterisk from us."""
        delay = 0.05
        self._replaced = False
        while True:
            try:
                await self._connect()
                delay = 0.05
                await self._serve()
            except (OSError, WSError, TimeoutError) as error:
                log.debug("no connection to Asterisk: %s", error)
            if self._replaced:
                raise Replaced()
            await asyncio.sleep(delay)
            delay = min(delay * 2, 0.5)

    async def _connect(self) -> None:
        own, name = self.account.app, secrets.token_hex(4)  # nobody else's lanes are replaced by ours
        try:
            for number in range(LANES):
                self._lanes.append(await self._open(f"{own}-{name}-{number}"))
            self._requests = await self._open(own)
        except BaseException:
            self._end()
            raise

    async def _open(self, app: str) -> _Requests:
        opened: list[_Requests] = []

        def receive(message: bytes) -> None:
            event: Event = from_json(message)
            if event["type"] == "RESTResponse":
                opened[0].answered(event)
            else:
                self._receive(event)

        socket, _ = await ws_connect(
            lambda: _Listener(receive),
            self.account.websocket(app),
            extra_headers={"Authorization": self.account.authorization()},
            websocket_handshake_timeout=3,
            max_frame_size=16 * 2**20,
            enable_auto_ping=True,
            auto_ping_idle_timeout=5,
            auto_ping_reply_timeout=5,
        )
        opened.append(_Requests(socket))
        return opened[0]

    def _end(self) -> None:
        self.up.clear()
        for requests in (self._requests, *self._lanes):
            if requests is not None:
                requests.end()
        self._requests = None
        self._lanes.clear()

    async def close(self) -> None:
        """Close the socket first thing when another node owns this Asterisk now."""
        if self._requests is not None:
            self._requests.socket.disconnect()

    async def _serve(self) -> None:
        assert self._requests is not None
        sockets = [requests.socket for requests in (self._requests, *self._lanes)]
        tasks = [asyncio.create_task(socket.wait_disconnected()) for socket in sockets]
        coming_up = asyncio.create_task(self._come_up())
        try:
            await asyncio.wait({*tasks, coming_up}, return_when=asyncio.FIRST_COMPLETED)
            if coming_up.done():
                coming_up.result()
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        except (AriError, AsteriskAway) as error:
            log.warning("Asterisk went away while it was being set up: %s", error)
        finally:
            self._end()
            for task in (*tasks, coming_up):
                task.cancel()
            await asyncio.gather(*tasks, coming_up, return_exceptions=True)

    async def _come_up(self) -> None:
        await self.ari.applications.filter(
            self.account.app, filter={"allowed": [{"type": name} for name in EVENTS]}
        )
        self.up.set()
        await self._on_up()

    def _receive(self, event: Event) -> None:
        if event["type"] == "ApplicationReplaced":
            self._replaced = True
            if self._requests is not None:
                self._requests.socket.disconnect(graceful=False)
            return
        try:
            self._on_event(event)
        except Exception:
            log.exception("handling %s failed", event["type"])

    async def _send(self, method: str, path: str, query: Mapping[str, Any], body: Any) -> Any:
        forbid_inside_transaction("a request to Asterisk")
        requests = self._requests
        if requests is None:
            raise AsteriskAway()
        if self._lanes and path.endswith(WAITING_THERE):
            requests = min(self._lanes, key=lambda lane: len(lane.waiting))
        return await requests.send(method, path, query, body)


def _fail(future: asyncio.Future[Event]) -> None:
    if not future.done():
        future.set_exception(AsteriskAway())


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
