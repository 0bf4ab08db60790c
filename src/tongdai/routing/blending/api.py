"""Routes of what agents take between outbound work."""

from fastapi import APIRouter

from tongdai.platform.http import Me, Tx
from tongdai.routing.blending import service
from tongdai.routing.blending.schemas import AgentBlend, Blending, BlendingChange, BlendingIn

router = APIRouter(prefix="/api/v1", tags=["blending"])


@router.get("/blending")
async def get_blending(me: Me, tx: Tx) -> Blending:
    """Who takes what between outbound work: everybody, teams, agents within reach."""
    return await service.blending(tx, me)


@router.put("/blending")
async def put_blending(body: BlendingIn, me: Me, tx: Tx) -> BlendingChange:
    """Set it for many at once; written down in the audit log. The answer undoes it."""
    return await service.set_rules(tx, me, body)


@router.get("/blending/mine")
async def get_my_blending(me: Me, tx: Tx) -> AgentBlend:
    """What I take, and who says so."""
    me.reach("calls.take")
    return await service.mine(tx, me)
