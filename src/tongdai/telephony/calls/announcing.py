"""An agent has answered while the customer still hears that the talk will be recorded: they are connected at its end."""

from typing import TYPE_CHECKING

from tongdai.telephony.calls.messages import PlaybackDone
from tongdai.telephony.calls.talking import Coupled, Talking

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


class Announcing(Coupled):
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
