"""Alerts and the rules that raise them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.analytics.policies import AlertRule, Measure, Measured
from tongdai.kit.ids import new_id
from tongdai.platform.auth import WIDTH, Extent, Reach
from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert with the names of what it is about."""

    id: UUID
    measure: str
    severity: str
    threshold: float
    value: float
    worst: float | None
    queue_id: UUID | None
    queue_name: str | None
    user_id: UUID | None
    user_name: str | None
    reason: dict[str, str] | None
    team_ids: list[UUID]
    project_id: UUID | None
    raised_at: datetime
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    acknowledged_name: str | None


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """What the evaluator needs to go on from where another left off."""

    tenant_id: UUID
    rule_id: UUID
    subject_id: UUID
    value: float


@dataclass(frozen=True, slots=True)
class PastAsked:
    """Which of the past alerts are wanted: `since` is included, `until` is not."""

    measure: Measure | None = None
    queue_id: UUID | None = None
    user_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


_ALERTS = (
    "SELECT a.id, a.measure, a.severity, a.threshold, a.value, a.worst, a.queue_id, q.name AS queue_name, a.user_id,"
    " u.name AS user_name, r.name AS reason, a.team_ids, a.project_id, a.raised_at, a.cleared_at, a.acknowledged_at,"
    " a.acknowledged_by, k.name AS acknowledged_name FROM alerts a"
    " LEFT JOIN queues q ON (q.tenant_id, q.id) = (a.tenant_id, a.queue_id)"
    " LEFT JOIN users u ON (u.tenant_id, u.id) = (a.tenant_id, a.user_id)"
    " LEFT JOIN reasons r ON (r.tenant_id, r.id) = (a.tenant_id, a.reason_id)"
    " LEFT JOIN users k ON (k.tenant_id, k.id) = (a.tenant_id, a.acknowledged_by)"
    " WHERE a.tenant_id = %(tenant)s"
)
WITHIN = (
    "AND (%(all)s OR a.user_id = %(me)s OR a.team_ids && %(teams)s::uuid[] OR a.queue_id = ANY(%(queues)s::uuid[])"
    " OR a.project_id = ANY(%(projects)s::uuid[]))"
)
"""As `Reach.covers` has it; its parameters come from `within`."""


def within(reach: Reach) -> dict[str, Any]:
    width = WIDTH[reach.extent]
    return {
        "all": reach.everything,
        "me": reach.user_id,
        "teams": list(reach.team_ids) if width >= WIDTH[Extent.TEAM] else [],
        "queues": list(reach.queue_ids) if width >= WIDTH[Extent.QUEUE] else [],
        "projects": list(reach.project_ids) if width >= WIDTH[Extent.PROJECT] else [],
    }


class Alerts:
    """Alerts: raised once, cleared once."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def rules(self, tenant_id: UUID | None = None) -> list[AlertRule]:
        """The rules that are in force, of one tenant or (in system scope) of every tenant."""
        rows = await self._tx.fetch_tuples(
            "SELECT id, tenant_id, measure, threshold, for_s, at_least, severity, queue_id, team_id, reason_id"
            " FROM alert_rules WHERE NOT archived AND (%(id)s::uuid IS NULL OR tenant_id = %(id)s) ORDER BY id",
            {"id": tenant_id},
        )
        return [AlertRule(row[0], row[1], Measure(row[2]), *row[3:]) for row in rows]

    async def open(self) -> list[OpenAlert]:
        """The alerts that are not cleared, of every tenant. System scope."""
        return await self._tx.fetch_all(
            OpenAlert, "SELECT tenant_id, rule_id, subject_id, value FROM alerts WHERE cleared_at IS NULL"
        )

    async def raise_(self, rule: AlertRule, what: Measured, at: datetime) -> UUID | None:
        """None when it is raised already."""
        return await self._tx.fetch_value(
            "INSERT INTO alerts (tenant_id, id, rule_id, measure, severity, threshold, value, subject_id, queue_id,"
            " user_id, reason_id, team_ids, project_id, raised_at)"
            " VALUES (%(tenant)s, %(id)s, %(rule)s, %(measure)s, %(severity)s, %(threshold)s, %(value)s, %(subject)s,"
            " %(queue)s, %(user)s, %(reason)s, %(teams)s, %(project)s, %(at)s)"
            " ON CONFLICT (tenant_id, rule_id, subject_id) WHERE cleared_at IS NULL DO NOTHING RETURNING id",
            {
                "id": new_id(),
                "rule": rule.id,
                "measure": rule.measure.value,
                "severity": rule.severity,
                "threshold": rule.threshold,
                "value": what.value,
                "subject": what.subject_id,
                "queue": what.queue_id,
                "user": what.user_id,
                "reason": what.reason_id if rule.measure is Measure.NOT_READY else None,
                "teams": list(what.team_ids),
                "project": what.project_id,
                "at": at,
            },
        )

    async def clear(
        self, rule_id: UUID, subject_id: UUID, worst: float | None, at: datetime
    ) -> tuple[UUID, int] | None:
        """Gives the alert and its new version; None when it is cleared already."""
        rows = await self._tx.fetch_tuples(
            "UPDATE alerts SET cleared_at = %(at)s, worst = %(worst)s, version = version + 1"
            " WHERE tenant_id = %(tenant)s AND rule_id = %(rule)s AND subject_id = %(subject)s AND cleared_at IS NULL"
            " RETURNING id, version",
            {"rule": rule_id, "subject": subject_id, "worst": worst, "at": at},
        )
        return (rows[0][0], rows[0][1]) if rows else None

    async def acknowledge(self, alert_id: UUID, user_id: UUID, at: datetime) -> int | None:
        """The new version; None when somebody has already."""
        return await self._tx.fetch_value(
            "UPDATE alerts SET acknowledged_at = %(at)s, acknowledged_by = %(user)s, version = version + 1"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s AND acknowledged_at IS NULL RETURNING version",
            {"id": alert_id, "user": user_id, "at": at},
        )

    async def take_back(self, alert_id: UUID, user_id: UUID) -> int | None:
        """The new version; None when this user does not look after it."""
        return await self._tx.fetch_value(
            "UPDATE alerts SET acknowledged_at = NULL, acknowledged_by = NULL, version = version + 1"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s AND acknowledged_by = %(user)s RETURNING version",
            {"id": alert_id, "user": user_id},
        )

    async def forget_old(self, at: datetime, days: int, limit: int = 1000) -> int:
        """Delete alerts that were cleared longer ago than their tenant keeps them (`days` where it says nothing), up to `limit`;
        gives how many. System scope."""
        return await self._tx.execute(
            "DELETE FROM alerts WHERE (tenant_id, id) IN (SELECT a.tenant_id, a.id FROM alerts a JOIN tenants t"
            " ON t.id = a.tenant_id WHERE a.cleared_at < %(at)s::timestamptz - make_interval(days =>"
            " coalesce((t.settings ->> 'alert_retention_days')::int, %(days)s::int)) LIMIT %(limit)s)",
            {"at": at, "days": days, "limit": limit},
        )

    async def get(self, alert_ids: Iterable[UUID], reach: Reach | None = None) -> list[AlertRow]:
        """These alerts, or those of them within reach."""
        narrow = within(reach) if reach is not None else {}
        return await self._tx.fetch_all(
            AlertRow,
            f"{_ALERTS} AND a.id = ANY(%(ids)s) {WITHIN if narrow else ''}",
            {"ids": list(alert_ids), **narrow},
        )

    async def now(self, reach: Reach) -> list[AlertRow]:
        """The alerts that are not cleared, the newest first."""
        return await self._tx.fetch_all(
            AlertRow, f"{_ALERTS} AND a.cleared_at IS NULL {WITHIN} ORDER BY a.id DESC", within(reach)
        )

    async def past(self, reach: Reach, asked: PastAsked, before: UUID | None, limit: int) -> list[AlertRow]:
        """Alerts, cleared or not, the newest first; one more than asked for when there are more."""
        return await self._tx.fetch_all(
            AlertRow,
            f"{_ALERTS} {WITHIN} AND (%(before)s::uuid IS NULL OR a.id < %(before)s)"
            " AND (%(measure)s::text IS NULL OR a.measure = %(measure)s)"
            " AND (%(queue)s::uuid IS NULL OR a.queue_id = %(queue)s)"
            " AND (%(user)s::uuid IS NULL OR a.user_id = %(user)s)"
            " AND (%(since)s::timestamptz IS NULL OR a.raised_at >= %(since)s)"
            " AND (%(until)s::timestamptz IS NULL OR a.raised_at < %(until)s)"
            " ORDER BY a.id DESC LIMIT %(limit)s + 1",
            {
                **within(reach),
                "before": before,
                "measure": asked.measure.value if asked.measure else None,
                "queue": asked.queue_id,
                "user": asked.user_id,
                "since": asked.since,
                "until": asked.until,
                "limit": limit,
            },
        )
