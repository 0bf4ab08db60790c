"""What has to be done when: the matcher's timers, in order. The database holds the same instants; this only wakes it."""

import heapq
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from itertools import count
from typing import TypeAlias

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
