"""What has to be done when: the matcher's timers, in order. The database holds the same instants; this only wakes it."""

import heapq
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from itertools import count
from typing import TypeAlias
from uuid import UUID

Act: TypeAlias = Callable[[], Awaitable[None]]


class Deadlines:
    """Acts by their instant; those of one instant in the order in which they were set."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def at(self, when: datetime, act: Act) -> None:
        heapq.heappush(self._heap, (when, next(self._order), act))

    def due(self, now: datetime) -> Iterator[Act]:
        """Takes out, one by one, what is due."""
        while self._heap and self._heap[0][0] <= now:
            yield heapq.heappop(self._heap)[2]

    @property
    def next(self) -> datetime:
        return self._heap[0][0]


class Rounds:
    """Which offers are known to be over: the end of their time is nothing to ask the database about. Those of which no news
    came are not among them."""

    def __init__(self) -> None:
        self._open: dict[UUID, UUID] = {}
        self._over: set[UUID] = set()

    def opened(self, entry_id: UUID, round_id: UUID) -> None:
        self.over(entry_id)
        self._open[entry_id] = round_id

    def over(self, entry_id: UUID, round_id: UUID | None = None) -> None:
        """The stay's offer is over; with `round_id` only if it is that one (news can come late)."""
        opened = self._open.get(entry_id)
        if opened is not None and round_id in (None, opened):
            self._over.add(self._open.pop(entry_id))

    def forget(self, round_id: UUID) -> bool:
        """Its time is over: whether it was known to be over before."""
        known = round_id in self._over
        self._over.discard(round_id)
        return known
