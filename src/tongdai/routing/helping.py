"""An agent of a queue is wanted to help with a contact that stays another's: chosen as for a caller, but never before one."""

from datetime import datetime
from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.routing.known import all_rules, queue_rules
from tongdai.routing.policies import Agent, Entry, QueueRules, agent_order, belongs, ring_of, verdict
from tongdai.routing.repository import Agents

PASS_S = 30.0
"""Who let it pass is not asked again for so long."""


def choose(
    entry: Entry, queue: QueueRules, agents: list[Agent], others: dict[UUID, QueueRules], now: datetime
) -> UUID | None:
    """The agent whom the queue's strategy takes next, of those who may be offered `entry` now; its own before those who help out.
    None: nobody yet."""
    found: list[tuple[int, tuple[float, float, str], UUID]] = []
    for agent in agents:
        number = None if belongs(agent, queue) else ring_of(agent, queue, others)
        if number is None and not belongs(agent, queue):
            continue
        ring = None if number is None else queue.overflow[number]
        if verdict(agent, entry, queue, None, now, ring) is None:
            found.append((0 if number is None else number + 1, agent_order(agent, queue), agent.id))
    return min(found)[2] if found else None


async def agent_to_ask(
    tx: Transaction,
    interaction_id: UUID,
    queue_id: UUID,
    since: datetime,
    at: datetime,
    passed: tuple[tuple[UUID, datetime], ...] = (),
) -> UUID | None:
    """Which agent of the queue is to be asked about a contact; None while none is free. `since`: when the asking began (demands
    widen and others help out as for a caller who waits since then); `passed`: who let it pass, each until when.

    Callers who wait are served first: whoever comes free is theirs before this looks. Raises NotFound for a queue that is gone.
    """
    rules = await queue_rules(tx, queue_id)
    entry = Entry(interaction_id, interaction_id, rules.tenant_id, queue_id, (), 0, since, passed=passed)
    others = {one.id: one for one in await all_rules(tx)} if rules.overflow else {}
    return choose(entry, rules, await Agents(tx).load(), others, at)
