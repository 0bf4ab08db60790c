"""Routes of the live board."""

from uuid import UUID

from fastapi import APIRouter

from tongdai.analytics.service import PERMISSION, LiveBoards, agent_up_close
from tongdai.analytics.views import AgentView, BoardView
from tongdai.platform.http import Me, RuntimeOf, Tx

router = APIRouter(prefix="/api/v1", tags=["live"])


@router.get("/live/board")
async def get_board(me: Me, runtime: RuntimeOf) -> BoardView:
    """Queues and agents now, as far as I may see; then subscribe to the topic `board`."""
    return await runtime.get(LiveBoards).view(me.tenant_id, me.reach(PERMISSION))


@router.get("/live/agents/{user_id}")
async def get_agent(user_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> AgentView:
    """One agent of the board up close."""
    return await agent_up_close(tx, me, user_id, runtime.clock.now())
