"""Routes of the live board."""

from fastapi import APIRouter

from tongdai.analytics.service import PERMISSION, LiveBoards
from tongdai.analytics.views import BoardView
from tongdai.platform.http import Me, RuntimeOf

router = APIRouter(prefix="/api/v1", tags=["live"])


@router.get("/live/board")
async def get_board(me: Me, runtime: RuntimeOf) -> BoardView:
    """Queues and agents now, as far as I may see; then subscribe to the topic `board`."""
    return await runtime.get(LiveBoards).view(me.tenant_id, me.reach(PERMISSION))
