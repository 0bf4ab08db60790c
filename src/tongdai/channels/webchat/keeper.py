"""What is looked after by the clock: chats whose agent is gone, and those that their visitor has forgotten."""

import contextlib
from collections.abc import AsyncGenerator
from datetime import timedelta

from tongdai.channels.dialogue.service import TextDialogues
from tongdai.channels.regularly import regularly
from tongdai.channels.webchat import service
from tongdai.channels.webchat.proof import SKEW
from tongdai.channels.webchat.repository import Chats, Proofs
from tongdai.platform.database import Scope
from tongdai.platform.registry import Runtime

FORGOTTEN = timedelta(minutes=30)
"""So long a bot waits for an answer."""


@contextlib.asynccontextmanager
async def keeping(runtime: Runtime) -> AsyncGenerator[None]:
    async with regularly("chats", lambda: look(runtime)):
        yield


async def look(runtime: Runtime) -> None:
    """One round. Several processes may look at once: each change is decided under the interaction's lock."""
    dialogues, at = runtime.get(TextDialogues), runtime.clock.now()
    async with runtime.database.transaction(Scope.system()) as tx:
        left = await Chats(tx).left_by_agents()
        forgotten = await Chats(tx).silent_since(at - FORGOTTEN)
        await Proofs(tx).drop_used(at - SKEW * 2)
    for tenant_id, chat, user_id in left:
        async with runtime.database.transaction(Scope(tenant_id)) as tx:
            await service.return_to_queue(tx, dialogues, chat, user_id, at)
    for tenant_id, chat in forgotten:
        async with runtime.database.transaction(Scope(tenant_id)) as tx:
            await service.end(tx, dialogues, chat, at, "system")
