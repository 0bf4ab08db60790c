"""A call is offered to agents: their phones ring, and the first who answers has it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.calls.contact import open_offers
from tongdai.telephony.calls.messages import DECLINED, LegGone, LegUp, Offered, OfferEnded, Picker
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.outbound.dialplan import UNREACHABLE

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


class Offering(CallState):
    """What waiting customers and callbacks share. `ringing` maps the phones' channels to offers, `users` offers to agents."""

    def __init__(self, call: "Call") -> None:
        super().__init__(call)
        self.ringing: dict[str, UUID] = {}
        self.users: dict[UUID, UUID] = {}

    def ringing_legs(self) -> set[str]:
        return set(self.ringing)

    async def order_take_ringing(self, who: Picker) -> None:
        """A colleague takes the contact from their own phone."""
        call = self.call

        async def work(tx: Transaction) -> UUID:
            return await routing.join_round(tx, call.row.interaction_id, who.user_id, call.now())

        assignment_id = await call.save(work)
        self.users[assignment_id] = who.user_id
        self.ringing[who.channel] = assignment_id
        await call.exchange.placing.bring_in(call, who)
        await self.on_leg_up(LegUp(who.channel, call.now()))

    async def take_up_offers(self) -> None:
        """Ring for the offers that were made before this state listened (after a restart, they ring on)."""
        for offer in await open_offers(self.call):
            await self.on_offered(Offered(offer.id, offer.user_id))

    async def on_offered(self, message: Offered) -> None:
        call = self.call
        if message.assignment_id in self.users:
            return
        self.users[message.assignment_id] = message.user_id
        placed = await call.exchange.placing.ring_agent(
            call, message.user_id, f"agent-{message.assignment_id}", assignment_id=message.assignment_id
        )
        for channel in placed:
            self.ringing[channel] = message.assignment_id
        if not placed:
            await self.pass_over(message.assignment_id, "failed")

    async def on_offer_ended(self, message: OfferEnded) -> None:
        self.users.pop(message.assignment_id, None)
        for channel in [leg for leg, offer in self.ringing.items() if offer == message.assignment_id]:
            del self.ringing[channel]
            await self.call.hang_up(channel)

    async def on_leg_gone(self, message: LegGone) -> None:
        if message.channel == self.call.customer and message.channel:
            await self.finish(message, "customer")
            return
        self.call.legs.discard(message.channel)
        offer = self.ringing.pop(message.channel, None)
        if offer is not None and offer not in self.ringing.values() and offer in self.users:
            outcome = "declined" if message.cause in DECLINED else "missed"
            await self.pass_over(offer, "failed" if message.cause in UNREACHABLE else outcome)

    async def has_it(
        self, message: LegUp, also: Callable[[Transaction], Awaitable[Mapping[str, Any]]]
    ) -> bool:
        """An agent answered: the first one has the contact, and the other phones stop ringing. `also` is done in the same
        transaction, and gives what the call keeps of it. False when they come too late."""
        call, assignment_id = self.call, self.ringing.get(message.channel)
        if assignment_id is None or not await self.taken(assignment_id, message.at, also, message.channel):
            await call.hang_up(message.channel)
            return False
        for channel in [leg for leg in self.ringing if leg != message.channel]:
            await call.hang_up(channel)
        return True

    async def taken(
        self,
        assignment_id: UUID,
        at: datetime,
        also: Callable[[Transaction], Awaitable[Mapping[str, Any]]],
        channel: str | None = None,
    ) -> bool:
        """The agent of this offer has the contact, on this channel if they answered one. False when it is too late."""
        call, user_id = self.call, self.users[assignment_id]

        async def accept(tx: Transaction) -> None:
            await routing.accept(tx, assignment_id, at, call.row.interaction_id, user_id)
            kept = await also(tx)
            call.row = await call.keep(
                tx, agent_channel=channel, user_id=user_id, assignment_id=assignment_id, **kept
            )

        try:
            await call.save(accept)
        except (routing.OfferGone, conversations.NotInState):
            return False
        return True

    async def pass_over(self, assignment_id: UUID, outcome: str) -> None:
        self.users.pop(assignment_id, None)

        async def work(tx: Transaction) -> None:
            await routing.pass_over(tx, assignment_id, outcome, self.call.now())

        await self.call.save(work)
