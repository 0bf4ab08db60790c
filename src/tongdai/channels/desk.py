"""What agents do with whatever they have in hand in writing: one set of routes, each channel with its own way."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from fastapi import APIRouter

from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow
from tongdai.platform.auth import Principal
from tongdai.platform.bodies import Body
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, RuntimeOf, Tx
from tongdai.platform.registry import Runtime

router = APIRouter(prefix="/api/v1", tags=["webchat"])
TAKE = "calls.take"


class Desk(Protocol):
    """How contacts of one channel are ended and passed on."""

    async def end(self, tx: Transaction, part: AssignmentRow, at: datetime) -> None:
        """The agent is through with it: the wrap-up begins."""
        ...

    async def send_on(self, tx: Transaction, part: AssignmentRow, queue_id: UUID, at: datetime) -> None:
        """To a queue. Raises NotFound, QueueClosed, WrongChannel, NotInState."""
        ...

    async def typing(self, tx: Transaction, part: AssignmentRow, at: datetime) -> None:
        """The agent is writing."""
        ...


class Desks:
    """Those of all written channels."""

    def __init__(self) -> None:
        self._of: dict[str, Desk] = {}

    def add(self, channel: str, desk: Desk) -> None:
        self._of[channel] = desk

    async def of(self, tx: Transaction, part: AssignmentRow) -> Desk:
        """Raises NotFound for what is not in writing."""
        (interaction,) = await conversations.Interactions(tx).get([part.interaction_id])
        if interaction.channel not in self._of:
            raise NotFound("There is no such contact of yours.")
        return self._of[interaction.channel]


class SendOn(Body):
    queue_id: UUID


async def part_of(tx: Transaction, me: Principal, assignment_id: UUID) -> AssignmentRow:
    """My part in something. Raises NotFound for others'."""
    found = await conversations.Assignments(tx).get([assignment_id])
    if not found or found[0].user_id != me.user_id:
        raise NotFound("There is no such contact of yours.")
    return found[0]


async def _mine(
    tx: Transaction, me: Principal, runtime: Runtime, assignment_id: UUID
) -> tuple[AssignmentRow, Desk]:
    """My part in something written. Raises NotFound for others' and for calls."""
    part = await part_of(tx, me, assignment_id)
    return part, await runtime.get(Desks).of(tx, part)


async def _send_first(tx: Transaction, part: AssignmentRow, runtime: Runtime) -> None:
    """What I wrote and could still take back goes out before I part from the customer."""
    interaction = await conversations.lock(tx, part.interaction_id)
    adapters = runtime.get(conversations.ChannelAdapters)
    await conversations.send_what_is_in_grace(tx, adapters, interaction, runtime.clock.now())


@router.post("/assignments/{assignment_id}/end", status_code=204)
async def post_end(assignment_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """End the chat that I have (the customer is told), or close the e-mail: my wrap-up begins."""
    me.reach(TAKE)
    row, desk = await _mine(tx, me, runtime, assignment_id)
    if row.state != "accepted":
        raise conversations.NotInState()
    await _send_first(tx, row, runtime)
    await desk.end(tx, row, runtime.clock.now())


@router.post("/assignments/{assignment_id}/send-on", status_code=204)
async def post_send_on(assignment_id: UUID, body: SendOn, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Send what I have to a queue: my part is over but for its wrap-up."""
    me.reach(TAKE)
    row, desk = await _mine(tx, me, runtime, assignment_id)
    await _send_first(tx, row, runtime)
    await desk.send_on(tx, row, body.queue_id, runtime.clock.now())


@router.post("/assignments/{assignment_id}/typing", status_code=204)
async def post_typing(assignment_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """I am writing: the visitor is told, and it is forgotten by itself."""
    me.reach(TAKE)
    row, desk = await _mine(tx, me, runtime, assignment_id)
    if row.state == "accepted":
        await desk.typing(tx, row, runtime.clock.now())
