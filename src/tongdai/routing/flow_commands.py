"""What flows ask of routing: the performer of `Enqueue`, and whether a queue or skill that a flow names exists."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tongdai.conversations.public import InteractionRow
from tongdai.flows.public import Enqueue as EnqueueCommand
from tongdai.flows.public import Performers, Performing, Reference, Reply
from tongdai.platform.database import Transaction
from tongdai.routing import service
from tongdai.routing.errors import QueueFull
from tongdai.routing.matching.at_once import offer_at_once
from tongdai.routing.policies import Requirement
from tongdai.routing.repository import Queues

FRONT = 1000
"""Above what flows, queues and the ageing of a day can give."""


async def enqueue(performing: Performing, command: EnqueueCommand) -> Reply | None:
    """Put the caller into the queue that the flow names. None: the reply comes when the stay is over."""
    tx = performing.tx
    queue_id = await service.queue_named(tx, command.queue)
    if queue_id is None:
        return Reply(command.id, "failed", {"reason": f"there is no queue '{command.queue}'"})
    wish = await _wish(tx, command, performing.subject_id, queue_id)
    try:
        row = await service.enqueue(tx, wish, performing.at)
    except QueueFull:
        return Reply(command.id, "overflow")
    await offer_at_once(tx, row)
    return None


async def enqueue_again(
    tx: Transaction,
    interaction: InteractionRow,
    queue_id: UUID,
    command: EnqueueCommand,
    at: datetime,
    *,
    gone: UUID | None,
) -> None:
    """Put a locked contact whose agent is gone before everybody else who waits, as the flow had asked: the same skills, the
    same priority among those who come back, and the wait goes on from where it stood."""
    wish = await _wish(tx, command, interaction.id, queue_id)
    wish = replace(
        wish,
        priority=FRONT + wish.priority,
        waited_s=interaction.wait_s,
        passed_over=() if gone is None else (gone,),
        returning=True,
    )
    await service.enqueue(tx, wish, at)


async def _wish(
    tx: Transaction, command: EnqueueCommand, interaction_id: UUID, queue_id: UUID
) -> service.Enqueue:
    skills = await Queues(tx).skills_by_name(list(command.skills))
    requirements = tuple(
        Requirement(skills[name], level) for name, level in command.skills.items() if name in skills
    )
    return service.Enqueue(interaction_id, queue_id, command.priority, requirements, command.max_wait)


async def knows_queue(tx: Transaction, reference: Reference) -> bool:
    return await Queues(tx).by_name(reference.name) is not None


def teach(performers: Performers) -> None:
    performers.inside(EnqueueCommand, enqueue)
    performers.knows("queue", knows_queue)
