"""The agent, the customer and up to eight others hear each other."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.platform.database import Transaction
from tongdai.telephony.calls.calling import Calling
from tongdai.telephony.calls.handing_over import invite
from tongdai.telephony.calls.messages import LegGone
from tongdai.telephony.calls.together import Together, somebody
from tongdai.telephony.errors import CallNotInState, TooManyParties
from tongdai.telephony.together.parties import MOST, Party
from tongdai.telephony.together.targets import Target

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


async def confer(call: "Call", target: Target) -> None:
    """Call somebody into the conversation, which goes on meanwhile."""
    who = somebody(target)

    async def work(tx: Transaction) -> Party:
        interaction = await conversations.lock(tx, call.row.interaction_id)
        party = await invite(tx, call, interaction, who, "conference")
        call.row = await call.keep(tx, state=Conference.name)
        return party

    party = await call.save(work)
    await call.become(Conference(call, {party.id: Calling(call, party, who)}, party=party))


class Conference(Together):
    """The agent, the customer and others hear each other. Who leaves last but one ends it."""

    name = "conference"
    purpose = "conference"

    async def order_add_party(self, target: Target) -> None:
        call, who = self.call, somebody(target)
        if len(call.parties) >= MOST:
            raise TooManyParties()

        async def work(tx: Transaction) -> Party:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            party = await invite(tx, call, interaction, who, self.purpose)
            call.row = await call.keep(tx)
            return party

        party = await call.save(work)
        call.parties[party.id] = party
        self._calling[party.id] = Calling(call, party, who)
        await self._ring(party.id)

    async def order_mute_party(self, party: str) -> None:
        await self._mute(self._party(party), muted=True)

    async def order_unmute_party(self, party: str) -> None:
        await self._mute(self._party(party), muted=False)

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
        there = [party for party in self.call.parties.values() if party.channel is not None]
        return next((party for party in there if party.user_id is not None), there[0] if there else None)

    async def _agent_left(self) -> None:
        heir = self._heir()
        if heir is None:
            await self.finish(LegGone("", 16, self.call.now()), "agent")
        else:
            await self._succeed(heir)
