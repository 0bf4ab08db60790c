"""Whom the customer asked for in the flow is called in once an agent has the call: a conference that the customer starts."""

import logging
from typing import TYPE_CHECKING

from tongdai.flows.public import Invite
from tongdai.platform.database import Transaction
from tongdai.platform.errors import AppError
from tongdai.telephony.calls.messages import Order
from tongdai.telephony.together.targets import Askable, ToColleague

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

log = logging.getLogger(__name__)
MOST = 3


async def remember(call: "Call", asked: Invite) -> bool:
    """Keep for later whom the customer wants called in. False: nobody whom a flow may call, or too many."""
    line = f"{asked.target} {asked.to}"

    async def work(tx: Transaction) -> bool:
        lines = call.row.invites.splitlines()
        if line in lines:
            return True
        if len(lines) == MOST or await call.exchange.targets.invited(tx, asked.target, asked.to) is None:
            return False
        call.row = await call.keep(tx, invites="\n".join([*lines, line]))
        return True

    return await call.save(work)


def due(call: "Call") -> None:
    """An agent has the call now: have those called in whom the customer asked for, after what is being done."""
    if call.row.invites and call.row.user_id is not None:
        call.post(Order.unawaited("call_in_invited", "", call.row.user_id))


async def call_in(call: "Call") -> None:
    """Each is asked for once: who does not come now is the agent's to call again."""
    from tongdai.telephony.calls.conference import Conference, confer

    lines = call.row.invites.splitlines()

    async def work(tx: Transaction) -> list[Askable | None]:
        found = [await call.exchange.targets.invited(tx, *line.split(" ", 1)) for line in lines]
        call.row = await call.keep(tx, invites="")
        return found

    for line, target in zip(lines, await call.save(work), strict=True):
        if target is None or target == ToColleague(call.row.user_id or call.row.id):
            log.info("call %s: nobody to call in at %s", call.row.id, line)
            continue
        try:
            if isinstance(call.state, Conference):
                await call.state.order_add_party(target)
            else:
                await confer(call, target)
        except AppError as error:
            log.info("call %s: %s cannot be called in: %s", call.row.id, line, error)
