"""A SIP phone over UDP: registers, calls through a trunk's account, answers calls, and hangs up, with media on real RTP.

Small on purpose: one socket, one dialog at a time per call id, retransmissions as RFC 3261 wants them over UDP, and no more.
"""

import asyncio
import contextlib
import re
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from tongdai.entrypoints.simulate.media import Media, Ticker
from tongdai.entrypoints.simulate.messages import Message, answer_challenge, build, offer

_T1 = 0.5
_GIVE_UP_S = 32.0
_BYE_S = 4.0
"""Whom nobody answers does not wait for long to hang up."""
Frames = tuple[bytes, ...]


class Refused(Exception):
    """The other side answered with an error, or not at all (408)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Account:
    """Where and as whom: a trunk's or a device's credentials."""

    host: str
    port: int
    user: str
    password: str


class Dialog:
    """A call as one side sees it. `ended` is set when the other side (or both) hung up."""

    def __init__(self, phone: "Phone", call_id: str, media: Media) -> None:
        self.call_id = call_id
        self.media = media
        self.ended = asyncio.Event()
        self.hung_up_here = False
        self.peer = ""
        """The number of the other side."""
        self.headers: dict[str, str] = {}
        self.phone = phone
        self.local = self.remote = self.target = ""
        self.sequence = 1
        self.accepted = asyncio.Event()
        self.response = b""

    async def hang_up(self) -> None:
        """BYE, unless the other side was faster."""
        if self.ended.is_set():
            return
        self.hung_up_here = True
        self.ended.set()
        self.sequence += 1
        parts = ("BYE", self.target, self.call_id, self.sequence, self.local, self.remote)
        with contextlib.suppress(Refused):
            await self.phone.request(*parts, give_up_s=_BYE_S)
        self.close()

    def close(self) -> None:
        self.ended.set()
        self.media.close()
        self.phone.dialogs.pop(self.call_id, None)


class Phone(asyncio.DatagramProtocol):
    """One socket. `ring` is called with every new call; it answers, refuses, or leaves it ringing.

    Every call has a `media` of its own, which sends `frames`.
    """

    def __init__(
        self, account: Account, ticker: Ticker, frames: Frames, media: Callable[[Frames], Media] = Media
    ) -> None:
        self.account = account
        self.dialogs: dict[str, Dialog] = {}
        self.ring: Callable[[Dialog], Awaitable[None]] | None = None
        self._ticker = ticker
        self._media = lambda: media(frames)
        self._waiting: dict[tuple[str, int, str], asyncio.Queue[Message]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport | None = None
        self._local = ("", 0)
        self._sequence = 0
        self._register_id = secrets.token_hex(12)
        self._invites: dict[str, tuple[Message, str]] = {}
        """Calls that ring: the request, and our tag."""

    async def open(self) -> "Phone":
        loop = asyncio.get_running_loop()
        remote = (self.account.host, self.account.port)
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=remote)
        self._local = self._transport.get_extra_info("sockname")[:2]
        return self

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*(dialog.hang_up() for dialog in tuple(self.dialogs.values())))
        if self._transport is not None:
            self._transport.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._local[1]

    @property
    def uri(self) -> str:
        return f"sip:{self.account.host}:{self.account.port}"

    def contact(self, user: str) -> str:
        return f"<sip:{user}@{self._local[0]}:{self._local[1]}>"

    # --- as a client

    async def register(self, expires: int = 120) -> None:
        """Tell the registrar where this phone is. Raises Refused. Call again before it expires."""
        user = self.account.user
        address = f"<sip:{user}@{self.account.host}>"
        more = [("Contact", self.contact(user)), ("Expires", str(expires))]
        authorization: list[tuple[str, str]] = []
        status = 0
        for _ in range(2):
            self._sequence += 1
            answer = await self.request(
                "REGISTER",
                self.uri,
                self._register_id,
                self._sequence,
                f"{address};tag=1",
                address,
                more + authorization,
            )
            status = answer.status
            if status < 300:
                return
            if status != 401:
                break
            value = answer_challenge(
                answer.get("www-authenticate"), "REGISTER", self.uri, user, self.account.password
            )
            authorization = [("Authorization", value)]
        raise Refused(status)

    async def call(self, number: str, caller: str, *, patience: float = 60.0) -> Dialog:
        """Call `number` as `caller`; gives the answered call. Raises Refused, with 487 when patience ended first."""
        media = await self._media().open(self._local[0], self._ticker)
        dialog = Dialog(self, f"{secrets.token_hex(12)}@{self._local[0]}", media)
        dialog.peer = number
        uri = f"sip:{number}@{self.account.host}:{self.account.port}"
        dialog.local, dialog.remote = (
            f"<sip:{caller}@{self._local[0]}>;tag={secrets.token_hex(6)}",
            f"<{uri}>",
        )
        self.dialogs[dialog.call_id] = dialog
        more = [("Contact", self.contact(caller))]
        body = offer(self._local[0], media.port)
        try:
            answer = await self._invite(dialog, uri, more, body, patience)
            if answer.status in (401, 407):
                header, reply = ("www-authenticate", "Authorization")
                if answer.status == 407:
                    header, reply = ("proxy-authenticate", "Proxy-Authorization")
                value = answer_challenge(
                    answer.get(header), "INVITE", uri, self.account.user, self.account.password
                )
                dialog.sequence += 1
                answer = await self._invite(dialog, uri, [*more, (reply, value)], body, patience)
            if answer.status >= 300:
                raise Refused(answer.status)
        except BaseException:
            dialog.close()
            raise
        where = answer.media()
        if where is not None:
            media.send_to(*where)
        return dialog

    async def _invite(
        self, dialog: Dialog, uri: str, more: list[tuple[str, str]], body: str, patience: float
    ) -> Message:
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        parts = ("INVITE", uri, dialog.call_id, dialog.sequence, dialog.local, dialog.remote)
        try:
            answer = await self.request(*parts, more, body, branch=branch, give_up_s=patience)
        except TimeoutError:
            with contextlib.suppress(Refused):
                await self.request("CANCEL", *parts[1:], branch=branch)
            raise Refused(487) from None
        if answer.status < 300:
            contact = re.search(r"<([^>]+)>", answer.get("contact"))
            dialog.target, dialog.remote = contact[1] if contact else uri, answer.get("to")
            uri, branch = dialog.target, f"z9hG4bK{secrets.token_hex(8)}"
        to = answer.get("to")
        head = self._head("ACK", uri, dialog.call_id, dialog.sequence, dialog.local, to, branch)
        dialog.response = build(*head)
        self._send(dialog.response)
        return answer

    async def request(
        self,
        method: str,
        uri: str,
        call_id: str,
        sequence: int,
        local: str,
        remote: str,
        more: list[tuple[str, str]] | None = None,
        body: str = "",
        *,
        branch: str | None = None,
        give_up_s: float = _GIVE_UP_S,
    ) -> Message:
        """Send until answered; the final response. Raises Refused(408), and TimeoutError for an INVITE that rings on."""
        start, headers = self._head(method, uri, call_id, sequence, local, remote, branch)
        data = build(start, headers + (more or []), body)
        inbox = self._waiting[call_id, sequence, method] = asyncio.Queue()
        wait, provisional = _T1, False
        loop = asyncio.get_running_loop()
        deadline = loop.time() + give_up_s
        try:
            self._send(data)
            while (left := deadline - loop.time()) > 0:
                try:
                    async with asyncio.timeout(left if provisional else min(wait, left)):
                        answer = await inbox.get()
                except TimeoutError:
                    if not provisional:
                        self._send(data)
                        wait *= 2
                    continue
                if answer.status >= 200:
                    return answer
                provisional = True
        finally:
            self._waiting.pop((call_id, sequence, method), None)
        if provisional:
            raise TimeoutError
        raise Refused(408)

    def _head(
        self,
        method: str,
        uri: str,
        call_id: str,
        sequence: int,
        local: str,
        remote: str,
        branch: str | None = None,
    ) -> tuple[str, list[tuple[str, str]]]:
        branch = branch or f"z9hG4bK{secrets.token_hex(8)}"
        via = f"SIP/2.0/UDP {self._local[0]}:{self._local[1]};rport;branch={branch}"
        headers = [
            ("Via", via),
            ("Max-Forwards", "70"),
            ("From", local),
            ("To", remote),
            ("Call-ID", call_id),
        ]
        return f"{method} {uri} SIP/2.0", [
            *headers,
            ("CSeq", f"{sequence} {method}"),
            ("User-Agent", "tongdai-simulate"),
        ]

    def _send(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data)

    # --- as a server

    def datagram_received(self, data: bytes, addr: object) -> None:
        message = Message.parse(data)
        if message is None:
            return
        dialog = self.dialogs.get(message.get("call-id"))
        if message.status:
            waiting = self._waiting.get((message.get("call-id"), message.sequence, message.method))
            if waiting is not None:
                waiting.put_nowait(message)
            elif message.method == "INVITE" and message.status < 300 and dialog is not None:
                self._send(dialog.response)  # our ACK was lost
            return
        match message.method:
            case "INVITE" if dialog is None:
                self._start(self._incoming(message))
            case "INVITE" if dialog is not None:
                self._again(dialog, message)
            case "ACK":
                if dialog is not None:
                    dialog.accepted.set()
            case "BYE" | "CANCEL" if dialog is not None:
                self.reply(message, "200 OK")
                if message.method == "CANCEL" and dialog.call_id in self._invites:
                    invite, tag = self._invites[dialog.call_id]
                    self.reply(invite, "487 Request Terminated", tag=tag)
                dialog.close()
            case "BYE" | "CANCEL":
                self.reply(message, "481 Call/Transaction Does Not Exist")
            case _:
                self.reply(message, "200 OK")

    def reply(self, request: Message, status: str, *, tag: str = "", body: str = "") -> bytes:
        copied = [("Via", via) for via in request.all("via")]
        to = request.get("to") + (f";tag={tag}" if tag and "tag=" not in request.get("to") else "")
        copied += [("From", request.get("from")), ("To", to), ("Call-ID", request.get("call-id"))]
        copied += [("Record-Route", route) for route in request.all("record-route")]
        copied += [("CSeq", request.get("cseq")), ("Contact", self.contact(self.account.user))]
        data = build(f"SIP/2.0 {status}", copied, body)
        self._send(data)
        return data

    async def _incoming(self, invite: Message) -> None:
        call_id, tag = invite.get("call-id"), secrets.token_hex(6)
        if self.ring is None:
            self.reply(invite, "486 Busy Here", tag=tag)
            return
        dialog = Dialog(self, call_id, self._media())
        self.dialogs[call_id] = dialog
        await dialog.media.open(self._local[0], self._ticker)
        dialog.headers = {name: value for name, value in invite.headers if name.startswith("x-")}
        dialog.local, dialog.remote = f"{invite.get('to')};tag={tag}", invite.get("from")
        contact = re.search(r"<([^>]+)>", invite.get("contact"))
        dialog.target = contact[1] if contact else self.uri
        number = re.search(r"sip:([^@>]+)@", invite.get("from"))
        dialog.peer = number[1] if number else ""
        dialog.response = self.reply(invite, "180 Ringing", tag=tag)
        self._invites[call_id] = (invite, tag)
        try:
            await self.ring(dialog)
        finally:
            self._invites.pop(call_id, None)

    async def answer(self, dialog: Dialog) -> bool:
        """200 OK until acknowledged; False when the caller gave up first."""
        invite, tag = self._invites[dialog.call_id]
        where = invite.media()
        if dialog.ended.is_set():
            return False
        if where is not None:
            dialog.media.send_to(*where)
        wait = _T1
        for _ in range(7):
            dialog.response = self.reply(
                invite, "200 OK", tag=tag, body=offer(self._local[0], dialog.media.port)
            )
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await dialog.accepted.wait()
                return not dialog.ended.is_set()
            wait = min(wait * 2, 4.0)
        dialog.close()
        return False

    def refuse(self, dialog: Dialog, status: str) -> None:
        """A final answer to a call that rings, say "486 Busy Here"."""
        invite, tag = self._invites[dialog.call_id]
        if not dialog.ended.is_set():
            self.reply(invite, status, tag=tag)
            dialog.close()

    def _again(self, dialog: Dialog, invite: Message) -> None:
        """A retransmission, or a re-INVITE: the same sound, perhaps to another place."""
        first = self._invites.get(dialog.call_id)
        if first is not None and first[0].sequence == invite.sequence and not dialog.accepted.is_set():
            self._send(dialog.response)
            return
        where = invite.media()
        if where is not None:
            dialog.media.send_to(*where)
        self.reply(invite, "200 OK", body=offer(self._local[0], dialog.media.port))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
