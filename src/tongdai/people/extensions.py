"""Who else may have an extension: groups and rooms are another module's, and an extension is one thing's alone."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from tongdai.platform.database import Transaction

NeedFree: TypeAlias = Callable[[Transaction, str], Awaitable[None]]


class Extensions:
    """Modules that give extensions, too, add how to ask them: `app.ensure(Extensions).add(…)`."""

    def __init__(self) -> None:
        self._asked: list[NeedFree] = []

    def add(self, need_free: NeedFree) -> None:
        self._asked.append(need_free)

    async def need_free(self, tx: Transaction, extension: str | None) -> None:
        """Raises what says who has it, for a user who is to get it in the same transaction."""
        if extension is not None:
            for need_free in self._asked:
                await need_free(tx, extension)
