"""The customer is called back before the agent's phone rings. The agent is reserved: nobody else is offered to them meanwhile. A
customer who answered has them, or else the front of the queue, on the line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.announcements import connecting_prompts
from tongdai.telephony.calls.messages import DECLINED, LegGone, LegUp, PlaybackDone, Wake
from tongdai.telephony.calls.outbound import TryingRoutes
from tongdai.telephony.calls.returning import AgentReturn, without_agent
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.calls.talking import Talking
from tongdai.telephony.extensions.policies import RING_S
from tongdai.telephony.outbound.dialplan import Route

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


class CallingCustomer(TryingRoutes):
    """The customer's phone rings. Stored before it does; after a restart it rings on: `legs` were placed before."""

    name = "calling_customer"

    def __init__(
        self, call: "Call", routes: Sequence[Route] = (), *, legs: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(call, routes)
        self._current = set(legs)

    async def enter(self) -> None:
        if self._current:
            self._rang, self._enough = True, self.call.wake_after(RING_S)
        else:
            await self._next_route(16)

    async def on_leg_up(self, message: LegUp) -> None:
        call = self.call
        if message.channel not in self._current:
            await call.hang_up(message.channel)
            return

        async def work(tx: Transaction) -> str | None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, Phase.WAIT, message.at, queue_id=interaction.queue_id)
            call.row = await call.keep(
                tx,
                state=ConnectingAgent.name,
                customer_channel=message.channel,
                trunk_id=(self._route.trunk_id if self._route else None) or call.row.trunk_id,
                answered_at=message.at,
            )
            return interaction.language

        language = await call.save(work)
        for other in self._current - {message.channel}:
            await call.hang_up(other)
        await call.become(ConnectingAgent(call, language))

    async def order_hang_up(self, _: str) -> None:
        await self.finish(LegGone("", 16, self.call.now()), "agent", result="no_answer")


class ConnectingAgent(CallState):
    """The customer holds, and the agent's phone is rung, which answers by itself where it can. Nobody ends the call for them but
    the customer: an agent who does not come loses them to the front of the queue."""

    name = "connecting_agent"

    def __init__(
        self,
        call: "Call",
        language: str | None = None,
        *,
        rebuilt: bool = False,
        legs: frozenset[str] = frozenset(),
    ) -> None:
        """`legs`: the agent's phones that ring since before a restart."""
        super().__init__(call)
        self._agent = AgentReturn(call)
        self._agent.ringing.update(legs)
        self._language = language
        self._rebuilt = rebuilt
        self._told: str | None = None

    async def enter(self) -> None:
        call = self.call
        await self._agent.begin()
        media = [] if self._rebuilt else await self._words()
        if media:
            self._told = await call.play(media)
        else:
            await self._music()

    async def _words(self) -> list[str]:
        call = self.call
        return await call.exchange.media.locate(call.row.tenant_id, connecting_prompts(self._language))

    async def _music(self) -> None:
        await self.call.exchange.media.wait_with_music(self.call.customer, self.call.music)

    async def on_playback_done(self, message: PlaybackDone) -> None:
        if message.playback == self._told:
            await self._music()

    async def on_leg_up(self, message: LegUp) -> None:
        call = self.call
        if message.channel == call.customer:
            return  # told twice: by the look after a restart, and by Asterisk
        if message.channel not in self._agent.ringing:
            await call.hang_up(message.channel)
            return
        recording = call.exchange.recorder.plan(call)

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, Phase.TALK, message.at, user_id=call.row.user_id)
            await call.exchange.recorder.intend(tx, call, recording)
            await routing.callback_reached(tx, call.row.interaction_id, message.at)
            call.row = await call.keep(
                tx,
                state=Talking.name,
                agent_channel=message.channel,
                bridge_id=call.bridge,
                recording_policy=recording.policy,
                recording_pause_s=recording.pause_s,
            )

        await call.save(work)
        await self._agent.back(message.channel)
        await call.become(Talking(call, recording))

    async def on_leg_gone(self, message: LegGone) -> None:
        if message.channel == self.call.customer:
            await self.finish(message, "customer", result="abandoned")
        elif message.channel in self._agent.ringing:
            self._agent.gone(message)
            if message.cause in DECLINED and not self._agent.ringing:
                await self._to_the_front()

    async def on_wake(self, message: Wake) -> None:
        if self._agent.over(message):
            await self._to_the_front()
        else:
            await self._agent.ring()

    async def order_hang_up(self, _: str) -> None:
        await self._to_the_front()

    async def order_rejoin(self, _: str) -> None:
        await self._agent.ring()

    async def _to_the_front(self) -> None:
        await self.call.hush()
        await without_agent(self.call, self._agent.ringing, came=False)
