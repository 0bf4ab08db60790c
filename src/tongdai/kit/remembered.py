"""Answers kept in memory until what they are about changes."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """A value that was read before a change is never kept after it, however the two overlap."""

    def __init__(self) -> None:
        self._known: dict[K, V] = {}
        self._changes = 0

    async def get(self, key: K, ask: Callable[[], Awaitable[V]]) -> V:
        """What is known, or what `ask` answers."""
        if key in self._known:
            return self._known[key]
        changes = self._changes
        answer = await ask()
        if changes == self._changes:
            self._known[key] = answer
        return answer

    def forget(self, about: Callable[[K], bool]) -> None:
        """What the keys that fit stand for has changed."""
        self._changes += 1
        for key in [key for key in self._known if about(key)]:
            del self._known[key]
