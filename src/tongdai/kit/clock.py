"""Time as an argument.

Services take a `Clock`; policies take the instant itself. `SystemClock` is the real one; `VirtualClock` moves only
when it is told to, so that wrap-up timers, service levels and flow time-outs run instantly and repeatably in tests.
"""

import asyncio
import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol


class Timer(Protocol):
    """A wake-up that can be taken back."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Tells the time and wakes at a time. All instants are aware and in UTC."""

    def now(self) -> datetime: ...

    def call_at(self, when: datetime, wake: Callable[[], None]) -> Timer:
        """Call `wake` once, at `when` or as soon after as possible; at once when `when` is past."""
        ...


class SystemClock:
    """The machine's clock on the running event loop."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def call_at(self, when: datetime, wake: Callable[[], None]) -> Timer:
        delay = max(0.0, (when - self.now()).total_seconds())
        return asyncio.get_running_loop().call_later(delay, wake)


class _VirtualTimer:
    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class VirtualClock:
    """A clock that stands still until `advance` moves it; timers fire in order of their time."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._order = count()
        self._timers: list[tuple[datetime, int, _VirtualTimer, Callable[[], None]]] = []

    def now(self) -> datetime:
        return self._now

    def call_at(self, when: datetime, wake: Callable[[], None]) -> Timer:
        timer = _VirtualTimer()
        heapq.heappush(self._timers, (max(when, self._now), next(self._order), timer, wake))
        return timer

    def advance(self, by: timedelta) -> None:
        """Move time forward, firing each timer that falls due at its own instant."""
        target = self._now + by
        while self._timers and self._timers[0][0] <= target:
            when, _, timer, wake = heapq.heappop(self._timers)
            self._now = max(self._now, when)
            if not timer.cancelled:
                wake()
        self._now = target
