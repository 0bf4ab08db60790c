"""Callbacks become calls when they are offered to agents. Part of the exchange that owns the Asterisk."""

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.registry import Registry
from tongdai.routing import public as routing
from tongdai.routing.events import ContactDequeued, ContactOffered
from tongdai.telephony.calls.actor import Call
from tongdai.telephony.calls.calling_back import CallingBack
from tongdai.telephony.calls.messages import LeftQueue
from tongdai.telephony.repository import Calls

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)


class CallbackCalls:
    """One call per attempt, from the first offer on; its row is written before a phone rings."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._beginning: set[UUID] = set()

    def listen(self, registry: Registry) -> None:
        registry.subscriptions.on_fact(ContactOffered, self._offered)
        registry.subscriptions.on_fact(ContactDequeued, self._dequeued)

    def _offered(self, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, ContactOffered)
        if fact.callback and self._exchange.owns:
            self._exchange.spawn(self.begin(event.tenant_id, fact.interaction_id))

    def _dequeued(self, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, ContactDequeued)
        call = self._exchange.call_of(fact.interaction_id) if fact.callback else None
        if call is not None and fact.why != "accepted":
            call.post(LeftQueue())

    async def catch_up(self) -> None:
        """Those that were offered while nobody owned the Asterisk."""
        async with self._exchange.database.transaction(Scope.system()) as tx:
            offered = await routing.offered_callbacks(tx)
        for tenant_id, interaction_id in offered:
            await self.begin(tenant_id, interaction_id)

    async def begin(self, tenant_id: UUID, interaction_id: UUID) -> None:
        """The attempt's call, unless there is one: further offers reach that."""
        exchange = self._exchange
        if exchange.call_of(interaction_id) is not None or interaction_id in self._beginning:
            return
        row = exchange.arrivals.new_row(
            tenant_id, "outbound", CallingBack.name, "", exchange.clock.now(), interaction_id=interaction_id
        )

        async def work(tx: Transaction) -> bool:
            interaction = await conversations.lock(tx, interaction_id)
            if interaction.phase != conversations.Phase.WAIT:
                return False
            if await Calls(tx).get(row.id) is None:
                await Calls(tx).add(row)
            return True

        self._beginning.add(interaction_id)
        try:
            if await exchange.database.retrying(Scope(tenant_id), work):
                call = Call(exchange, row)
                exchange.adopt(call)
                call.start(CallingBack(call))
        finally:
            self._beginning.discard(interaction_id)
