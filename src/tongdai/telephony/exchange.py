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
from tongdai.telephony.ari.connection import Account, AriConnection, AriError, AsteriskAway, Gone
from tongdai.telephony.arrivals import Arrivals
from tongdai.telephony.callbacks import CallbackCalls
from tongdai.telephony.calls.actor import Call
from tongdai.telephony.calls.messages import (
    Offered,
    OfferEnded,
    Order,
    Picker,
    QueueTimedOut,
)
from tongdai.telephony.commands import Commands
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.hearing import Hearing
from tongdai.telephony.lost import LostCalls
from tongdai.telephony.media import Media
from tongdai.telephony.phones.codes import Codes
from tongdai.telephony.phones.directory import Directory
from tongdai.telephony.phones.orders import PhoneOrders
from tongdai.telephony.placing import Placing
from tongdai.telephony.reconcile import reconcile
from tongdai.telephony.recording.recorder import Recorder
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


class Exchange:
    """One per process; at work only while it holds the lease of its Asterisk."""

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._calls: dict[UUID, Call] = {}
        self._by_interaction: dict[UUID, Call] = {}
        self._by_channel: dict[str, Call] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._connection: AriConnection | None = None
        self._arriving: set[str] = set()
        """Channels that knock and have no call yet."""
        self._undropped: dict[str, int] = {}
        """Channels that Asterisk, being away, could not be told to end."""
        self._reconciling = 0
        self._leads = False
        self.commands = Commands(self)
        self.callbacks = CallbackCalls(self)
        self.placing, self.hearing = Placing(self), Hearing(self)
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
        self._connection = AriConnection(account, self.hearing.on_event, self._came_up)
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

    @property
    def settled(self) -> bool:
        """Whether it drives the Asterisk and has looked through what is left of the calls."""
        return self.owns and not self._reconciling

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
        with self.reconciling():
            self.media.forget()
            await self.database.fill()
            await asyncio.gather(self.directory.tell_all(), self.media.shelf.refresh())
            await self.utterances.after_restart(set(self._calls))
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
                for name in self.hearing.early.settle(self._arriving):
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
        for message in self.hearing.early.take(channel):
            call.post(message)

    def detach(self, channel: str) -> Call | None:
        """This channel is gone, or was not made after all. Gives whose it was."""
        return self._by_channel.pop(channel, None)

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

    def arrives(self, channel: str) -> bool:
        """Whether it is on its way to become a call."""
        return channel in self._arriving

    def may_have(self, channel: str) -> bool:
        """Whether a channel that is nobody's may still become a call's: what happens to it is kept."""
        return self._reconciling > 0 or not self.owns or channel in self._arriving

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

    # Arrivals and ends

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
            self.hearing.early.take(channel["id"])

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
