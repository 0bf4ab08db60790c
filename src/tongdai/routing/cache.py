"""What the call path asks about queues again and again, remembered until a QueueChanged says otherwise.

Another node's change arrives some milliseconds after its commit; until then a contact is treated by the rules of before. The
matcher does not use this: it has its own picture. A value read before a change cannot be kept after it: `generation`.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded

T = TypeVar("T")


class QueueMemory:
    """Answers of this process by question. Only what was found is kept: a queue that is not there may come."""

    def __init__(self) -> None:
        self.generation = 0
        self.known: dict[tuple[str, UUID | None, Any], Any] = {}

    def forget(self, _: Recorded) -> None:
        self.generation += 1
        self.known.clear()


async def remembered(tx: Transaction, kind: str, key: Any, ask: Callable[[], Awaitable[T]]) -> T:
    """The answer to a question of this `kind`, asked of the database only once. None and [] are asked again."""
    memory: QueueMemory | None = tx.memory.get(QueueMemory)
    if memory is None:
        return await ask()
    place = (kind, tx.scope.tenant_id, key)
    if place in memory.known:
        return memory.known[place]
    generation = memory.generation
    answer = await ask()
    if answer and generation == memory.generation:
        memory.known[place] = answer
    return answer
