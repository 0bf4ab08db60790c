"""After a start, a reconnect, or a restart of Asterisk: what is left of each call, and going on with it.

The database says which calls were up and in which state, Asterisk says which channels still are. A call whose customer is gone is
closed truthfully; one that is still up gets its actor back in the state that it was in. Channels that belong to no call either
came while we were away (they are taken now) or are remnants (they are hung up).
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.flows.public import Progress, TransferTo
from tongdai.platform.database import Scope
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.embedded.asterisk_config import FROM_AGENT, FROM_TRUNK
from tongdai.routing import public as routing
from tongdai.telephony.ari.connection import AriError, AsteriskAway, Gone
from tongdai.telephony.calls.actor import PLAYBACK_NAMES, Call, playback_id
from tongdai.telephony.calls.asking_queue import calling_of
from tongdai.telephony.calls.calling import Calling
from tongdai.telephony.calls.calling_back import CallingBack, Returned
from tongdai.telephony.calls.conference import Conference
from tongdai.telephony.calls.consulting import Consulting
from tongdai.telephony.calls.customer_first import CallingCustomer, ConnectingAgent
from tongdai.telephony.calls.handing_over import HandingOver
from tongdai.telephony.calls.in_room import InRoom, line_of
from tongdai.telephony.calls.inbound import InFlow, Waiting
from tongdai.telephony.calls.messages import LegGone, LegUp, PlaybackDone, RecordingDone
from tongdai.telephony.calls.outbound import Transferring
from tongdai.telephony.calls.parking import Parked
from tongdai.telephony.calls.returning import AUTO_ANSWER
from tongdai.telephony.calls.states import CallState, Ended
from tongdai.telephony.calls.stays import stay_in
from tongdai.telephony.calls.taking_messages import LeavingMessage, SentToBox
from tongdai.telephony.calls.talking import Held, Talking, WaitingForAgent
from tongdai.telephony.extensions.repository import Reach
from tongdai.telephony.outbound.legs import OutsideLegs
from tongdai.telephony.placing import OURS, OUT
from tongdai.telephony.repository import CallRow, Calls
from tongdai.telephony.together.parties import VOICEMAIL, Parties
from tongdai.telephony.together.watches import WatchRows
from tongdai.telephony.voicemail.repository import Messages

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Calls that are looked at together: fewer than the pool has connections, so that others get one, too."""

WITH_PARTIES = frozenset({HandingOver.name, Consulting.name, Conference.name})
SETTLED = frozenset({Talking.name, Held.name, WaitingForAgent.name, Parked.name}) | WITH_PARTIES
"""States in which nothing is played to the customer but music."""
WHERE_IT_LED = frozenset({conversations.Phase.WAIT, conversations.Phase.TALK, conversations.Phase.HOLD})
RESTARTED = 41
"""Q.850 "temporary failure": what the log says of calls that died with the telephone server."""


async def reconcile(exchange: "Exchange") -> None:
    """Compare and go on. Runs each time the connection to Asterisk comes up."""
    legs, channels = await _legs_and_channels(exchange)
    await exchange.drop_again(channels)
    async with exchange.database.transaction(Scope.system()) as tx:
        rows = await Calls(tx).open_on(exchange.server)
        await WatchRows(tx).forget(
            [row.id for row in rows if exchange.call(row.id) is None], exchange.clock.now()
        )
    known = await _look_at_all(exchange, rows, channels, legs, await _running_since(exchange))
    await exchange.gatherings.settle_all()
    await _drop_empty_bridges(exchange)
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


async def go_on_with(exchange: "Exchange", rows: list[CallRow]) -> None:
    """Give calls that are open in the books an actor, or end them."""
    with exchange.reconciling():
        legs, channels = await _legs_and_channels(exchange)
        await _look_at_all(exchange, rows, channels, legs, await _running_since(exchange))


async def _legs_and_channels(exchange: "Exchange") -> tuple[dict[UUID, frozenset[str]], dict[str, Any]]:
    """Each call's legs, noted before Asterisk is asked for its channels: what is called after that is not among these, and is
    not gone for it."""
    legs = {call.row.id: frozenset(call.legs) for call in exchange.calls()}
    return legs, {channel["id"]: channel for channel in await exchange.ari.channels.list()}


async def _running_since(exchange: "Exchange") -> datetime:
    """When this Asterisk was started."""
    status = (await exchange.ari.asterisk.get_info(only="status")).get("status")
    assert status is not None, "it was asked for"
    return datetime.fromisoformat(status["startup_time"])


async def _drop_empty_bridges(exchange: "Exchange") -> None:
    """Bridges of calls that ended, of listeners who stopped, or of rooms that were left, while Asterisk could not be told."""
    bridges = await exchange.ari.bridges.list()
    ours = {
        name
        for call in exchange.calls()
        for name in (call.bridge, call.row.bridge_id, *call.watching.bridges)
    }
    for bridge in bridges:
        if bridge["id"].startswith(("call-", "watch-", "room-")) and bridge["id"] not in ours:
            await exchange.media.drop_bridge(bridge["id"])


async def _look_at_all(
    exchange: "Exchange",
    rows: list[CallRow],
    channels: dict[str, Any],
    legs: dict[UUID, frozenset[str]],
    since: datetime,
) -> set[str]:
    """Some calls at a time: those before the others whose callers talk, for they may want something. Gives the channels that
    belong to calls. What goes wrong with one keeps no other from going on. `since` when this Asterisk runs: what is older died
    with the one before, the rest was hung up by somebody."""
    room = asyncio.Semaphore(AT_ONCE)
    held = {name for row in rows for name in (row.customer_channel, row.agent_channel) if name}

    async def look(row: CallRow) -> set[str]:
        async with room:
            others = held - {row.customer_channel, row.agent_channel}
            cause = RESTARTED if row.started_at < since else 16
            # A leg bears the name of the call that made it, which may have left it to another.
            mine = {name: one for name, one in channels.items() if name not in others}
            return await _look_at(exchange, row, mine, legs.get(row.id, frozenset()), cause)

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


async def _look_at(
    exchange: "Exchange", row: CallRow, channels: dict[str, Any], before: frozenset[str], cause: int
) -> set[str]:
    """Give one open call its actor (again), or end it. Gives the channels that belong to it. `before`: its legs, see
    `_legs_and_channels`."""
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
        for leg in [leg for leg in before & call.legs if leg and leg not in channels]:
            call.post(LegGone(leg, cause, exchange.clock.now()))
        await _tell_what_ended(exchange, call)
        if call.state is not None and call.state.final:
            # It is being closed, and Asterisk could not be told to hang up.
            for leg in mine | (call.legs & channels.keys()):
                await exchange.drop(leg)
        return mine | call.legs
    if exchange.arrives(row.customer_channel):
        # It is in the books, and whoever wrote it there is about to give it its actor.
        return mine
    if (row.customer_channel in channels or row.state == InRoom.name) and row.state not in SETTLED:
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
        if leg.startswith(("watch-", "spy-", "tell-")):
            await exchange.drop(leg)
    call.start(state)
    log.info("call %s goes on as %s", row.id, state.name)
    return mine


async def _tell_what_ended(exchange: "Exchange", call: Call) -> None:
    """The end of a sound, or of a message that is taken (how long of it was speech only that end would have said)."""
    playing, taken = call.playing, call.state.message_under_way() if call.state is not None else None
    if playing is not None and not await _goes_on(exchange.ari.playbacks.get(playing)):
        call.post(PlaybackDone(playing, exchange.clock.now()))
    if taken is not None and not await _goes_on(exchange.ari.recordings.get_live(taken[0])):
        now = exchange.clock.now()
        call.post(RecordingDone(taken[0], (now - taken[1]).total_seconds(), False, now))


async def _goes_on(asked: Awaitable[object]) -> bool:
    try:
        await asked
    except Gone:
        return False
    except AriError as error:
        log.warning("nobody knows whether it goes on: %s", error)
    return True


async def _hush(exchange: "Exchange", playback: str) -> None:
    with contextlib.suppress(AriError):
        await exchange.ari.playbacks.stop(playback)


async def _rebuild(exchange: "Exchange", call: Call, channels: dict[str, Any], cause: int) -> CallState:
    """The state in which a call goes on."""
    row, now = call.row, exchange.clock.now()
    customer_up, agent_up = row.customer_channel in channels, row.agent_channel in channels
    async with exchange.database.transaction(Scope(row.tenant_id)) as tx:
        call.outside = await OutsideLegs(tx).open_of(row.id)
        await OutsideLegs(tx).ended(row.id, call.outside - channels.keys(), now)
        (interaction,) = await conversations.Interactions(tx).get([row.interaction_id])
        if row.flow_run_id is not None:
            # Who talks or waits is where the flow led: what it wanted has been carried out.
            there = interaction.phase in WHERE_IT_LED or row.state == InRoom.name
            read = exchange.flows.load if there else partial(exchange.flows.recover, at=now)
            call.run = await read(tx, row.flow_run_id)
        call.care = await routing.care_of(tx, row.interaction_id)
        if row.state in WITH_PARTIES:
            call.parties = {party.id: party for party in await Parties(tx).of_calls([row.id])}
        queue = ""
        if interaction.phase == conversations.Phase.WAIT:
            offers = await conversations.Assignments(tx).open_of_interaction(row.interaction_id)
            for leg in [leg for leg in channels if any(leg.startswith(f"agent-{one.id}-") for one in offers)]:
                # Whoever answers it from now on is heard, though the state takes up its offers only in a moment.
                call.legs.add(leg)
                exchange.attach(call, leg)
            if interaction.queue_id is not None:
                queue = (await routing.queue_names(tx, [interaction.queue_id]))[interaction.queue_id]
    if row.state == CallingBack.name:
        return CallingBack(call) if interaction.phase == conversations.Phase.WAIT else Returned(call)
    if row.state == LeavingMessage.name and row.direction == "internal" and agent_up:
        async with exchange.database.transaction(Scope(row.tenant_id)) as tx:
            owner = await Messages(tx).of_call(row.id)
        if owner is not None:
            return LeavingMessage(call, owner, again=True)
    if row.state == InRoom.name and row.room_id is not None:
        if line_of(row) not in channels:
            call.post(LegGone(line_of(row), cause, now))
        return InRoom(call, row.room_id)
    if row.state == CallingCustomer.name and (rung := _rung_on(exchange, call, channels)) is not None:
        return rung
    if not customer_up and row.direction == "outbound" and row.answered_at is None:
        # Nobody was connected yet. It ended with us, not with whom it was for.
        return Ended(call, LegGone("", RESTARTED, now), "system", "failed")
    if not customer_up:
        return Ended(call, LegGone(row.customer_channel, cause, now), "customer")
    if row.state == SentToBox.name and (owner := await _sent_to(exchange, row)) is not None:
        return SentToBox(call, owner[0], again=owner[1])
    if row.state in WITH_PARTIES:
        return await _rebuild_with_parties(exchange, call, channels)
    if row.state == Parked.name:
        return Parked(call, rebuilt=True)
    match interaction.phase:
        case conversations.Phase.WAIT if row.state == ConnectingAgent.name:
            legs = frozenset(leg for leg in call.legs if leg.startswith("rejoin-") and leg in channels)
            for leg in [leg for leg in legs if channels[leg]["state"] == "Up"]:
                call.post(LegUp(leg, now))
            return ConnectingAgent(call, rebuilt=True, legs=legs)
        case conversations.Phase.WAIT:
            return Waiting(call, stay_in(call, queue), rebuilt=True)
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


async def _sent_to(exchange: "Exchange", row: CallRow) -> tuple[UUID, bool] | None:
    """Whose voicemail has the customer, and whether they were speaking already."""
    async with exchange.database.transaction(Scope(row.tenant_id)) as tx:
        parties = await Parties(tx).of_calls([row.id], there=False)
        party = next((one for one in reversed(parties) if one.outcome == VOICEMAIL), None)
        if party is None:
            return None
        owner = party.user_id or await Reach(tx).at(party.number)
        return (owner, await Messages(tx).of_call(row.id) == owner) if owner is not None else None


def _rung_on(exchange: "Exchange", call: Call, channels: dict[str, Any]) -> CallState | None:
    """Who was being called back is called on: none of their phones stops ringing, and whoever answered meanwhile is not dropped.
    None: nothing rings."""
    legs = {leg for leg in call.legs if leg.startswith(OUT) and leg in channels}
    if not legs:
        return None
    answered = next((leg for leg in sorted(legs) if channels[leg]["state"] == "Up"), None)
    trunk = exchange.directory.trunk_of(channels[answered or min(legs)]["name"])
    if trunk is not None:
        call.row = replace(call.row, trunk_id=trunk.id)
    if answered is not None:
        call.post(LegUp(answered, exchange.clock.now()))
    return CallingCustomer(call, legs=frozenset(legs))


async def _rebuild_with_parties(exchange: "Exchange", call: Call, channels: dict[str, Any]) -> CallState:
    """Those who ring ring on (an outside number is dialled anew); the end of those who went meanwhile is told to the state."""
    row = call.row
    async with exchange.database.transaction(Scope(row.tenant_id)) as tx:
        who = {
            party.id: await exchange.targets.again(tx, party)
            for party in call.parties.values()
            if party.state == "ringing"
        }
    for leg in [leg for leg in call.legs if leg.startswith(OUT)]:
        if leg != row.customer_channel and all(party.channel != leg for party in call.parties.values()):
            call.legs.discard(leg)
            await call.hang_up(leg)
    calling: dict[UUID, Calling] = {}
    for party_id, one in who.items():
        headers = AUTO_ANSWER if call.parties[party_id].purpose == "recall" else None
        calling[party_id] = calling_of(call, call.parties[party_id], one, headers)
    if row.state == HandingOver.name:
        (party,) = call.parties.values()
        return HandingOver(call, party, calling[party.id])
    for leg in [row.agent_channel, *(party.channel for party in call.parties.values())]:
        if leg is not None and leg not in channels:
            call.post(LegGone(leg, 16, call.now()))
    kind = Consulting if row.state == Consulting.name else Conference
    return kind(call, calling, rebuilt=True)


async def _back_to_flow(call: Call) -> CallState:
    progress: Progress | None = call.run
    if progress is None:
        # Dialling when we went away: nobody was connected yet, so nothing is lost by ending it.
        return Ended(call, LegGone("", RESTARTED, call.now()), "system", "failed")
    for leg in [leg for leg in call.legs if leg.startswith(OUT)]:
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
