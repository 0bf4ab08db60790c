"""A door before PostgreSQL that a test can shut: then the database is away, for those who go through it."""

import asyncio
import shlex
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path


class Gate:
    """Forwards a Unix socket. `turned_away` counts who came while it was shut.

    `lost_before`, `lost_after`: the connection breaks when a client sends this, before it arrived, or once it was answered.
    """

    def __init__(self, target: Path) -> None:
        self.lost_before = self.lost_after = b""
        self._target = target
        self._open = True
        self._writers: set[asyncio.StreamWriter] = set()
        self._near: set[asyncio.StreamWriter] = set()
        self._deaf: set[asyncio.StreamWriter] = set()
        self.turned_away = 0

    def shut(self) -> None:
        self._open = False
        for writer in self._writers:
            writer.transport.abort()

    def shut_to_newcomers(self) -> None:
        self._open = False

    def open(self) -> None:
        self._open = True

    def tell(self, message: bytes) -> None:
        """Say something to all clients in the server's name."""
        for writer in self._near:
            writer.write(message)

    async def came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            self.turned_away += 1
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_unix_connection(self._target)
        self._writers |= {writer, far_writer}
        self._near.add(writer)
        try:
            await asyncio.gather(
                self._pass_on(reader, far_writer, writer), self._pass_back(far_reader, writer)
            )
        finally:
            self._writers -= {writer, far_writer}
            self._near.discard(writer)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, back: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self.lost_before and self.lost_before in data:
                    self.lost_before = b""
                    back.transport.abort()
                    break
                if self.lost_after and self.lost_after in data:
                    self.lost_after = b""
                    self._deaf.add(back)
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _pass_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if writer in self._deaf:
                    writer.transport.abort()
                    break
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def gate(dsn: str) -> AsyncGenerator[tuple[Gate, str]]:
    """The gate, and the DSN that leads through it."""
    words = dict(part.split("=", 1) for part in shlex.split(dsn))
    socket = f".s.PGSQL.{words.get('port', '5432')}"
    with tempfile.TemporaryDirectory() as folder:
        made = Gate(Path(words["host"]) / socket)
        server = await asyncio.start_unix_server(made.came, Path(folder) / socket)
        words["host"] = folder
        try:
            yield made, " ".join(f"{name}={shlex.quote(value)}" for name, value in words.items())
        finally:
            server.close()
