"""Calls that nobody looks after although they are open in the books, and callers whose end nobody took note of.

Neither should be: it means that a step of a call failed where it must not. But whatever failed, it must not hold an agent and a
place in a queue until the next start.
"""

import asyncio
import logging
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.platform.database import Scope
from tongdai.platform.database.session import DatabaseAway
from tongdai.telephony.ari.connection import AriError, AsteriskAway
from tongdai.telephony.calls.messages import LegGone
from tongdai.telephony.reconcile import go_on_with
from tongdai.telephony.repository import Calls

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)

EVERY_S = 15.0


class LostCalls:
    """Part of the node that owns the Asterisk. Only who is found twice is lost: the others are just beginning, or ending."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._suspects: set[UUID] = set()

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            if not self._exchange.owns:
                self._suspects.clear()
                continue
            try:
                await self.look()
            except (AsteriskAway, AriError, DatabaseAway) as error:
                log.info("lost calls could not be looked for: %s", error)
            except Exception:
                log.exception("looking for lost calls failed")

    async def look(self) -> None:
        exchange = self._exchange
        async with exchange.database.transaction(Scope.system()) as tx:
            alone = {one for one in await Calls(tx).open_ids(exchange.server) if exchange.call(one) is None}
        left = [call for call in exchange.calls() if call.was_left]
        before, self._suspects = self._suspects, alone | {call.row.id for call in left}
        for call in left:
            if call.row.id in before:
                log.error("the end of the caller of call %s was lost", call.row.id)
                call.post(LegGone(call.customer, 16, exchange.clock.now()))
        if lost := alone & before:
            log.error("calls are open and nobody looks after them: %s", ", ".join(map(str, lost)))
            async with exchange.database.transaction(Scope.system()) as tx:
                rows = [row for row in await Calls(tx).open_on(exchange.server) if row.id in lost]
            await go_on_with(exchange, rows)
