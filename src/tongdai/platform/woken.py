"""Work beside the requests that is looked for when somebody says that there is some, and every so often."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from tongdai.kit.waiting import is_set_within
from tongdai.platform.database.session import DatabaseAway

log = logging.getLogger(__name__)

EVERY_S = 30.0
"""What another node began and did not finish is found within this time."""


class Woken:
    """The looks of one process: one after the other, and once more where it was woken meanwhile."""

    def __init__(self) -> None:
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        self._wanted.set()

    @asynccontextmanager
    async def looking(self, what: str, look: Callable[[], Awaitable[None]]) -> AsyncGenerator[None]:
        """While open. A database that is away, or a look that fails (`what` is named in the log), has its turn next time."""
        task = asyncio.create_task(self._again_and_again(what, look))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _again_and_again(self, what: str, look: Callable[[], Awaitable[None]]) -> None:
        while True:
            self._wanted.clear()
            try:
                await look()
            except DatabaseAway:
                log.info("%s are looked after when the database is back", what)
            except Exception:
                log.exception("%s could not be looked after", what)
            await is_set_within(self._wanted, EVERY_S)
