"""Calling somebody into a call that is up: phones of a colleague or a group, or an outside number over the trunks in order."""

from typing import TYPE_CHECKING

from tongdai.telephony.calls.messages import DECLINED, LegGone
from tongdai.telephony.extensions.chasing import Chase
from tongdai.telephony.outbound.dialplan import UNREACHABLE, outcome_of, result_of_cause, worth_another_trunk
from tongdai.telephony.together.parties import Party
from tongdai.telephony.together.targets import Askable, ToColleague, ToGroup, ToNumber

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

RING_SECONDS = 30


class Calling:
    """The ringing of one party. `channels` are the legs that ring now."""

    def __init__(
        self,
        call: "Call",
        party: Party,
        who: Askable,
        headers: dict[str, str] | None = None,
    ) -> None:
        self._call = call
        self._party = party
        self._who = who
        self._headers = headers
        self._routes = list(who.routes) if isinstance(who, ToNumber) else []
        self._chase: Chase | None = None
        self._rang = False
        self.over: int | None = None
        """The ticket of the time of those of a group or queue who ring now."""
        self.channels: set[str] = set()

    @property
    def times_itself(self) -> bool:
        """Whether several may be rung one after the other, each with a time of their own (`over`)."""
        return isinstance(self._who, ToGroup)

    async def begin(self) -> bool:
        """Ring. False when nobody can be reached."""
        if isinstance(self._who, ToColleague):
            self.channels = set(
                await self._call.exchange.placing.ring_agent(
                    self._call,
                    self._who.user_id,
                    f"party-{self._call.row.id}-{self._party.id}",
                    assignment_id=self._party.assignment_id,
                    headers=self._headers,
                )
            )
            return bool(self.channels)
        if isinstance(self._who, ToGroup):
            call = self._call
            shown = await call.exchange.arrivals.shown_to_agent(call.row)
            by = self._party.invited_by
            self._chase = Chase(call.exchange, call.row.tenant_id, self._who.group_id, shown, caller=by)
            return await self._next_step(0)
        return await self._next_route()

    async def pass_over(self) -> bool:
        """The time of those who ring is over: whoever of a group comes after them rings. False when nobody does."""
        await self.stop()
        self._routes.clear()
        return await self._next_step(19)

    async def _next_step(self, cause: int) -> bool:
        while self._chase is not None:
            self._routes = await self._chase.next(outcome_of(cause, rang=self._rang))
            if not self._routes:
                break
            if await self._next_route():
                return True
            cause = 20
        return False

    async def _next_route(self) -> bool:
        while self._routes:
            self._rang = False
            route = self._routes.pop(0)
            seconds = RING_SECONDS if self._chase is None else round(route.seconds) + 5
            self.channels = set(await self._call.exchange.placing.dial(self._call, route, seconds))
            if self.channels:
                if self._chase is not None:
                    self.over = self._call.wake_after(route.seconds)
                return True
        return False

    def rings(self, channel: str) -> None:
        self._rang = self._rang or channel in self.channels

    async def gone(self, message: LegGone) -> str | None:
        """A leg ended before it was answered. Gives the outcome when nothing is left to try."""
        self.channels.discard(message.channel)
        self._call.legs.discard(message.channel)
        if self.channels:
            return None
        if isinstance(self._who, ToColleague):
            if message.cause in UNREACHABLE:
                return "failed"
            return "declined" if message.cause in DECLINED else "no_answer"
        if worth_another_trunk(message.cause, rang=self._rang) and await self._next_route():
            return None
        if await self._next_step(message.cause):
            return None
        return result_of_cause(message.cause)

    async def stop(self, but: str | None = None) -> None:
        """Let everything stop ringing, except the leg that was answered."""
        ringing, self.channels = self.channels - {but}, set[str]()
        for channel in ringing:
            await self._call.let_go(channel)
