"""A customer is parked: they hear music at a place with a number, until any colleague picks them up there."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.calls.calling import RING_SECONDS, Calling
from tongdai.telephony.calls.handing_over import HandingOver, release_agent
from tongdai.telephony.calls.messages import LegGone, LegUp, Picker, Wake
from tongdai.telephony.calls.returning import AUTO_ANSWER, NOBODY, without_agent
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.calls.talking import Talking
from tongdai.telephony.errors import NoPhone, PickedUpAlready
from tongdai.telephony.together.parked import COMES_BACK_S, NOWHERE, ParkedCalls
from tongdai.telephony.together.parties import Parties, Party
from tongdai.telephony.together.targets import ToColleague

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


@dataclass(frozen=True, slots=True)
class _PickUp:
    """A colleague whose phone rings to take the customer."""

    user_id: UUID
    assignment_id: UUID
    channels: set[str]
    over: int


async def park(call: "Call", *, say: bool) -> None:
    """The agent's part is over; the customer waits at a free place. `say`: the agent's phone is told its number before it is
    let go. Raises ParkFull, and then nothing has changed."""
    leaving, gone, at = call.row.agent_channel, call.row.user_id, call.now()

    async def work(tx: Transaction) -> None:
        interaction = await conversations.lock(tx, call.row.interaction_id)
        slot = await ParkedCalls(tx).free_slot()
        await conversations.enter(tx, interaction, Phase.HOLD, at)
        await release_agent(tx, call)
        call.row = await call.keep(
            tx,
            left=gone,
            **(NOBODY | {"state": Parked.name, "park_slot": slot, "parked_at": at, "parked_by": gone}),
        )

    await call.save(work)
    await call.become(Parked(call))
    if say and leaving is not None and gone is not None:
        call.legs.discard(leaving)
        call.exchange.spawn(
            call.exchange.codes.tell_number(call.row.tenant_id, gone, leaving, call.row.park_slot or 0)
        )
    else:
        await call.let_go(leaving)


class Parked(CallState):
    """The customer hears music. Who parked them has them back after a while, if they can; else they are first in their queue."""

    name = "parked"

    def __init__(self, call: "Call", *, rebuilt: bool = False) -> None:
        super().__init__(call)
        self._rebuilt = rebuilt
        self._taking: _PickUp | None = None
        self._over: int | None = None

    async def enter(self) -> None:
        call = self.call
        if self._rebuilt:
            await self._forget_pick_ups()
        await call.exchange.media.wait_with_music(call.customer, call.music)
        self._watch()

    def _watch(self) -> None:
        call = self.call
        assert call.row.parked_at is not None
        left = call.row.parked_at + timedelta(seconds=COMES_BACK_S) - call.now()
        self._over = call.wake_after(max(0.0, left.total_seconds()))

    async def _forget_pick_ups(self) -> None:
        """Before the restart somebody's phone rang to pick the customer up: they may do so again."""
        call, at = self.call, self.call.now()

        async def work(tx: Transaction) -> None:
            await conversations.lock(tx, call.row.interaction_id)
            for one in await conversations.Assignments(tx).open_of_interaction(call.row.interaction_id):
                if one.state == "accepted":
                    await routing.end_work(tx, one.id, at)

        await call.save(work)
        for leg in [leg for leg in call.legs if leg.startswith("party-")]:
            await call.let_go(leg)

    # Picking up

    async def order_pick_up(self, user: str) -> None:
        """Ring a colleague's phone into the call; a browser answers by itself. Raises PickedUpAlready, AgentBusy, NoPhone."""
        call, user_id, at = self.call, UUID(user), self.call.now()
        self._need_free()

        async def work(tx: Transaction) -> UUID:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            return await routing.take_back(tx, interaction, user_id, at)

        assignment_id = await call.save(work)
        channels = set(
            await call.exchange.placing.ring_agent(
                call,
                user_id,
                f"party-{call.row.id}-{new_id()}",
                assignment_id=assignment_id,
                headers=AUTO_ANSWER,
            )
        )
        self._taking = _PickUp(user_id, assignment_id, channels, call.wake_after(RING_SECONDS))
        if not channels:
            await self._nobody_came()
            raise NoPhone()

    async def order_pick_up_here(self, who: Picker) -> None:
        """The same by a phone that dialled the place, and is there already."""
        call, at = self.call, self.call.now()
        self._need_free()

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            assignment_id = await routing.take_back(tx, interaction, who.user_id, at)
            await self._hand_to(tx, interaction, who.user_id, assignment_id, who.channel)

        await call.save(work)
        await call.exchange.placing.bring_in(call, who)
        await call.become(Talking(call))

    def _need_free(self) -> None:
        if self._taking is not None:
            raise PickedUpAlready()

    async def _hand_to(
        self,
        tx: Transaction,
        interaction: conversations.InteractionRow,
        user_id: UUID,
        assignment_id: UUID,
        channel: str,
    ) -> None:
        call = self.call
        await conversations.hand_over(tx, interaction, call.now(), user_id)
        call.row = await call.keep(
            tx,
            state=Talking.name,
            agent_channel=channel,
            user_id=user_id,
            assignment_id=assignment_id,
            bridge_id=call.bridge,
            held_since=None,
            **NOWHERE,
        )

    async def on_leg_up(self, message: LegUp) -> None:
        call, taking = self.call, self._taking
        if taking is None or message.channel not in taking.channels:
            await call.hang_up(message.channel)
            return

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await self._hand_to(tx, interaction, taking.user_id, taking.assignment_id, message.channel)

        await call.save(work)
        for other in taking.channels - {message.channel}:
            await call.let_go(other)
        await call.become(Talking(call))

    async def on_leg_gone(self, message: LegGone) -> None:
        call, taking = self.call, self._taking
        if message.channel == call.customer:
            await self.finish(message, "customer")
            return
        call.legs.discard(message.channel)
        if taking is not None and message.channel in taking.channels:
            taking.channels.discard(message.channel)
            if not taking.channels:
                await self._nobody_came()

    async def _nobody_came(self) -> None:
        """Who wanted the customer does not answer their own phone: anybody may have them again."""
        call, taking, at = self.call, self._taking, self.call.now()
        if taking is None:
            return

        async def work(tx: Transaction) -> None:
            await conversations.lock(tx, call.row.interaction_id)
            await routing.end_work(tx, taking.assignment_id, at)

        await call.save(work)
        self._taking = None
        for leg in taking.channels:
            await call.let_go(leg)
        self._watch()

    # The end of waiting

    async def on_wake(self, message: Wake) -> None:
        if self._taking is not None:
            if message.ticket == self._taking.over:
                await self._nobody_came()
        elif message.ticket == self._over:
            await self._come_back()

    async def _come_back(self) -> None:
        call, at = self.call, self.call.now()
        parker = call.row.parked_by

        async def work(tx: Transaction) -> Party | None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            if parker is None or not await routing.may_take_back(tx, interaction, parker):
                return None
            recall = Party(
                id=new_id(),
                call_id=call.row.id,
                purpose="recall",
                state="ringing",
                user_id=parker,
                assignment_id=None,
                number="",
                channel=None,
                muted=False,
                invited_by=parker,
                invited_at=at,
            )
            await Parties(tx).add(recall)
            call.row = await call.keep(tx, state=HandingOver.name, **NOWHERE)
            return recall

        recall = await call.save(work)
        if recall is not None and recall.user_id is not None:
            await call.become(HandingOver(call, recall, Calling(call, recall, ToColleague(recall.user_id))))
        elif call.care.queue_id is not None:
            await without_agent(call)
        else:
            # No queue, and who parked them is busy: they stay, and come back a while later.
            self._over = call.wake_after(COMES_BACK_S)
