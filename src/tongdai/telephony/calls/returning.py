"""An agent's leg was lost: their phone is rung to come back; where the customer goes when they do not."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.flows.public import Enqueue, Progress, Reply, TransferTo
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.calls.messages import LegGone, Wake
from tongdai.telephony.calls.stays import stay_in
from tongdai.telephony.together.parked import NOWHERE

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

AUTO_ANSWER = {"X-Tongdai-Auto": "1"}


class AgentReturn:
    """Rings until the agent is back or the grace time is over, again and again: a browser may take a while to load."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._tries = 0
        self._over: int | None = None
        self.ringing: set[str] = set()

    async def begin(self) -> None:
        self._over = self._call.wake_after(self._call.exchange.grace)
        await self.ring()

    async def ring(self) -> None:
        """Unless it rings already."""
        call = self._call
        if self.ringing:
            return
        assert call.row.user_id is not None
        self._tries += 1
        self.ringing.update(
            await call.exchange.placing.ring_agent(
                call,
                call.row.user_id,
                f"rejoin-{call.row.id}-{call.row.version}-{self._tries}",
                assignment_id=call.row.assignment_id,
                headers=AUTO_ANSWER,
            )
        )

    def gone(self, message: LegGone) -> None:
        """The browser is not back yet; the next registration or the desktop's own request rings it again."""
        self.ringing.discard(message.channel)
        self._call.legs.discard(message.channel)
        if not self.ringing:
            self._call.wake_after(1.0)

    async def back(self, channel: str) -> None:
        """One phone answered: the others stop."""
        for other in self.ringing - {channel}:
            await self._call.hang_up(other)
        self.ringing.clear()

    def over(self, message: Wake) -> bool:
        return message.ticket == self._over


NOBODY: dict[str, Any] = {
    "user_id": None,
    "assignment_id": None,
    "agent_channel": None,
    "held_since": None,
    "muted": False,
}
"""What a call's row says while no agent has it."""


async def without_agent(call: "Call", ringing: Collection[str] = (), *, came: bool = True) -> None:
    """No agent has the customer any more (`ringing` are phones that ring in vain): the customer goes to the front of the queue;
    a flow that had connected them to somebody goes on as if nobody had answered; else the call ends. `came`: whether the agent
    was ever there."""
    for channel in list(ringing):
        await call.hang_up(channel)
    command = call.run.command if call.run is not None and call.run.run.ended is None else None
    if call.care.queue_id is not None:
        await _wait_again(call, call.care.queue_id, came=came)
    elif isinstance(command, TransferTo):
        await _back_into_flow(call, command)
    else:
        assert call.state is not None
        await call.state.finish(LegGone("", 27, call.now()), "system")


async def _wait_again(call: "Call", queue_id: UUID, *, came: bool) -> None:
    from tongdai.telephony.calls.inbound import Waiting

    at = call.now()

    async def work(tx: Transaction) -> Enqueue:
        command = stay_in(call, (await routing.queue_names(tx, [queue_id]))[queue_id])
        interaction = await conversations.lock(tx, call.row.interaction_id)
        for assignment in await conversations.Assignments(tx).open_of_interaction(interaction.id):
            if assignment.state == "accepted":
                await (routing.finish if came else routing.did_not_come)(tx, assignment, at)
        await call.exchange.recorder.closed(tx, call.row, at)
        if interaction.phase == Phase.WAIT:
            # For an agent who never came. Another stay begins.
            await conversations.enter(tx, interaction, Phase.FLOW, at)
        await routing.enqueue_again(tx, interaction, queue_id, command, at, gone=call.row.user_id)
        call.row = await call.keep(tx, state=Waiting.name, **NOBODY | NOWHERE)
        return command

    command = await call.save(work)
    await call.exchange.recorder.stop(call)
    await call.become(Waiting(call, command))


async def _back_into_flow(call: "Call", command: TransferTo) -> None:
    from tongdai.telephony.calls.inbound import InFlow

    at = call.now()

    async def work(tx: Transaction) -> Progress:
        interaction = await conversations.lock(tx, call.row.interaction_id)
        for assignment in await conversations.Assignments(tx).open_of_interaction(interaction.id):
            if assignment.state == "accepted":
                await routing.finish(tx, assignment, at)
        await call.exchange.recorder.closed(tx, call.row, at)
        await conversations.enter(tx, interaction, Phase.FLOW, at)
        call.row = await call.keep(tx, state=InFlow.name, **NOBODY | NOWHERE)
        return await call.advance_flow(tx, Reply(command.id, "no_answer"), at)

    step = await call.save(work)
    await call.exchange.recorder.stop(call)
    await call.exchange.media.take_out(call.customer, await call.exchange.media.music_bridge(call.music))
    await call.become(InFlow(call, step))
