"""A caller leaves a message: a greeting, a tone, and what is said until silence, a key or the longest time."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.flows.public import Progress, Reply, TakeVoicemail, TransferTo
from tongdai.platform.database import Transaction
from tongdai.telephony.ari.connection import Gone
from tongdai.telephony.calls.inbound import InFlow
from tongdai.telephony.calls.messages import Key, LegGone, PlaybackDone, RecordingDone, Wake
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.voicemail.policies import Taking

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

PARTING_S = 0.3
"""So long a call stays up after its message: who ended the message by hanging up is gone by then, and it was they who did."""


class Recording(CallState):
    """What the ways to leave a message share. The caller is on `channel`, who may be a colleague, on the agent's side."""

    name = "voicemail"

    def __init__(self, call: "Call", channel: str) -> None:
        super().__init__(call)
        self._channel = channel
        self._greeting: str | None = None
        self._recording: str | None = None
        self._since = call.now()

    def message_under_way(self) -> tuple[str, datetime] | None:
        return (self._recording, self._since) if self._recording is not None else None

    async def _greet(self, taking: Taking, media: list[str]) -> None:
        self._taking = taking
        if media:
            self._greeting = await self.call.play(media, self._channel)
        else:
            await self._record()

    async def on_playback_done(self, message: PlaybackDone) -> None:
        if message.playback == self._greeting and self._recording is None:
            await self._record()

    async def on_key(self, message: Key) -> None:
        """Who knows the greeting goes on to the tone."""
        if message.channel == self._channel and self._recording is None and self._greeting is not None:
            await self.call.hush()

    async def _record(self) -> None:
        call, taking = self.call, self._taking

        async def work(tx: Transaction) -> str:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            if interaction.phase != Phase.VOICEMAIL:
                await conversations.enter(tx, interaction, Phase.VOICEMAIL, call.now())
            call.row = await call.keep(tx, state=self.name)
            return await call.exchange.recorder.intend_message(tx, call, taking)

        self._recording, self._since = await call.save(work), call.now()
        try:
            await call.ari.channels.record(
                self._channel,
                self._recording,
                "wav",
                max_duration_seconds=round(taking.max_s),
                max_silence_seconds=round(taking.silence_s),
                if_exists="overwrite",
                beep=True,
                terminate_on="#",
            )
        except Gone:
            # They hung up in the greeting, which is about to be told.
            nothing = RecordingDone(self._recording, 0, True, call.now())
            await call.save(lambda tx: call.exchange.recorder.message_taken(tx, call, nothing))
            self._recording = None

    async def on_recording_done(self, message: RecordingDone) -> None:
        if message.name == self._recording:
            await self._taken(message)

    async def _taken(self, message: RecordingDone) -> None:
        """The message is complete, or nothing was said."""
        raise NotImplementedError


class OfFlow(Recording):
    """A flow's caller, who goes on in the flow afterwards."""

    def __init__(self, call: "Call") -> None:
        super().__init__(call, call.customer)

    async def _taken(self, message: RecordingDone) -> None:
        call = self.call

        async def work(tx: Transaction) -> Progress:
            voicemail_id = await call.exchange.recorder.message_taken(tx, call, message)
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await conversations.enter(tx, interaction, Phase.FLOW, call.now())
            call.row = await call.keep(tx, state=InFlow.name)
            return await call.advance_flow(tx, self._reply(voicemail_id, message.seconds), call.now())

        await call.become(InFlow(call, await call.save(work)))

    def _reply(self, voicemail_id: UUID | None, seconds: float) -> Reply:
        raise NotImplementedError


class TakingMessage(OfFlow):
    """As a node of the flow says. Where it says nothing to the caller, the owner of the mailbox does."""

    def __init__(self, call: "Call", command: TakeVoicemail) -> None:
        super().__init__(call)
        self.command = command

    async def enter(self) -> None:
        call, command = self.call, self.command
        greetings = call.exchange.greetings
        owner = await greetings.owner_of(call.row.tenant_id, command.mailbox)
        if command.prompts:
            media = await call.exchange.media.locate(call.row.tenant_id, command.prompts)
        else:
            media = await greetings.media(call.row.tenant_id, owner, command.language)
        taking = Taking(command.mailbox, owner, None, command.max_seconds, command.silence_seconds)
        await self._greet(taking, media)

    def _reply(self, voicemail_id: UUID | None, seconds: float) -> Reply:
        data: dict[str, Any] = {"seconds": seconds, "voicemail_id": str(voicemail_id)} if voicemail_id else {}
        return Reply(self.command.id, "taken" if voicemail_id else "empty", data)


class TransferredToBox(OfFlow):
    """A flow connected its caller to somebody who sends calls on to voicemail: for the flow, they took the call."""

    def __init__(self, call: "Call", command: TransferTo, owner: UUID) -> None:
        super().__init__(call)
        self.command = command
        self._owner = owner

    async def enter(self) -> None:
        await self._greet(*await self.call.exchange.greetings.box(self.call.row.tenant_id, self._owner, None))

    def _reply(self, voicemail_id: UUID | None, seconds: float) -> Reply:
        return Reply(self.command.id, "done")


class LastWords(Recording):
    """The call ends with the message. `by`: whose hang-up ends it before; `nothing`: its result without a message. `again`: the
    message was cut off by a restart of ours."""

    by: ClassVar[str]
    nothing: ClassVar[str | None] = None

    def __init__(self, call: "Call", channel: str, owner: UUID, *, again: bool) -> None:
        super().__init__(call, channel)
        self._owner = owner
        self._again = again
        self._over: int | None = None

    async def _taken(self, message: RecordingDone) -> None:
        call = self.call

        async def work(tx: Transaction) -> UUID | None:
            return await call.exchange.recorder.message_taken(tx, call, message)

        if await call.save(work) is None:
            self._recording = None
        self._over = call.wake_after(PARTING_S)

    async def on_wake(self, message: Wake) -> None:
        if message.ticket == self._over:
            await self._end(LegGone("", 16, self.call.now()), "system")

    async def on_leg_gone(self, message: LegGone) -> None:
        if message.channel == self._channel:
            await self._end(message, self.by)

    async def _end(self, message: LegGone, by: str) -> None:
        await self.finish(message, by, result=None if self._recording else self.nothing)


class SentToBox(LastWords):
    """An agent sent the customer to somebody's voicemail, and is free."""

    name = "sent_to_voicemail"
    by = "customer"

    def __init__(self, call: "Call", owner: UUID, *, leaving: str | None = None, again: bool = False) -> None:
        super().__init__(call, call.customer, owner, again=again)
        self._leaving = leaving

    async def enter(self) -> None:
        call, media = self.call, self.call.exchange.media
        await call.let_go(self._leaving)
        caller = call.exchange.placing.user_of_channel(self._channel)
        taking, greeting = await call.exchange.greetings.box(call.row.tenant_id, self._owner, caller)
        for bridge in (call.bridge, await media.music_bridge(call.music)):
            await media.take_out(self._channel, bridge)
        await self._greet(taking, [] if self._again else greeting)


class LeavingMessage(LastWords):
    """A colleague whose call nobody took."""

    by = "agent"
    nothing = "no_answer"

    def __init__(self, call: "Call", owner: UUID, *, again: bool = False) -> None:
        assert call.row.agent_channel is not None
        super().__init__(call, call.row.agent_channel, owner, again=again)

    async def enter(self) -> None:
        call = self.call
        box = await call.exchange.greetings.box(call.row.tenant_id, self._owner, call.row.user_id)
        await call.exchange.media.take_out(self._channel, call.bridge)
        await call.ari.channels.answer(self._channel)
        await self._greet(box[0], [] if self._again else box[1])
