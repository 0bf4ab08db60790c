"""Calls that we place: an agent's own (from the desktop or a phone), between colleagues, and transfers by the flow."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow, Phase
from tongdai.flows.public import Progress, Reply, TransferTo
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.ari.connection import AriError
from tongdai.telephony.calls.in_room import InRoom
from tongdai.telephony.calls.inbound import InFlow
from tongdai.telephony.calls.messages import LegGone, LegRinging, LegUp, Picker, Wake
from tongdai.telephony.calls.returning import AUTO_ANSWER
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.calls.taking_messages import LeavingMessage, TransferredToBox
from tongdai.telephony.calls.talking import Talking
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.extensions.chasing import Chase
from tongdai.telephony.outbound.dialplan import Route, outcome_of, result_of_cause, worth_another_trunk

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

SILENT_SECONDS = 6.0
"""A trunk that neither rings nor plays anything within this time is as good as dead, if there is another."""


class CallingAgent(CallState):
    """Click-to-call: the agent's own phone first. A browser answers by itself."""

    name = "calling_agent"

    def __init__(self, call: "Call", routes: tuple[Route, ...], chase: Chase | None = None) -> None:
        super().__init__(call)
        self._routes = routes
        self._chase = chase
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
        await call.become(Dialling(call, self._routes, self._chase))

    async def on_leg_gone(self, message: LegGone) -> None:
        self._ringing.discard(message.channel)
        self.call.legs.discard(message.channel)
        if not self._ringing:
            await self.finish(message, "agent", result="failed")


class TryingRoutes(CallState):
    """What placing a call shares. Dead trunks, and those that stay silent, are followed by the next; colleagues who do not take
    the call by whoever comes after them."""

    def __init__(self, call: "Call", routes: Sequence[Route] = (), chase: Chase | None = None) -> None:
        super().__init__(call)
        self._routes = list(routes)
        self._chase = chase
        self._route: Route | None = None
        self._current: set[str] = set()
        self._rang = False
        self._silent: int | None = None
        self._enough: int | None = None

    async def _next_route(self, cause: int, refused: LegGone | None = None) -> None:
        """Ring the next route that takes the call; `cause` is why the one before did not, `refused` the end of its last leg."""
        call = self.call
        while True:
            if not self._routes and self._chase is not None:
                self._routes = await self._chase.next(outcome_of(cause, rang=self._rang))
                cause = self._chase.cause
            if not self._routes:
                break
            route = self._route = self._routes.pop(0)
            self._rang = False
            self._silent = call.wake_after(SILENT_SECONDS) if self._routes else None
            self._enough = call.wake_after(route.seconds)
            self._current = set(await call.exchange.placing.dial(call, route, round(route.seconds) + 5))
            if self._current:
                await self._on_ringing()
                return
            cause = 20
        await self._no_route_left(cause, refused)

    async def _refused(self, message: LegGone) -> None:
        """The last leg of a route ended before it was answered."""
        if not worth_another_trunk(message.cause, rang=self._rang):
            self._routes.clear()
        await self._next_route(message.cause, message)

    def ringing_legs(self) -> set[str]:
        return set(self._current)

    async def order_take_ringing(self, who: Picker) -> None:
        """A colleague answers from their own phone."""
        call = self.call
        if not self._current:
            raise CallNotInState()
        self._current.add(who.channel)
        await call.exchange.placing.bring_in(call, who)
        await self.on_leg_up(LegUp(who.channel, call.now()))

    async def _on_ringing(self) -> None:
        """A route takes the call: let whoever waits hear that."""

    async def _no_route_left(self, cause: int, refused: LegGone | None) -> None:
        by = "system" if refused is None else "customer"
        await self.finish(refused or LegGone("", cause, self.call.now()), by, result=result_of_cause(cause))

    async def on_leg_gone(self, message: LegGone) -> None:
        if message.channel in self._current:
            self._current.discard(message.channel)
            self.call.legs.discard(message.channel)
            if not self._current:
                await self._refused(message)

    async def on_leg_ringing(self, message: LegRinging) -> None:
        if message.channel in self._current:
            self._rang = True
            await self._on_ringing()

    async def on_wake(self, message: Wake) -> None:
        if message.ticket == self._enough:
            self._routes.clear()
            await self._pass_over(19)
        elif message.ticket == self._silent and not self._rang and self._routes and not await self._sounds():
            await self._pass_over(18)

    async def _pass_over(self, cause: int) -> None:
        silent, self._current = self._current, set()
        for leg in silent:
            await self.call.let_go(leg)
        await self._next_route(cause)

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

    async def _no_route_left(self, cause: int, refused: LegGone | None) -> None:
        if self._chase is not None and self._chase.box is not None:
            await self.call.ari.channels.ring_stop(self.call.row.agent_channel or "")
            await self.call.become(LeavingMessage(self.call, self._chase.box))
        elif self._chase is not None and self._chase.room is not None:
            await self.call.ari.channels.ring_stop(self.call.row.agent_channel or "")
            await self.call.become(InRoom(self.call, self._chase.room))
        else:
            await super()._no_route_left(cause, refused)

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
            await call.exchange.recorder.intend(tx, call, recording)
            await self._colleague_answers(tx, message)
            if call.row.direction == "outbound":
                await routing.callback_reached(tx, call.row.interaction_id, message.at)
            call.row = await call.keep(
                tx,
                state=Talking.name,
                customer_channel=message.channel,
                bridge_id=call.bridge,
                trunk_id=self._route.trunk_id if self._route else None,
                answered_at=message.at,
                recording_policy=recording.policy,
                recording_pause_s=recording.pause_s,
            )

        await call.save(work)
        for other in self._current - {message.channel}:
            await call.hang_up(other)
        with contextlib.suppress(AriError):  # who hangs up just then has talked all the same
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
        if message.channel == self.call.row.agent_channel:
            await self.finish(message, "agent", result="no_answer")
        else:
            await super().on_leg_gone(message)


class Transferring(TryingRoutes):
    """The flow connects the caller to an extension or an outside number, and goes on when nobody takes the call.

    A colleague who answers has the contact, like one of a queue. An outside number, and a colleague who has a contact already
    (on a phone with two lines), only talk; that is stored in the row, so that both keep the line over a restart (`talking` is
    the far side then).
    """

    name: ClassVar[str] = "transferring"

    def __init__(self, call: "Call", command: TransferTo, *, talking: str | None = None) -> None:
        super().__init__(call)
        self.command = command
        self._talking = talking
        self._over: int | None = None

    def ringing_legs(self) -> set[str]:
        return set() if self._talking is not None else set(self._current)

    async def enter(self) -> None:
        call = self.call
        if self._talking is not None:
            await call.exchange.media.join(call.bridge, (call.customer, self._talking))
            return
        if self.command.target == "extension":
            self._chase = await call.exchange.arrivals.chase_for_flow(call.row, self.command)
        else:
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

    async def _no_route_left(self, cause: int, refused: LegGone | None) -> None:
        call, chase = self.call, self._chase
        if chase is None or (chase.box is None and chase.room is None):
            await self._back(result_of_cause(cause))
            return
        await call.ari.channels.ring_stop(call.customer)
        await call.exchange.media.take_out(call.customer, call.bridge)
        if chase.box is not None:
            await call.become(TransferredToBox(call, self.command, chase.box))
        elif chase.room is not None:
            await call.become(InRoom(call, chase.room))

    async def on_leg_up(self, message: LegUp) -> None:
        call = self.call
        if message.channel not in self._current or self._talking:
            await call.hang_up(message.channel)
            return
        user_id = call.exchange.placing.user_of_channel(message.channel)
        recording = call.exchange.recorder.plan(call)

        async def work(tx: Transaction) -> bool:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, Phase.TALK, message.at, user_id=user_id)
            kept: dict[str, Any] = {"agent_channel": message.channel, "bridge_id": call.bridge}
            assignment_id = await _their_work(tx, interaction, user_id, message.at)
            if assignment_id is None:
                call.row = await call.keep(tx, state=self.name, **kept)
                return False
            await call.exchange.recorder.intend(tx, call, recording)
            call.row = await call.keep(
                tx,
                state=Talking.name,
                user_id=user_id,
                assignment_id=assignment_id,
                answered_at=call.row.answered_at or message.at,
                recording_policy=recording.policy,
                recording_pause_s=recording.pause_s,
                **kept,
            )
            return True

        theirs = await call.save(work)
        for other in self._current - {message.channel}:
            await call.hang_up(other)
        await call.ari.channels.ring_stop(call.customer)
        if theirs:
            await call.become(Talking(call, recording))
            return
        self._talking = message.channel
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
            await self._refused(message)

    async def on_wake(self, message: Wake) -> None:
        if self._talking:
            return
        if message.ticket != self._over:
            await super().on_wake(message)
        else:
            self._routes.clear()
            for leg in list(self._current):
                await self.call.hang_up(leg)
            self._current.clear()
            await self._back("no_answer")

    async def _back(self, result: str) -> None:
        call = self.call
        await call.ari.channels.ring_stop(call.customer)
        await call.exchange.media.take_out(call.customer, call.bridge)
        answer = Reply(self.command.id, result)

        async def work(tx: Transaction) -> Progress:
            return await call.advance_flow(tx, answer, call.now())

        await call.become(InFlow(call, await call.save(work)))


async def _their_work(
    tx: Transaction, interaction: InteractionRow, user_id: UUID | None, at: datetime
) -> UUID | None:
    """The part in a customer's contact of whoever answered; None for an outside number, and for one who has another contact."""
    if user_id is None:
        return None
    try:
        return (await routing.begin_direct(tx, interaction, user_id, at)).id
    except routing.AgentBusy:
        return None
