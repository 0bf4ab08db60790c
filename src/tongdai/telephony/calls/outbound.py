"""Calls that we place: an agent's own (from the desktop or a phone), between colleagues, and transfers by the flow."""

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.flows.public import Progress, Reply, TransferTo
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.ari.connection import AriError
from tongdai.telephony.calls.inbound import InFlow
from tongdai.telephony.calls.messages import LegGone, LegRinging, LegUp, Wake
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.calls.talking import AUTO_ANSWER, Talking
from tongdai.telephony.dialplan import Route, result_of_cause, worth_another_trunk

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

RING_SECONDS = 60
SILENT_SECONDS = 6.0
"""A trunk that neither rings nor plays anything within this time is as good as dead, if there is another."""


class CallingAgent(CallState):
    """Click-to-call: the agent's own phone first. A browser answers by itself."""

    name = "calling_agent"

    def __init__(self, call: "Call", routes: tuple[Route, ...]) -> None:
        super().__init__(call)
        self._routes = routes
        self._ringing: set[str] = set()

    async def enter(self) -> None:
        call = self.call
        assert call.row.user_id is not None
        placed = await call.exchange.placing.ring_agent(
            call,
            call.row.user_id,
            f"agent-{call.row.assignment_id}",
            assignment_id=call.row.assignment_id,
            headers=AUTO_ANSWER,
        )
        self._ringing.update(placed)
        if not placed:
            await self.finish(LegGone("", 20, call.now()), "system", result="failed")

    async def on_leg_up(self, message: LegUp) -> None:
        call = self.call
        if message.channel not in self._ringing:
            await call.hang_up(message.channel)
            return

        async def work(tx: Transaction) -> None:
            call.row = await call.keep(tx, state=Dialling.name, agent_channel=message.channel)

        await call.save(work)
        for other in self._ringing - {message.channel}:
            await call.hang_up(other)
        await call.become(Dialling(call, self._routes))

    async def on_leg_gone(self, message: LegGone) -> None:
        self._ringing.discard(message.channel)
        self.call.legs.discard(message.channel)
        if not self._ringing:
            await self.finish(message, "agent", result="failed")


class TryingRoutes(CallState):
    """What placing a call over trunks shares: dead ones, and those that stay silent, are followed by the next."""

    def __init__(self, call: "Call", routes: Sequence[Route] = ()) -> None:
        super().__init__(call)
        self._routes = list(routes)
        self._current: set[str] = set()
        self._rang = False
        self._silent: int | None = None

    async def _next_route(self, cause: int) -> None:
        """Ring the next route that takes the call; `cause` is why the one before did not."""
        call = self.call
        while self._routes:
            route = self._routes.pop(0)
            self._rang = False
            self._silent = call.wake_after(SILENT_SECONDS) if self._routes else None
            self._current = set(await call.exchange.placing.dial(call, route, RING_SECONDS))
            if self._current:
                await self._on_ringing()
                return
            cause = 20
        await self._no_route_left(cause)

    async def _on_ringing(self) -> None:
        """A route takes the call: let whoever waits hear that."""

    async def _no_route_left(self, cause: int) -> None:
        raise NotImplementedError

    async def on_leg_ringing(self, message: LegRinging) -> None:
        if message.channel in self._current:
            self._rang = True
            await self._on_ringing()

    async def on_wake(self, message: Wake) -> None:
        if message.ticket != self._silent or self._rang or not self._routes or await self._sounds():
            return
        silent, self._current = self._current, set()
        for leg in silent:
            self.call.legs.discard(leg)
            await self.call.hang_up(leg)
        await self._next_route(18)

    async def _sounds(self) -> bool:
        """Whether announcements or ringing are played to us, without the line having said that it rings."""
        for leg in self._current:
            with contextlib.suppress(AriError):
                if (await self.call.ari.channels.rtpstatistics(leg)).get("rxcount", 0) > 0:
                    return True
        return False


class Dialling(TryingRoutes):
    """The agent hears the far side ring (or its own announcements); dead trunks are followed by the next."""

    name = "dialling"

    async def enter(self) -> None:
        call = self.call
        assert call.row.agent_channel is not None
        await call.exchange.media.make_bridge(call.bridge)
        await call.ari.bridges.add_channel(call.bridge, call.row.agent_channel)
        await self._next_route(16)

    async def _on_ringing(self) -> None:
        await self.call.ari.channels.ring(self.call.row.agent_channel or "")

    async def _no_route_left(self, cause: int) -> None:
        await self.finish(LegGone("", cause, self.call.now()), "system", result=result_of_cause(cause))

    async def on_leg_up(self, message: LegUp) -> None:
        call = self.call
        if message.channel not in self._current:
            await call.hang_up(message.channel)
            return
        await call.ari.channels.ring_stop(call.row.agent_channel or "")
        recording = call.exchange.recorder.plan(call)

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, Phase.TALK, message.at, user_id=call.row.user_id)
            await call.exchange.recorder.intend(tx, recording)
            await self._colleague_answers(tx, message)
            call.row = await call.keep(
                tx,
                state=Talking.name,
                customer_channel=message.channel,
                bridge_id=call.bridge,
                answered_at=message.at,
                recording_policy=recording.policy,
            )

        await call.save(work)
        for other in self._current - {message.channel}:
            await call.hang_up(other)
        await call.ari.channels.answer(call.row.agent_channel or "")
        await call.become(Talking(call, recording))

    async def _colleague_answers(self, tx: Transaction, message: LegUp) -> None:
        """An internal call keeps the colleague busy as well."""
        user_id = self.call.exchange.placing.user_of_channel(message.channel)
        if self.call.row.direction == "internal" and user_id is not None:
            interaction = await conversations.lock(tx, self.call.row.interaction_id)
            try:
                await routing.begin_direct(tx, interaction, user_id, message.at, party=True)
            except routing.AgentBusy:
                return

    async def on_leg_gone(self, message: LegGone) -> None:
        call = self.call
        if message.channel == call.row.agent_channel:
            await self.finish(message, "agent", result="no_answer")
        elif message.channel in self._current:
            self._current.discard(message.channel)
            call.legs.discard(message.channel)
            if self._current:
                return
            if worth_another_trunk(message.cause, rang=self._rang):
                await self._next_route(message.cause)
            else:
                await self.finish(message, "customer", result=result_of_cause(message.cause))


class Transferring(TryingRoutes):
    """The flow connects the caller to an extension or an outside number and goes on when that is over.

    Stored in the row once they talk, so that both keep the line over a restart (`talking` is the far side then).
    """

    name: ClassVar[str] = "transferring"

    def __init__(self, call: "Call", command: TransferTo, *, talking: str | None = None) -> None:
        super().__init__(call)
        self.command = command
        self._talking = talking
        self._over: int | None = None

    async def enter(self) -> None:
        call = self.call
        if self._talking is not None:
            await call.exchange.media.join(call.bridge, (call.customer, self._talking))
            return
        routes = await call.exchange.directory.routes_for_flow(call.row, self.command)
        if routes is None:
            await self._back("refused")
            return
        self._routes = list(routes)
        self._over = call.wake_after(self.command.timeout)
        await call.exchange.media.make_bridge(call.bridge)
        await call.ari.bridges.add_channel(call.bridge, call.customer)
        await call.ari.channels.ring(call.customer)
        await self._next_route(20)

    async def _no_route_left(self, cause: int) -> None:
        await self._back(result_of_cause(cause))

    async def on_leg_up(self, message: LegUp) -> None:
        call = self.call
        if message.channel not in self._current or self._talking:
            await call.hang_up(message.channel)
            return
        self._talking = message.channel
        user_id: UUID | None = call.exchange.placing.user_of_channel(message.channel)

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, Phase.TALK, message.at, user_id=user_id)
            call.row = await call.keep(
                tx, state=self.name, agent_channel=message.channel, bridge_id=call.bridge
            )

        await call.save(work)
        for other in self._current - {message.channel}:
            await call.hang_up(other)
        await call.ari.channels.ring_stop(call.customer)
        await call.ari.bridges.add_channel(call.bridge, message.channel)

    async def on_leg_gone(self, message: LegGone) -> None:
        if message.channel == self.call.customer:
            await self.finish(message, "customer")
            return
        self._current.discard(message.channel)
        self.call.legs.discard(message.channel)
        if message.channel == self._talking:
            await self.finish(message, "agent")
        elif not self._current and not self._talking:
            if worth_another_trunk(message.cause, rang=self._rang):
                await self._next_route(message.cause)
            else:
                await self._back(result_of_cause(message.cause))

    async def on_wake(self, message: Wake) -> None:
        if message.ticket != self._over:
            await super().on_wake(message)
        elif not self._talking:
            self._routes.clear()
            for leg in list(self._current):
                await self.call.hang_up(leg)
            self._current.clear()
            await self._back("no_answer")

    async def _back(self, result: str) -> None:
        call = self.call
        await call.ari.channels.ring_stop(call.customer)
        await call.destroy_bridge()
        answer = Reply(self.command.id, result)

        async def work(tx: Transaction) -> Progress:
            return await call.advance_flow(tx, answer, call.now())

        await call.become(InFlow(call, await call.save(work)))
