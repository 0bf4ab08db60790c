"""More than two on a call: somebody is asked while the customer waits, or confers with them."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.calls.asking_queue import QueueCalling
from tongdai.telephony.calls.calling import RING_SECONDS, Calling
from tongdai.telephony.calls.handing_over import MISSED, release_agent
from tongdai.telephony.calls.messages import LegGone, LegRinging, LegUp, OfferEnded, Wake
from tongdai.telephony.calls.returning import AgentReturn
from tongdai.telephony.calls.talking import Connected, Held, Talking, WaitingForAgent
from tongdai.telephony.errors import CallNotInState, CannotBeAsked
from tongdai.telephony.together.parties import Parties, Party
from tongdai.telephony.together.targets import (
    Askable,
    Target,
    ToBox,
    ToColleague,
    ToFlow,
    ToGroup,
    ToNumber,
    ToPark,
    ToQueue,
    ToRoom,
)

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


def askable(target: Target) -> Askable:
    """Raises CannotBeAsked for what nobody can speak with beforehand."""
    match target:
        case ToColleague() | ToNumber() | ToGroup() | ToQueue():
            return target
        case ToFlow() | ToRoom() | ToBox() | ToPark():
            raise CannotBeAsked()


class Together(Connected):
    """What asking and conferring share. The agent is in the call's bridge, or on the way back to it; each party rings, is in the
    bridge, or hears music."""

    purpose = ""

    def __init__(
        self,
        call: "Call",
        calling: dict[UUID, Calling] | None = None,
        *,
        party: Party | None = None,
        rebuilt: bool = False,
    ) -> None:
        super().__init__(call)
        self._calling = calling or {}
        """Those who ring, by party."""
        self._rebuilt = rebuilt
        self._tickets: dict[int, UUID] = {}
        self._agent = AgentReturn(call)
        if party is not None:
            call.parties[party.id] = party

    async def enter(self) -> None:
        if self._rebuilt:
            await self._mend()
        await self._place_customer()
        for party_id in list(self._calling):
            await self._ring(party_id)

    async def _mend(self) -> None:
        """After a restart: everybody where the rows say that they are."""
        call = self.call
        talking = [
            party.channel for party in call.parties.values() if party.state == "talking" and party.channel
        ]
        agent = [call.row.agent_channel] if call.row.agent_channel else []
        customer = [] if call.row.held_since else [call.customer]
        await call.exchange.media.join(call.bridge, [*agent, *customer, *talking])
        await call.exchange.recorder.mend(call)
        if call.row.agent_channel is None:
            await self._agent.begin()

    async def _place_customer(self) -> None:
        """Where they belong by the row: with music, or in the bridge (where they are already)."""
        call = self.call
        if call.row.held_since is not None:
            await call.exchange.media.wait_with_music(call.customer, call.music)

    # Parties come and go

    async def _ring(self, party_id: UUID) -> None:
        call = self.call
        party = call.parties[party_id]
        if not self._calling[party_id].times_itself:
            left = party.invited_at + timedelta(seconds=RING_SECONDS) - call.now()
            self._tickets[call.wake_after(max(0.0, left.total_seconds()))] = party_id
        if not await self._calling[party_id].begin():
            await self._gone(party_id, "failed")
        elif call.row.agent_channel is not None and self.purpose == "consult":
            await call.ari.channels.ring(call.row.agent_channel)

    async def on_leg_ringing(self, message: LegRinging) -> None:
        for calling in self._calling.values():
            calling.rings(message.channel)

    async def on_leg_up(self, message: LegUp) -> None:
        call = self.call
        if message.channel in self._agent.ringing:
            await self._agent_back(message)
            return
        party = self._ringing(message.channel)
        if party is None:
            await call.hang_up(message.channel)
            return
        user_id = party.user_id or call.exchange.placing.user_of_channel(message.channel)

        async def work(tx: Transaction) -> Party:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            assignment_id = party.assignment_id
            if assignment_id is not None:
                await routing.accept_direct(tx, assignment_id, message.at)
            elif user_id is not None:
                # One of a group, whom nothing was offered to.
                taken = await routing.begin_direct(tx, interaction, user_id, message.at, party=True)
                assignment_id = taken.id
            if assignment_id is not None:
                await conversations.Assignments(tx).share(assignment_id)
            there = replace(party, user_id=user_id, assignment_id=assignment_id, muted=party.listens)
            await Parties(tx).save(joined := there.joined(message.channel, message.at))
            call.row = await call.keep(tx)
            return joined

        try:
            joined = await call.save(work)
        except (routing.OfferGone, routing.AgentBusy):
            await call.hang_up(message.channel)
            return
        call.parties[party.id] = joined
        await self._calling.pop(party.id).stop(but=message.channel)
        if call.row.agent_channel is not None and self.purpose == "consult":
            await call.ari.channels.ring_stop(call.row.agent_channel)
        if joined.muted:
            await call.ari.channels.mute(message.channel, direction="in")
        await call.ari.bridges.add_channel(call.bridge, message.channel)
        await call.watching.follow()

    def _over(self, message: Wake) -> UUID | None:
        return next((party for party, one in self._calling.items() if one.over == message.ticket), None)

    def _ringing(self, channel: str) -> Party | None:
        for party_id, calling in self._calling.items():
            if channel in calling.channels:
                return self.call.parties[party_id]
        return None

    def _there(self, channel: str) -> Party | None:
        return next((party for party in self.call.parties.values() if party.channel == channel), None)

    async def on_leg_gone(self, message: LegGone) -> None:
        call = self.call
        if message.channel == call.customer:
            await self.finish(message, "customer")
        elif message.channel == call.row.agent_channel:
            call.legs.discard(message.channel)
            await (self._agent_lost() if message.lost else self._agent_left())
        elif message.channel in self._agent.ringing:
            self._agent.gone(message)
        elif (ringing := self._ringing(message.channel)) is not None:
            outcome = await self._calling[ringing.id].gone(message)
            if outcome is not None:
                await self._gone(ringing.id, outcome)
        elif (party := self._there(message.channel)) is not None:
            call.legs.discard(message.channel)
            await self._gone(party.id, "left")

    async def on_offer_ended(self, message: OfferEnded) -> None:
        for party in list(self.call.parties.values()):
            if party.assignment_id != message.assignment_id or party.state != "ringing":
                continue
            calling = self._calling.get(party.id)
            if isinstance(calling, QueueCalling):
                await calling.another("declined")
            else:
                await self._gone(party.id, "declined")

    async def on_wake(self, message: Wake) -> None:
        party_id = self._tickets.pop(message.ticket, None)
        if party_id is not None:
            if party_id in self._calling:
                await self._gone(party_id, "no_answer")
        elif (late := self._over(message)) is not None:
            if not await self._calling[late].pass_over():
                await self._gone(late, "no_answer")
        elif self._agent.over(message):
            await self._agent_left()
        elif self.call.row.agent_channel is None:
            await self._agent.ring()

    async def _gone(self, party_id: UUID, outcome: str) -> None:
        """A party is not there any more, or will not come."""
        call, at = self.call, self.call.now()
        party = call.parties[party_id]
        calling = self._calling.pop(party_id, None)
        if calling is not None:
            await calling.stop()

        async def work(tx: Transaction) -> None:
            await conversations.lock(tx, call.row.interaction_id)
            await Parties(tx).save(party.gone(outcome, at))
            if party.assignment_id is not None and party.state == "ringing":
                await routing.pass_over(tx, party.assignment_id, MISSED.get(outcome, "missed"), at)
            elif party.assignment_id is not None:
                await routing.end_work(tx, party.assignment_id, at)
            after = {} if len(call.parties) > 1 else {"state": self._alone()}
            call.row = await call.keep(tx, left=party.user_id, **after)

        await call.save(work)
        del call.parties[party_id]
        await call.let_go(party.channel)
        if not call.parties:
            await self._after_the_last()

    def _alone(self) -> str:
        return Held.name if self.call.row.held_since is not None else Talking.name

    async def _after_the_last(self) -> None:
        """Customer and agent are alone again, as they stand to each other."""
        call = self.call
        if call.row.agent_channel is None:
            await call.become(WaitingForAgent(call))
        elif call.row.held_since is not None:
            await call.become(Held(call, waiting=True))
        else:
            await call.become(Talking(call, bridged=True))

    # The agent

    async def order_rejoin(self, _: str) -> None:
        old = self.call.row.agent_channel
        if old is not None:
            self.call.legs.discard(old)
        try:
            await self._agent_lost()
        finally:
            if old is not None:
                await self.call.hang_up(old)

    async def _agent_lost(self) -> None:
        call = self.call
        if call.row.user_id is None:
            await self._agent_left()
            return

        async def work(tx: Transaction) -> None:
            call.row = await call.keep(tx, agent_channel=None)

        await call.save(work)
        await self._agent.begin()

    async def _agent_back(self, message: LegUp) -> None:
        call = self.call

        async def work(tx: Transaction) -> None:
            call.row = await call.keep(tx, agent_channel=message.channel)

        await call.save(work)
        await self._agent.back(message.channel)
        await call.exchange.media.make_bridge(call.bridge)
        await call.ari.bridges.add_channel(call.bridge, message.channel)
        await call.watching.follow()

    async def _agent_left(self) -> None:
        raise NotImplementedError

    async def _succeed(self, heir: Party) -> None:
        """The agent's part is over; `heir`, who is there, has the customer from now on. The others stay."""
        call, at = self.call, self.call.now()
        leaving, gone = call.row.agent_channel, call.row.user_id
        others = len(call.parties) > 1

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await release_agent(tx, call)
            if heir.assignment_id is not None:
                row = await conversations.lock_assignment(tx, heir.assignment_id)
                await conversations.take_over(tx, row, interaction.queue_id, at)
            await conversations.hand_over(tx, interaction, at, heir.user_id)
            await Parties(tx).save(heir.gone("took_over", at))
            call.row = await call.keep(
                tx,
                left=gone,
                state=self.name if others else Talking.name,
                agent_channel=heir.channel,
                user_id=heir.user_id,
                assignment_id=heir.assignment_id,
                held_since=None,
                muted=False,
            )

        await call.save(work)
        del call.parties[heir.id]
        await call.exchange.media.join(call.bridge, [call.customer, heir.channel or ""])
        await self._be_heard(heir)
        await call.let_go(leaving)
        await self._agent.back("")
        self._agent = AgentReturn(call)
        if others:
            await call.watching.follow()
        else:
            await call.become(Talking(call, bridged=True))

    async def _be_heard(self, heir: Party) -> None:
        """Who has the customer from now on was perhaps silenced before."""
        if heir.muted and heir.channel is not None:
            await self.call.ari.channels.unmute(heir.channel, direction="in")

    # Orders about parties; the argument is the party's id

    async def order_drop_party(self, party: str) -> None:
        found = self._party(party)
        await self._gone(found.id, "cancelled" if found.state == "ringing" else "left")

    def _party(self, party: str) -> Party:
        try:
            return self.call.parties[UUID(party)]
        except (KeyError, ValueError) as error:
            raise CallNotInState("They are not on the call any more.") from error

    async def _set(self, party: Party, after: Party) -> None:
        call = self.call

        async def work(tx: Transaction) -> None:
            await Parties(tx).save(after)
            call.row = await call.keep(tx)

        await call.save(work)
        call.parties[party.id] = after

    async def _customer(self, phase: Phase) -> None:
        """Write down that the customer waits, or is among us."""
        call, at = self.call, self.call.now()

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, phase, at)
            call.row = await call.keep(tx, held_since=at if phase is Phase.HOLD else None)

        await call.save(work)
