"""An agent sends the customer on without talking to anybody first: to a colleague, an outside number, a room, a queue, a flow, or
a voicemail."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow, Phase
from tongdai.flows.public import CallerLeft, Progress
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.calls.calling import RING_SECONDS, Calling
from tongdai.telephony.calls.inbound import InFlow, Waiting
from tongdai.telephony.calls.messages import LegGone, LegRinging, LegUp, OfferEnded, Picker, Wake
from tongdai.telephony.calls.returning import AUTO_ANSWER, NOBODY, without_agent
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.calls.stays import stay_in
from tongdai.telephony.calls.taking_messages import SentToBox
from tongdai.telephony.calls.talking import Talking
from tongdai.telephony.errors import ColleagueBusy
from tongdai.telephony.together.parties import VOICEMAIL, Parties, Party
from tongdai.telephony.together.targets import (
    Askable,
    Somebody,
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


async def transfer(call: "Call", target: Target) -> None:
    """The agent's part is over; the customer goes on. Raises what forbids it, and then nothing has changed."""
    match target:
        case ToQueue():
            await to_queue(call, target)
        case ToFlow():
            await _to_flow(call, target)
        case ToBox():
            await _to_box(call, target)
        case ToPark():
            from tongdai.telephony.calls.parking import park

            await park(call, say=True)
        case ToRoom():
            from tongdai.telephony.calls.in_room import send

            await send(call, target)
        case ToColleague() | ToNumber() | ToGroup():
            await _to_somebody(call, target)


async def invite(
    tx: Transaction,
    call: "Call",
    interaction: InteractionRow,
    who: Askable,
    purpose: str,
    *,
    listens: bool = False,
) -> Party:
    """Write down that somebody is called into a locked contact; a colleague is offered it. Raises ColleagueBusy, QueueClosed."""
    at = call.now()
    assignment_id: UUID | None = None
    if isinstance(who, ToColleague):
        until = at + timedelta(seconds=RING_SECONDS)
        offer = routing.DirectOffer(who.user_id, call.row.user_id, until, party=purpose != "transfer")
        try:
            assignment_id = (await routing.offer_direct(tx, interaction, offer, at)).id
        except routing.AgentBusy as error:
            raise ColleagueBusy() from error
    elif isinstance(who, ToQueue) and (closed := (await routing.queue_rules(tx, who.queue_id)).closed):
        raise routing.QueueClosed(closed)
    party = Party(
        id=new_id(),
        call_id=call.row.id,
        purpose=purpose,
        state="ringing",
        user_id=who.user_id if isinstance(who, ToColleague) else None,
        assignment_id=assignment_id,
        number=_number_of(who),
        channel=None,
        muted=False,
        invited_by=call.row.user_id,
        invited_at=at,
        queue_id=who.queue_id if isinstance(who, ToQueue) else None,
        listens=listens,
    )
    await Parties(tx).add(party)
    return party


def _number_of(who: Askable) -> str:
    match who:
        case ToNumber(number=number):
            return number
        case ToGroup(extension=extension):
            return extension
        case ToColleague() | ToQueue():
            return ""


async def release_agent(tx: Transaction, call: "Call") -> None:
    """The part of the agent who has a locked contact is over: wrap-up, by the rules of its queue."""
    if call.row.assignment_id is not None:
        await routing.end_work(tx, call.row.assignment_id, call.now())
        await conversations.Assignments(tx).share(call.row.assignment_id)


async def _to_somebody(call: "Call", who: Somebody | ToGroup) -> None:
    leaving, gone = call.row.agent_channel, call.row.user_id

    async def work(tx: Transaction) -> Party:
        interaction = await conversations.lock(tx, call.row.interaction_id)
        party = await invite(tx, call, interaction, who, "transfer")
        await conversations.enter(tx, interaction, Phase.HOLD, call.now())
        await release_agent(tx, call)
        call.row = await call.keep(tx, left=gone, state=HandingOver.name, **NOBODY)
        return party

    party = await call.save(work)
    await call.become(HandingOver(call, party, Calling(call, party, who), leaving=leaving))


async def to_queue(
    call: "Call", target: ToQueue, also: Callable[[Transaction], Awaitable[None]] | None = None
) -> None:
    """The customer waits in a queue. `also` is done in the same transaction. Raises QueueClosed, and then nothing has changed."""
    leaving, gone = call.row.agent_channel, call.row.user_id
    command = stay_in(call, target.name)

    async def work(tx: Transaction) -> None:
        interaction = await conversations.lock(tx, call.row.interaction_id)
        await release_agent(tx, call)
        if also is not None:
            await also(tx)
        await call.exchange.recorder.closed(tx, call.row, call.now())
        await routing.enqueue_transferred(tx, interaction, command, call.now(), by=gone)
        call.care = await routing.care_in(tx, target.name)
        call.row = await call.keep(tx, left=gone, state=Waiting.name, **NOBODY)

    await call.save(work)
    await call.exchange.recorder.stop(call)
    await call.become(Waiting(call, command, rebuilt=True))
    await call.let_go(leaving)


async def _to_flow(call: "Call", target: ToFlow) -> None:
    leaving, gone = call.row.agent_channel, call.row.user_id
    run_id, at = new_id(), call.now()

    async def work(tx: Transaction) -> Progress:
        interaction = await conversations.lock(tx, call.row.interaction_id)
        await release_agent(tx, call)
        await call.exchange.recorder.closed(tx, call.row, at)
        await conversations.enter(tx, interaction, Phase.FLOW, at)
        if call.run is not None and call.run.run.ended is None:
            await call.advance_flow(tx, CallerLeft(), at)
        call.care = routing.DIRECT
        progress = await call.exchange.flows.start(
            tx,
            flow_id=target.flow_id,
            subject_id=interaction.id,
            variables={
                "call": {
                    "from": interaction.peer or "",
                    "to": interaction.own_address,
                    "direction": interaction.direction,
                },
                **({"language": interaction.language} if interaction.language else {}),
            },
            at=at,
            run_id=run_id,
        )
        await call.note(tx, progress, at)
        call.row = await call.keep(tx, left=gone, state=InFlow.name, flow_run_id=run_id, **NOBODY)
        return progress

    progress = await call.save(work)
    await call.exchange.recorder.stop(call)
    await call.let_go(leaving)
    await call.exchange.media.take_out(call.customer, call.bridge)
    await call.exchange.media.silence(call.customer)
    await call.become(InFlow(call, progress))


async def _to_box(call: "Call", target: ToBox) -> None:
    leaving, gone, at = call.row.agent_channel, call.row.user_id, call.now()
    party = Party(
        id=new_id(),
        call_id=call.row.id,
        purpose="transfer",
        state="gone",
        user_id=None if target.group else target.owner_id,
        assignment_id=None,
        number=target.extension if target.group else "",
        channel=None,
        muted=False,
        invited_by=gone,
        invited_at=at,
        left_at=at,
        outcome=VOICEMAIL,
    )

    async def work(tx: Transaction) -> None:
        interaction = await conversations.lock(tx, call.row.interaction_id)
        await release_agent(tx, call)
        await call.exchange.recorder.closed(tx, call.row, at)
        await conversations.enter(tx, interaction, Phase.VOICEMAIL, at)
        await Parties(tx).add(party)
        call.row = await call.keep(tx, left=gone, state=SentToBox.name, **NOBODY)

    await call.save(work)
    await call.exchange.recorder.stop(call)
    await call.become(SentToBox(call, target.owner_id, leaving=leaving))


class HandingOver(CallState):
    """The customer hears music while the one they are sent to is rung. Who does not answer is followed by the agent who sent
    them, if that agent can take them back, and that one by the front of the queue."""

    name = "handing_over"

    def __init__(self, call: "Call", party: Party, calling: Calling, *, leaving: str | None = None) -> None:
        super().__init__(call)
        call.parties[party.id] = party
        self._party = party
        self._calling = calling
        self._leaving = leaving
        self._over: int | None = None

    async def enter(self) -> None:
        call = self.call
        await call.exchange.media.wait_with_music(call.customer, call.music)
        await call.let_go(self._leaving)
        until = self._party.invited_at + timedelta(seconds=RING_SECONDS)
        if not self._calling.times_itself:
            self._over = call.wake_after(max(0.0, (until - call.now()).total_seconds()))
        if not self._calling.channels and not await self._calling.begin():
            await self._failed("failed")

    def ringing_legs(self) -> set[str]:
        return set(self._calling.channels)

    async def order_take_ringing(self, who: Picker) -> None:
        """A colleague takes the customer from their own phone."""
        call, at, user_id = self.call, self.call.now(), who.user_id

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await routing.withdraw_direct(tx, interaction, at)
            assignment_id = await routing.take_back(tx, interaction, user_id, at)
            await conversations.hand_over(tx, interaction, at, user_id)
            picked = replace(self._party, user_id=user_id, assignment_id=assignment_id)
            await Parties(tx).save(picked.joined(who.channel, at).gone("took_over", at))
            call.row = await call.keep(
                tx,
                state=Talking.name,
                agent_channel=who.channel,
                user_id=user_id,
                assignment_id=assignment_id,
                bridge_id=call.bridge,
                held_since=None,
            )

        await call.save(work)
        await call.exchange.placing.bring_in(call, who)
        await self._calling.stop()
        del call.parties[self._party.id]
        await call.become(Talking(call))

    async def on_leg_ringing(self, message: LegRinging) -> None:
        self._calling.rings(message.channel)

    async def on_leg_up(self, message: LegUp) -> None:
        call, party, at = self.call, self._party, message.at
        if message.channel not in self._calling.channels:
            await call.hang_up(message.channel)
            return

        user_id = party.user_id or call.exchange.placing.user_of_channel(message.channel)

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            assignment_id = party.assignment_id
            if assignment_id is not None:
                await routing.accept_direct(tx, assignment_id, at)
            elif user_id is not None:
                # Who sent the customer and has them again, or one of a group, whom nothing was offered to.
                assignment_id = await routing.take_back(tx, interaction, user_id, at)
            await conversations.hand_over(tx, interaction, at, user_id)
            taken = replace(party, user_id=user_id, assignment_id=assignment_id)
            await Parties(tx).save(taken.joined(message.channel, at).gone("took_over", at))
            call.row = await call.keep(
                tx,
                state=Talking.name,
                agent_channel=message.channel,
                user_id=user_id,
                assignment_id=assignment_id,
                bridge_id=call.bridge,
                held_since=None,
            )

        try:
            await call.save(work)
        except (routing.OfferGone, routing.AgentBusy):
            await call.hang_up(message.channel)
            return
        await self._calling.stop(but=message.channel)
        del call.parties[party.id]
        await call.become(Talking(call))

    async def on_leg_gone(self, message: LegGone) -> None:
        if message.channel == self.call.customer:
            await self.finish(message, "customer")
        elif message.channel in self._calling.channels:
            outcome = await self._calling.gone(message)
            if outcome is not None:
                await self._failed(outcome)

    async def on_offer_ended(self, message: OfferEnded) -> None:
        if message.assignment_id == self._party.assignment_id:
            await self._failed("declined")

    async def on_wake(self, message: Wake) -> None:
        over = message.ticket == self._calling.over and not await self._calling.pass_over()
        if over or message.ticket == self._over:
            await self._failed("no_answer")

    async def _failed(self, outcome: str) -> None:
        """Nobody took the customer: back to who sent them, or to the queue."""
        call, party, at = self.call, self._party, self.call.now()
        await self._calling.stop()

        async def work(tx: Transaction) -> Party | None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await Parties(tx).save(party.gone(outcome, at))
            if party.assignment_id is not None:
                await routing.pass_over(tx, party.assignment_id, MISSED.get(outcome, "missed"), at)
            if party.purpose == "recall" or party.invited_by is None:
                return None
            if not await routing.may_take_back(tx, interaction, party.invited_by):
                return None
            recall = replace(
                party,
                id=new_id(),
                purpose="recall",
                user_id=party.invited_by,
                assignment_id=None,
                number="",
                invited_at=at,
            )
            await Parties(tx).add(recall)
            return recall

        recall = await call.save(work)
        call.parties.pop(party.id, None)
        if recall is None or recall.user_id is None:
            await without_agent(call)
        else:
            back = Calling(call, recall, ToColleague(recall.user_id), AUTO_ANSWER)
            await call.become(HandingOver(call, recall, back))


MISSED = {"declined": "declined", "failed": "failed", "cancelled": "withdrawn"}
