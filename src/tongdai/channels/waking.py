"""What is due by the clock: replies that were to be sent later, and conversations that were put aside and come back."""

import contextlib
from collections.abc import AsyncGenerator

from tongdai.channels.regularly import regularly
from tongdai.conversations import public as conversations
from tongdai.platform.database import Scope
from tongdai.platform.registry import Runtime


@contextlib.asynccontextmanager
async def waking(runtime: Runtime) -> AsyncGenerator[None]:
    async with regularly("conversations that are put aside", lambda: look(runtime)):
        yield


async def look(runtime: Runtime) -> None:
    """One round. Several processes may look at once: each change is decided under the conversation's lock."""
    await conversations.send_due(runtime)
    at = runtime.clock.now()
    async with runtime.database.transaction(Scope.system()) as tx:
        due = await conversations.Tags(tx).due(at)
    for tenant_id, conversation_id in due:
        async with runtime.database.transaction(Scope(tenant_id)) as tx:
            await conversations.wake(tx, conversation_id, "due", at)
