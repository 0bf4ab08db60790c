"""For whom a contact that enters a queue waits first."""

from datetime import datetime, timedelta
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.crm import public as crm
from tongdai.platform.database import Transaction
from tongdai.routing.policies import QueueRules, preferred_of
from tongdai.routing.repositories.paces import PaceRows

LAST_AGENT = timedelta(days=30)
"""Who spoke with a contact longer ago is not preferred for it."""


async def preferred_for(
    tx: Transaction, rules: QueueRules, named: UUID | None, contact_id: UUID | None, at: datetime
) -> tuple[UUID, str] | tuple[None, None]:
    """The agent, and why; where the queue lets nobody wait for anybody, none. `named`: by the flow."""
    if rules.last_agent_s <= 0:
        return None, None
    own = last = None
    if contact_id is not None:
        own = await crm.own_agent(tx, contact_id)
        last = await conversations.Interactions(tx).last_agent(contact_id, at - LAST_AGENT)
    wanted = [one for one in (named, own, last) if one is not None]
    agents = await PaceRows(tx).agents_among(rules.id, wanted) if wanted else {}
    return preferred_of(named, own, last, agents) or (None, None)
