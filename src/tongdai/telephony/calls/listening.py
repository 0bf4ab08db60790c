"""A flow listens to its caller: a question, one sentence that is recorded and understood, or keys instead."""

import contextlib
import logging
import math
from typing import TYPE_CHECKING

from tongdai.flows.public import DigitCollector, Listen, Progress, Reply
from tongdai.platform.database import Transaction
from tongdai.telephony.ari.connection import AriError, Gone
from tongdai.telephony.calls.inbound import InFlow
from tongdai.telephony.calls.messages import (
    Key,
    LegGone,
    PlaybackDone,
    RecordingDone,
    Talks,
    Understood,
    Wake,
)
from tongdai.telephony.calls.states import CallState

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

log = logging.getLogger(__name__)

TALK = "TALK_DETECT"
LOUD = 256
"""Mean amplitude (of 32,768) from which on sound is talk: Asterisk's own measure."""
SHORTEST_S = 0.15
"""What is shorter is a click."""
STORED_S = 5.0
"""So long Asterisk may take to store a sentence; it may have gone away in the middle."""
FOR_EVER_S = 86_400.0


class Listening(CallState):
    """In the books the call is in its flow: after a restart it is asked anew, as in a menu."""

    name = InFlow.name

    def __init__(
        self, call: "Call", command: Listen, previous: DigitCollector | None, ahead: Key | None
    ) -> None:
        """`ahead`: a key that cut the sentence before short."""
        super().__init__(call)
        self.command = command
        # The first key may come after any time: we know ourselves when the caller is silent.
        keys = command.by_keys().model_copy(update={"timeout": FOR_EVER_S})
        self._collector = DigitCollector(keys, previous)
        self._ahead = ahead
        self._prompt: str | None = None
        self._recording: str | None = None
        self._talking = False
        self._over = False
        self._wake: int | None = None
        self._keys_wake: int | None = None

    async def enter(self) -> None:
        call, command = self.call, self.command
        await call.exchange.utterances.prepare(command.language)
        if self._ahead is not None and command.barge_in:
            self._collector.key(self._ahead.digit, self._ahead.at)
        if self._keyed:
            await self._look_at_keys()
            return
        media = await call.exchange.media.locate(call.row.tenant_id, command.prompts)
        if media:
            self._prompt = await call.play(media)
        else:
            await self._listen()

    @property
    def _keyed(self) -> bool:
        """Whether keys were pressed: then they count, and nothing that is said."""
        return bool(self._collector.digits)

    async def on_playback_done(self, message: PlaybackDone) -> None:
        if message.playback == self._prompt:
            self._prompt = None
            await self._listen()

    async def _listen(self) -> None:
        call, command = self.call, self.command
        self._collector.prompts_finished(call.now())
        self._recording = call.exchange.utterances.name(call.row.id)
        longest = math.ceil(command.timeout + command.max_seconds) + 1
        try:
            pause = f"{round(command.pause * 1000)},{LOUD}"
            await call.ari.channels.set_channel_var(call.customer, f"{TALK}(set)", value=pause)
            await call.ari.channels.record(
                call.customer, self._recording, "wav", max_duration_seconds=longest, if_exists="overwrite"
            )
        except Gone:
            return
        except AriError as error:
            log.warning("call %s cannot be listened to: %s", call.row.id, error)
            await self._answer(Reply(command.id, "deaf"))
            return
        self._wake = call.wake_after(command.timeout)

    async def on_talks(self, message: Talks) -> None:
        if message.channel != self.call.customer or self._recording is None or self._over:
            return
        if message.begun:
            self._talking = True
            self._wake = self.call.wake_after(self.command.max_seconds)
        elif message.seconds < SHORTEST_S:
            self._talking = False
            self._wake = self.call.wake_after(self.command.timeout)
        elif self._talking:
            await self._said()

    async def _said(self) -> None:
        """The sentence is over; that it is stored comes as a message."""
        self._over = True
        self._wake = self.call.wake_after(STORED_S)
        if self._recording is not None:
            with contextlib.suppress(Gone):
                await self.call.ari.recordings.stop(self._recording)

    async def on_wake(self, message: Wake) -> None:
        if message.ticket == self._keys_wake:
            self._collector.time_passed(self.call.now())
            await self._look_at_keys()
        elif message.ticket == self._wake and not self._keyed:
            if self._over:
                await self._answer(Reply(self.command.id, "deaf"))
            elif self._talking:
                await self._said()
            else:
                await self._answer(Reply(self.command.id, "no_input"))

    async def on_recording_done(self, message: RecordingDone) -> None:
        if message.name != self._recording:
            return
        self._wake = None
        if message.failed or not self._talking:
            await self._answer(Reply(self.command.id, "deaf" if message.failed else "no_input"))
        else:
            self.call.exchange.spawn(self._understand(message.name))

    async def _understand(self, name: str) -> None:
        """Beside the call, which keys and hang-ups must reach meanwhile."""
        text = None
        try:
            text = await self.call.exchange.utterances.understand(name, self.command)
        finally:
            self.call.post(Understood(name, text))

    async def on_understood(self, message: Understood) -> None:
        if message.recording == self._recording:
            deaf = message.text is None
            reply = (
                Reply(self.command.id, "deaf")
                if deaf
                else Reply(self.command.id, "heard", {"text": message.text})
            )
            await self._answer(reply)

    async def on_key(self, message: Key) -> None:
        if message.channel != self.call.customer:
            return
        self._collector.key(message.digit, message.at)
        if self._keyed:
            self._prompt = None
            await self.call.hush()
            await self._hear_no_more()
            await self._look_at_keys()

    async def _look_at_keys(self) -> None:
        answer, due = self._collector.reply, self._collector.due
        if answer is not None:
            await self._answer(answer)
        elif due is not None:
            self._keys_wake = self.call.wake_after(max(0.0, (due - self.call.now()).total_seconds()))

    async def _hear_no_more(self) -> None:
        recording, self._recording, self._wake = self._recording, None, None
        if recording is not None:
            await self.call.exchange.utterances.forget(recording)
            with contextlib.suppress(AriError):
                await self.call.ari.channels.set_channel_var(self.call.customer, f"{TALK}(remove)", value="")

    async def _answer(self, reply: Reply) -> None:
        """Back into the flow."""
        call = self.call
        await self._hear_no_more()

        async def work(tx: Transaction) -> Progress:
            return await call.advance_flow(tx, reply, call.now())

        state = InFlow(call, await call.save(work))
        state.collector = self._collector
        await call.become(state)

    async def finish(self, message: LegGone, hung_up_by: str, *, result: str | None = None) -> None:
        await self._hear_no_more()
        await super().finish(message, hung_up_by, result=result)
