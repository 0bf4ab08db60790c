"""Routes of what became of those whom flows led."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from tongdai.analytics.flow_outcomes import FlowOutcomes, outcomes_of
from tongdai.analytics.repositories.flow_outcomes import ended_runs
from tongdai.flows.public import FlowService
from tongdai.platform.http import Me, RuntimeOf, Tx

router = APIRouter(prefix="/api/v1", tags=["flows"])


@router.get("/flow-outcomes/{flow_id}")
async def get_outcomes(
    flow_id: UUID,
    me: Me,
    tx: Tx,
    runtime: RuntimeOf,
    number: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    days: Annotated[int | None, Query(ge=1, le=3650)] = None,
) -> FlowOutcomes:
    """Of contacts that began within so many days back from now, or ever; of one version, or of all."""
    me.reach("flows.see")
    await runtime.get(FlowService).get(tx, flow_id)
    since = runtime.clock.now() - timedelta(days=days) if days is not None else None
    return outcomes_of(await ended_runs(tx, flow_id, number, since))
