"""A carrier that speaks SIP over TLS: an ear that takes the connection and passes what is said on to a `Ua`, and back."""

import asyncio
import functools
import re
import ssl
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tongdai.platform.embedded.certificates import own_certificate

_LENGTH = re.compile(rb"\r\nContent-Length: *(\d+)\r\n", re.IGNORECASE)


@functools.cache
def _folder(whose: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tongdai-tls-"))
    own_certificate(folder, "127.0.0.1", datetime.now(UTC))
    return folder


def authority() -> Path:
    """Whose certificates our Asterisk is to believe in these tests."""
    return _folder("known") / "ca.pem"


class _Voices(asyncio.DatagramProtocol):
    """The carrier's own side: what it says goes out by the TLS connection."""

    def __init__(self) -> None:
        self.out: asyncio.StreamWriter | None = None

    def datagram_received(self, data: bytes, addr: object) -> None:
        if self.out is not None:
            self.out.write(data)


class Ear:
    """Listens for TLS at `port`; a `Ua` that is opened with `inner` as its server is heard through it."""

    def __init__(self, voices: _Voices, datagrams: asyncio.DatagramTransport) -> None:
        self._voices, self._datagrams = voices, datagrams
        self._server: asyncio.Server | None = None
        self.inner: int = datagrams.get_extra_info("sockname")[1]
        self.port = 0
        self.ua_port = 0
        self.taken = 0
        """How many messages came by TLS."""

    @classmethod
    async def open(cls, *, known: bool = True) -> "Ear":
        """`known` False: by a certificate of nobody whom Asterisk believes."""
        loop = asyncio.get_running_loop()
        datagrams, voices = await loop.create_datagram_endpoint(_Voices, local_addr=("127.0.0.1", 0))
        made = cls(voices, datagrams)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_folder("known" if known else "stranger") / "edge.pem")
        await made._listen(context)
        return made

    async def _listen(self, context: ssl.SSLContext) -> None:
        self._server = await asyncio.start_server(self._hear, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._voices.out = writer
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lstrip(b"\r\n")
                found = _LENGTH.search(head)
                body = await reader.readexactly(int(found[1])) if found else b""
                self.taken += 1
                self._datagrams.sendto(head + body, ("127.0.0.1", self.ua_port))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._datagrams.close()
