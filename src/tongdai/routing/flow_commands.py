"""What flows ask of routing: the performer of `Enqueue`, and whether a queue or skill that a flow names exists."""

from tongdai.flows.public import Enqueue as EnqueueCommand
from tongdai.flows.public import Performers, Performing, Reference, Reply
from tongdai.platform.database import Transaction
from tongdai.routing import service
from tongdai.routing.errors import QueueFull
from tongdai.routing.policies import Requirement
from tongdai.routing.repository import Queues


async def enqueue(performing: Performing, command: EnqueueCommand) -> Reply | None:
    """Put the caller into the queue that the flow names. None: the reply comes when the stay is over."""
    tx = performing.tx
    queue_id = await service.queue_named(tx, command.queue)
    if queue_id is None:
        return Reply(command.id, "failed", {"reason": f"there is no queue '{command.queue}'"})
    skills = await Queues(tx).skills_by_name(list(command.skills))
    requirements = tuple(
        Requirement(skills[name], level) for name, level in command.skills.items() if name in skills
    )
    wish = service.Enqueue(performing.subject_id, queue_id, command.priority, requirements, command.max_wait)
    try:
        await service.enqueue(tx, wish, performing.at)
    except QueueFull:
        return Reply(command.id, "overflow")
    return None


async def knows_queue(tx: Transaction, reference: Reference) -> bool:
    return await Queues(tx).by_name(reference.name) is not None


def teach(performers: Performers) -> None:
    performers.inside(EnqueueCommand, enqueue)
    performers.knows("queue", knows_queue)
