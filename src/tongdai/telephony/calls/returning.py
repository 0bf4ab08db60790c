"""The agent's phone is rung to come back into a call whose leg was lost."""

from typing import TYPE_CHECKING

from tongdai.telephony.calls.messages import LegGone, Wake

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
