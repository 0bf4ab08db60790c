"""What every state of a call shares, and the end."""

import asyncio
import logging
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from tongdai.conversations import public as conversations
from tongdai.flows.public import CallerLeft, StaleRun
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.calls.messages import (
    NOBODY_HUNG_UP,
    HoldSignal,
    Key,
    LeftQueue,
    LegGone,
    LegRinging,
    LegUp,
    Offered,
    OfferEnded,
    PlaybackDone,
    QueueTimedOut,
    RecordingDone,
    Talks,
    Understood,
    Wake,
)
from tongdai.telephony.outbound.legs import OutsideLegs
from tongdai.telephony.together.parties import Parties

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

log = logging.getLogger(__name__)


class CallState:
    """Events that a state does not care about pass; orders that it has no method for do not exist in it."""

    name: ClassVar[str] = ""
    final: ClassVar[bool] = False

    def __init__(self, call: "Call") -> None:
        self.call = call

    def ringing_legs(self) -> set[str]:
        """Phones that ring for the call and that a colleague may answer from theirs (`order_take_ringing`)."""
        return set()

    def message_under_way(self) -> tuple[str, datetime] | None:
        """The live recording whose end it waits for, and since when."""
        return None

    async def enter(self) -> None:
        """Runs once, when the call comes into this state (or is rebuilt in it after a restart)."""

    async def on_leg_up(self, message: LegUp) -> None:
        """A leg that nobody expects any more was answered: too late."""
        await self.call.hang_up(message.channel)

    async def on_leg_ringing(self, message: LegRinging) -> None: ...

    async def on_leg_gone(self, message: LegGone) -> None:
        if message.channel == self.call.customer:
            await self.finish(message, "customer")

    async def on_key(self, message: Key) -> None: ...

    async def on_playback_done(self, message: PlaybackDone) -> None: ...

    async def on_recording_done(self, message: RecordingDone) -> None: ...

    async def on_talks(self, message: Talks) -> None: ...

    async def on_understood(self, message: Understood) -> None: ...

    async def on_hold_signal(self, message: HoldSignal) -> None: ...

    async def on_offered(self, message: Offered) -> None: ...

    async def on_offer_ended(self, message: OfferEnded) -> None: ...

    async def on_queue_timed_out(self, message: QueueTimedOut) -> None: ...

    async def on_left_queue(self, message: LeftQueue) -> None: ...

    async def on_wake(self, message: Wake) -> None: ...

    async def order_hang_up(self, _: str) -> None:
        await self.finish(LegGone("", 16, self.call.now()), "agent")

    async def finish(self, message: LegGone, hung_up_by: str, *, result: str | None = None) -> None:
        """End the call: every leg down, then the truth into the books."""
        await self.call.become(Ended(self.call, message, hung_up_by, result))


class Ended(CallState):
    """Nobody is on the line any more. Entered once; the actor ends with it."""

    name = "ended"
    final = True

    def __init__(self, call: "Call", message: LegGone, hung_up_by: str, result: str | None = None) -> None:
        super().__init__(call)
        self._message = message
        self._hung_up_by = "system" if message.cause in NOBODY_HUNG_UP else hung_up_by
        self._result = result

    async def enter(self) -> None:
        call, message = self.call, self._message
        # Beside the books: the agent is free for the next caller when these are closed.
        legs = call.legs - {message.channel} - call.exchange.recorder.listening(call)
        parting = call.exchange.spawn(self._part(legs))
        await call.exchange.recorder.stop(call)

        async def close(tx: Transaction) -> None:
            flows, run = call.exchange.flows, call.run if call.run and call.run.run.ended is None else None
            also = [flows.locking(run)] if run else []
            for rows in await routing.hold_stay(tx, call.row.interaction_id, call.row.user_id, also=also):
                flows.hold(tx, rows)
            interaction = await conversations.lock(tx, call.row.interaction_id)
            if interaction.state == conversations.State.CLOSED:
                return
            short = 0.0
            if interaction.queue_id is not None:
                short = (await routing.queue_rules(tx, interaction.queue_id)).short_abandon_s
            if interaction.phase == conversations.Phase.WAIT:
                await routing.leave(tx, interaction.id, "abandoned", message.at)
            if run is not None:
                await self._end_flow(tx)
            closed = await conversations.close(
                tx,
                interaction,
                message.at,
                hung_up_by=self._hung_up_by,
                cause=str(message.cause),
                short_abandon_s=short,
                left_voicemail=interaction.connected_at is None
                and await call.exchange.recorder.left_voicemail(tx, call.row),
                result=self._result,
            )
            if call.row.direction == "outbound":
                cause = str(message.cause)
                await routing.callback_attempted(tx, closed.id, closed.result or "failed", cause, message.at)
            if call.watching.any:
                await call.watching.close(tx)
            if call.outside:
                await OutsideLegs(tx).ended(call.row.id, call.outside, message.at)
            if call.parties:
                await routing.withdraw_direct(tx, interaction, message.at)
                await Parties(tx).all_gone(call.row.id, message.at)
            for assignment in await conversations.Assignments(tx).open_of_interaction(interaction.id):
                if assignment.state == "accepted":
                    await routing.end_work(tx, assignment.id, message.at)
            if call.row.recording_policy != "never" or interaction.phase == conversations.Phase.VOICEMAIL:
                await call.exchange.recorder.closed(tx, call.row, message.at)
            call.row = await call.keep(
                tx,
                state=self.name,
                ended_at=message.at,
                cause=message.cause,
                hung_up_by=self._hung_up_by,
                held_since=None,
                park_slot=None,
                quality=call.quality,
            )

        try:
            await call.save(close)
        finally:
            await asyncio.wait({parting})
        if call.row.room_id is not None and call.row.room_joined_at is not None:
            await call.exchange.gatherings.settle(call.row.tenant_id, call.row.room_id)

    async def _part(self, legs: set[str]) -> None:
        call = self.call
        await asyncio.gather(*map(call.hang_up, legs), call.destroy_bridge(), call.watching.drop_bridges())

    async def _end_flow(self, tx: Transaction) -> None:
        """Tell the flow that its caller left. What we hold of the run may be old after a restart; the books must be closed."""
        call, at = self.call, self._message.at
        try:
            await call.advance_flow(tx, CallerLeft(), at)
        except StaleRun:
            assert call.run is not None
            call.run = await call.exchange.flows.load(tx, call.run.run_id)
            await call.advance_flow(tx, CallerLeft(), at)
