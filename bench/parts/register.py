"""Registers many phones at one address: a REGISTER with digest for each, then SIPp takes the port over."""

import asyncio
import re
from hashlib import md5
from typing import cast
from uuid import uuid4

from bench.parts.sipp import PHONES

AT_ONCE = 20


class _Phones(asyncio.DatagramProtocol):
    """Matches answers by Call-ID, and says yes to OPTIONS (Asterisk looks whether a new contact is alive)."""

    def __init__(self) -> None:
        self.waiting: dict[str, asyncio.Future[str]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        text = data.decode()
        if text.startswith("OPTIONS"):
            kept = ("Via", "From", "To", "Call-ID", "CSeq")
            copied = [line for line in text.split("\r\n") if line.split(":")[0] in kept]
            self._transport.sendto(
                "\r\n".join(["SIP/2.0 200 OK", *copied, "Content-Length: 0", "", ""]).encode(), addr
            )
            return
        found = re.search(r"^Call-ID: *(\S+)", text, re.MULTILINE)
        future = self.waiting.pop(found[1], None) if found else None
        if future is not None:
            future.set_result(text)

    async def ask(self, call_id: str, text: str, server: tuple[str, int]) -> str:
        for _ in range(5):
            future = self.waiting[call_id] = asyncio.get_running_loop().create_future()
            self._transport.sendto(text.encode(), server)
            try:
                async with asyncio.timeout(1):
                    return await future
            except TimeoutError:
                continue
        raise SystemExit("Asterisk does not answer REGISTER")


async def register(server_port: int, own_port: int, names: list[str], password: str) -> None:
    """Have every name reached at PHONES:own_port for an hour."""
    loop = asyncio.get_running_loop()
    transport, phones = await loop.create_datagram_endpoint(_Phones, local_addr=(PHONES, own_port))
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> None:
        async with limit:
            await _register(phones, server_port, own_port, name, password)

    await asyncio.gather(*map(one, names))
    await asyncio.sleep(1)  # the last OPTIONS
    transport.close()


async def _register(phones: _Phones, server_port: int, own_port: int, name: str, password: str) -> None:
    uri, call_id, authorization = f"sip:127.0.0.1:{server_port}", uuid4().hex, ""
    for sequence in (1, 2):
        request = (
            f"REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {PHONES}:{own_port};branch=z9hG4bK{uuid4().hex}\r\n"
            f"From: <sip:{name}@127.0.0.1>;tag=1\r\nTo: <sip:{name}@127.0.0.1>\r\nCall-ID: {call_id}\r\n"
            f"CSeq: {sequence} REGISTER\r\nContact: <sip:{name}@{PHONES}:{own_port}>\r\nExpires: 3600\r\n"
            f"Max-Forwards: 70\r\n{authorization}Content-Length: 0\r\n\r\n"
        )
        answer = await phones.ask(call_id, request, ("127.0.0.1", server_port))
        if answer.startswith("SIP/2.0 200"):
            return
        realm, nonce, opaque = (_parameter(answer, key) for key in ("realm", "nonce", "opaque"))
        response = _digest(
            f"{_digest(f'{name}:{realm}:{password}')}:{nonce}:00000001:x:auth:{_digest(f'REGISTER:{uri}')}"
        )
        authorization = (
            f'Authorization: Digest username="{name}", realm="{realm}", nonce="{nonce}", uri="{uri}", qop=auth,'
            f' nc=00000001, cnonce="x", response="{response}", opaque="{opaque}", algorithm=MD5\r\n'
        )
    raise SystemExit(f"{name} could not be registered: {answer.splitlines()[0]}")


def _parameter(answer: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', answer)
    return found[1] if found else ""


def _digest(text: str) -> str:
    return md5(text.encode()).hexdigest()
