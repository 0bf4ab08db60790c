"""An agent asks somebody while the customer waits: a colleague, an outside number, a ring group, any agent of a queue."""

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.calls.asking_queue import calling_of
from tongdai.telephony.calls.conference import Conference
from tongdai.telephony.calls.handing_over import MISSED, HandingOver, invite, release_agent, to_queue
from tongdai.telephony.calls.messages import Key
from tongdai.telephony.calls.returning import NOBODY, without_agent
from tongdai.telephony.calls.talking import Held
from tongdai.telephony.calls.together import Together, askable
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.phones.keys import CodeKeys
from tongdai.telephony.together.parties import Parties, Party
from tongdai.telephony.together.targets import Target, ToQueue

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


async def consult(call: "Call", target: Target) -> None:
    """The customer waits with music; the agent asks somebody. Raises what forbids it, and then nothing has changed."""
    who, at = askable(target), call.now()

    async def work(tx: Transaction) -> Party:
        interaction = await conversations.lock(tx, call.row.interaction_id)
        party = await invite(tx, call, interaction, who, "consult")
        await conversations.enter(tx, interaction, Phase.HOLD, at)
        call.row = await call.keep(tx, state=Consulting.name, held_since=call.row.held_since or at)
        return party

    party = await call.save(work)
    await call.become(Consulting(call, {party.id: calling_of(call, party, who)}, party=party))


class Consulting(Together):
    """The agent and one other; the customer waits with music, or (swapped) the other does."""

    name = "consulting"
    purpose = "consult"

    async def enter(self) -> None:
        self._codes = CodeKeys()
        await super().enter()

    async def on_key(self, message: Key) -> None:
        """The agent's phone says how the asking ends."""
        call = self.call
        if not call.exchange.directory.phone_keys(call.row.tenant_id):
            return
        if message.channel == call.row.agent_channel and call.row.user_id is not None:
            order = self._codes.asking(message.digit, message.at)
            if order is not None:
                call.exchange.spawn(call.exchange.phone_orders.pressed(call, call.row.user_id, order))

    @property
    def _other(self) -> Party:
        return next(iter(self.call.parties.values()))

    def _here(self) -> Party:
        if self._other.channel is None:
            raise CallNotInState("They have not answered yet.")
        return self._other

    async def order_swap(self, _: str) -> None:
        """Speak to the one who waits; the other hears music."""
        call, media, other = self.call, self.call.exchange.media, self._here()
        if call.row.held_since is not None:
            await self._customer(Phase.TALK)
            await self._set(other, replace(other, state="held"))
            await media.wait_with_music(other.channel or "", call.music)
            await call.ari.bridges.add_channel(call.bridge, call.customer)
        else:
            await self._customer(Phase.HOLD)
            await self._set(other, replace(other, state="talking"))
            await media.wait_with_music(call.customer, call.music)
            await call.ari.bridges.add_channel(call.bridge, other.channel or "")
        await call.watching.follow()

    async def order_complete(self, _: str) -> None:
        """The customer goes to the other one, who may still be ringing; into the queue, if none of its agents has answered."""
        if self._other.channel is not None:
            await self._succeed(self._other)
        elif self._other.queue_id is not None:
            await self._wait_in_queue(self._other, self._other.queue_id)
        else:
            await self._hand_over_ringing()

    async def order_cancel(self, _: str) -> None:
        """Let the other one go and speak to the customer again."""
        await self._gone(self._other.id, "cancelled" if self._other.channel is None else "left")
        if isinstance(self.call.state, Held):
            await self.call.state.order_resume("")

    async def order_hang_up(self, _: str) -> None:
        await self.order_cancel("")

    async def order_merge(self, _: str) -> None:
        """All three together."""
        call, at, other = self.call, self.call.now(), self._here()
        joined = replace(other, state="talking", purpose="conference")

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, Phase.TALK, at)
            await Parties(tx).save(joined)
            call.row = await call.keep(tx, state=Conference.name, held_since=None)

        await call.save(work)
        call.parties[other.id] = joined
        await call.exchange.media.join(call.bridge, [call.customer, other.channel or ""])
        await call.become(Conference(call))

    async def _agent_left(self) -> None:
        """A phone that is hung up after asking: the customer goes to who was asked, answered or not."""
        try:
            await self.order_complete("")
        except routing.QueueClosed:
            await self._gone(self._other.id, "cancelled")
            await without_agent(self.call)

    async def _wait_in_queue(self, party: Party, queue_id: UUID) -> None:
        """Nobody of the queue is there to speak with: the customer waits for its agents like everybody else."""
        call = self.call

        async def no_more_asking(tx: Transaction) -> None:
            if party.assignment_id is not None:
                await routing.pass_over(tx, party.assignment_id, MISSED["cancelled"], call.now())
            await Parties(tx).save(party.gone("cancelled", call.now()))

        async with call.exchange.database.transaction(call.scope) as tx:
            name = (await routing.queue_names(tx, [queue_id]))[queue_id]
        calling = self._calling.pop(party.id)
        del call.parties[party.id]
        try:
            await to_queue(call, ToQueue(queue_id, name), no_more_asking)
        except BaseException:
            call.parties[party.id], self._calling[party.id] = party, calling
            raise
        await calling.stop()

    async def _hand_over_ringing(self) -> None:
        """They ring on, for the customer now."""
        call, party = self.call, self._other
        leaving, gone = call.row.agent_channel, call.row.user_id
        calling = self._calling[party.id]
        after = replace(party, purpose="transfer")

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await release_agent(tx, call)
            if party.assignment_id is not None:
                row = await conversations.lock_assignment(tx, party.assignment_id)
                await conversations.take_over(tx, row, interaction.queue_id, call.now())
            await Parties(tx).save(after)
            call.row = await call.keep(
                tx,
                left=gone,
                state=HandingOver.name,
                **NOBODY,
            )

        await call.save(work)
        await call.become(HandingOver(call, after, calling, leaving=leaving))
