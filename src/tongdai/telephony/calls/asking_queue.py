"""Calling an agent of a queue into a call: whom routing chooses, one after the other, until one answers."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.calls.calling import RING_SECONDS, Calling
from tongdai.telephony.calls.messages import DECLINED, LegGone
from tongdai.telephony.outbound.dialplan import UNREACHABLE
from tongdai.telephony.together.parties import Parties, Party
from tongdai.telephony.together.targets import Askable, ToQueue

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

LOOK_AGAIN_S = 2.0
"""So often it is looked whether an agent has come free."""


class QueueCalling(Calling):
    """The party is nobody as long as no agent is free, and the agent who rings from then on. Whom nobody else of the queue
    can replace is asked again after a while: only the agent who asks gives it up."""

    def __init__(self, call: "Call", party: Party, who: ToQueue) -> None:
        super().__init__(call, party, who)
        self._queue = who
        self._passed: dict[UUID, datetime] = {}

    @property
    def times_itself(self) -> bool:
        return True

    async def begin(self) -> bool:
        """Ring who is offered it (after a restart, on), or look for somebody. True: it goes on even while nobody is free."""
        if self._party.assignment_id is None or not await self._ring():
            await self._look()
        return True

    async def pass_over(self) -> bool:
        """Nobody answered, or nobody was free a while ago."""
        await self.another("missed")
        return True

    async def another(self, outcome: str) -> None:
        """Whoever was asked lets it go: `missed`, `declined`, `failed`. The next one is."""
        await self.stop()
        await self._let_go(outcome)
        await self._look()

    async def gone(self, message: LegGone) -> str | None:
        self.channels.discard(message.channel)
        self._call.legs.discard(message.channel)
        if not self.channels:
            declined = "declined" if message.cause in DECLINED else "missed"
            await self.another("failed" if message.cause in UNREACHABLE else declined)
        return None

    async def _look(self) -> None:
        while await self._offer():
            if await self._ring():
                return
            await self._let_go("failed")
        self.over = self._call.wake_after(LOOK_AGAIN_S)

    async def _ring(self) -> bool:
        call, party = self._call, self._party
        assert party.user_id is not None
        self.channels = set(
            await call.exchange.placing.ring_agent(
                call,
                party.user_id,
                f"party-{call.row.id}-{party.assignment_id}",
                assignment_id=party.assignment_id,
            )
        )
        if self.channels:
            self.over = call.wake_after(RING_SECONDS)
        return bool(self.channels)

    async def _offer(self) -> bool:
        """Write down who is asked now. False: nobody is free."""
        call, at = self._call, self._call.now()
        passed = tuple(self._passed.items())

        async def work(tx: Transaction) -> Party | None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            user_id = await routing.agent_to_ask(
                tx, interaction.id, self._queue.queue_id, self._party.invited_at, at, passed
            )
            if user_id is None:
                return None
            offer = routing.DirectOffer(
                user_id, call.row.user_id, at + timedelta(seconds=RING_SECONDS), party=True
            )
            try:
                assignment = await routing.offer_direct(tx, interaction, offer, at)
            except routing.AgentBusy:  # for a caller, just now
                return None
            after = replace(self._party, user_id=user_id, assignment_id=assignment.id)
            await Parties(tx).save(after)
            call.row = await call.keep(tx)
            return after

        return self._now_is(await call.save(work))

    async def _let_go(self, outcome: str) -> None:
        call, party, at = self._call, self._party, self._call.now()
        if party.user_id is None or party.assignment_id is None:
            return
        assignment_id = party.assignment_id
        nobody = replace(party, user_id=None, assignment_id=None)

        async def work(tx: Transaction) -> Party:
            await conversations.lock(tx, call.row.interaction_id)
            await routing.pass_over(tx, assignment_id, outcome, at)
            await Parties(tx).save(nobody)
            call.row = await call.keep(tx, left=party.user_id)
            return nobody

        self._passed[party.user_id] = at + timedelta(seconds=routing.PASS_S)
        self._now_is(await call.save(work))

    def _now_is(self, party: Party | None) -> bool:
        if party is not None:
            self._party = self._call.parties[party.id] = party
        return party is not None


def calling_of(call: "Call", party: Party, who: Askable, headers: dict[str, str] | None = None) -> Calling:
    """The ringing of whoever is called into a call."""
    return QueueCalling(call, party, who) if isinstance(who, ToQueue) else Calling(call, party, who, headers)
