"""What is looked after by the clock."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable

from tongdai.platform.database.driver import CONFLICTS
from tongdai.platform.database.session import DatabaseAway

log = logging.getLogger(__name__)

EVERY_S = 1.0


@contextlib.asynccontextmanager
async def regularly(what: str, look: Callable[[], Awaitable[None]]) -> AsyncGenerator[None]:
    """Look again and again beside the block, until it ends."""
    task = asyncio.create_task(_again_and_again(what, look))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _again_and_again(what: str, look: Callable[[], Awaitable[None]]) -> None:
    """A database that is away, or a change that lost a race, has its turn next time; what
    else fails is logged (`what` could not be looked after)."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await look()
        except (DatabaseAway, *CONFLICTS):
            continue
        except Exception:
            log.exception("%s could not be looked after", what)
