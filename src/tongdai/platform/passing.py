"""The ephemeral lane between processes: a text reaches whoever listens to its topic just now, and is kept nowhere.

Within a process it is a call; to the other processes on the database it goes by NOTIFY, packed and in pieces, and only while
there are others. Of one process the texts of a topic arrive in their order, but any may be lost (a process that falls behind,
a connection that breaks): who needs all of them numbers them and asks again.
"""

import asyncio
import base64
import contextlib
import itertools
import logging
import secrets
import zlib
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.event_stream import EventStream
from tongdai.platform.events import Subscriptions

log = logging.getLogger(__name__)

PIECE = 7500
"""Characters of a notification that carry the text: PostgreSQL takes fewer than 8,000 bytes."""
MOST_PIECES = 1000
WAITING = 16 << 20
"""Characters that wait for the database; what comes while there are more is lost to the other processes."""
TOGETHER = 100
"""Notifications of one statement."""

Listener = Callable[[str], None]


@dataclass
class _Unfinished:
    """A text of another process of which some pieces are here."""

    number: str
    pieces: list[str] = field(default_factory=list[str])


class Passing:
    """One per process."""

    def __init__(self) -> None:
        self._name = secrets.token_hex(6)
        self._numbers = itertools.count()
        self._listeners: dict[str, list[Listener]] = {}
        self._unfinished: dict[str, _Unfinished] = {}
        self._events: EventStream | None = None
        self._waiting: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._characters = 0

    def listen_to(self, subscriptions: Subscriptions) -> None:
        subscriptions.on_passed(self.hear)

    @asynccontextmanager
    async def running(self, events: EventStream) -> AsyncGenerator[None]:
        self._events = events
        task = asyncio.create_task(self._send())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @contextmanager
    def listening(self, topic: str, listener: Listener) -> Generator[None]:
        """Have `listener` called with each text of the topic, whichever process it comes from."""
        self._listeners.setdefault(topic, []).append(listener)
        try:
            yield
        finally:
            self._listeners[topic].remove(listener)
            if not self._listeners[topic]:
                del self._listeners[topic]

    def pass_on(self, topic: str, text: str) -> None:
        """Topics are short and have neither blanks nor colons."""
        self._tell(topic, text)
        if self._events is not None and self._events.has_others and self._characters < WAITING:
            self._characters += len(text)
            self._waiting.put_nowait((topic, text))

    def _tell(self, topic: str, text: str) -> None:
        for listener in list(self._listeners.get(topic, ())):
            listener(text)

    async def _send(self) -> None:
        assert self._events is not None
        while True:
            topic, text = await self._waiting.get()
            self._characters -= len(text)
            pieces = packed(self._name, next(self._numbers), topic, text)
            for start in range(0, len(pieces), TOGETHER):
                with contextlib.suppress(DatabaseAway):
                    await self._events.pass_on(pieces[start : start + TOGETHER])

    def hear(self, payload: str) -> None:
        """A piece from any process; our own have been told already."""
        try:
            sender, number, place, of, topic, piece = payload.split(":", 5)
            at, count = int(place), int(of)
        except ValueError:
            log.warning("a notification of a kind that we do not know was left aside")
            return
        if sender == self._name or topic not in self._listeners:
            return
        begun = self._unfinished.pop(sender, None)
        if at == 0:
            begun = _Unfinished(number)
        elif begun is None or begun.number != number or len(begun.pieces) != at:
            return  # one of its pieces is lost, and so is the text
        begun.pieces.append(piece)
        if len(begun.pieces) < count:
            self._unfinished[sender] = begun
            return
        text = zlib.decompress(base64.b85decode("".join(begun.pieces)))
        self._tell(topic, text.decode("utf-8", "surrogatepass"))


def packed(sender: str, number: int, topic: str, text: str) -> list[str]:
    """The notifications that carry a text; none for one that is too long for this way."""
    body = base64.b85encode(zlib.compress(text.encode("utf-8", "surrogatepass"), 1)).decode()
    parts = [body[start : start + PIECE] for start in range(0, len(body), PIECE)]
    if len(parts) > MOST_PIECES:
        return []
    return [f"{sender}:{number}:{at}:{len(parts)}:{topic}:{part}" for at, part in enumerate(parts)]
