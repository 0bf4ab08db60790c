"""What is looked after by the clock: mails whose agent is gone, and what was put aside as spam long enough."""

import contextlib
from collections.abc import AsyncGenerator

from tongdai.channels.email import service
from tongdai.channels.email.repository import Mails
from tongdai.channels.email.spam import KEPT, Spam
from tongdai.channels.regularly import regularly
from tongdai.platform.database import Scope
from tongdai.platform.registry import Runtime


@contextlib.asynccontextmanager
async def keeping(runtime: Runtime) -> AsyncGenerator[None]:
    async with regularly("mails", lambda: look(runtime)):
        yield


async def look(runtime: Runtime) -> None:
    """One round. Several processes may look at once: each change is decided under the interaction's lock."""
    async with runtime.database.transaction(Scope.system()) as tx:
        left = await Mails(tx).in_hands_of_the_absent()
        await Spam(tx).expire(runtime.clock.now() - KEPT)
    for tenant_id, interaction_id, user_id in left:
        async with runtime.database.transaction(Scope(tenant_id)) as tx:
            await service.return_to_queue(tx, interaction_id, user_id, runtime.clock.now())
