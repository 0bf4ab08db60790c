"""Use cases of alerts: rules are kept, alerts are looked at and acknowledged. What raises them is in `watching.py`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.analytics import views
from tongdai.analytics.events import AlertAcknowledged, AlertRuleChanged
from tongdai.analytics.policies import OF_QUEUES, SHARES, Measure
from tongdai.analytics.repositories.alerts import AlertRow, Alerts
from tongdai.analytics.schemas import AlertRuleChange, AlertRuleIn, AlertRuleView
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited
from tongdai.platform.errors import NotFound, invalid_field
from tongdai.platform.facts import Recorded
from tongdai.platform.realtime import Push
from tongdai.tenancy.public import recorded

EDIT, SEE = "alerts.edit", "live.see"
TOPIC = "alerts"
RULES = Edited("alert_rules", AlertRuleView, order="t.measure", search="t.measure")

DEFAULTS: tuple[dict[str, Any], ...] = (
    {"measure": "waiting", "threshold": 5},
    {"measure": "waiting", "threshold": 10, "severity": "critical"},
    {"measure": "longest_wait", "threshold": 60},
    {"measure": "longest_wait", "threshold": 180, "severity": "critical"},
    {"measure": "service_level", "threshold": 0.7, "at_least": 20, "for_s": 60},
    {"measure": "abandoned", "threshold": 0.1, "at_least": 20, "for_s": 60},
    {"measure": "talking", "threshold": 900},
    {"measure": "wrap_up", "threshold": 180},
    {"measure": "not_ready", "threshold": 2700},
    {"measure": "idle", "threshold": 1200},
)
"""What a centre may begin with: for every queue and every team."""


async def add_default_rules(tx: Transaction) -> None:
    for rule in DEFAULTS:
        await create(tx, AlertRuleIn.model_validate(rule))


async def create(tx: Transaction, new: AlertRuleIn) -> AlertRuleView:
    values = _fitting(new.model_dump(mode="json"))
    rule_id = await RULES.add(tx, values)
    await recorded(tx, AlertRuleChanged, "alert_rule.created", rule_id, 1, values)
    return await RULES.get(tx, rule_id)


async def change(tx: Transaction, rule_id: UUID, body: AlertRuleChange) -> AlertRuleView:
    """What it has raised is judged anew by the new rule at once. Raises StaleVersion."""
    before = await RULES.lock(tx, rule_id, body.version)
    wanted = before.model_dump(mode="json") | body.model_dump(mode="json", exclude_unset=True)
    fitting = _fitting({name: wanted[name] for name in AlertRuleIn.model_fields})
    version = await RULES.change(tx, rule_id, fitting)
    await recorded(tx, AlertRuleChanged, "alert_rule.changed", rule_id, version, body.values())
    return await RULES.get(tx, rule_id)


async def archive(tx: Transaction, rule_id: UUID, *, archived: bool) -> AlertRuleView:
    """What it has raised is cleared."""
    version = await RULES.archive(tx, rule_id, archived=archived)
    action = "alert_rule.archived" if archived else "alert_rule.restored"
    await recorded(tx, AlertRuleChanged, action, rule_id, version, {})
    return await RULES.get(tx, rule_id)


def _fitting(values: dict[str, Any]) -> dict[str, Any]:
    """What has no meaning for the measure is left out. Raises Invalid for a threshold that it can never reach."""
    measure, threshold = Measure(values["measure"]), values["threshold"]
    if measure in SHARES and threshold > 1:
        raise invalid_field("threshold", "Write a share of at most 100 %.", "share")
    if measure is Measure.WAITING and threshold < 1:
        raise invalid_field("threshold", "Write how many, at least 1.", "count")
    of_queue = measure in OF_QUEUES
    return values | {
        "queue_id": values["queue_id"] if of_queue else None,
        "team_id": None if of_queue else values["team_id"],
        "reason_id": values["reason_id"] if measure is Measure.NOT_READY else None,
    }


async def acknowledge(tx: Transaction, me: Principal, alert_id: UUID, at: datetime) -> views.AlertView:
    """Say that one looks after it; the first who did stays. Raises NotFound."""
    reach = me.reach(SEE)
    if not await Alerts(tx).get([alert_id], reach):
        raise NotFound()
    version = await Alerts(tx).acknowledge(alert_id, me.user_id, at)
    if version is not None:
        tx.emit(AlertAcknowledged(aggregate_id=alert_id, aggregate_version=version))
    (row,) = await Alerts(tx).get([alert_id], reach)
    return views.alert_view(row)


async def take_back(tx: Transaction, me: Principal, alert_id: UUID) -> views.AlertView:
    """Say that one does not look after it any more; of another's word nothing changes. Raises NotFound."""
    reach = me.reach(SEE)
    if not await Alerts(tx).get([alert_id], reach):
        raise NotFound()
    version = await Alerts(tx).take_back(alert_id, me.user_id)
    if version is not None:
        tx.emit(AlertAcknowledged(aggregate_id=alert_id, aggregate_version=version))
    (row,) = await Alerts(tx).get([alert_id], reach)
    return views.alert_view(row)


async def publish(tx: Transaction, events: Sequence[Recorded]) -> Iterable[Push]:
    """Each alert as it is now, to those who may see its queue or agent on the board."""
    rows = await Alerts(tx).get({event.fact.aggregate_id for event in events})
    return [_push(row) for row in rows]


def _push(row: AlertRow) -> Push:
    return Push(
        TOPIC,
        "alert.changed",
        views.alert_view(row),
        permission=SEE,
        owner_id=row.user_id,
        queue_id=row.queue_id,
        team_ids=frozenset(row.team_ids),
        project_id=row.project_id,
    )
