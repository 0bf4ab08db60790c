"""One call, one task, one mailbox: everything that happens to a call happens one after the other, in its actor.

The actor holds the stored row and the present state object. States decide and persist first (ids of channels, bridges and
recordings are ours and known beforehand), commit, and then tell Asterisk; what comes of it arrives as a message.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.flows.public import Answer, Enqueue, Event, Passed, Progress, Record
from tongdai.kit.clock import Timer
from tongdai.kit.ids import new_id
from tongdai.platform.database import Scope, Transaction
from tongdai.routing import public as routing
from tongdai.telephony.ari.connection import AriError, AsteriskAway, Gone
from tongdai.telephony.calls.messages import LegGone, LegUp, Message, Order, PlaybackDone, Wake
from tongdai.telephony.calls.watching import Watching
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.events import CallChanged
from tongdai.telephony.outbound.dialplan import Toll
from tongdai.telephony.outbound.legs import OutsideLegs
from tongdai.telephony.recording.notice import RecordingNotice
from tongdai.telephony.repository import CallRow, Calls
from tongdai.telephony.together.parties import Party

if TYPE_CHECKING:
    from tongdai.telephony.calls.states import CallState
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)
T = TypeVar("T")
PLAYBACK_NAMES = 4


def playback_id(call_id: UUID, number: int) -> str:
    """Names come round again, so that after a restart a playback can be stopped that nobody remembers."""
    return f"play-{call_id}-{number % PLAYBACK_NAMES}"


class Call:
    """The actor. `exchange` gives Asterisk, the database, the clock, flows and media."""

    def __init__(self, exchange: "Exchange", row: CallRow) -> None:
        self.exchange = exchange
        self.ari = exchange.ari
        self.row = row
        self.scope = Scope(row.tenant_id)
        self.state: CallState | None = None
        self.run: Progress | None = None
        self.passed: list[Passed] = []
        self.care = routing.DIRECT
        self.quality: dict[str, Any] = dict(row.quality)
        self.legs: set[str] = {row.customer_channel}
        self.parties: dict[UUID, Party] = {}
        """Those who are called into the call and not gone."""
        self.channels: set[str] = set()
        """All whose events have ever been for this call."""
        self.watching = Watching(self)
        self.notice = RecordingNotice(self)
        self.outside: set[str] = set()
        """Legs over trunks that are not known to have ended."""
        self._answered: set[str] = set()
        self.playing: str | None = None
        self._plays = count()
        self.dials = count()
        """Numbers the channels that we place, so that no two have one name."""
        self._mailbox: asyncio.Queue[Message] = asyncio.Queue()
        self._tickets = count(1)
        self._timers: dict[int, Timer] = {}
        self._saving = False
        self._ordered = False
        self._task: asyncio.Task[None] | None = None

    @property
    def customer(self) -> str:
        return self.row.customer_channel

    @property
    def was_left(self) -> bool:
        """Whether the caller is gone, and this is neither known to the state nor being written down just now."""
        return (
            self.row.direction == "inbound"
            and not self.exchange.knows(self.customer)
            and not self._saving
            and self.state is not None
            and not self.state.final
        )

    @property
    def bridge(self) -> str:
        return f"call-{self.row.id}"

    @property
    def music(self) -> str:
        """What its people hear while they wait."""
        return self.exchange.media.shelf.class_for(self.row.tenant_id, self.care.music_id)

    def now(self) -> datetime:
        return self.exchange.clock.now()

    def start(self, state: "CallState") -> None:
        """Begin in a state; its `enter` runs in the actor's own task."""
        self._task = asyncio.create_task(self._run(state))
        self._task.add_done_callback(self._over)

    def _over(self, _: object) -> None:
        """Nothing is left for the garbage collector, which would hold up the ringing phones of others."""
        self.exchange.forget(self)
        if self.state is not None and self.state.final:
            while not self._mailbox.empty():
                late = self._mailbox.get_nowait()
                if isinstance(late, Order) and not late.done.done():
                    late.done.set_exception(CallNotInState())
        self.state = self._task = None

    def post(self, message: Message) -> None:
        """Put a message into the mailbox. A hang-up while the database is away is passed on to the other side at once:
        nobody is left on a dead line because a commit has to wait. Not where the two are being parted, or are not alone."""
        self._mailbox.put_nowait(message)
        if (
            isinstance(message, LegGone)
            and self._saving
            and not self._ordered
            and not self.parties
            and message.channel in (self.customer, self.row.agent_channel)
        ):
            for leg in (self.customer, self.row.agent_channel):
                if leg is not None and leg != message.channel and self.exchange.knows(leg):
                    self.exchange.spawn(self.hang_up(leg))

    async def cancel(self) -> None:
        """Stop acting for this call without touching it: another node, or the next start, goes on with it."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self, state: "CallState") -> None:
        if (
            not await self._guard(self.become(state), "start")
            and self.state is not None
            and not self.state.final
        ):
            # What could not even begin must not stay on the line in silence.
            left = await self._departure()
            by = "system" if left is None else "customer" if left.channel == self.customer else "agent"
            end = self.state.finish(left or LegGone("", 38, self.now()), by)
            await self._guard(end, "end")
            return
        while self.state is not None and not self.state.final:
            message = await self._mailbox.get()
            if isinstance(message, Wake) and self._timers.pop(message.ticket, None) is None:
                continue
            if isinstance(message, LegUp):
                if message.channel in self._answered:
                    continue  # told by Asterisk, and found after a restart
                self._answered.add(message.channel)
            if isinstance(message, PlaybackDone) and message.playback == self.playing:
                self.playing = None
            if isinstance(message, Order):
                await self._guard(self._carry_out(message), message.command)
            else:
                await self._guard(self._hand(message), message.handler)

    async def _departure(self) -> LegGone | None:
        """The hang-up of either side, if that is why the call could not begin (or go on after a restart)."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                while True:
                    message = await self._mailbox.get()
                    ends = (self.customer, self.row.agent_channel)
                    if isinstance(message, LegGone) and message.channel in ends:
                        return message
        return None

    async def _guard(self, work: Awaitable[None], what: str) -> bool:
        """Run a step of the call; a failing one is logged and never ends the actor. False when it failed."""
        try:
            await work
        except AsteriskAway:
            # The reconciliation after the reconnect looks at what is left of the call.
            log.info("call %s: Asterisk is away during %s", self.row.id, what)
            return True
        except AriError as error:
            log.info("call %s: %s in %s: %s", self.row.id, what, type(self.state).__name__, error)
        except Exception:
            log.exception("call %s: %s failed in %s", self.row.id, what, type(self.state).__name__)
        else:
            return True
        return False

    async def goes_outside(self, legs: list[str], toll: Toll) -> None:
        """Write down legs over a trunk that are about to be placed."""
        rows = {new_id(): leg for leg in legs}

        async def work(tx: Transaction) -> None:
            await OutsideLegs(tx).begin(self.row.id, rows, toll, self.now())

        await self.save(work)
        self.outside.update(legs)

    async def came_back(self, legs: Collection[str], at: datetime | None = None) -> None:
        """Legs over a trunk that ended, or were not made after all."""
        if legs:

            async def work(tx: Transaction) -> None:
                await OutsideLegs(tx).ended(self.row.id, legs, at or self.now())

            await self.save(work)
            self.outside.difference_update(legs)

    async def _count(self, message: LegUp | LegGone) -> None:
        if isinstance(message, LegGone):
            await self.came_back([message.channel], message.at)
        else:

            async def work(tx: Transaction) -> None:
                await OutsideLegs(tx).answered(self.row.id, message.channel, message.at)

            await self.save(work)

    async def _hand(self, message: Message) -> None:
        if isinstance(message, LegUp | LegGone) and message.channel in self.outside:
            await self._count(message)
        if not (await self.notice.takes(message) or await self.watching.takes(message)):
            handler: Callable[[Message], Awaitable[None]] = getattr(self.state, message.handler)
            await handler(message)

    async def _carry_out(self, order: Order) -> None:
        """An order exists exactly in the states that have a method for it."""
        listener: Callable[[Any, UUID], Awaitable[None]] | None
        listener = getattr(self.watching, f"order_{order.command}", None)
        method: Callable[[Any], Awaitable[None]] | None = getattr(self.state, f"order_{order.command}", None)
        self._ordered = True
        try:
            if listener is not None:
                await listener(order.argument, order.user_id)
            elif method is not None:
                await method(order.argument)
            else:
                raise CallNotInState()
        except Exception as error:
            if not order.done.done():
                order.done.set_exception(error)
            if isinstance(error, AriError | AsteriskAway):
                raise
        else:
            if not order.done.done():
                order.done.set_result(None)
        finally:
            self._ordered = False

    async def become(self, state: "CallState") -> None:
        """Enter another state. Timers of the old one never fire."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        await self.hush()
        self.state = state
        await state.enter()
        await self.watching.follow()

    async def play(self, media: Sequence[str], channel: str | None = None) -> str:
        """Play to the customer, or another channel; gives the playback's id, which `PlaybackDone` will name."""
        await self.hush()
        self.playing = playback_id(self.row.id, next(self._plays))
        await self.ari.channels.play_with_id(channel or self.customer, self.playing, ",".join(media))
        return self.playing

    async def hush(self) -> None:
        """Stop what plays. Nothing may be playing when a channel is bridged: Asterisk would do it only when
        the sound is over."""
        playback, self.playing = self.playing, None
        if playback is not None:
            with contextlib.suppress(Gone):
                await self.ari.playbacks.stop(playback)

    async def hush_unknown(self) -> None:
        """Stop what may play to the customer since before a restart."""
        for number in range(PLAYBACK_NAMES):
            with contextlib.suppress(AriError):
                await self.ari.playbacks.stop(playback_id(self.row.id, number))

    def wake_after(self, seconds: float) -> int:
        """Send the present state a `Wake` later; gives its ticket."""
        ticket = next(self._tickets)
        when = self.now() + timedelta(seconds=seconds)
        self._timers[ticket] = self.exchange.clock.call_at(when, lambda: self.post(Wake(ticket)))
        return ticket

    async def save(self, work: Callable[[Transaction], Awaitable[T]], *, alone: str | None = None) -> T:
        """One transaction, repeated while the database is away: each time from where the row stood before."""
        before, passed = self.row, list(self.passed)

        async def attempt(tx: Transaction) -> T:
            self.row, self.passed = before, list(passed)
            return await work(tx)

        self._saving = True
        try:
            return await self.exchange.database.retrying(self.scope, attempt, alone=alone)
        except BaseException:
            self.row, self.passed = before, passed
            raise
        finally:
            self._saving = False

    def changed(self, tx: Transaction, left: UUID | None = None, **changes: Any) -> CallRow:
        """The row with changes and the fact about it; `keep` it in the same transaction. `left`: a user for whom it is over."""
        row = replace(self.row, **changes, version=self.row.version + 1)
        tx.emit(
            CallChanged(
                aggregate_id=row.id,
                aggregate_version=row.version,
                interaction_id=row.interaction_id,
                state=row.state,
                user_id=row.user_id,
                left=left,
                parked=row.park_slot is not None or self.row.park_slot is not None,
            )
        )
        return row

    async def keep(self, tx: Transaction, left: UUID | None = None, **changes: Any) -> CallRow:
        """Store changes of the row. The caller assigns the result to `row` once committed."""
        row = self.changed(tx, left, **changes)
        await Calls(tx).save(row)
        return row

    async def hang_up(self, channel: str, cause: int = 16) -> None:
        """End a channel; that it is gone already is no fault."""
        await self.exchange.drop(channel, cause)

    async def let_go(self, channel: str | None) -> None:
        """End a leg that is no part of the call any more; None is nobody's."""
        if channel is not None:
            self.legs.discard(channel)
            await self.hang_up(channel)

    async def advance_flow(self, tx: Transaction, event: Event, at: datetime) -> Progress:
        """Tell the flow what happened, within `tx`."""
        assert self.run is not None
        progress = await self.exchange.flows.advance(tx, self.run, event, at)
        await self.note(tx, progress, at)
        return progress

    async def note(self, tx: Transaction, progress: Progress, at: datetime) -> None:
        """What a step of the flow says about the call, within the step's transaction."""
        self.passed.extend(progress.passed)
        if self.row.answered_at is None and any(isinstance(one, Answer) for one in progress.begun):
            # Stored with whatever is stored next of the call: an answer is not worth a commit of its own.
            self.row = replace(self.row, answered_at=at)
        for one in progress.begun:
            if isinstance(one, Record):
                self.row = replace(self.row, recording_wish="" if one.do == "resume" else one.do)
        if isinstance(progress.command, Enqueue):
            self.care = await routing.care_in(tx, progress.command.queue)
            answers = self.exchange.flows.answers(progress, self.passed)
            if answers:
                await conversations.Interactions(tx).set_answers(self.row.interaction_id, answers)

    async def destroy_bridge(self) -> None:
        await self.exchange.media.drop_bridge(self.bridge)
