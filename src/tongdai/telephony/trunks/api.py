"""Routes of the states of trunks."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.http import Me, RuntimeOf, Tx, one_of
from tongdai.platform.realtime import Changed, Push
from tongdai.telephony.trunks.lines_api import EDIT, TRUNKS
from tongdai.telephony.trunks.policies import TrunkState, as_known
from tongdai.telephony.trunks.repository import TrunkStates

router = APIRouter(prefix="/api/v1", tags=["telephony"])


class TrunkStateView(BaseModel):
    """How a trunk is just now, in milliseconds and SIP statuses. `reachable`: it answers OPTIONS, or is signed in to us; null:
    nobody looks just now. `last_answer`: by what a registration was last refused, 0 when nobody answered, also after it went
    well again.
    """

    id: UUID
    registration: Annotated[
        str, one_of("registered", "rejected", "unreachable", "trying", "not_asked", "unknown")
    ]
    reachable: bool | None
    since: datetime | None
    last_answer: int | None
    last_answer_at: datetime | None
    round_trip_ms: float | None


@router.get("/trunks/states")
async def get_trunk_states(me: Me, tx: Tx, runtime: RuntimeOf) -> list[TrunkStateView]:
    """How each trunk is just now. `trunk.changed` says when that is otherwise."""
    me.reach(EDIT)
    rows = await TRUNKS.page(tx, limit=1000)
    states, at = await TrunkStates(tx).all(), runtime.clock.now()
    return [_view(row.id, as_known(states.get(row.id, TrunkState()), at)) for row in rows]


def _view(trunk_id: UUID, state: TrunkState) -> TrunkStateView:
    return TrunkStateView(
        id=trunk_id,
        registration=state.registration,
        reachable=state.reachable,
        since=state.since,
        last_answer=state.answer,
        last_answer_at=state.answered_at,
        round_trip_ms=state.round_trip_ms,
    )


async def publish_states(tx: Transaction, events: Sequence[Recorded]) -> Iterable[Push]:
    """Who shows trunks fetches their states anew."""
    trunks = dict.fromkeys(event.fact.aggregate_id for event in events)
    return [Push("me", "trunk.changed", Changed(id=trunk), permission=EDIT) for trunk in trunks]
