"""A carrier that registers trunks, or refuses them, as the test says; over UDP."""

import asyncio
import hashlib
import re
import secrets

from tongdai.entrypoints.simulate.messages import Message, build

HOST = "127.0.0.1"


class Registrar(asyncio.DatagramProtocol):
    """`refusal`: the answer to whoever signs in, instead of a check of the password; empty: it is checked."""

    def __init__(self, password: str) -> None:
        self.password = password
        self.refusal = ""
        self.deaf = False
        self.bound: dict[str, int] = {}
        """Account → seconds for which it is registered; 0 after signing out."""
        self.asked = 0
        self.right_at = 0
        """What `asked` was when somebody last gave the right password to register."""
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, password: str = "secret") -> "Registrar":
        loop = asyncio.get_running_loop()
        transport, made = await loop.create_datagram_endpoint(lambda: cls(password), local_addr=(HOST, 0))
        made._transport = transport
        made.port = transport.get_extra_info("sockname")[1]
        return made

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = Message.parse(data)
        if message is None or self.deaf or message.status:
            return
        more: list[tuple[str, str]] = []
        status = "200 OK"
        if message.method == "REGISTER":
            self.asked += 1
            status, more = self._register(message)
        headers = [("Via", via) for via in message.all("via")]
        headers += [("From", message.get("from")), ("To", f"{message.get('to')};tag={secrets.token_hex(4)}")]
        headers += [("Call-ID", message.get("call-id")), ("CSeq", message.get("cseq")), *more]
        if self._transport is not None:
            self._transport.sendto(build(f"SIP/2.0 {status}", headers), addr)

    def _register(self, message: Message) -> tuple[str, list[tuple[str, str]]]:
        if self.refusal:
            return self.refusal, []
        value = message.get("authorization")
        if not value:
            challenge = f'Digest realm="carrier", nonce="{secrets.token_hex(8)}", algorithm=MD5'
            return "401 Unauthorized", [("WWW-Authenticate", challenge)]
        fields = dict(re.findall(r'(\w+)="?([^",]+)"?', value))
        known = _md5(f"{fields['username']}:carrier:{self.password}")
        action = _md5(f"REGISTER:{fields['uri']}")
        if fields["response"] != _md5(f"{known}:{fields['nonce']}:{action}"):
            return "403 Forbidden", []
        expires = re.search(r"expires=(\d+)", message.get("contact"))
        seconds = int(expires[1]) if expires else int(message.get("expires") or 3600)
        self.bound[fields["username"]] = seconds
        if seconds > 0:
            self.right_at = self.asked
        return "200 OK", [("Contact", message.get("contact")), ("Expires", str(seconds))]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
