"""What the matcher looks after by the clock and by nobody's news."""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from tongdai.conversations.public import Assignments
from tongdai.platform.database import Database, Scope
from tongdai.platform.registry import Runtime
from tongdai.routing import overdue
from tongdai.routing.blending.policies import BlendMode
from tongdai.routing.consequences import DoNotCallPort
from tongdai.routing.matching.news import News
from tongdai.routing.matching.pool import Pool
from tongdai.routing.policies import Entry
from tongdai.routing.repositories.entries import Entries
from tongdai.routing.repository import Agents

log = logging.getLogger(__name__)


async def finish_wrap_ups(runtime: Runtime, now: datetime) -> None:
    """End the wrap-ups whose time is over."""
    database, port = runtime.database, runtime.registry.ensure(DoNotCallPort)
    async with database.transaction(Scope.system()) as tx:
        due = await Assignments(tx).wrap_ups_due(now)
    for tenant_id, assignment_id in due:
        async with database.transaction(Scope(tenant_id)) as tx:
            await overdue.finish_overdue(tx, port, assignment_id, now)


async def count_anew(database: Database, tenant_id: UUID, user_id: UUID) -> None:
    """The agent's stretch of work begins: what they have done counts from here."""
    async with database.transaction(Scope(tenant_id)) as tx:
        await Agents(tx).reset(user_id)


async def expire(
    database: Database, tenant_id: UUID, interaction_id: UUID, round_id: UUID, now: datetime
) -> None:
    """The offer's time is over."""
    async with database.transaction(Scope(tenant_id)) as tx:
        await overdue.expire_round(tx, interaction_id, round_id, now)


async def time_out(database: Database, entry: Entry, now: datetime) -> None:
    """The contact's longest wait is over."""
    async with database.transaction(Scope(entry.tenant_id)) as tx:
        await overdue.time_out(tx, entry.interaction_id, now)


async def forgotten(
    database: Database, pool: Pool, news: Callable[[], News], since: datetime
) -> tuple[list[UUID], list[UUID]]:
    """Contacts that wait and agents who are free since then in the database, and neither in the pool nor in the news that are
    still to be looked at: news of them was lost."""
    async with database.transaction(Scope.system()) as tx:
        waiting = await Entries(tx).waiting_since(since)
        free = await Agents(tx).free_since(since)
    heard = news()
    contacts = [one for one in waiting if not pool.knows(one) and not heard.of_contact(one)]
    agents = [one for one in free if not pool.is_free(one) and not heard.of_agent(one)]
    if contacts or agents:
        log.warning("the matcher had not heard of %s contacts and %s free agents", len(contacts), len(agents))
    # A callback can go without a fact (its customer was erased): nobody is kept from callers by it for long.
    kept = [one.id for one in pool.agents() if one.due and one.blend.mode is BlendMode.OUTBOUND_FIRST]
    return contacts, [*agents, *kept]
