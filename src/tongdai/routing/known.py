"""What is asked of queues again and again: their rules, their names, how their callers are looked after."""

from functools import partial
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.routing.cache import remembered
from tongdai.routing.policies import Agent, QueueRules, belongs, ring_of
from tongdai.routing.repository import Agents, QueueCare, Queues, WaitingQueue


async def queue_rules(tx: Transaction, queue_id: UUID) -> QueueRules:
    """The queue's rules. Raises NotFound."""
    found = await rules_in_use(tx, queue_id)
    if found is None:
        raise NotFound("There is no such queue.")
    return found


async def rules_in_use(tx: Transaction, queue_id: UUID | None) -> QueueRules | None:
    """The same; None where there is no queue, or it was archived meanwhile."""
    if queue_id is None:
        return None
    found = await remembered(tx, "rules", queue_id, lambda: Queues(tx).rules(queue_id))
    return found[0] if found else None


DIRECT = QueueCare(None, None, "on_demand", False, 0.0)
"""Calls that came through no queue."""


async def all_rules(tx: Transaction) -> list[QueueRules]:
    """The rules of all queues in the scope."""
    return await Queues(tx).rules()


async def agents_there(tx: Transaction) -> list[Agent]:
    """Everybody who is signed in, ready or not."""
    return [one for one in await Agents(tx).load() if one.connected and not one.offline]


async def may_be_offered(tx: Transaction, user_id: UUID, channel: str) -> bool:
    """Whether any queue of this channel can ever come to this agent, of its own or when another needs help. Who was never signed
    in may be offered anything."""
    rules = await all_rules(tx)
    others = {one.id: one for one in rules}
    agents = await Agents(tx).load([user_id])
    return not agents or any(
        belongs(agents[0], one) or ring_of(agents[0], one, others) is not None
        for one in rules
        if one.channel == channel
    )


def belongs_by_name(rules: QueueRules, user_id: UUID) -> bool:
    """Whether the queue names this agent."""
    return user_id in rules.members


async def queue_names(tx: Transaction, queue_ids: list[UUID]) -> dict[UUID, str]:
    """Names of queues, archived ones too."""
    names: dict[UUID, str] = {}
    for queue_id in dict.fromkeys(queue_ids):
        names |= await remembered(tx, "names", queue_id, partial(Queues(tx).names, [queue_id]))
    return names


async def waiting_in_queues(tx: Transaction) -> list[WaitingQueue]:
    """Where a contact can be sent, and how many wait there."""
    return await Queues(tx).waiting()


async def care_of(tx: Transaction, interaction_id: UUID) -> QueueCare:
    """How the callers of this contact's queue are looked after; DIRECT when it was in none."""
    found = await conversations.Interactions(tx).get([interaction_id])
    queue_id = found[0].queue_id if found else None
    return await _care(tx, queue_id) if queue_id is not None else DIRECT


async def care_in(tx: Transaction, queue: str) -> QueueCare:
    """How callers of the queue with this name are looked after; DIRECT when there is no such queue."""
    queue_id = await queue_named(tx, queue)
    return await _care(tx, queue_id) if queue_id is not None else DIRECT


async def queue_named(tx: Transaction, name: str) -> UUID | None:
    """The queue in use with this name."""
    return await remembered(tx, "name", name, lambda: Queues(tx).by_name(name))


async def _care(tx: Transaction, queue_id: UUID) -> QueueCare:
    return await remembered(tx, "care", queue_id, lambda: Queues(tx).care(queue_id)) or DIRECT
