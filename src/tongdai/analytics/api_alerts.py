"""Routes of alerts and of the rules that raise them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime

from tongdai.analytics import alerts, views
from tongdai.analytics.alerts import EDIT, RULES, SEE
from tongdai.analytics.policies import Measure
from tongdai.analytics.repositories.alerts import Alerts, PastAsked
from tongdai.analytics.schemas import AlertRuleChange, AlertRuleIn, AlertRuleView
from tongdai.platform.cursors import uuid_or_invalid
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, decode_cursor, encode_cursor, listed, page_of

router = APIRouter(prefix="/api/v1", tags=["live"])


def _past(
    measure: Measure | None = None,
    queue_id: UUID | None = None,
    user_id: UUID | None = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> PastAsked:
    return PastAsked(measure, queue_id, user_id, since, until)


@router.get("/live/alerts")
async def get_alerts(me: Me, tx: Tx, runtime: RuntimeOf) -> views.AlertsView:
    """The alerts that are not cleared, as far as I may see; then subscribe to the topic `alerts`."""
    seq = runtime.hub.seq
    rows = await Alerts(tx).now(me.reach(SEE))
    return views.AlertsView(seq=seq, alerts=[views.alert_view(row) for row in rows])


@router.get("/live/alerts/log")
async def list_alerts(
    me: Me, tx: Tx, asked: Asked, past: Annotated[PastAsked, Depends(_past)]
) -> Page[views.AlertView]:
    """All alerts, the newest first."""
    cursor = decode_cursor(asked.cursor, 1)
    before = uuid_or_invalid(cursor[0]) if cursor else None
    rows = await Alerts(tx).past(me.reach(SEE), past, before, asked.limit)
    page = page_of(rows, asked.limit, lambda row: encode_cursor(row.id))
    return Page(items=[views.alert_view(row) for row in page.items], next_cursor=page.next_cursor)


@router.post("/live/alerts/{alert_id}/acknowledge")
async def post_acknowledge(alert_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> views.AlertView:
    return await alerts.acknowledge(tx, me, alert_id, runtime.clock.now())


@router.delete("/live/alerts/{alert_id}/acknowledge")
async def delete_acknowledge(alert_id: UUID, me: Me, tx: Tx) -> views.AlertView:
    """I do not look after it any more."""
    return await alerts.take_back(tx, me, alert_id)


@router.get("/alert-rules")
async def list_alert_rules(me: Me, tx: Tx, asked: Asked) -> Page[AlertRuleView]:
    me.reach(EDIT)
    return await listed(tx, RULES, asked)


@router.post("/alert-rules", status_code=201)
async def post_alert_rule(body: AlertRuleIn, me: Me, tx: Tx) -> AlertRuleView:
    me.reach(EDIT)
    return await alerts.create(tx, body)


@router.get("/alert-rules/{rule_id}")
async def get_alert_rule(rule_id: UUID, me: Me, tx: Tx) -> AlertRuleView:
    me.reach(EDIT)
    return await RULES.get(tx, rule_id)


@router.patch("/alert-rules/{rule_id}")
async def patch_alert_rule(rule_id: UUID, body: AlertRuleChange, me: Me, tx: Tx) -> AlertRuleView:
    me.reach(EDIT)
    return await alerts.change(tx, rule_id, body)


@router.delete("/alert-rules/{rule_id}", status_code=204)
async def delete_alert_rule(rule_id: UUID, me: Me, tx: Tx) -> None:
    me.reach(EDIT)
    await alerts.archive(tx, rule_id, archived=True)


@router.post("/alert-rules/{rule_id}/restore")
async def restore_alert_rule(rule_id: UUID, me: Me, tx: Tx) -> AlertRuleView:
    me.reach(EDIT)
    return await alerts.archive(tx, rule_id, archived=False)
