"""Routes of listening to calls of others: silently, in the agent's ear, as one of them, or in the agent's place."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from tongdai.conversations import public as conversations
from tongdai.people import public as people
from tongdai.platform.auth import Principal
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, RuntimeOf, Tx, one_of
from tongdai.platform.registry import Runtime
from tongdai.telephony import views
from tongdai.telephony.api import MONITOR, Key
from tongdai.telephony.commands import Wanted
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.exchange import Exchange
from tongdai.telephony.repository import CallRow, Calls
from tongdai.telephony.together.watches import JOIN, Watch, WatchRows

router = APIRouter(prefix="/api/v1", tags=["supervising"])
BARGE = "calls.join"
Mode = Literal["listen", "whisper", "join"]


class WatchIn(BaseModel):
    """listen: nobody hears me. whisper: the agent alone does. join: all do."""

    mode: Mode = "listen"


class WatchView(BaseModel):
    """That I listen to a call, and how. `state`: ringing (my phone), on, gone."""

    id: UUID
    call: views.CallView
    agent: views.NamedRef
    mode: Annotated[str, one_of("listen", "whisper", "join")]
    state: Annotated[str, one_of("ringing", "on", "gone")]
    began_at: datetime


async def watch_view(tx: Transaction, watch: Watch) -> WatchView:
    """A watch with its call as it is now."""
    (person,) = await people.list_people(tx, [watch.agent_id])
    call = await views.call_view(tx, watch.call_id)
    assert call is not None
    return WatchView(
        id=watch.id,
        call=call,
        agent=views.NamedRef(id=person.id, name=person.name),
        mode=watch.mode,
        state=watch.state,
        began_at=watch.began_at,
    )


async def _call_of(tx: Transaction, me: Principal, user_id: UUID, permission: str) -> CallRow:
    """The call that an agent is on, if it is within my reach. Others do not even learn that there is one."""
    reach = me.reach(permission)
    found = await people.list_people(tx, [user_id])
    rows = [row for row in await Calls(tx).open_of_user(user_id) if row.user_id == user_id]
    if not found or user_id == me.user_id or not rows:
        raise NotFound("This person is on no call.")
    (interaction,) = await conversations.Interactions(tx).get([rows[-1].interaction_id])
    if not reach.covers(
        user_id=user_id,
        team_ids=frozenset(found[0].team_ids),
        queue_id=interaction.queue_id,
        project_id=interaction.project_id,
    ):
        raise NotFound("This person is on no call.")
    return rows[-1]


async def _mine(runtime: Runtime, me: Principal) -> Watch:
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        watch = await WatchRows(tx).of_user(me.user_id)
    if watch is None:
        raise CallNotInState("You listen to no call.")
    return watch


async def _order(
    runtime: Runtime, me: Principal, call_id: UUID, command: str, argument: str, key: str | None
) -> WatchView | None:
    await runtime.get(Exchange).commands.give(me, Wanted(command, call_id, argument, key=key))
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        watch = await WatchRows(tx).of_user(me.user_id)
        return await watch_view(tx, watch) if watch is not None else None


@router.get("/watch/me")
async def get_watch(me: Me, tx: Tx) -> WatchView | None:
    """What I listen to now."""
    me.reach(MONITOR)
    watch = await WatchRows(tx).of_user(me.user_id)
    return await watch_view(tx, watch) if watch is not None else None


@router.post("/users/{user_id}/watch", status_code=201)
async def post_watch(
    user_id: UUID, body: WatchIn, me: Me, runtime: RuntimeOf, key: Key = None
) -> WatchView | None:
    """Listen to the call that this agent is on: my own phone rings and answers by itself. What I listened to before ends."""
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        call = await _call_of(tx, me, user_id, BARGE if body.mode == JOIN else MONITOR)
        before = await WatchRows(tx).of_user(me.user_id)
    if before is not None and before.call_id == call.id:
        return await _order(runtime, me, call.id, "watch_mode", body.mode, key)
    if before is not None:
        await runtime.get(Exchange).commands.give(me, Wanted("unwatch", before.call_id))
    return await _order(runtime, me, call.id, "watch", body.mode, key)


@router.put("/watch/me")
async def put_watch(body: WatchIn, me: Me, runtime: RuntimeOf, key: Key = None) -> WatchView | None:
    """Be heard by nobody, by the agent, or by all."""
    me.reach(BARGE if body.mode == JOIN else MONITOR)
    watch = await _mine(runtime, me)
    return await _order(runtime, me, watch.call_id, "watch_mode", body.mode, key)


@router.post("/watch/me/take-over")
async def post_take_over(me: Me, runtime: RuntimeOf, key: Key = None) -> views.CallView:
    """Have the customer myself; the agent goes to the wrap-up."""
    me.reach(BARGE)
    watch = await _mine(runtime, me)
    await _order(runtime, me, watch.call_id, "take_over", "", key)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        view = await views.call_view(tx, watch.call_id)
    assert view is not None
    return view


@router.delete("/watch/me", status_code=204)
async def delete_watch(me: Me, runtime: RuntimeOf, key: Key = None) -> None:
    """Stop listening."""
    me.reach(MONITOR)
    watch = await _mine(runtime, me)
    await _order(runtime, me, watch.call_id, "unwatch", "", key)
