"""A customer on hold is not forgotten: every minute the agent's desk phone says so. The desktop does so by itself."""

import math
from typing import TYPE_CHECKING

from tongdai.telephony.ari.connection import Gone
from tongdai.telephony.calls.messages import LegGone, Wake

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

AFTER_S = 60.0
"""So long a customer is on hold before the agent is reminded, and between two reminders."""
RING_S = 10
BEEP = "sound:beep"


class HoldReminder:
    """Part of the state of a call on hold. A phone that holds by itself plays nothing that is sent to it: it is rung on another
    line, and answering brings the customer back. Any other phone hears a beep."""

    def __init__(self, call: "Call", *, by_phone: bool) -> None:
        self._call = call
        self._by_phone = by_phone
        self._due: int | None = None
        self._times = 0
        self.ringing: set[str] = set()

    def begin(self) -> None:
        """Wake the state at the next full AFTER_S since the customer is on hold; also after a restart."""
        call = self._call
        if call.row.held_since is None:
            return
        passed = (call.now() - call.row.held_since).total_seconds()
        self._times = max(0, math.floor(passed / AFTER_S))
        self._due = call.wake_after(max(0.1, (self._times + 1) * AFTER_S - passed))

    async def takes(self, message: Wake) -> bool:
        """Whether a wake-up was the reminder's; then it has been given."""
        if message.ticket != self._due:
            return False
        self.begin()
        await self._remind()
        return True

    async def _remind(self) -> None:
        call, exchange = self._call, self._call.exchange
        channel, user_id = call.row.agent_channel, call.row.user_id
        elsewhere = any(one is not call and one.row.user_id == user_id for one in exchange.calls())
        if channel is None or user_id is None or elsewhere:
            return
        try:
            device = exchange.directory.device_of(str((await call.ari.channels.get(channel))["name"]))
        except Gone:
            return
        if device is None or device.kind != "sip":
            return
        name = f"{call.row.id}-held-{call.row.version}-{self._times}"
        if not self._by_phone:
            await call.ari.channels.play_with_id(channel, f"hold-{name}", BEEP)
        elif not self.ringing:
            placed = await exchange.placing.ring_device(call, device.sip_name, f"rejoin-{name}", RING_S)
            self.ringing.update(placed)

    def gone(self, message: LegGone) -> bool:
        """Whether it was the reminder's ringing that ended."""
        ours = message.channel in self.ringing
        if ours:
            self.ringing.discard(message.channel)
            self._call.legs.discard(message.channel)
        return ours

    async def stop(self, but: str | None = None) -> None:
        """The customer is back."""
        ringing, self.ringing = self.ringing - {but}, set[str]()
        for channel in ringing:
            await self._call.let_go(channel)
