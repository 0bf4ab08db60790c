"""The exchange: owns one Asterisk (under a lease), hands its events to the calls, and rebuilds the calls after a restart.

Calls outlive this process: their media stays in Asterisk, their truth in the database. Coming up, the exchange compares the two
and goes on with what is left of each call.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine, Generator, Iterable, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.conversations.events import AssignmentDone, AssignmentFact, AssignmentOffered
from tongdai.flows.public import FlowRuns
from tongdai.platform import leases
from tongdai.platform.facts import Recorded
from tongdai.platform.registry import Registry, Runtime
from tongdai.routing.events import ContactTimedOut
from tongdai.telephony import quality
from tongdai.telephony.ari.connection import Account, AriConnection, AriError, AsteriskAway, Event, Gone
from tongdai.telephony.arrivals import Arrivals
from tongdai.telephony.callbacks import CallbackCalls
from tongdai.telephony.calls.actor import Call
from tongdai.telephony.calls.messages import (
    HoldSignal,
    Key,
    LegGone,
    LegRinging,
    LegUp,
    Message,
    Offered,
    OfferEnded,
    Order,
    Picker,
    PlaybackDone,
    QueueTimedOut,
    RecordingDone,
    Talks,
)
from tongdai.telephony.commands import Commands
from tongdai.telephony.early import Early
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.lost import LostCalls
from tongdai.telephony.media import Media
from tongdai.telephony.phones.codes import Codes
from tongdai.telephony.phones.directory import Directory
from tongdai.telephony.phones.handset import KeyPressed, SoundOver
from tongdai.telephony.phones.orders import PhoneOrders
from tongdai.telephony.placing import LEG, Placing
from tongdai.telephony.reconcile import reconcile
from tongdai.telephony.recording.recorder import SNOOP, Recorder
from tongdai.telephony.rooms.gathering import Gatherings
from tongdai.telephony.together.targets import Target, Targets
from tongdai.telephony.utterances import Utterances
from tongdai.telephony.voicemail.by_phone import sweep
from tongdai.telephony.voicemail.greetings import Greetings
from tongdai.telephony.voicemail.lamps import Lamps

log = logging.getLogger(__name__)

SERVER = "main"
LEASE = f"telephony.{SERVER}"
OUTLAST_S = 60.0
"""So long calls are looked after while the database is away, so that a hang-up reaches the other side at once. Asterisk
keeps two nodes apart: it tells us when another has connected."""
SOFT_HANGUP = {1: 44, 32: 16}
"""Where Asterisk itself hangs up, the cause is its own flag: 1 is an RTP time-out (of an answered channel), 32 our wish."""


class Exchange:
    """One per process; at work only while it holds the lease of its Asterisk."""

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._calls: dict[UUID, Call] = {}
        self._by_interaction: dict[UUID, Call] = {}
        self._by_channel: dict[str, Call] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._connection: AriConnection | None = None
        self._causes: dict[str, int] = {}
        self._arriving: set[str] = set()
        """Channels that knock and have no call yet."""
        self._undropped: dict[str, int] = {}
        """Channels that Asterisk, being away, could not be told to end."""
        self._early = Early()
        self._reconciling = 0
        self._leads = False
        self.commands = Commands(self)
        self.callbacks = CallbackCalls(self)
        self.placing = Placing(self)
        self.lost = LostCalls(self)
        self.epoch = 0
        self.server = SERVER

    def listen(self, registry: Registry) -> None:
        """Subscribe to what other modules decide about calls."""
        on_fact = registry.subscriptions.on_fact
        on_fact(AssignmentOffered, self._offered)
        on_fact(AssignmentDone, self._offer_ended)
        on_fact(ContactTimedOut, self._timed_out)
        self.commands.listen(registry)
        self.callbacks.listen(registry)

    @asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        self._runtime = runtime
        if not runtime.settings.ari_url:
            yield
            return
        self.clock, self.database = runtime.clock, runtime.database
        self.flows = runtime.get(FlowRuns)
        self.grace = runtime.settings.presence_grace
        account = Account(runtime.settings.ari_url, runtime.settings.ari_user, runtime.settings.ari_password)
        self.app = account.app
        self._connection = AriConnection(account, self._on_event, self._came_up)
        self.ari = self._connection.ari
        self.media = Media(self)
        self.recorder, self.utterances = Recorder(self), Utterances(self)
        self.directory, self.arrivals, self.targets = Directory(self), Arrivals(self), Targets(self)
        self.codes, self.greetings, self.gatherings = Codes(self), Greetings(self), Gatherings(self)
        self.lamps, self.phone_orders = Lamps(self, runtime.registry), PhoneOrders(self)
        self.directory.listen(runtime.registry)
        await asyncio.to_thread(sweep, runtime.settings)
        async with leases.held(runtime.database, LEASE, self._own, outlast=OUTLAST_S):
            yield

    @property
    def runtime(self) -> Runtime:
        assert self._runtime is not None
        return self._runtime

    @property
    def leads(self) -> bool:
        """Whether this process holds the lease, be the Asterisk there or not."""
        return self._leads

    @property
    def owns(self) -> bool:
        """Whether this process drives the Asterisk now."""
        return self._connection is not None and self._connection.up.is_set()

    async def _own(self, lease: leases.Lease) -> None:
        assert self._connection is not None
        self.epoch, self._leads = lease.epoch, True
        looking = asyncio.create_task(self.lost.run())
        try:
            await self._connection.run()
        finally:
            self._leads = False
            await self._connection.close()
            for call in list(self._calls.values()):
                await call.cancel()
            for task in [looking, *self._tasks]:
                task.cancel()
            self._calls.clear()
            self._by_interaction.clear()
            self._by_channel.clear()

    async def _came_up(self) -> None:
        """Asterisk is there (again): tell it whom we know, then look what became of the calls."""
        self.media.forget()
        await asyncio.gather(self.directory.tell_all(), self.media.shelf.refresh())
        await self.utterances.after_restart(set(self._calls))
        with self.reconciling():
            await reconcile(self)
        self.spawn(self.lamps.light_all())
        await self.commands.catch_up()
        await self.callbacks.catch_up()
        log.info("Asterisk is up with %s calls", len(self._calls))

    @contextmanager
    def reconciling(self) -> Generator[None]:
        """While calls are built anew, the end of a channel is kept for the call that will have it."""
        self._reconciling += 1
        try:
            yield
        finally:
            self._reconciling -= 1
            if not self._reconciling:
                for name in self._early.settle(self._arriving):
                    self.spawn(self.drop(name))

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something beside the calls; failures are logged."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("something beside the calls failed", exc_info=error)

    # Calls

    def adopt(self, call: Call) -> None:
        """Know a call from now on."""
        self._calls[call.row.id] = call
        self._by_interaction[call.row.interaction_id] = call
        if call.row.customer_channel:
            self.attach(call, call.row.customer_channel)
        if call.row.agent_channel is not None:
            self.attach(call, call.row.agent_channel)

    @property
    def idle(self) -> bool:
        """Whether there is no call and nothing on its way to become one."""
        return not self._calls and not self._tasks

    def attach(self, call: Call, channel: str) -> None:
        """Events of this channel are for this call. Must be done before the channel is made."""
        self._by_channel[channel] = call
        call.channels.add(channel)
        for message in self._early.take(channel):
            call.post(message)

    def detach(self, channel: str) -> None:
        """This channel was not made after all."""
        self._by_channel.pop(channel, None)

    def forget(self, call: Call) -> None:
        self._calls.pop(call.row.id, None)
        if self._by_interaction.get(call.row.interaction_id) is call:
            del self._by_interaction[call.row.interaction_id]
        for channel in call.channels:
            if self._by_channel.get(channel) is call:
                del self._by_channel[channel]
            self.placing.forget(channel)

    def knows(self, channel: str) -> bool:
        """Whether it is a call's, or on its way to become one, and not gone yet."""
        return channel in self._by_channel or channel in self._arriving

    def call(self, call_id: UUID) -> Call | None:
        return self._calls.get(call_id)

    def call_of(self, interaction_id: UUID) -> Call | None:
        return self._by_interaction.get(interaction_id)

    def call_on(self, channel: str) -> Call | None:
        """The call that a channel is part of."""
        return self._by_channel.get(channel)

    def calls(self) -> list[Call]:
        return list(self._calls.values())

    async def order(
        self, call_id: UUID, command: str, argument: str | Target | Picker, user_id: UUID
    ) -> None:
        """Have a call carry out an order; returns when it is done. Raises CallNotInState, AsteriskAway."""
        call = self._calls.get(call_id)
        if call is None:
            raise CallNotInState()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        call.post(Order(command, argument, user_id, done))
        try:
            async with asyncio.timeout(5):
                await done
        except TimeoutError as error:
            raise AsteriskAway() from error

    # Events

    def _on_event(self, event: Event) -> None:
        kind = event["type"]
        at = datetime.fromisoformat(event["timestamp"])
        match kind:
            case "StasisStart":
                self._stasis_start(event, at)
            case "ChannelHangupRequest":
                cause = int(event.get("cause", 16))
                self._causes[event["channel"]["id"]] = SOFT_HANGUP.get(cause, cause)
            case "StasisEnd" | "ChannelDestroyed":
                self._leg_gone(event, at)
            case "ChannelStateChange":
                if event["channel"]["state"] == "Ringing":
                    self._to_channel(event["channel"]["id"], LegRinging(event["channel"]["id"], at))
            case "ChannelDtmfReceived":
                channel = event["channel"]["id"]
                self.codes.tell(channel, KeyPressed(event["digit"]))
                self._to_channel(channel, Key(channel, event["digit"], at))
            case "PlaybackFinished":
                sound = event["playback"]
                target, failed = sound["target_uri"].removeprefix("channel:"), sound["state"] == "failed"
                self.codes.tell(target, SoundOver(sound["id"]))
                self._to_channel(target, PlaybackDone(sound["id"], at, failed))
            case "RecordingFinished" | "RecordingFailed":
                recording = event["recording"]
                target = recording["target_uri"].removeprefix("channel:")
                seconds = float(recording.get("talking_duration") or recording.get("duration") or 0)
                self.codes.tell(target, SoundOver(recording["name"]))
                self._to_channel(target, RecordingDone(recording["name"], seconds, "Failed" in kind, at))
            case "ChannelHold" | "ChannelUnhold":
                channel = event["channel"]["id"]
                self._to_channel(channel, HoldSignal(channel, kind == "ChannelHold", at))
            case "ChannelTalkingStarted" | "ChannelTalkingFinished":
                channel, begun = event["channel"]["id"], kind == "ChannelTalkingStarted"
                self._to_channel(channel, Talks(channel, begun, event.get("duration", 0) / 1000, at))
            case "ChannelTransfer":
                self.phone_orders.referred(event)
            case _:
                pass

    def _leg_gone(self, event: Event, at: datetime) -> None:
        """A channel that was in the application leaves it by hanging up (nothing follows StasisEnd); one that never was,
        because nobody answered, is destroyed. Whichever comes first counts."""
        channel = event["channel"]["id"]
        noted = self._causes.pop(channel, 16)
        cause = int(event.get("cause", noted))
        call = self._by_channel.pop(channel, None)
        self.codes.tell(channel, None)
        if call is None:
            if self._reconciling or channel in self._arriving:
                self._early.keep(LegGone(channel, cause, at))
            return
        sums: str = event["channel"].get("channelvars", {}).get(quality.VARIABLE, "")
        if channel == call.customer and sums:
            call.quality = quality.quality_from(sums)
        call.post(LegGone(channel, cause, at))

    def _to_channel(self, channel: str, message: Message) -> None:
        call = self._by_channel.get(channel)
        if call is not None:
            call.post(message)

    def _stasis_start(self, event: Event, at: datetime) -> None:
        channel = event["channel"]
        arguments: list[str] = event["args"]
        entrance = arguments[0] if arguments else ""
        if entrance == SNOOP:
            self.spawn(self.recorder.snoop_up(channel["id"]))
        elif entrance == LEG:
            call = self._by_channel.get(channel["id"])
            if call is not None:
                call.post(LegUp(channel["id"], at))
            elif self._reconciling:
                self._early.keep(LegUp(channel["id"], at))
            else:
                self.spawn(self.drop(channel["id"]))
        else:
            self.knock(channel, entrance, at)

    def knock(self, channel: Mapping[str, Any], entrance: str, at: datetime) -> None:
        """A channel wants to become a call; it does so once, however often it is seen."""
        if not self.knows(channel["id"]):
            self._arriving.add(channel["id"])
            self.spawn(self._arrive(channel, entrance, at))

    async def _arrive(self, channel: Mapping[str, Any], entrance: str, at: datetime) -> None:
        try:
            await self.arrivals.arrive(channel, entrance, at)
        finally:
            self._arriving.discard(channel["id"])
            self._early.take(channel["id"])

    async def drop(self, channel: str, cause: int = 16) -> None:
        """End a channel with a Q.850 cause; that it is gone already is no fault. A refusal is answered by asking once more."""
        await self.phone_orders.before_end(channel)
        for again in (True, False):
            try:
                await self.ari.channels.hangup(channel, reason_code=str(cause))
            except Gone:
                pass
            except AsteriskAway:
                self._undropped[channel] = cause
            except AriError as error:
                if again:
                    continue
                self._undropped[channel] = cause
                log.error("channel %s could not be ended: %s", channel, error)
            return

    async def drop_again(self, channels: Iterable[str]) -> None:
        """End those of these that should have ended while Asterisk was away."""
        undropped, self._undropped = self._undropped, {}
        for channel in undropped.keys() & set(channels):
            await self.drop(channel, undropped[channel])

    def _offered(self, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, AssignmentOffered)
        call = self._by_interaction.get(fact.interaction_id)
        if call is not None and fact.round_id is not None:
            call.post(Offered(fact.aggregate_id, fact.user_id))

    def _offer_ended(self, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, AssignmentFact)
        call = self._by_interaction.get(fact.interaction_id)
        if call is not None:
            call.post(OfferEnded(fact.aggregate_id))

    def _timed_out(self, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, ContactTimedOut)
        if (call := self._by_interaction.get(fact.interaction_id)) is not None:
            call.post(QueueTimedOut("timeout" if fact.why == "timed_out" else fact.why))
