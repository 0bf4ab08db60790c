"""What analytics adds to the system."""

from tongdai.analytics import alerts, api, api_alerts, api_flows, views
from tongdai.analytics.events import AlertAcknowledged, AlertCleared, AlertRaised
from tongdai.analytics.service import PERMISSION, LiveBoards
from tongdai.analytics.watching import AlertWatch
from tongdai.platform.auth import Extent, Permission
from tongdai.platform.registry import Registry
from tongdai.tenancy.public import Subject, Subjects


def register(app: Registry) -> None:
    """The live board, and alerts made of it."""
    app.declare(Permission(alerts.EDIT, "Edit alerts of the live board"))
    app.ensure(Subjects).add(Subject("alert_rule", "alert_rules", name="t.measure"))
    if PERMISSION not in app.permissions:
        app.declare(
            Permission(
                PERMISSION, "See the live board", (Extent.TEAM, Extent.QUEUE, Extent.PROJECT, Extent.TENANT)
            )
        )
    boards = LiveBoards()
    app.put(boards)
    app.run_service(boards.service)
    watch = AlertWatch(boards)
    watch.listen(app)
    app.run_service(watch.service)
    app.add_routes(api.router)
    app.add_routes(api_alerts.router)
    app.add_routes(api_flows.router)
    facts = [AlertRaised, AlertCleared, AlertAcknowledged]
    app.hub.publish(facts, alerts.publish, topics=lambda _: {alerts.TOPIC})
    app.hub.describe(alert_changed=views.AlertView)
    app.hub.describe(board_queue=views.QueueTile, board_agent=views.AgentTile, board_trend=views.QueueTrend)
