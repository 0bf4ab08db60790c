"""After a start, a reconnect, or a restart of Asterisk: what is left of each call, and going on with it.

The database says which calls were up and in which state, Asterisk says which channels still are. A call whose customer is gone is
closed truthfully; one that is still up gets its actor back in the state that it was in. Channels that belong to no call either
came while we were away (they are taken now) or are remnants (they are hung up).
"""

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any

from tongdai.conversations import public as conversations
from tongdai.flows.public import Enqueue, Progress, TransferTo
from tongdai.platform.database import Scope
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.embedded.asterisk_config import FROM_AGENT, FROM_TRUNK
from tongdai.routing import public as routing
from tongdai.telephony.ari.connection import AriError, AsteriskAway
from tongdai.telephony.calls.actor import PLAYBACK_NAMES, Call, playback_id
from tongdai.telephony.calls.inbound import InFlow, Waiting
from tongdai.telephony.calls.messages import LegGone
from tongdai.telephony.calls.outbound import Transferring
from tongdai.telephony.calls.states import CallState, Ended
from tongdai.telephony.calls.talking import Held, Talking, WaitingForAgent
from tongdai.telephony.placing import OURS
from tongdai.telephony.repository import CallRow, Calls

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Calls that are looked at together: fewer than the pool has connections, so that others get one, too."""

RESTARTED = 41
"""Q.850 "temporary failure": what the log says of calls that died with the telephone server."""


async def reconcile(exchange: "Exchange") -> None:
    """Compare and go on. Runs each time the connection to Asterisk comes up."""
    channels = {channel["id"]: channel for channel in await exchange.ari.channels.list()}
    await exchange.drop_again(channels)
    async with exchange.database.transaction(Scope.system()) as tx:
        rows = await Calls(tx).open_on(exchange.server)
    survived = any(row.customer_channel in channels or row.agent_channel in channels for row in rows)
    cause = 16 if survived else RESTARTED
    known = await _look_at_all(exchange, rows, channels, cause)
    strays = [name for name in channels if name not in known and not exchange.knows(name)]
    if not strays:
        return
    async with exchange.database.transaction(Scope.system()) as tx:
        over = await Calls(tx).ended_with(exchange.server, strays)
    for name in strays:
        if name in over or (name.startswith(OURS) and channels[name]["state"] == "Up"):
            # Its call is over, or never learnt that it was made: it must not knock as a new one.
            await exchange.drop(name)
        else:
            await _stray(exchange, channels[name])


async def _look_at_all(
    exchange: "Exchange", rows: list[CallRow], channels: dict[str, Any], cause: int
) -> set[str]:
    """Some calls at a time: those before the others whose callers talk, for they may want something. Gives the channels that
    belong to calls. What goes wrong with one keeps no other from going on."""
    room = asyncio.Semaphore(AT_ONCE)

    async def look(row: CallRow) -> set[str]:
        async with room:
            return await _look_at(exchange, row, channels, cause)

    tasks = [
        asyncio.create_task(look(row)) for row in sorted(rows, key=lambda row: row.agent_channel is None)
    ]
    try:
        looked = await asyncio.gather(*tasks)
    finally:
        # One found Asterisk or the database gone, or we are to stop: no other may be started behind our back.
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return set[str]().union(*looked)


async def _look_at(exchange: "Exchange", row: CallRow, channels: dict[str, Any], cause: int) -> set[str]:
    """Give one open call its actor (again), or end it. Gives the channels that belong to it."""
    mine = {
        channel_id
        for channel_id in channels
        if channel_id in (row.customer_channel, row.agent_channel)
        or str(row.id) in channel_id
        or (row.assignment_id is not None and str(row.assignment_id) in channel_id)
    }
    customer = channels.get(row.customer_channel)
    if row.direction == "inbound" and row.answered_at is not None and customer and customer["state"] != "Up":
        # The flow answered, and we went away before Asterisk heard of it.
        with contextlib.suppress(AriError):
            await exchange.ari.channels.answer(row.customer_channel)
    call = exchange.call(row.id)
    if call is not None:
        # The actor lived on through a lost connection: tell it what it missed.
        for leg in [leg for leg in call.legs if leg and leg not in channels]:
            call.post(LegGone(leg, cause, exchange.clock.now()))
        if call.state is not None and call.state.final:
            # It is being closed, and Asterisk could not be told to hang up.
            for leg in mine | (call.legs & channels.keys()):
                await exchange.drop(leg)
        return mine | call.legs
    if row.customer_channel in channels and row.state not in (Talking.name, Held.name, WaitingForAgent.name):
        # Nobody knows any more what was playing, and a channel that plays cannot be bridged.
        names = [playback_id(row.id, number) for number in range(PLAYBACK_NAMES)]
        await asyncio.gather(*[_hush(exchange, name) for name in names])
    call = Call(exchange, row)
    exchange.adopt(call)
    try:
        mine |= await exchange.recorder.after_restart(row.tenant_id, row.id, set(channels))
        call.legs |= mine
        state = await _rebuild(exchange, call, channels, cause)
    except (AsteriskAway, DatabaseAway, asyncio.CancelledError):
        # Without this, the next look would find an actor that was never started.
        exchange.forget(call)
        raise
    except Exception:
        # What cannot go on must not stay on the line in silence, nor keep the others from going on.
        log.exception("call %s cannot go on", row.id)
        call.legs |= mine
        state = Ended(call, LegGone("", RESTARTED, exchange.clock.now()), "system")
    for leg in mine:
        exchange.attach(call, leg)
    call.start(state)
    log.info("call %s goes on as %s", row.id, state.name)
    return mine


async def _hush(exchange: "Exchange", playback: str) -> None:
    with contextlib.suppress(AriError):
        await exchange.ari.playbacks.stop(playback)


async def _rebuild(exchange: "Exchange", call: Call, channels: dict[str, Any], cause: int) -> CallState:
    """The state in which a call goes on."""
    row, now = call.row, exchange.clock.now()
    customer_up, agent_up = row.customer_channel in channels, row.agent_channel in channels
    async with exchange.database.transaction(Scope(row.tenant_id)) as tx:
        if row.flow_run_id is not None and row.state == Transferring.name:
            call.run = await exchange.flows.load(tx, row.flow_run_id)
        elif row.flow_run_id is not None:
            call.run = await exchange.flows.recover(tx, row.flow_run_id, now)
        (interaction,) = await conversations.Interactions(tx).get([row.interaction_id])
        call.care = await routing.care_of(tx, row.interaction_id)
    if not customer_up:
        return Ended(call, LegGone(row.customer_channel, cause, now), "customer")
    match interaction.phase:
        case conversations.Phase.WAIT if call.run is not None and isinstance(call.run.command, Enqueue):
            return Waiting(call, call.run.command, rebuilt=True)
        case conversations.Phase.TALK | conversations.Phase.HOLD if not agent_up:
            # The agent hung up while we were away (their phone had nobody to say it to but Asterisk).
            if row.state == WaitingForAgent.name:
                return WaitingForAgent(call)
            return Ended(call, LegGone(row.agent_channel or "", 16, now), "agent")
        case conversations.Phase.TALK if row.state == Transferring.name:
            assert call.run is not None
            assert isinstance(call.run.command, TransferTo)
            return Transferring(call, call.run.command, talking=row.agent_channel)
        case conversations.Phase.TALK:
            return Talking(call, rebuilt=True)
        case conversations.Phase.HOLD:
            return Held(call, rebuilt=True)
        case _:
            return await _back_to_flow(call)


async def _back_to_flow(call: Call) -> CallState:
    progress: Progress | None = call.run
    if progress is None:
        # Dialling when we went away: nobody was connected yet, so nothing is lost by ending it.
        return Ended(call, LegGone("", RESTARTED, call.now()), "system", "failed")
    for leg in [leg for leg in call.legs if leg.startswith("out-")]:
        # The attempt of before; the flow makes it anew.
        call.legs.discard(leg)
        await call.hang_up(leg)
    return InFlow(call, progress)


async def _stray(exchange: "Exchange", channel: Any) -> None:
    """A channel without a call."""
    plan = channel["dialplan"]
    if plan["app_name"] == "Stasis" and plan["context"] in (FROM_TRUNK, FROM_AGENT):
        exchange.knock(channel, plan["context"], exchange.clock.now())
    elif plan["app_name"] == "Stasis" or channel["name"].startswith(("Snoop/", "Local/")):
        await exchange.drop(channel["id"])
