"""Routes by which what is written changes hands."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from tongdai.channels import handing
from tongdai.channels.desk import Desks
from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow, ChannelAdapters, InteractionRow, State
from tongdai.people.public import is_user
from tongdai.platform.auth import Principal
from tongdai.platform.bodies import Body
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound, invalid_field
from tongdai.platform.http import Me, RuntimeOf, Tx
from tongdai.platform.registry import Runtime
from tongdai.routing import public as routing
from tongdai.tenancy.public import audit

router = APIRouter(prefix="/api/v1", tags=["handing over"])
TAKE = "calls.take"
ASSIGN = "conversations.assign"


class Whom(Body):
    user_id: UUID


class Given(Body):
    """To an agent, or (whom an agent has) to a queue. `from_id`: the agent who has the customer, as the asker sees it; none: they
    wait."""

    user_id: UUID | None = None
    queue_id: UUID | None = None
    from_id: UUID | None = None


class Colleague(BaseModel):
    """Who could be given a conversation. `room`: they could have one more just now."""

    id: UUID
    name: str
    ready: bool
    room: bool


async def _mine(tx: Transaction, me: Principal, runtime: Runtime, assignment_id: UUID) -> AssignmentRow:
    """My part in what is written. Raises NotFound for others' and for calls."""
    me.reach(TAKE)
    found = await conversations.Assignments(tx).get([assignment_id])
    if found and found[0].user_id == me.user_id:
        (interaction,) = await conversations.Interactions(tx).get([found[0].interaction_id])
        if _written(runtime, interaction):
            return found[0]
    raise NotFound("There is no such contact of yours.")


def _written(runtime: Runtime, interaction: InteractionRow) -> bool:
    adapter = runtime.get(ChannelAdapters).all().get(interaction.channel)
    return adapter is not None and not adapter.capabilities.rings


async def _agent(tx: Transaction, user_id: UUID) -> None:
    if not await is_user(tx, user_id):
        raise invalid_field("user_id", "There is no such agent any more; choose another.", "choose")


@router.get("/assignments/{assignment_id}/colleagues")
async def get_colleagues(assignment_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> list[Colleague]:
    """To whom I could give this conversation: who is there, those with room first, by name."""
    mine = await _mine(tx, me, runtime, assignment_id)
    (interaction,) = await conversations.Interactions(tx).get([mine.interaction_id])
    return await _there(tx, interaction.channel, me.user_id)


async def _there(tx: Transaction, channel: str, but: UUID | None = None) -> list[Colleague]:
    found = [
        Colleague(id=one.id, name=one.name, ready=one.ready, room=one.has_room(channel))
        for one in await routing.agents_there(tx)
        if one.id != but
    ]
    return sorted(found, key=lambda one: (not one.room, one.name))


@router.post("/assignments/{assignment_id}/hand-over", status_code=204)
async def post_hand_over(assignment_id: UUID, body: Whom, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Offer the customer whom I have to a colleague; they stay mine until it is accepted."""
    mine = await _mine(tx, me, runtime, assignment_id)
    await _agent(tx, body.user_id)
    await handing.offer(tx, mine, body.user_id, runtime.clock.now())


@router.delete("/assignments/{assignment_id}/hand-over", status_code=204)
async def delete_hand_over(assignment_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Keep the customer after all."""
    mine = await _mine(tx, me, runtime, assignment_id)
    await handing.take_back(tx, mine, runtime.clock.now())


async def _last_of(tx: Transaction, runtime: Runtime, conversation_id: UUID) -> InteractionRow:
    """The last part of a conversation in writing. Raises NotFound."""
    parts = await conversations.Interactions(tx).of_conversation(conversation_id)
    if not parts or not _written(runtime, parts[-1]):
        raise NotFound()
    return parts[-1]


@router.post("/conversations/{conversation_id}/take", status_code=204)
async def post_take(conversation_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Take the customer who waits in a queue that I serve, out of turn."""
    me.reach(TAKE)
    row = await _last_of(tx, runtime, conversation_id)
    if row.queue_id not in me.queue_ids:
        raise NotFound()
    if row.state != State.QUEUED:
        raise routing.OfferGone()
    await handing.take(tx, row, me.user_id, runtime.clock.now())


@router.get("/conversations/{conversation_id}/agents")
async def get_agents(conversation_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> list[Colleague]:
    """To whom I could give the customer: who is there, those with room first, by name."""
    row = await _given_by(tx, me, runtime, conversation_id)
    return await _there(tx, row.channel, row.user_id if row.state == State.CONNECTED else None)


async def _given_by(
    tx: Transaction, me: Principal, runtime: Runtime, conversation_id: UUID
) -> InteractionRow:
    reach = me.reach(ASSIGN)
    row = await _last_of(tx, runtime, conversation_id)
    if not reach.covers(queue_id=row.queue_id, project_id=row.project_id):
        raise NotFound()
    return row


@router.post("/conversations/{conversation_id}/assign", status_code=204)
async def post_assign(conversation_id: UUID, body: Given, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Give the customer who waits, or whom another agent has, to an agent, who has them at once; or back to a queue."""
    row = await _given_by(tx, me, runtime, conversation_id)
    at = runtime.clock.now()
    if body.user_id is not None and body.queue_id is None:
        await _agent(tx, body.user_id)
        if body.from_id is not None:
            await handing.reassign(tx, row, body.from_id, body.user_id, at)
        elif row.state == State.QUEUED:
            await handing.take(tx, row, body.user_id, at, by=me.user_id)
        else:
            raise routing.OfferGone()
    elif body.queue_id is not None and body.user_id is None and body.from_id is not None:
        part = await handing.held_by(tx, row, body.from_id)
        desk = await runtime.get(Desks).of(tx, part)
        await desk.send_on(tx, part, body.queue_id, at)
    else:
        raise invalid_field("user_id", "Choose an agent, or a queue.", "choose")
    if body.from_id is not None:
        await conversations.tell_reassigned(
            tx, conversation_id, body.from_id, me.user_id, at, to_id=body.user_id, queue_id=body.queue_id
        )
    details = {"from_id": body.from_id, "user_id": body.user_id, "queue_id": body.queue_id}
    named = {name: str(value) for name, value in details.items() if value is not None}
    deed = "interaction.assigned" if body.from_id is None else "interaction.reassigned"
    await audit(tx, deed, "interaction", row.id, named)
