"""Visitors' lines: who is connected, and what wakes them. A line reads what it tells from the thread (see `views.after`)."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.conversations.events import MessagesSeen, MessageWritten
from tongdai.platform.events import Subscriptions
from tongdai.platform.facts import Recorded

TYPING = timedelta(seconds=6)


@dataclass(eq=False)
class Line:
    """One connection of a visitor: a tab's socket, or a request that waits for news."""

    conversation_id: UUID | None
    news: asyncio.Event = field(default_factory=asyncio.Event)
    typing_until: datetime | None = None

    async def wait(self, seconds: float) -> None:
        """Until there may be news, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await self.news.wait()
        except TimeoutError:
            return
        finally:
            self.news.clear()


class Lines:
    """All of this process."""

    def __init__(self) -> None:
        self._of: dict[UUID, set[Line]] = {}

    def listen(self, subscriptions: Subscriptions) -> None:
        subscriptions.on_fact(MessageWritten, self._told)
        subscriptions.on_fact(MessagesSeen, self._told)

    def _told(self, event: Recorded) -> None:
        for line in self._of.get(event.fact.aggregate_id, ()):
            if isinstance(event.fact, MessageWritten) and event.fact.author != "customer":
                line.typing_until = None
            line.news.set()

    @contextmanager
    def open(self, conversation_id: UUID | None) -> Generator[Line]:
        line = Line(None)
        try:
            self.follow(line, conversation_id)
            yield line
        finally:
            self.follow(line, None)

    def follow(self, line: Line, conversation_id: UUID | None) -> None:
        """From now on this conversation's news are the line's."""
        if line.conversation_id == conversation_id:
            return
        if line.conversation_id is not None:
            lines = self._of.get(line.conversation_id, set())
            lines.discard(line)
            if not lines:
                self._of.pop(line.conversation_id, None)
        line.conversation_id = conversation_id
        if conversation_id is not None:
            self._of.setdefault(conversation_id, set()).add(line)

    def typing(self, conversation_id: UUID, at: datetime) -> None:
        """An agent is writing."""
        for line in self._of.get(conversation_id, ()):
            line.typing_until = at + TYPING
            line.news.set()
