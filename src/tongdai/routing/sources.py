"""What routing adds to principals, to the interaction log and to search."""

import contextlib
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.conversations.public import Interactions, InteractionSource
from tongdai.crm.public import CustomerSource
from tongdai.people import public as people
from tongdai.people.public import PrincipalSources
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.search import Hit, SearchSource
from tongdai.routing.administration import QUEUES, WITHIN, within
from tongdai.routing.callbacks.service import cancel
from tongdai.routing.callbacks.views import callback_views
from tongdai.routing.callbacks.views import of_interaction as callback_of
from tongdai.routing.errors import CallbackClosed
from tongdai.routing.policies import Verdict
from tongdai.routing.repositories.callbacks import Callbacks
from tongdai.routing.repositories.entries import Entries
from tongdai.routing.waiting import prospect_of

_OWN_QUEUES = """
SELECT queue_id FROM queue_members WHERE tenant_id = %(tenant)s AND user_id = %(user)s
UNION SELECT q.queue_id FROM team_members lead
  JOIN team_members mate ON (mate.tenant_id, mate.team_id) = (lead.tenant_id, lead.team_id)
  JOIN queue_members q ON (q.tenant_id, q.user_id) = (mate.tenant_id, mate.user_id)
  WHERE lead.tenant_id = %(tenant)s AND lead.user_id = %(user)s AND lead.leads
UNION SELECT q.id FROM queues q WHERE q.tenant_id = %(tenant)s AND NOT q.archived AND q.requirements <> '[]'
  AND NOT EXISTS (SELECT FROM jsonb_array_elements(q.requirements) r
    WHERE coalesce((SELECT level FROM user_skills s WHERE s.tenant_id = %(tenant)s AND s.user_id = %(user)s
      AND s.skill_id = (r ->> 'skill_id')::uuid), 0)
    < least((r ->> 'level')::int, (SELECT min((step ->> 'level')::int)
      FROM jsonb_array_elements(r -> 'relax') step)))
"""


class QueuesOfUser(PrincipalSources):
    """Queues that a user is a member of, by name or by skills at their widest, and those of the teams that the user leads."""

    async def queue_ids(self, tx: Transaction, user_id: UUID) -> frozenset[UUID]:
        return frozenset(row[0] for row in await tx.fetch_tuples(_OWN_QUEUES, {"user": user_id}))


class Routed(InteractionSource):
    """Names of queues, and why each agent was chosen or passed over."""

    async def queue_names(self, tx: Transaction, queue_ids: list[UUID]) -> dict[UUID, str]:
        return dict(
            await tx.fetch_tuples(
                "SELECT id, name FROM queues WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)",
                {"ids": queue_ids},
            )
        )

    async def details(self, tx: Transaction, interaction_id: UUID) -> dict[str, Any]:
        rows = await tx.fetch_tuples(
            "SELECT d.at, d.decision, d.explanation, r.outcome FROM routing_decisions d"
            " LEFT JOIN offer_rounds r ON (r.tenant_id, r.id) = (d.tenant_id, d.round_id)"
            " WHERE d.tenant_id = %(tenant)s AND d.interaction_id = %(id)s ORDER BY d.at, d.id",
            {"id": interaction_id},
        )
        waiting = None
        if await Entries(tx).load([interaction_id]):
            prospect = await prospect_of(tx, interaction_id)
            waiting = {"position": prospect.position, "expected_wait_s": prospect.expected_s}
        (interaction,) = await Interactions(tx).get([interaction_id])
        kept = await callback_of(tx, interaction.conversation_id)
        preferred = {one["user_id"] for _, _, why, _ in rows if (one := why.get("preferred"))}
        names = {
            str(one.id): one.name for one in await people.list_people(tx, [UUID(one) for one in preferred])
        }
        return {
            "routing": [_decision(at, what, why, outcome, names) for at, what, why, outcome in rows],
            "waiting": waiting,
            "callback": kept,
        }


def _decision(
    at: Any, decision: str, explanation: dict[str, Any], outcome: str | None, names: dict[str, str]
) -> dict[str, Any]:
    preferred = explanation.get("preferred")
    candidates = [
        {
            "user": {"id": one["user_id"], "name": one["name"]},
            "verdict": one["verdict"],
            "why": one["verdict"],
        }
        for one in explanation.get("candidates", [])
    ]
    chosen = next((one["user"] for one in candidates if one["verdict"] == Verdict.CHOSEN), None)
    return {
        "at": at,
        "decision": decision,
        "outcome": outcome,
        "chosen": chosen,
        "why": str(explanation.get("strategy", decision)),
        "waited_s": explanation.get("waited_s"),
        "waiting": explanation.get("waiting"),
        "free": explanation.get("free"),
        "preferred": preferred
        and {
            "user": {"id": preferred["user_id"], "name": names.get(preferred["user_id"], "")},
            "why": preferred["why"],
        },
        "candidates": candidates,
    }


class SearchQueues(SearchSource):
    """Queues by name."""

    permission = "queues.see"

    async def hits(self, tx: Transaction, me: Principal, q: str, limit: int) -> list[Hit]:
        reach = me.reach(self.permission)
        rows = await QUEUES.page(tx, q=q, limit=limit, where=WITHIN, **within(reach))
        return [Hit(kind="queue", id=row.id, title=row.name, subtitle=None) for row in rows[:limit]]


class Promised(CustomerSource):
    """Callbacks of a customer: with the customer, what says who is to be called goes."""

    name = "callbacks"

    async def export(self, tx: Transaction, contact_ids: list[UUID]) -> list[dict[str, Any]]:
        rows = await callback_views(tx, await Callbacks(tx).of_contacts(contact_ids))
        return [row.model_dump(mode="json") for row in rows]

    async def erase(self, tx: Transaction, contact_ids: list[UUID], at: datetime) -> None:
        """Those that wait leave their queues; who is being called just now is not called again."""
        for row in await Callbacks(tx).of_contacts(contact_ids):
            with contextlib.suppress(CallbackClosed):
                await cancel(tx, row.id, at, "erased")
        await Callbacks(tx).forget(contact_ids)
