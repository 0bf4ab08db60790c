"""Whose blend a fact may have changed."""

from uuid import UUID

from tongdai.platform.facts import Recorded
from tongdai.routing.events import BlendingChanged, CallbackChanged
from tongdai.routing.matching.pool import Pool


def concerned(event: Recorded, pool: Pool) -> list[UUID]:
    """The agents to read anew: of a team's or everybody's rule, all of the tenant."""
    fact = event.fact
    assert isinstance(fact, BlendingChanged | CallbackChanged)
    if isinstance(fact, BlendingChanged) and fact.user_id is None:
        return [agent.id for agent in pool.agents() if agent.tenant_id == event.tenant_id]
    return [fact.user_id] if fact.user_id is not None else []
