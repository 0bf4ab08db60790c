"""Recording calls: two voices, two files, one truth in the database written before Asterisk is told.

Both directions of the customer's channel are listened to by snoop channels, so that a recording goes on through hold and
through an agent who loses and regains the line. The names of Asterisk's files are the snoop channels' ids.
"""

import asyncio
import contextlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tongdai.kit.clock import Timer
from tongdai.kit.ids import new_id
from tongdai.platform.database import Scope, Transaction
from tongdai.telephony.ari.connection import AriError, AsteriskAway, Gone
from tongdai.telephony.calls.messages import Order, RecordingDone
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.events import RecordingChanged
from tongdai.telephony.policies import Talk, pause_length, recording_of
from tongdai.telephony.recording.repository import Recordings, Running
from tongdai.telephony.repository import CallRow
from tongdai.telephony.voicemail.policies import SHORTEST_S, Taking
from tongdai.telephony.voicemail.repository import Messages
from tongdai.tenancy import public as tenancy

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call
    from tongdai.telephony.exchange import Exchange

SNOOP = "snoop"
BY_ITSELF = "by itself"
"""The argument of the order to go on after a pause when nobody gave it."""
MUTE_ATTEMPTS = 400
FIELD_PAUSE_S = 90
"""A desktop that shows a field which pauses asks again every half of it: one that is gone keeps no recording silent."""
DIRECTIONS = {"customer": "in", "agent": "out"}
"""Which way of the customer's channel carries whom: what comes in is the customer, what goes out is what they hear."""


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """What will be recorded: decided first, stored with the answer, then started."""

    id: UUID
    interaction_id: UUID
    call_id: UUID
    policy: str
    announced: bool
    at: datetime
    pause_s: int = 0
    keep_days: int | None = None
    paused: bool = False
    """It begins with a pause."""

    @property
    def paused_until(self) -> datetime | None:
        return self.at + timedelta(seconds=self.pause_s) if self.paused and self.pause_s else None

    @property
    def wanted(self) -> bool:
        return self.policy == "always"

    def source(self, participant: str) -> str:
        return f"rec-{self.id}-{participant}"


class Recorder:
    """Starts and stops recordings of calls on one Asterisk."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._timers: dict[UUID, Timer] = {}
        """Of pauses that end by themselves, by call."""
        self._paused: set[str] = set()
        """Sources of recordings that are paused: one whose snoop channel comes up later is muted then."""
        self._silent: set[str] = set()
        """Those that Asterisk has muted."""
        self._settling: dict[str, asyncio.Lock] = {}

    def plan(self, call: "Call") -> RecordingPlan:
        """The plan for a call that is being answered: by what its flow said, the rules, and its queue (or direct calls)."""
        row, care, directory = call.row, call.care, self._exchange.directory
        number = directory.number_of_id(row.number_id) if row.number_id is not None else None
        project_id = number.project_id if number is not None else None
        talk = Talk(
            row.id,
            row.direction,
            care.queue_id,
            project_id,
            row.number_id,
            care.recording,
            row.recording_wish,
        )
        decided = recording_of(directory.recording_rules(row.tenant_id), talk)
        return RecordingPlan(
            new_id(),
            row.interaction_id,
            row.id,
            decided.policy,
            row.recording_told,
            call.now(),
            decided.pause_s,
            decided.keep_days,
            decided.paused,
        )

    async def intend(self, tx: Transaction, call: "Call", plan: RecordingPlan) -> None:
        """Write down what will be recorded, in the transaction of the answer; where the customer is to be told first, that is
        done when they have been told."""
        if plan.wanted and not call.notice.due(plan):
            await Recordings(tx).add(plan)

    async def demanded(self, call: "Call") -> None:
        """Begin what the policy demands of a talk that is not recorded yet, after the customer was told."""
        if call.row.recording_policy != "always" or self.running(call):
            return
        plan = self.plan(call)
        if plan.wanted and not await call.notice.before(plan):
            await self.begin(call, plan)

    async def begin(self, call: "Call", plan: RecordingPlan) -> None:
        """Write down a recording, and start it."""

        async def work(tx: Transaction) -> None:
            await Recordings(tx).add(plan)
            call.row = await call.keep(tx)

        await call.save(work)
        await self._listen(call, plan)

    async def start(self, call: "Call", plan: RecordingPlan) -> None:
        """Start what was intended, or tell the customer first."""
        if not plan.wanted:
            return
        if not call.notice.due(plan):
            await self._listen(call, plan)
        elif not await call.notice.before(plan):
            await self.begin(call, plan)

    async def _listen(self, call: "Call", plan: RecordingPlan) -> None:
        """In both directions; the recording itself starts when the snoop channels have come up."""
        if plan.paused_until is not None:
            self._resume_at(call, plan.paused_until)
        for participant, direction in DIRECTIONS.items():
            source = plan.source(participant)
            call.legs.add(source)
            if plan.paused:
                self._paused.add(source)
            await call.ari.channels.snoop_channel_with_id(
                call.customer, source, self._exchange.app, spy=direction, app_args=SNOOP
            )

    async def mend(self, call: "Call") -> None:
        """After a restart: go on with what is written down as being recorded. What was missed meanwhile is a gap."""

        async def read(tx: Transaction) -> tuple[list[str], Running | None]:
            running = await Recordings(tx).running([call.row.id])
            return await Recordings(tx).sources_of(call.row.id), running.get(call.row.id)

        sources, pause = await self._exchange.database.retrying(call.scope, read)
        if pause is not None and pause.paused:
            self._paused.update(sources)
            # Muted before the restart, and still: the pause was asked for as soon as it was written down.
            self._silent.update(source for source in sources if source in call.legs)
            if pause.until is not None:
                self._resume_at(call, pause.until)
        for source in sources:
            if source in call.legs:
                await self.snoop_up(source)  # it may have come up with nobody there to record it
                continue
            call.legs.add(source)
            self._silent.discard(source)
            self._exchange.attach(call, source)
            direction = DIRECTIONS[source.rpartition("-")[2]]
            await call.ari.channels.snoop_channel_with_id(
                call.customer, source, self._exchange.app, spy=direction, app_args=SNOOP
            )

    async def snoop_up(self, channel: str) -> None:
        """A snoop channel is there: record it, unheard while its recording is paused."""
        with contextlib.suppress(AriError, AsteriskAway):
            await self._exchange.ari.channels.record(channel, channel, "wav", if_exists="append")
        with contextlib.suppress(Gone, AsteriskAway):
            await self._settle(channel)

    async def _settle(self, source: str) -> None:
        """Have silence written for a source while its recording is paused, and sound else.

        Asterisk's mute turns over what is: a second one would let the source be heard again. So nothing is asked twice. It
        refuses (409) until the recording that it was asked for has really begun, a moment later.
        """
        async with self._settling.setdefault(source, asyncio.Lock()):
            for attempt in range(MUTE_ATTEMPTS):
                paused = source in self._paused
                if paused == (source in self._silent):
                    return
                recordings = self._exchange.ari.recordings
                try:
                    await (recordings.mute(source) if paused else recordings.unmute(source))
                except AriError as error:
                    if error.status != 409 or attempt == MUTE_ATTEMPTS - 1:
                        raise
                    await asyncio.sleep(0.005)
                else:
                    (self._silent.add if paused else self._silent.discard)(source)

    async def start_on_demand(self, call: "Call") -> None:
        """The agent asks for a recording. Raises CallNotInState where the policy says never."""
        if call.row.recording_policy == "never":
            raise CallNotInState("Calls of this queue are never recorded.")
        if self.running(call):
            return
        plan = replace(self.plan(call), policy="always")
        if call.notice.due(plan) and call.row.held_since is not None:
            raise CallNotInState("Take the customer off hold first: they are told that the call is recorded.")
        if not await call.notice.before(plan):
            await self.begin(call, plan)

    async def stop_on_demand(self, call: "Call") -> None:
        """The agent ends a recording that the policy does not demand."""
        if call.row.recording_policy == "always":
            raise CallNotInState("Calls of this queue are always recorded.")
        call.notice.forget()
        await self.stop(call)

        async def work(tx: Transaction) -> None:
            await self.closed(tx, call.row, call.now())
            call.row = await call.keep(tx)

        await call.save(work)

    async def pause(self, call: "Call", seconds: int | None) -> None:
        """Leave something out (a card number, say): silence is written in its place, in both voices, so that the times of the
        call stay. It goes on by itself after `seconds`, or the longest that the rule allows. Raises CallNotInState where the
        policy demands every word, or nothing is running."""
        length = pause_length(call.row.recording_policy, call.row.recording_pause_s, seconds)
        await self._pause(call, length, {})

    async def leave_out(self, call: "Call", field: str) -> None:
        """Leave out what is said while a contact's field is filled in. The administrator wants that of this field, so it holds
        where agents may not pause; asked again while the field has the focus, and over soon after nobody asks."""
        await self._pause(call, FIELD_PAUSE_S, {"field": field})

    async def _pause(self, call: "Call", length: int | None, details: dict[str, Any]) -> None:
        at = call.now()
        until = at + timedelta(seconds=length) if length is not None else None
        await self._change(call, at, until, details if length is None else {**details, "seconds": length})
        if until is not None:
            self._resume_at(call, until)

    async def resume(self, call: "Call", *, by_itself: bool = False) -> None:
        """Go on after a pause."""
        self._forget_timer(call.row.id)
        await self._change(call, None, None, {"by_itself": True} if by_itself else {})

    async def _change(
        self, call: "Call", since: datetime | None, until: datetime | None, details: dict[str, Any]
    ) -> None:
        paused = since is not None

        async def work(tx: Transaction) -> bool:
            changed = await Recordings(tx).pause(call.row.id, since, until)
            for recording_id, version in changed:
                fact = RecordingChanged(
                    aggregate_id=recording_id,
                    aggregate_version=version,
                    interaction_id=call.row.interaction_id,
                    state="recording",
                )
                tx.emit(fact)
                action = "recording.paused" if paused else "recording.resumed"
                await tenancy.audit(tx, action, "recording", recording_id, details, by=call.row.user_id)
            return bool(changed)

        if not self.running(call) or not await call.save(work):
            raise CallNotInState()
        for source in self.listening(call):
            (self._paused.add if paused else self._paused.discard)(source)
            with contextlib.suppress(Gone):  # not up yet
                await self._settle(source)

    def _resume_at(self, call: "Call", until: datetime) -> None:
        """Order the call to go on with its recording then; what has ended meanwhile refuses that."""
        self._forget_timer(call.row.id)
        by = call.row.user_id or call.row.id

        def order() -> None:
            call.post(Order.unawaited("resume_recording", BY_ITSELF, by))

        self._timers[call.row.id] = self._exchange.clock.call_at(until, order)

    def _forget_timer(self, call_id: UUID) -> None:
        timer = self._timers.pop(call_id, None)
        if timer is not None:
            timer.cancel()

    def listening(self, call: "Call") -> set[str]:
        """The snoop channels of a call."""
        return {leg for leg in call.legs if leg.startswith("rec-")}

    def running(self, call: "Call") -> bool:
        return bool(self.listening(call))

    async def stop(self, call: "Call") -> None:
        """End the snoop channels; Asterisk completes the files."""
        self._forget_timer(call.row.id)
        for leg in self.listening(call):
            call.legs.discard(leg)
            self._paused.discard(leg)
            self._silent.discard(leg)
            self._settling.pop(leg, None)
            await call.hang_up(leg)

    async def closed(self, tx: Transaction, call: CallRow, at: datetime) -> None:
        """Mark what was recorded as ready to be collected, in the transaction that ends the call."""
        for recording_id, version in await Recordings(tx).end(call.id, at):
            tx.emit(
                RecordingChanged(
                    aggregate_id=recording_id,
                    aggregate_version=version,
                    interaction_id=call.interaction_id,
                    state="collecting",
                )
            )

    async def intend_message(self, tx: Transaction, call: "Call", taking: Taking) -> str:
        """Write down that a voicemail begins; gives the name of Asterisk's file."""
        plan = RecordingPlan(new_id(), call.row.interaction_id, call.row.id, "always", True, call.now())
        await Recordings(tx).add(plan, kind="voicemail")
        await Messages(tx).add(
            new_id(),
            plan.interaction_id,
            plan.id,
            plan.at,
            taking.mailbox,
            taking.owner_id,
            taking.caller_id,
        )
        return plan.source("customer")

    async def message_taken(self, tx: Transaction, call: "Call", message: RecordingDone) -> UUID | None:
        """The message is complete. None (and nothing kept) when nothing was said."""
        recording_id = UUID(message.name.removeprefix("rec-").removesuffix("-customer"))
        if message.failed or message.seconds < SHORTEST_S:
            await Messages(tx).drop(recording_id)
            await Recordings(tx).erased(recording_id)
            return None
        found = await Messages(tx).of_recording(recording_id)
        await self.closed(tx, call.row, message.at)
        return found[0] if found is not None else None

    async def left_voicemail(self, tx: Transaction, call: CallRow) -> bool:
        return await Recordings(tx).has_voicemail(call.id)

    async def after_restart(self, tenant_id: UUID, call_id: UUID, legs: set[str]) -> set[str]:
        """The snoop channels of a call that are still up. A message that was being taken ends here; it is taken anew."""
        async with self._exchange.database.transaction(Scope(tenant_id)) as tx:
            sources = set(await Recordings(tx).sources_of(call_id))
        for source in sources - legs:
            with contextlib.suppress(Gone):
                await self._exchange.ari.recordings.stop(source)
        return legs & sources
