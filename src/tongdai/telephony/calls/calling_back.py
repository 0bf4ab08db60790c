"""A customer is to be called back: agents are offered it, and who answers their phone hears the customer's ring. Where the queue
wants the customer first, the first agent of the offer has it at once, and no phone of theirs rings yet."""

from typing import Any

from tongdai.conversations import public as conversations
from tongdai.people import public as people
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import AppError
from tongdai.telephony.calls.contact import care_of
from tongdai.telephony.calls.customer_first import CallingCustomer
from tongdai.telephony.calls.messages import LeftQueue, LegGone, LegUp, Offered
from tongdai.telephony.calls.offering import Offering
from tongdai.telephony.calls.outbound import Dialling
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.outbound.dialplan import Route


class CallingBack(Offering):
    """Nobody is on the line yet. Lives from the first offer until an agent has it or the callback leaves the queue."""

    name = "calling_back"

    async def enter(self) -> None:
        self.call.care = await care_of(self.call)
        await self.take_up_offers()

    async def on_offered(self, message: Offered) -> None:
        if self.call.care.customer_first:
            await self._reserve(message)
        else:
            await super().on_offered(message)

    async def _reserve(self, message: Offered) -> None:
        """Nobody is called for an agent whose phone is not there."""
        call = self.call
        if call.state is not self or message.assignment_id in self.users:
            return
        self.users[message.assignment_id] = message.user_id
        if not await call.exchange.directory.reachable(message.user_id):
            await self.pass_over(message.assignment_id, "failed")
            return

        async def calls(_: Transaction) -> dict[str, Any]:
            return {"state": CallingCustomer.name}

        if await self.taken(message.assignment_id, call.now(), calls):
            await self._dial(CallingCustomer)

    async def on_left_queue(self, message: LeftQueue) -> None:
        """Cancelled, put off, or the customer is on the line by themselves."""
        for channel in list(self.ringing):
            await self.call.hang_up(channel)
        await self.call.become(Returned(self.call))

    async def on_leg_up(self, message: LegUp) -> None:
        """The customer is called by the agent who answered first."""

        async def dials(_: Transaction) -> dict[str, Any]:
            return {"state": Dialling.name}

        if await self.has_it(message, dials):
            await self._dial(Dialling)

    async def _dial(self, how: type[Dialling | CallingCustomer]) -> None:
        try:
            routes = await self._routes()
        except AppError:
            await self.finish(LegGone("", 21, self.call.now()), "system", result="refused")
            return
        await self.call.become(how(self.call, routes))

    async def _routes(self) -> list[Route]:
        """As for every call of this agent. Raises what forbids it."""
        call, exchange = self.call, self.call.exchange
        assert call.row.user_id is not None
        user_id = call.row.user_id

        async def read(tx: Transaction) -> list[Route]:
            (interaction,) = await conversations.Interactions(tx).get([call.row.interaction_id])
            me = await people.principal_of_user(tx, user_id)
            return await exchange.targets.routes_to(
                tx,
                me,
                interaction.peer or "",
                interaction.own_address or None,
                call.now(),
                interaction.project_id,
            )

        return await exchange.database.retrying(Scope(call.row.tenant_id, user_id), read)


class Returned(CallState):
    """The callback is no call any more; its interaction goes on without one, or was closed by who took it away."""

    name = "ended"
    final = True

    async def enter(self) -> None:
        call = self.call

        async def work(tx: Transaction) -> None:
            call.row = await call.keep(tx, state=self.name, ended_at=call.now())

        await call.save(work)
