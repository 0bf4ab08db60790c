"""Reads for the live board. Analytics stands above the other modules and reads their tables; it writes none of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.analytics.live import Outcome, Promise, QueueRow, Stay
from tongdai.analytics.policies import ServiceLevel
from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent as the board shows one."""

    user_id: UUID
    name: str
    team: str | None
    team_ids: list[UUID]
    shown: str
    reason: dict[str, str] | None
    since: datetime
    connected: bool
    phase: str | None
    phase_since: datetime | None
    number: str | None
    contact: str | None
    queue: str | None
    interaction_id: UUID | None
    direction: str | None
    reason_id: UUID | None = None


class Board:
    """What the live board is made of."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def day_start(self, now: datetime) -> datetime:
        """Midnight of today in the tenant's zone."""
        return await self._tx.fetch_value(
            "SELECT date_trunc('day', %(now)s::timestamptz, time_zone) FROM tenants WHERE id = %(tenant)s",
            {"now": now},
        )

    async def queues(self, queue_ids: list[UUID] | None = None) -> list[QueueRow]:
        rows = await self._tx.fetch_tuples(
            "SELECT id, name, project_id, target_s, target_share, service_level_formula, short_abandon_s,"
            " closing IS NOT NULL FROM queues"
            " WHERE tenant_id = %(tenant)s AND NOT archived"
            " AND (%(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s)) ORDER BY name",
            {"ids": queue_ids},
        )
        return [
            QueueRow(a, b, c, d, e, ServiceLevel(formula), g, closed)
            for a, b, c, d, e, formula, g, closed in rows
        ]

    async def stays(self, since: datetime) -> list[tuple[UUID, Stay]]:
        """Today's stays in queues, those that wait now among them."""
        rows = await self._tx.fetch_tuples(
            "SELECT id, queue_id, queued_at, phase, connected_at, result, wait_s FROM interactions"
            " WHERE tenant_id = %(tenant)s AND queue_id IS NOT NULL AND queued_at >= %(since)s"
            " AND direction = 'inbound'",
            {"since": since},
        )
        return [
            (
                row[0],
                Stay(row[1], row[2], _outcome(row[3], row[4], row[5]), row[6] if row[3] != "wait" else 0.0),
            )
            for row in rows
        ]

    async def promises(self, since: datetime) -> list[tuple[UUID, UUID | None, Promise]]:
        """(callback, its attempt, how it stands) of queues: those of today, those that are open, and those that ended today."""
        rows = await self._tx.fetch_tuples(
            "SELECT id, interaction_id, queue_id, state, asked_at, served_at FROM callbacks"
            " WHERE tenant_id = %(tenant)s AND queue_id IS NOT NULL"
            " AND (asked_at >= %(since)s OR closed_at >= %(since)s OR closed_at IS NULL)",
            {"since": since},
        )
        return [
            (
                row[0],
                row[1],
                Promise(row[2], row[3], row[4], (row[5] - row[4]).total_seconds() if row[5] else None),
            )
            for row in rows
        ]

    async def agents(self, user_ids: list[UUID] | None = None) -> list[AgentRow]:
        """Agents who have ever been present, or those asked for, with what they are doing."""
        return await self._tx.fetch_all(
            AgentRow,
            "SELECT p.user_id, u.name, (SELECT min(t.name) FROM team_members m JOIN teams t"
            " ON (t.tenant_id, t.id) = (m.tenant_id, m.team_id)"
            " WHERE (m.tenant_id, m.user_id) = (p.tenant_id, p.user_id)) AS team,"
            " ARRAY(SELECT team_id FROM team_members m"
            " WHERE (m.tenant_id, m.user_id) = (p.tenant_id, p.user_id)) AS team_ids,"
            " p.shown, r.name AS reason, p.since, p.disconnected_at IS NULL AS connected,"
            " i.phase, i.phase_since, coalesce(i.peer, i.peer_raw) AS number,"
            " coalesce(nullif(c.name, ''), nullif(i.peer_name, '')) AS contact,"
            " q.name AS queue, i.id AS interaction_id, i.direction, p.reason_id"
            " FROM presence p JOIN users u ON (u.tenant_id, u.id) = (p.tenant_id, p.user_id)"
            " LEFT JOIN reasons r ON (r.tenant_id, r.id) = (p.tenant_id, p.reason_id)"
            " LEFT JOIN LATERAL (SELECT interaction_id FROM assignments a"
            "   WHERE (a.tenant_id, a.user_id) = (p.tenant_id, p.user_id) AND a.state <> 'done'"
            "   ORDER BY (a.state = 'accepted') DESC, a.offered_at DESC LIMIT 1) a ON true"
            " LEFT JOIN interactions i ON (i.tenant_id, i.id) = (p.tenant_id, a.interaction_id)"
            " LEFT JOIN contacts c ON (c.tenant_id, c.id) = (i.tenant_id, i.contact_id)"
            " LEFT JOIN queues q ON (q.tenant_id, q.id) = (i.tenant_id, i.queue_id)"
            " WHERE p.tenant_id = %(tenant)s AND NOT u.archived"
            " AND (%(ids)s::uuid[] IS NULL OR p.user_id = ANY(%(ids)s)) ORDER BY u.name_sort",
            {"ids": user_ids},
        )


def _outcome(phase: str, connected_at: datetime | None, result: str | None) -> Outcome:
    if phase == "wait":
        return Outcome.WAITING
    if connected_at is not None:
        return Outcome.ANSWERED
    return Outcome.ABANDONED if result in ("abandoned", "short_abandon") else Outcome.LEFT
