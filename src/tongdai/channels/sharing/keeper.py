"""What is looked after by the clock: questions that nobody answers, and sessions of which a side does not come back or whose
agent has the customer no longer."""

import contextlib
from collections.abc import AsyncGenerator

from tongdai.channels.regularly import regularly
from tongdai.channels.sharing import service
from tongdai.channels.sharing.policies import ANSWER, GRACE
from tongdai.channels.sharing.repository import Shares
from tongdai.platform.database import Scope
from tongdai.platform.registry import Runtime


@contextlib.asynccontextmanager
async def keeping(runtime: Runtime) -> AsyncGenerator[None]:
    async with regularly("shared sessions", lambda: look(runtime)):
        yield


async def look(runtime: Runtime) -> None:
    """One round. Several processes may look at once: each change is decided under the interaction's lock."""
    at = runtime.clock.now()
    async with runtime.database.transaction(Scope.system()) as tx:
        due = await Shares(tx).overdue(at - ANSWER, at - GRACE)
        left = await Shares(tx).without_agent()
    for tenant_id, share_id in due:
        async with runtime.database.transaction(Scope(tenant_id)) as tx:
            await service.end_overdue(tx, share_id, at)
    # Asked for here and not told by each agent's every end: those of calls are many, and nothing is shown in them.
    for tenant_id, share_id in left:
        async with runtime.database.transaction(Scope(tenant_id)) as tx:
            await service.end_without_agent(tx, share_id, at)
