"""A SIP endpoint whose every message the test decides: for races, odd answers and lost messages that no well-behaved phone makes.

By itself it only does what keeps the other side calm (OPTIONS, ACK of final answers, 200 to BYE, re-INVITE and INFO), and each
of these can be switched off per call (`Leg.by_hand`).
"""

import asyncio
import re
import secrets
from collections.abc import Callable

from tongdai.entrypoints.simulate.messages import Message, answer_challenge, build, offer

HOST = "127.0.0.1"


def held(body: str, how: str = "sendonly") -> str:
    """The same SDP with another direction: sendonly, inactive, recvonly."""
    return body.replace("a=sendrecv", f"a={how}")


class Leg:
    """One call of a `Ua`: what was received, and what can be sent."""

    def __init__(self, ua: "Ua", call_id: str, local: str, remote: str, target: str) -> None:
        self.ua = ua
        self.call_id = call_id
        self.local, self.remote, self.target = local, remote, target
        self.received: list[Message] = []
        self.by_hand: set[str] = set()
        """What the test does itself: "ACK" (of answers to our INVITE), or how requests of these methods are answered."""
        self.sequence = 1
        self.branch = ""
        self.body = ""
        self.invite: Message | None = None
        """The INVITE that came in, when the other side called."""
        self._news = asyncio.Event()
        self._seen = 0

    # Waiting

    async def wait(self, wanted: Callable[[Message], bool], timeout: float = 30) -> Message:
        """The next message (of those not yet waited for) that fits."""
        try:
            async with asyncio.timeout(timeout):
                while True:
                    while self._seen < len(self.received):
                        message = self.received[self._seen]
                        self._seen += 1
                        if wanted(message):
                            return message
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            starts = [message.start for message in self.received]
            raise AssertionError(f"did not come; received {starts}") from None

    async def status(self, *wanted: int, method: str = "INVITE", timeout: float = 30) -> Message:
        """Their answer to our request."""
        return await self.wait(lambda m: m.status in wanted and m.method == method, timeout)

    async def request(self, method: str, timeout: float = 30) -> Message:
        """Their request."""
        return await self.wait(lambda m: not m.status and m.method == method, timeout)

    def unread(self) -> None:
        """Let the last awaited message be awaited once more."""
        self._seen -= 1

    def take(self, message: Message) -> None:
        self.received.append(message)
        self._news.set()

    @property
    def over(self) -> bool:
        """Whether the other side hung up."""
        return any(not m.status and m.method in ("BYE", "CANCEL") for m in self.received)

    async def hung_up(self, timeout: float = 30) -> None:
        """The other side hangs up, or has done so while something else was awaited."""
        if not self.over:
            await self.wait(lambda _: self.over, timeout)

    # Sending

    def send(
        self,
        method: str,
        body: str = "",
        *,
        more: list[tuple[str, str]] | None = None,
        branch: str = "",
        sequence: int | None = None,
        uri: str = "",
        kind: str = "",
    ) -> bytes:
        """Send a request of this dialog (a new one each time, except ACK and CANCEL)."""
        if sequence is None and method not in ("ACK", "CANCEL"):
            self.sequence += 1
        branch = branch or f"z9hG4bK{secrets.token_hex(8)}"
        headers = [
            ("Via", f"SIP/2.0/UDP {HOST}:{self.ua.port};rport;branch={branch}"),
            ("Max-Forwards", "70"),
            ("From", self.local),
            ("To", self.remote),
            ("Call-ID", self.call_id),
            ("CSeq", f"{self.sequence if sequence is None else sequence} {method}"),
            ("Contact", self.ua.contact),
            *(more or []),
        ]
        data = build(f"{method} {uri or self.target} SIP/2.0", headers, body)
        if kind:
            data = data.replace(b"application/sdp", kind.encode())
        self.ua.transmit(data)
        return data

    def ack(self, answer: Message) -> None:
        """Acknowledge a final answer to our INVITE: the same transaction when it was refused, one of its own after 200."""
        if answer.status >= 300:
            self.send("ACK", branch=self.branch, sequence=answer.sequence, uri=self.ua.uri_of(self.remote))
            return
        self.learn(answer)
        self.send("ACK", sequence=answer.sequence)

    def learn(self, answer: Message) -> None:
        """The dialog's target and the other side's tag."""
        contact = re.search(r"<([^>]+)>", answer.get("contact"))
        if contact:
            self.target = contact[1]
        if "tag=" in answer.get("to"):
            self.remote = answer.get("to")

    def cancel(self) -> None:
        """Take back our INVITE."""
        bare = self.remote.split(";tag=")[0]
        kept, self.remote = self.remote, bare
        self.send("CANCEL", branch=self.branch, sequence=self.sequence, uri=self.ua.uri_of(bare))
        self.remote = kept

    def again(self, body: str) -> str:
        """A re-INVITE; gives its branch."""
        self.branch = f"z9hG4bK{secrets.token_hex(8)}"
        self.send("INVITE", body, branch=self.branch)
        return self.branch

    async def hang_up(self) -> None:
        """BYE, and their 200."""
        self.send("BYE")
        await self.status(200, method="BYE")

    def answer(self, status: str, body: str = "", more: list[tuple[str, str]] | None = None) -> None:
        """Answer the call that came in: "180 Ringing", "200 OK" …"""
        assert self.invite is not None
        if status.startswith("200") and not body:
            body = self.ua.offer()
        self.body = body or self.body
        self.reply(self.invite, status, body, more)

    def reply(
        self, request: Message, status: str, body: str = "", more: list[tuple[str, str]] | None = None
    ) -> None:
        """Answer any request."""
        to = request.get("to")
        if "tag=" not in to and not status.startswith("100"):
            to = self.local
        headers = [("Via", via) for via in request.all("via")]
        headers += [("From", request.get("from")), ("To", to), ("Call-ID", self.call_id)]
        headers += [("CSeq", request.get("cseq")), ("Contact", self.ua.contact), *(more or [])]
        self.ua.transmit(build(f"SIP/2.0 {status}", headers, body))


class Ua(asyncio.DatagramProtocol):
    """One UDP socket towards one server."""

    def __init__(self, server: int, user: str, password: str) -> None:
        self.server, self.user, self.password = server, user, password
        self.port = 0
        self.media_port = 40000
        self.legs: dict[str, Leg] = {}
        self.deaf = False
        """A phone without network: what arrives is lost, nothing is sent."""
        self.notices: list[Message] = []
        """What it was told unasked (NOTIFY outside any call)."""
        self.requests: asyncio.Queue[Leg] = asyncio.Queue()
        self._registering = Leg(self, secrets.token_hex(8), "", "", f"sip:{HOST}:{server}")
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, server: int, user: str = "nobody", password: str = "", *, port: int = 0) -> "Ua":
        loop = asyncio.get_running_loop()
        transport, ua = await loop.create_datagram_endpoint(
            lambda: cls(server, user, password), local_addr=(HOST, port)
        )
        ua._transport = transport
        ua.port = transport.get_extra_info("sockname")[1]
        return ua

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    @property
    def contact(self) -> str:
        return f"<sip:{self.user}@{HOST}:{self.port}>"

    def offer(self) -> str:
        return offer(HOST, self.media_port)

    def uri_of(self, address: str) -> str:
        found = re.search(r"<([^>]+)>", address)
        return found[1] if found else address

    def transmit(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing() and not self.deaf:
            self._transport.sendto(data, (HOST, self.server))

    async def register(self, expires: int = 300) -> None:
        """Sign in with the registrar (expires=0: sign out)."""
        leg = self._registering
        self.legs[leg.call_id] = leg
        leg.local = leg.remote = f"<sip:{self.user}@{HOST}>"
        leg.local += ";tag=1"
        more = [("Expires", str(expires))]
        leg.send("REGISTER", more=more)
        answer = await leg.status(200, 401, 403, 404, method="REGISTER")
        if answer.status == 401:
            challenge = answer.get("www-authenticate")
            value = answer_challenge(challenge, "REGISTER", leg.target, self.user, self.password)
            leg.send("REGISTER", more=[*more, ("Authorization", value)])
            answer = await leg.status(200, 401, 403, method="REGISTER")
        assert answer.status == 200, answer.start

    async def invite(
        self, to: str, *, caller: str = "0912345678", body: str | None = None, name: str = "", **by_hand: str
    ) -> Leg:
        """Call `to` with our account; gives the call as soon as the signed INVITE is out."""
        uri = f"sip:{to}@{HOST}:{self.server}"
        shown = f'"{name}" ' if name else ""
        leg = Leg(
            self,
            secrets.token_hex(12),
            f"{shown}<sip:{caller}@{HOST}>;tag={secrets.token_hex(6)}",
            f"<{uri}>",
            uri,
        )
        self.legs[leg.call_id] = leg
        leg.body = self.offer() if body is None else body
        leg.sequence = 0
        leg.branch = f"z9hG4bK{secrets.token_hex(8)}"
        more = [(key.replace("_", "-"), value) for key, value in by_hand.items()]
        leg.send("INVITE", leg.body, branch=leg.branch, more=more)
        answer = await leg.wait(lambda m: m.status >= 100 and m.method == "INVITE" and m.status != 100)
        if answer.status not in (401, 407):
            leg.unread()
            return leg
        value = answer_challenge(answer.get("www-authenticate"), "INVITE", uri, self.user, self.password)
        leg.branch = f"z9hG4bK{secrets.token_hex(8)}"
        leg.send("INVITE", leg.body, branch=leg.branch, more=[*more, ("Authorization", value)])
        return leg

    async def incoming(self, timeout: float = 30) -> Leg:
        """The next call to us."""
        async with asyncio.timeout(timeout):
            return await self.requests.get()

    def datagram_received(self, data: bytes, addr: object) -> None:
        message = Message.parse(data)
        if message is None or self.deaf:
            return
        leg = self.legs.get(message.get("call-id"))
        if message.status:
            if leg is not None:
                leg.take(message)
                if message.method == "INVITE" and message.status >= 200 and "ACK" not in leg.by_hand:
                    leg.ack(message)
            return
        if leg is None:
            leg = Leg(self, message.get("call-id"), f"{message.get('to')};tag={secrets.token_hex(6)}", "", "")
            if message.method == "OPTIONS":
                leg.reply(message, "200 OK")
                return
            if message.method == "NOTIFY":
                self.notices.append(message)
                leg.reply(message, "200 OK")
                return
            if message.method != "INVITE":
                if message.method != "ACK":
                    leg.reply(message, "481 Call/Transaction Does Not Exist")
                return
            self.legs[leg.call_id] = leg
            leg.invite, leg.remote = message, message.get("from")
            leg.target = self.uri_of(message.get("contact"))
            leg.body = self.offer()
            self.requests.put_nowait(leg)
            return
        if leg.invite is not None and (message.method, message.sequence) == ("INVITE", leg.invite.sequence):
            return  # a retransmission
        leg.take(message)
        if message.method in leg.by_hand or message.method == "ACK":
            return
        match message.method:
            case "INVITE" | "UPDATE":
                leg.reply(message, "200 OK", leg.body)
            case "CANCEL":
                leg.reply(message, "200 OK")
                if leg.invite is not None:
                    leg.answer("487 Request Terminated")
            case _:
                leg.reply(message, "200 OK")
