"""What analytics adds to the system."""

from tongdai.analytics import api, views
from tongdai.analytics.service import PERMISSION, LiveBoards
from tongdai.platform.auth import Extent, Permission
from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    """The live board."""
    if PERMISSION not in app.permissions:
        app.declare(
            Permission(
                PERMISSION, "See the live board", (Extent.TEAM, Extent.QUEUE, Extent.PROJECT, Extent.TENANT)
            )
        )
    boards = LiveBoards()
    app.put(boards)
    app.run_service(boards.service)
    app.add_routes(api.router)
    app.hub.describe(board_queue=views.QueueTile, board_agent=views.AgentTile, board_trend=views.QueueTrend)
