"""A pursuit made real: each of its steps as routes that can be dialled."""

from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import AppError
from tongdai.telephony.extensions.policies import RING_S, Box, Outcome, Outside, Pursuit, Ring, Room, Step
from tongdai.telephony.extensions.repository import Reach
from tongdai.telephony.outbound.dialplan import Route

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

CAUSES = {Outcome.BUSY: 17, Outcome.NO_ANSWER: 19, Outcome.UNREACHABLE: 20}
"""Q.850."""


class Chase:
    """One call's way to whom it is for. `target`: the user, group or room that was dialled; `caller`: the colleague who calls,
    who is not rung in groups; `ring_s`: so long those ring who said nothing about it; `to_box`: see Pursuit."""

    def __init__(
        self,
        exchange: "Exchange",
        tenant_id: UUID,
        target: UUID,
        shown: str,
        *,
        caller: UUID | None = None,
        ring_s: float = RING_S,
        to_box: bool = False,
    ) -> None:
        self._exchange = exchange
        self._scope = Scope(tenant_id)
        self._target = target
        self._shown = shown
        self._caller = caller
        self._ring_s = ring_s
        self._to_box = to_box
        self.box: UUID | None = None
        """Who takes a message, when there are no more routes."""
        self.room: UUID | None = None
        """The conference room to which it leads, when there are no more routes."""
        self._pursuit: Pursuit | None = None
        self._counted = 0

    @property
    def cause(self) -> int:
        """Why nobody was reached, once there are no more routes."""
        return CAUSES[self._pursuit.outcome if self._pursuit else Outcome.UNREACHABLE]

    async def next(self, outcome: Outcome) -> list[Route]:
        """The ways to try now, none of which takes part when another does; none: nobody is left. `outcome`: how it went with
        those before."""
        before, counted = self._pursuit, self._counted

        async def work(tx: Transaction) -> list[Route]:
            """Repeatable: each time from where the pursuit stood before."""
            self.box, self.room, self._counted = None, None, counted
            if before is None:
                book = await Reach(tx).book(caller=self._caller)
                pursuit = self._pursuit = Pursuit(book, ring_s=self._ring_s, to_box=self._to_box)
                step = pursuit.begin(self._target)
            else:
                pursuit = self._pursuit = before.copy()
                step = pursuit.after(outcome)
            routes: list[Route] = []
            while step is not None:
                routes = await self._routes(tx, step)
                if routes or self.box is not None or self.room is not None:
                    break
                step = pursuit.after(Outcome.UNREACHABLE)
            if new := pursuit.groups[counted:]:
                self._counted = len(pursuit.groups)
                await Reach(tx).came_to(new)
            return routes

        return await self._exchange.database.retrying(self._scope, work)

    async def _routes(self, tx: Transaction, step: Step) -> list[Route]:
        match step:
            case Ring(users=users, seconds=seconds):
                devices = [one for user in users for one in self._exchange.directory.ring_targets(user)]
                if not devices:
                    return []
                endpoints = tuple(f"PJSIP/{device.sip_name}" for device in devices)
                return [Route(endpoints, self._shown, seconds=seconds)]
            case Box(owner_id=owner):
                self.box = owner
                return []
            case Room(room_id=room_id):
                self.room = room_id
                return []
            case Outside():
                try:
                    return await self._exchange.targets.outside(tx, step)
                except AppError:
                    return []
