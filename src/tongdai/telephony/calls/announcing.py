"""An agent has answered while the customer still hears that the talk will be recorded: they are connected at its end."""

from typing import TYPE_CHECKING

from tongdai.telephony.calls.messages import LegGone, PlaybackDone
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.calls.talking import Talking, WaitingForAgent

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


class Announcing(CallState):
    """A matter of seconds. The call is stored as talking already: after a restart they are connected at once, and told then."""

    name = Talking.name

    def __init__(self, call: "Call", notice: str) -> None:
        """`notice` is what the customer hears; it must go on."""
        super().__init__(call)
        self._notice = notice

    async def enter(self) -> None:
        call = self.call
        call.playing = self._notice
        if call.row.agent_channel is not None:
            call.legs.add(call.row.agent_channel)

    async def on_playback_done(self, message: PlaybackDone) -> None:
        if message.playback == self._notice:
            if not message.failed:
                await self.call.notice.heard()
            await self.call.become(Talking(self.call))

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
