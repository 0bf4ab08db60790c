"""The agent, the customer and up to eight others hear each other."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.calls.asking_queue import calling_of
from tongdai.telephony.calls.handing_over import invite
from tongdai.telephony.calls.messages import LegGone
from tongdai.telephony.calls.together import Together, askable
from tongdai.telephony.errors import CallNotInState, TooManyParties
from tongdai.telephony.together.parties import MOST, Parties, Party
from tongdai.telephony.together.targets import Target

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


async def confer(call: "Call", target: Target, *, listens: bool = False) -> None:
    """Call somebody into the conversation, which goes on meanwhile. `listens`: they hear it, and are not heard."""
    who = askable(target)

    async def work(tx: Transaction) -> Party:
        interaction = await conversations.lock(tx, call.row.interaction_id)
        party = await invite(tx, call, interaction, who, "conference", listens=listens)
        call.row = await call.keep(tx, state=Conference.name)
        return party

    party = await call.save(work)
    await call.become(Conference(call, {party.id: calling_of(call, party, who)}, party=party))


class Conference(Together):
    """The agent, the customer and others hear each other. Who leaves last but one ends it."""

    name = "conference"
    purpose = "conference"

    async def order_add_party(self, target: Target) -> None:
        await self._add(target, listens=False)

    async def order_add_listener(self, target: Target) -> None:
        await self._add(target, listens=True)

    async def _add(self, target: Target, *, listens: bool) -> None:
        call, who = self.call, askable(target)
        if len(call.parties) >= MOST:
            raise TooManyParties()

        async def work(tx: Transaction) -> Party:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            party = await invite(tx, call, interaction, who, self.purpose, listens=listens)
            call.row = await call.keep(tx)
            return party

        party = await call.save(work)
        call.parties[party.id] = party
        self._calling[party.id] = calling_of(call, party, who)
        await self._ring(party.id)

    async def order_mute_party(self, party: str) -> None:
        await self._mute(self._party(party), muted=True)

    async def order_unmute_party(self, party: str) -> None:
        found = self._party(party)
        if found.listens:
            raise CallNotInState("They only listen. Let them speak first.")
        await self._mute(found, muted=False)

    async def order_listen_party(self, party: str) -> None:
        """They hear the others, who do not hear them until the agent lets them speak."""
        await self._listen(self._party(party), listens=True)

    async def order_speak_party(self, party: str) -> None:
        await self._listen(self._party(party), listens=False)

    async def _listen(self, party: Party, *, listens: bool) -> None:
        if party.channel is None:
            await self._set(party, replace(party, listens=listens))
        else:
            await self._mute(replace(party, listens=listens), muted=listens)

    async def order_lead_party(self, party: str) -> None:
        """A colleague has the customer and the result from now on; the agent stays as one of the others."""
        call, at, heir = self.call, self.call.now(), self._party(party)
        channel, user_id, assignment_id = call.row.agent_channel, call.row.user_id, call.row.assignment_id
        if heir.user_id is None or heir.assignment_id is None or heir.state != "talking":
            raise CallNotInState("Only a colleague who is on the call can lead it.")
        if channel is None or user_id is None or assignment_id is None:
            raise CallNotInState()
        theirs = heir.assignment_id

        async def work(tx: Transaction) -> Party:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            mine = await conversations.lock_assignment(tx, assignment_id)
            helping = await routing.carry_over(tx, mine, interaction, at, party=True)
            for one in (mine.id, helping.id):
                await conversations.Assignments(tx).share(one)
            row = await conversations.lock_assignment(tx, theirs)
            await conversations.take_over(tx, row, interaction.queue_id, at)
            await conversations.hand_over(tx, interaction, at, heir.user_id)
            await Parties(tx).save(heir.gone("took_over", at))
            led = Party(
                id=new_id(),
                call_id=call.row.id,
                purpose=self.purpose,
                state="ringing",
                user_id=user_id,
                assignment_id=helping.id,
                number="",
                channel=None,
                muted=False,
                invited_by=heir.user_id,
                invited_at=at,
            ).joined(channel, at)
            await Parties(tx).add(led)
            call.row = await call.keep(
                tx,
                agent_channel=heir.channel,
                user_id=heir.user_id,
                assignment_id=heir.assignment_id,
                muted=False,
            )
            return led

        led = await call.save(work)
        del call.parties[heir.id]
        call.parties[led.id] = led
        await self._be_heard(heir)
        await call.watching.follow()

    async def _mute(self, party: Party, *, muted: bool) -> None:
        if party.channel is None:
            raise CallNotInState("They have not answered yet.")
        await self._set(party, replace(party, muted=muted))
        channels = self.call.ari.channels
        await (channels.mute if muted else channels.unmute)(party.channel, direction="in")

    async def order_hold_party(self, party: str) -> None:
        """They hear music; the others go on."""
        found = self._party(party)
        if found.state != "talking" or found.channel is None:
            raise CallNotInState()
        await self._set(found, replace(found, state="held"))
        await self.call.exchange.media.wait_with_music(found.channel, self.call.music)

    async def order_resume_party(self, party: str) -> None:
        found = self._party(party)
        if found.state != "held" or found.channel is None:
            raise CallNotInState()
        await self._set(found, replace(found, state="talking"))
        await self.call.ari.bridges.add_channel(self.call.bridge, found.channel)

    async def order_hold(self, _: str) -> None:
        """The customer hears music; the others go on."""
        await self._customer(Phase.HOLD)
        await self._place_customer()

    async def order_resume(self, _: str) -> None:
        await self._customer(Phase.TALK)
        await self.call.ari.bridges.add_channel(self.call.bridge, self.call.customer)

    async def order_leave(self, _: str) -> None:
        """The agent goes; the first colleague who is there (else an outside party) has the customer."""
        heir = self._heir()
        if heir is None:
            raise CallNotInState("Nobody has joined yet to leave the customer to.")
        await self._succeed(heir)

    def _heir(self) -> Party | None:
        """A colleague before an outside party, who speaks before who listens; those of one kind as they were called."""
        there = [party for party in self.call.parties.values() if party.channel is not None]
        return min(there, key=lambda party: (party.user_id is None, party.listens), default=None)

    async def _agent_left(self) -> None:
        heir = self._heir()
        if heir is None:
            await self.finish(LegGone("", 16, self.call.now()), "agent")
        else:
            await self._succeed(heir)
