"""What flows ask of routing: the performer of `Enqueue`, and whether a queue or skill that a flow names exists."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import ChannelAdapters, InteractionRow
from tongdai.flows.public import AskCallback, AskQueue, CheckSwitch, Performers, Performing, Reference, Reply
from tongdai.flows.public import Enqueue as EnqueueCommand
from tongdai.kit.phone import callable_number, time_zone_of
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.routing import service, switches
from tongdai.routing.callbacks import service as callbacks
from tongdai.routing.callbacks.policies import next_time, refused, typed_time
from tongdai.routing.callbacks.service import Ask, OutsideHours
from tongdai.routing.errors import QueueClosed, QueueFull, QueueUnstaffed
from tongdai.routing.known import queue_named, queue_rules
from tongdai.routing.matching.at_once import offer_at_once
from tongdai.routing.policies import Requirement
from tongdai.routing.repositories.entries import Entries
from tongdai.routing.repository import Queues, dump_requirements
from tongdai.routing.waiting import status_of
from tongdai.tenancy import public as tenancy

FRONT = 1000
"""Above what flows, queues and the ageing of a day can give."""


async def enqueue(adapters: ChannelAdapters, performing: Performing, command: EnqueueCommand) -> Reply | None:
    """Put the caller into the queue that the flow names. None: the reply comes when the stay is over. What has come and waits by
    itself, as letters do, is let into any queue."""
    tx = performing.tx
    queue_id = await queue_named(tx, command.queue)
    if queue_id is None:
        return Reply(command.id, "failed", {"reason": f"there is no queue '{command.queue}'"})
    wish = await _wish(tx, command, performing.subject_id, queue_id)
    channel = adapters.all().get((await queue_rules(tx, queue_id)).channel)
    if channel is not None and not channel.capabilities.live:
        wish = replace(wish, returning=True, patient=True)
    try:
        row = await service.enqueue(tx, wish, performing.at)
    except QueueFull:
        return Reply(command.id, "overflow")
    except QueueUnstaffed:
        return Reply(command.id, "no_agents")
    except QueueClosed as error:
        return Reply(command.id, "closed", {"exit": error.closed.exit, "prompt": error.closed.prompt})
    await offer_at_once(tx, row)
    return None


async def ask(performing: Performing, command: AskQueue) -> Reply:
    """How the queue that the flow names is just now."""
    tx = performing.tx
    queue_id = await queue_named(tx, command.queue)
    if queue_id is None:
        return Reply(command.id, "failed", {"reason": f"there is no queue '{command.queue}'"})
    status = await status_of(tx, queue_id)
    closed = (await queue_rules(tx, queue_id)).closed is not None
    told = {
        "waiting": status.waiting,
        "position": await Entries(tx).place_for(queue_id, command.priority),
        "expected_wait": None if status.expected_s is None else round(status.expected_s),
        "agents_ready": status.agents_ready,
        "agents_at_work": status.agents_at_work,
    }
    return Reply(command.id, "closed" if closed else "staffed" if status.staffed else "unstaffed", told)


async def call_back(performing: Performing, command: AskCallback) -> Reply:
    """Keep the caller's place in the queue that the flow names, and promise to call. The place counts from when they began to
    wait there."""
    tx, at = performing.tx, performing.at
    queue_id = await queue_named(tx, command.queue)
    if queue_id is None:
        return Reply(command.id, "failed", {"reason": f"there is no queue '{command.queue}'"})
    rules = await queue_rules(tx, queue_id)
    number = callable_number(command.number, await tenancy.country_of(tx))
    if (why := refused(number, rules.callbacks)) is not None:
        return Reply(command.id, "refused", {"reason": why})
    if rules.closed is not None:
        return Reply(command.id, "refused", {"reason": "closed"})
    interaction = await conversations.lock(tx, performing.subject_id)
    waited_here = interaction.queued_at if interaction.queue_id == queue_id else None
    due_at, zone = None, time_zone_of(number.e164 or "", (await tenancy.settings(tx)).time_zone)
    if command.time is not None:
        wanted = typed_time(command.time)
        if wanted is None:
            return Reply(command.id, "refused", {"reason": "time"})
        due_at = next_time(at, zone, *wanted)
    wish = Ask(
        number=number.e164 or "",
        queue_id=queue_id,
        contact_id=interaction.contact_id,
        project_id=interaction.project_id,
        own_address=interaction.own_address,
        language=command.language,
        due_at=due_at,
        time_zone=zone,
        place_since=None if due_at else waited_here or at,
        priority=command.priority,
        requirements=dump_requirements(await _requirements(tx, command.skills)),
        flow_answers=interaction.flow_answers,
    )
    try:
        row, new = await callbacks.ask(tx, wish, at, interaction)
    except OutsideHours:
        return Reply(command.id, "refused", {"reason": "hours"})
    told = {"id": str(row.id), "number": row.number, "due_at": row.due_at.isoformat() if row.due_at else None}
    return Reply(command.id, "promised" if new else "already", told)


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


async def enqueue_transferred(
    tx: Transaction,
    interaction: InteractionRow,
    command: EnqueueCommand,
    at: datetime,
    *,
    by: UUID | None,
) -> None:
    """An agent sends a locked contact to the queue that the command names: behind those who wait there, even when it is full,
    and not to that agent again at once. Raises NotFound, QueueClosed."""
    queue_id = await queue_named(tx, command.queue)
    if queue_id is None:
        raise NotFound("There is no such queue.")
    if (closed := (await queue_rules(tx, queue_id)).closed) is not None:
        raise QueueClosed(closed)
    wish = await _wish(tx, command, interaction.id, queue_id)
    wish = replace(wish, passed_over=() if by is None else (by,), returning=True)
    await offer_at_once(tx, await service.enqueue(tx, wish, at))


async def _wish(
    tx: Transaction, command: EnqueueCommand, interaction_id: UUID, queue_id: UUID
) -> service.Enqueue:
    requirements = await _requirements(tx, command.skills)
    preferred = await people.find_user(tx, command.preferred) if command.preferred else None
    return service.Enqueue(
        interaction_id, queue_id, command.priority, requirements, command.max_wait, preferred=preferred
    )


async def _requirements(tx: Transaction, levels: Mapping[str, int]) -> tuple[Requirement, ...]:
    """The skills that a flow names, as far as there are such."""
    skills = await Queues(tx).skills_by_name(list(levels))
    return tuple(Requirement(skills[name], level) for name, level in levels.items() if name in skills)


async def knows_queue(tx: Transaction, reference: Reference) -> bool:
    return await Queues(tx).by_name(reference.name) is not None


def teach(performers: Performers, adapters: ChannelAdapters) -> None:
    performers.inside(EnqueueCommand, partial(enqueue, adapters))
    performers.inside(AskQueue, ask)
    performers.inside(AskCallback, call_back)
    performers.inside(CheckSwitch, switches.check)
    performers.knows("queue", knows_queue)
    performers.knows("switch", switches.known)
