"""SQL of what became of those whom a flow led."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class Ended:
    """So many runs ended alike: how, whether their contact waited in a queue and reached an agent, and at which step of the flow
    (or of one that it entered)."""

    ended: str
    queued: bool
    connected: bool
    node: str
    label: str
    count: int


async def ended_runs(
    tx: Transaction, flow_id: UUID, number: int | None, since: datetime | None
) -> list[Ended]:
    """Of the flow's version of that number, else of all; begun since then, else ever. Found by their first visit, which is what
    the index of visits leads to."""
    return await tx.fetch_all(
        Ended,
        "SELECT r.ended, i.queued_at IS NOT NULL AS queued, i.connected_at IS NOT NULL AS connected,"
        " last.node, coalesce(v.document->'nodes'->last.node->>'label', last.node) AS label, count(*) AS count"
        " FROM flow_versions own"
        " JOIN flow_visits begun ON (begun.tenant_id, begun.version_id) = (own.tenant_id, own.id)"
        " AND begun.node = own.document->>'start' AND begun.number = 1"
        " JOIN flow_runs r ON (r.tenant_id, r.id) = (begun.tenant_id, begun.run_id)"
        " JOIN interactions i ON (i.tenant_id, i.id) = (r.tenant_id, r.subject_id)"
        " JOIN LATERAL (SELECT f.version_id, f.node FROM flow_visits f WHERE f.tenant_id = %(tenant)s AND f.run_id = r.id"
        " ORDER BY f.number DESC LIMIT 1) last ON true"
        " JOIN flow_versions v ON (v.tenant_id, v.id) = (r.tenant_id, last.version_id)"
        " WHERE own.tenant_id = %(tenant)s AND own.flow_id = %(flow)s AND (%(number)s::int IS NULL OR own.number = %(number)s)"
        " AND r.ended IS NOT NULL AND (%(since)s::timestamptz IS NULL OR r.started_at >= %(since)s)"
        " GROUP BY 1, 2, 3, 4, 5",
        {"flow": flow_id, "number": number, "since": since},
    )
