"""Customer and agent are connected."""

from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.platform.database import Transaction
from tongdai.telephony.calls import inviting
from tongdai.telephony.calls.messages import HoldSignal, Key, LegGone, LegUp, Wake
from tongdai.telephony.calls.reminding import HoldReminder
from tongdai.telephony.calls.returning import AgentReturn, without_agent
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.phones.keys import NUMBER_S, CodeKeys, NumberKeys
from tongdai.telephony.recording.recorder import BY_ITSELF, RecordingPlan
from tongdai.telephony.together.targets import Target

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


class Coupled(CallState):
    """Customer and agent belong together: either side's hang-up ends both; a leg that died is waited for."""

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


class Connected(Coupled):
    """What talking and holding share: what an agent may order of a call."""

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

    async def order_pause_recording(self, seconds: str) -> None:
        await self.call.exchange.recorder.pause(self.call, int(seconds) if seconds else None)

    async def order_leave_out_field(self, field: str) -> None:
        await self.call.exchange.recorder.leave_out(self.call, field)

    async def order_resume_recording(self, who: str) -> None:
        await self.call.exchange.recorder.resume(self.call, by_itself=who == BY_ITSELF)

    async def order_mute(self, argument: str) -> None:
        """The desktop says that its microphone is off or on; the muting itself is the browser's, at once."""

        async def work(tx: Transaction) -> None:
            self.call.row = await self.call.keep(tx, muted=argument == "on")

        await self.call.save(work)


class Paired(Connected):
    """Customer and agent alone: the agent may send the customer on, or call somebody in."""

    def __init__(self, call: "Call", keys: NumberKeys | None = None) -> None:
        super().__init__(call)
        self._codes = CodeKeys()
        self._keys: NumberKeys | None = keys
        """The number that the agent keys in on the phone."""
        self._whole: int | None = None

    async def on_key(self, message: Key) -> None:
        """The agent's phone: a code, or the number after it. The customer hears music meanwhile, and not the keys."""
        if message.channel != self.call.row.agent_channel:
            return
        if self._keys is not None:
            self._keys.key(message.digit)
            await self._collect(self._keys)
        elif (
            self.call.exchange.directory.phone_keys(self.call.row.tenant_id)
            and (aim := self._codes.aim(message.digit, message.at)) is not None
        ):
            await self._begin_number(NumberKeys(aim))

    async def _begin_number(self, keys: NumberKeys) -> None:
        raise NotImplementedError

    async def _collect(self, keys: NumberKeys) -> None:
        call = self.call
        if keys.number is None:
            self._whole = call.wake_after(NUMBER_S)
        elif call.row.user_id is not None:
            self._keys = self._whole = None
            call.exchange.spawn(call.exchange.phone_orders.keyed(call, call.row.user_id, keys))

    async def on_wake(self, message: Wake) -> None:
        if self._keys is not None and message.ticket == self._whole:
            self._keys.whole()
            await self._collect(self._keys)

    async def order_give_to(self, customers: str) -> None:
        """The agent's other call, whose customer goes on with the other side of this one."""
        call = self.call
        await call.exchange.order(UUID(customers), "take_from", str(call.row.id), _somebody(call))
        await self.finish(LegGone("", 16, call.now()), "agent")

    async def order_take_from(self, asked: str) -> None:
        from tongdai.telephony.calls.joining import join

        other = self.call.exchange.call(UUID(asked))
        if other is None:
            raise CallNotInState()
        await join(self.call, other)

    async def order_transfer(self, target: Target) -> None:
        from tongdai.telephony.calls.handing_over import transfer

        await transfer(self.call, target)

    async def order_park(self, _: str) -> None:
        from tongdai.telephony.calls.parking import park

        await park(self.call, say=False)

    async def order_consult(self, who: Target) -> None:
        from tongdai.telephony.calls.consulting import consult

        await consult(self.call, who)

    async def order_add_party(self, who: Target) -> None:
        from tongdai.telephony.calls.conference import confer

        await confer(self.call, who)

    async def order_add_listener(self, who: Target) -> None:
        from tongdai.telephony.calls.conference import confer

        await confer(self.call, who, listens=True)


def _somebody(call: "Call") -> UUID:
    assert call.row.user_id is not None
    return call.row.user_id


class Talking(Paired):
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
        await self._join()
        inviting.due(self.call)

    async def order_call_in_invited(self, _: str) -> None:
        await inviting.call_in(self.call)

    async def _join(self) -> None:
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
        else:
            await call.exchange.recorder.demanded(call)

    async def _mend(self, agent: str) -> None:
        """After a restart: what was written down as done may not have been done."""
        call = self.call
        if call.notice.ahead:
            await call.hush_unknown()  # they may hear it just now
        await call.exchange.media.join(call.bridge, (call.customer, agent))
        await call.exchange.recorder.mend(call)
        await call.exchange.recorder.demanded(call)

    async def order_hold(self, _: str) -> None:
        await self._hold()

    async def _begin_number(self, keys: NumberKeys) -> None:
        await self._hold(keys)

    async def _hold(self, keys: NumberKeys | None = None, *, by_phone: bool = False) -> None:
        call = self.call
        at = call.now()

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, Phase.HOLD, at)
            call.row = await call.keep(tx, state=Held.name, held_since=at)

        await call.save(work)
        await call.become(Held(call, keys=keys, by_phone=by_phone))

    async def on_hold_signal(self, message: HoldSignal) -> None:
        """The agent's desk phone holds by itself: the customer hears our music then too."""
        if message.held and message.channel == self.call.row.agent_channel:
            await self._hold(by_phone=True)


class Held(Paired):
    """The customer hears music; the agent is alone in the bridge."""

    name = "held"

    def __init__(
        self,
        call: "Call",
        *,
        rebuilt: bool = False,
        waiting: bool = False,
        keys: NumberKeys | None = None,
        by_phone: bool = False,
    ) -> None:
        super().__init__(call, keys)
        self._reminder = HoldReminder(call, by_phone=by_phone or rebuilt)
        self._rebuilt = rebuilt
        self._waiting = waiting

    async def _begin_number(self, keys: NumberKeys) -> None:
        self._keys = keys
        await self._collect(keys)

    async def enter(self) -> None:
        call, media = self.call, self.call.exchange.media
        self._reminder.begin()
        if self._keys is not None:
            await self._collect(self._keys)
        if self._waiting:
            return
        if self._rebuilt:
            await call.exchange.recorder.mend(call)
            if call.customer in await media.members(await media.music_bridge(call.music)):
                return
        await media.wait_with_music(call.customer, call.music)

    async def order_resume(self, _: str) -> None:
        call = self.call
        at = call.now()

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, Phase.TALK, at)
            call.row = await call.keep(tx, state=Talking.name, held_since=None)

        await call.save(work)
        await self._reminder.stop()
        await call.ari.bridges.add_channel(call.bridge, call.customer)
        await call.become(Talking(call, bridged=True))

    async def on_wake(self, message: Wake) -> None:
        if not await self._reminder.takes(message):
            await super().on_wake(message)

    async def on_leg_gone(self, message: LegGone) -> None:
        if not self._reminder.gone(message):
            await super().on_leg_gone(message)

    async def on_leg_up(self, message: LegUp) -> None:
        """The agent's phone was rung to remind them, and answered: they go on with the customer on this line."""
        call, old = self.call, self.call.row.agent_channel
        if message.channel not in self._reminder.ringing:
            await super().on_leg_up(message)
            return

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, Phase.TALK, message.at)
            call.row = await call.keep(tx, state=Talking.name, held_since=None, agent_channel=message.channel)

        await call.save(work)
        await self._reminder.stop(but=message.channel)
        await call.become(Talking(call))
        await call.let_go(old)

    async def on_hold_signal(self, message: HoldSignal) -> None:
        if not message.held and message.channel == self.call.row.agent_channel:
            await self.order_resume("")


class WaitingForAgent(CallState):
    """The agent's leg is lost: music for the customer while the softphone is rung to come back, within the grace time."""

    name = "rejoining"

    def __init__(self, call: "Call") -> None:
        super().__init__(call)
        self._agent = AgentReturn(call)

    async def enter(self) -> None:
        call = self.call

        async def work(tx: Transaction) -> None:
            call.row = await call.keep(tx, state=self.name, agent_channel=None)

        await call.save(work)
        await call.exchange.media.wait_with_music(call.customer, call.music)
        await self._agent.begin()

    async def order_rejoin(self, _: str) -> None:
        await self._agent.ring()

    async def on_leg_gone(self, message: LegGone) -> None:
        if message.channel == self.call.customer:
            await self.finish(message, "customer")
        elif message.channel in self._agent.ringing:
            self._agent.gone(message)

    async def on_leg_up(self, message: LegUp) -> None:
        call = self.call
        if message.channel not in self._agent.ringing:
            await call.hang_up(message.channel)
            return

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            if interaction.phase == Phase.HOLD:
                await conversations.enter(tx, interaction, Phase.TALK, message.at)
            call.row = await call.keep(tx, state=Talking.name, agent_channel=message.channel, held_since=None)

        await call.save(work)
        await self._agent.back(message.channel)
        await call.become(Talking(call))

    async def on_wake(self, message: Wake) -> None:
        if self._agent.over(message):
            await without_agent(self.call, self._agent.ringing)
        else:
            await self._agent.ring()
