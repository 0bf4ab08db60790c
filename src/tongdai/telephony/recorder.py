"""Recording calls: two voices, two files, one truth in the database written before Asterisk is told.

Both directions of the customer's channel are listened to by snoop channels, so that a recording goes on through hold and
through an agent who loses and regains the line. The names of Asterisk's files are the snoop channels' ids.
"""

import asyncio
import contextlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Scope, Transaction
from tongdai.telephony.ari.connection import AriError, AsteriskAway, Gone
from tongdai.telephony.calls.messages import RecordingDone
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.events import RecordingChanged, VoicemailLeft
from tongdai.telephony.recordings import Recordings
from tongdai.telephony.repository import CallRow
from tongdai.tenancy import public as tenancy

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call
    from tongdai.telephony.exchange import Exchange

SNOOP = "snoop"
MUTE_ATTEMPTS = 400
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

    @property
    def wanted(self) -> bool:
        return self.policy == "always"

    def source(self, participant: str) -> str:
        return f"rec-{self.id}-{participant}"


class Recorder:
    """Starts and stops recordings of calls on one Asterisk."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._muted: set[str] = set()
        """Sources of recordings that are paused: one whose snoop channel comes up later is muted then."""

    def plan(self, call: "Call") -> RecordingPlan:
        """The plan for a call that is being answered, by the policy of its queue (or of direct calls)."""
        care = call.care
        return RecordingPlan(
            new_id(),
            call.row.interaction_id,
            call.row.id,
            care.recording,
            care.announce_recording,
            call.now(),
        )

    async def intend(self, tx: Transaction, plan: RecordingPlan) -> None:
        """Write down what will be recorded, in the transaction of the answer."""
        if plan.wanted:
            await Recordings(tx).add(plan)

    async def start(self, call: "Call", plan: RecordingPlan) -> None:
        """Listen in both directions; the recording itself starts when the snoop channels have come up."""
        if not plan.wanted:
            return
        for participant, direction in DIRECTIONS.items():
            source = plan.source(participant)
            call.legs.add(source)
            await call.ari.channels.snoop_channel_with_id(
                call.customer, source, self._exchange.app, spy=direction, app_args=SNOOP
            )

    async def mend(self, call: "Call") -> None:
        """After a restart: go on with what is written down as being recorded. What was missed meanwhile is a gap."""
        async with self._exchange.database.transaction(call.scope) as tx:
            sources = await Recordings(tx).sources_of(call.row.id)
            if (await Recordings(tx).running([call.row.id])).get(call.row.id):
                self._muted.update(sources)
        for source in sources:
            if source in call.legs:
                await self.snoop_up(source)  # it may have come up with nobody there to record it
                continue
            call.legs.add(source)
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
            await self._mute(channel)

    async def _mute(self, source: str) -> None:
        """Write silence for a source while its recording is paused. Asterisk refuses (409) until the recording that it was
        asked for has really begun, a moment later."""
        for attempt in range(MUTE_ATTEMPTS):
            if source not in self._muted:
                return
            try:
                await self._exchange.ari.recordings.mute(source)
            except AriError as error:
                if error.status != 409 or attempt == MUTE_ATTEMPTS - 1:
                    raise
                await asyncio.sleep(0.005)
            else:
                return

    async def start_on_demand(self, call: "Call") -> None:
        """The agent asks for a recording. Raises CallNotInState where the policy says never."""
        if call.row.recording_policy == "never":
            raise CallNotInState("Calls of this queue are never recorded.")
        if self.running(call):
            return
        plan = replace(self.plan(call), policy="always")

        async def work(tx: Transaction) -> None:
            await Recordings(tx).add(plan)
            call.row = await call.keep(tx)

        await call.save(work)
        await self.start(call, plan)

    async def stop_on_demand(self, call: "Call") -> None:
        """The agent ends a recording that the policy does not demand."""
        if call.row.recording_policy == "always":
            raise CallNotInState("Calls of this queue are always recorded.")
        await self.stop(call)

        async def work(tx: Transaction) -> None:
            await self.closed(tx, call.row, call.now())
            call.row = await call.keep(tx)

        await call.save(work)

    async def pause_on_demand(self, call: "Call", *, paused: bool) -> None:
        """Leave something out (a card number, say): silence is written in its place, so that both voices and the times of the
        call stay together. Raises CallNotInState where the policy demands a recording, or none is running."""
        if call.row.recording_policy == "always":
            raise CallNotInState("Calls of this queue are always recorded.")

        async def work(tx: Transaction) -> bool:
            changed = await Recordings(tx).pause(call.row.id, call.now() if paused else None)
            for recording_id, version in changed:
                fact = RecordingChanged(
                    aggregate_id=recording_id,
                    aggregate_version=version,
                    interaction_id=call.row.interaction_id,
                    state="recording",
                )
                tx.emit(fact)
                action = "recording.paused" if paused else "recording.resumed"
                await tenancy.audit(tx, action, "recording", recording_id, by=call.row.user_id)
            return bool(changed)

        if not self.running(call) or not await call.save(work):
            raise CallNotInState()
        for source in self.listening(call):
            (self._muted.add if paused else self._muted.discard)(source)
            with contextlib.suppress(Gone):  # not up yet
                await (self._mute(source) if paused else self._exchange.ari.recordings.unmute(source))

    def listening(self, call: "Call") -> set[str]:
        """The snoop channels of a call."""
        return {leg for leg in call.legs if leg.startswith("rec-")}

    def running(self, call: "Call") -> bool:
        return bool(self.listening(call))

    async def stop(self, call: "Call") -> None:
        """End the snoop channels; Asterisk completes the files."""
        for leg in self.listening(call):
            call.legs.discard(leg)
            self._muted.discard(leg)
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

    async def intend_message(self, tx: Transaction, call: "Call", mailbox: str) -> str:
        """Write down that a voicemail begins; gives the name of Asterisk's file."""
        plan = RecordingPlan(new_id(), call.row.interaction_id, call.row.id, "always", True, call.now())
        await Recordings(tx).add(plan, kind="voicemail")
        await Recordings(tx).add_voicemail(new_id(), plan, mailbox)
        return plan.source("customer")

    async def message_taken(self, tx: Transaction, call: "Call", message: RecordingDone) -> UUID | None:
        """The message is complete. None (and nothing kept) when nothing was said."""
        recording_id = UUID(message.name.removeprefix("rec-").removesuffix("-customer"))
        if message.failed or message.seconds < 1:
            await Recordings(tx).drop_voicemail(recording_id)
            return None
        voicemail_id = await Recordings(tx).voicemail_of(recording_id)
        await self.closed(tx, call.row, message.at)
        if voicemail_id is not None:
            tx.emit(
                VoicemailLeft(
                    aggregate_id=voicemail_id, aggregate_version=1, interaction_id=call.row.interaction_id
                )
            )
        return voicemail_id

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
