"""Where the two sides of a session meet: what one sends, the other is handed. Nothing is kept.

Each message says by its first character what it is: `>` was sent by the other side, `{` is a notice of ours
(`here`, `away`: the other side came or went), `!` goes between processes alone.
"""

import asyncio
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from tongdai.channels.events import ShareChanged
from tongdai.channels.sharing.policies import WAITING, Side, Stage
from tongdai.kit.ids import new_id
from tongdai.platform.events import Subscriptions
from tongdai.platform.facts import Recorded
from tongdai.platform.passing import Passing

HERE, AWAY = '{"op":"here"}', '{"op":"away"}'
OVER, ELSEWHERE, REFUSED, TOO_BIG = 4410, 4409, 4404, 4413


@dataclass(eq=False)
class End:
    """One connection of a side. `code`: with which it is to be closed, once it is."""

    share_id: UUID
    side: Side
    name: str = field(default_factory=lambda: new_id().hex)
    code: int | None = None
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    _messages: deque[str] = field(default_factory=deque[str])
    _characters: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, text: str) -> None:
        if text.startswith("!"):
            if text[1:] != self.name:
                self.close(ELSEWHERE)
            return
        if self._characters + len(text) > WAITING:
            self._messages.clear()
            self._characters = 0
        self._messages.append(text)
        self._characters += len(text)
        self._news.set()

    @property
    def waiting(self) -> int:
        """Characters that this side has not taken yet."""
        return self._characters

    def close(self, code: int) -> None:
        self.code = self.code or code
        self.closed.set()

    async def next(self) -> str:
        while not self._messages:
            self._news.clear()
            await self._news.wait()
        text = self._messages.popleft()
        self._characters -= len(text)
        return text


class Rooms:
    """Those of this process; sides in other processes are reached by passing on."""

    def __init__(self, passing: Passing) -> None:
        self._passing = passing
        self._ends: dict[UUID, set[End]] = {}

    def listen(self, subscriptions: Subscriptions) -> None:
        subscriptions.on_fact(ShareChanged, self._changed)

    @contextmanager
    def open(self, share_id: UUID, side: Side) -> Generator[End]:
        """A connection of this side. Of a customer there is one: the page that was opened last is the one that is shown."""
        end = End(share_id, side)
        self._ends.setdefault(share_id, set()).add(end)
        try:
            with self._passing.listening(_to(share_id, side), end.hear):
                if side is Side.CUSTOMER:
                    self._passing.pass_on(_to(share_id, side), f"!{end.name}")
                self._passing.pass_on(_to(share_id, side.other), HERE)
                yield end
        finally:
            self._ends[share_id].discard(end)
            if not self._ends[share_id]:
                del self._ends[share_id]
            if end.code != ELSEWHERE:
                self._passing.pass_on(_to(share_id, side.other), AWAY)

    def ends(self, share_id: UUID) -> list[End]:
        """Those that are connected to this process."""
        return list(self._ends.get(share_id, ()))

    def say(self, end: End, text: str) -> None:
        """To the other side."""
        self._passing.pass_on(_to(end.share_id, end.side.other), f">{text}")

    def _changed(self, event: Recorded) -> None:
        fact = cast(ShareChanged, event.fact)
        if fact.state == Stage.OVER:
            for end in self.ends(fact.aggregate_id):
                end.close(OVER)


def _to(share_id: UUID, side: Side) -> str:
    return f"{share_id.hex}.{side}"
