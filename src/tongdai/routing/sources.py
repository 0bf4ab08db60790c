"""What routing adds to principals, to the interaction log and to search."""

from typing import Any
from uuid import UUID

from tongdai.conversations.public import InteractionSource
from tongdai.people.public import PrincipalSources
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.search import Hit, SearchSource
from tongdai.routing.administration import QUEUES, WITHIN, within
from tongdai.routing.policies import Verdict

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
        return {"routing": [_decision(*row) for row in rows]}


def _decision(at: Any, decision: str, explanation: dict[str, Any], outcome: str | None) -> dict[str, Any]:
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
        "candidates": candidates,
    }


class SearchQueues(SearchSource):
    """Queues by name."""

    permission = "queues.see"

    async def hits(self, tx: Transaction, me: Principal, q: str, limit: int) -> list[Hit]:
        reach = me.reach(self.permission)
        rows = await QUEUES.page(tx, q=q, limit=limit, where=WITHIN, **within(reach))
        return [Hit(kind="queue", id=row.id, title=row.name, subtitle=None) for row in rows[:limit]]
