"""Customer and agent are connected."""

from typing import TYPE_CHECKING

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.platform.database import Transaction
from tongdai.telephony.calls.messages import HoldSignal, LegGone, LegUp, Wake
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.recorder import RecordingPlan

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

AUTO_ANSWER = {"X-Tongdai-Auto": "1"}


class Connected(CallState):
    """What talking and holding share: either side's hang-up ends both; a leg that died is waited for."""

    async def on_leg_gone(self, message: LegGone) -> None:
        call = self.call
        if message.channel == call.customer:
            await self.finish(message, "customer")
        elif message.channel == call.row.agent_channel:
            call.legs.discard(message.channel)
            if message.lost and call.row.user_id is not None:
                await call.become(WaitingForAgent(call))
            else:
                await self.finish(message, "agent")

    async def order_send_keys(self, digits: str) -> None:
        """Play keys to the customer's side (another company's menu, say)."""
        await self.call.ari.channels.send_dtmf(self.call.customer, dtmf=digits)

    async def order_rejoin(self, _: str) -> None:
        """The agent's browser was loaded anew: its old leg is dead weight. The customer hears music until it is back."""
        call = self.call
        old = call.row.agent_channel
        if old is not None:
            call.legs.discard(old)
        try:
            await call.become(WaitingForAgent(call))
        finally:
            if old is not None:
                await call.hang_up(old)

    async def order_start_recording(self, _: str) -> None:
        await self.call.exchange.recorder.start_on_demand(self.call)

    async def order_stop_recording(self, _: str) -> None:
        await self.call.exchange.recorder.stop_on_demand(self.call)

    async def order_pause_recording(self, _: str) -> None:
        await self.call.exchange.recorder.pause_on_demand(self.call, paused=True)

    async def order_resume_recording(self, _: str) -> None:
        await self.call.exchange.recorder.pause_on_demand(self.call, paused=False)

    async def order_mute(self, argument: str) -> None:
        """The desktop says that its microphone is off or on; the muting itself is the browser's, at once."""

        async def work(tx: Transaction) -> None:
            self.call.row = await self.call.keep(tx, muted=argument == "on")

        await self.call.save(work)


class Talking(Connected):
    """Both in one bridge, recorded if the policy says so."""

    name = "talking"

    def __init__(
        self,
        call: "Call",
        recording: RecordingPlan | None = None,
        *,
        rebuilt: bool = False,
        bridged: bool = False,
    ) -> None:
        super().__init__(call)
        self._recording = recording
        self._rebuilt = rebuilt
        self._bridged = bridged

    async def enter(self) -> None:
        call = self.call
        if self._bridged or call.row.agent_channel is None:
            return
        if self._rebuilt:
            await self._mend(call.row.agent_channel)
            return
        call.legs.add(call.row.agent_channel)
        await call.exchange.media.make_bridge(call.bridge)
        await call.ari.bridges.add_channel(call.bridge, f"{call.customer},{call.row.agent_channel}")
        if self._recording is not None:
            await call.exchange.recorder.start(call, self._recording)

    async def _mend(self, agent: str) -> None:
        """After a restart: what was written down as done may not have been done."""
        call = self.call
        await call.exchange.media.join(call.bridge, (call.customer, agent))
        await call.exchange.recorder.mend(call)

    async def order_hold(self, _: str) -> None:
        call = self.call
        at = call.now()

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, Phase.HOLD, at)
            call.row = await call.keep(tx, state=Held.name, held_since=at)

        await call.save(work)
        await call.become(Held(call))

    async def on_hold_signal(self, message: HoldSignal) -> None:
        """The agent's desk phone holds by itself: the customer hears our music then too."""
        if message.held and message.channel == self.call.row.agent_channel:
            await self.order_hold("")


class Held(Connected):
    """The customer hears music; the agent is alone in the bridge."""

    name = "held"

    def __init__(self, call: "Call", *, rebuilt: bool = False) -> None:
        super().__init__(call)
        self._rebuilt = rebuilt

    async def enter(self) -> None:
        call, media = self.call, self.call.exchange.media
        if self._rebuilt:
            await call.exchange.recorder.mend(call)
            if call.customer in await media.members(await media.music_bridge(call.care.music)):
                return
        await media.wait_with_music(call.customer, call.care.music)

    async def order_resume(self, _: str) -> None:
        call = self.call
        at = call.now()

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, Phase.TALK, at)
            call.row = await call.keep(tx, state=Talking.name, held_since=None)

        await call.save(work)
        await call.ari.bridges.add_channel(call.bridge, call.customer)
        await call.become(Talking(call, bridged=True))

    async def on_hold_signal(self, message: HoldSignal) -> None:
        if not message.held and message.channel == self.call.row.agent_channel:
            await self.order_resume("")


class WaitingForAgent(CallState):
    """The agent's leg is lost: music for the customer while the softphone is rung to come back, within the grace time."""

    name = "rejoining"

    def __init__(self, call: "Call") -> None:
        super().__init__(call)
        self._ringing: set[str] = set()
        self._tries = 0
        self._over: int | None = None

    async def enter(self) -> None:
        call = self.call

        async def work(tx: Transaction) -> None:
            call.row = await call.keep(tx, state=self.name, agent_channel=None)

        await call.save(work)
        await call.exchange.media.wait_with_music(call.customer, call.care.music)
        self._over = call.wake_after(call.exchange.grace)
        await self._ring()

    async def _ring(self) -> None:
        call = self.call
        assert call.row.user_id is not None
        self._tries += 1
        placed = await call.exchange.placing.ring_agent(
            call,
            call.row.user_id,
            f"rejoin-{call.row.id}-{call.row.version}-{self._tries}",
            assignment_id=call.row.assignment_id,
            headers=AUTO_ANSWER,
        )
        self._ringing.update(placed)

    async def order_rejoin(self, _: str) -> None:
        if not self._ringing:
            await self._ring()

    async def on_leg_gone(self, message: LegGone) -> None:
        if message.channel == self.call.customer:
            await self.finish(message, "customer")
        elif message.channel in self._ringing:
            self._ringing.discard(message.channel)
            self.call.legs.discard(message.channel)
            if not self._ringing:
                # The browser is not back yet; the next registration or the desktop's own request rings it again.
                self.call.wake_after(1.0)

    async def on_leg_up(self, message: LegUp) -> None:
        call = self.call
        if message.channel not in self._ringing:
            await call.hang_up(message.channel)
            return

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            if interaction.phase == Phase.HOLD:
                await conversations.enter(tx, interaction, Phase.TALK, message.at)
            call.row = await call.keep(tx, state=Talking.name, agent_channel=message.channel, held_since=None)

        await call.save(work)
        for other in self._ringing - {message.channel}:
            await call.hang_up(other)
        await call.become(Talking(call))

    async def on_wake(self, message: Wake) -> None:
        if message.ticket == self._over:
            await self.call.exchange.arrivals.return_to_queue(self.call, self._ringing)
        elif not self._ringing:
            await self._ring()
