"""A customer calls: the flow, the queue, the message after the beep."""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.flows.public import (
    Answer,
    Command,
    DigitCollector,
    Enqueue,
    Gather,
    Invite,
    Listen,
    Progress,
    Prompts,
    Reply,
    Say,
    TakeVoicemail,
    TimeUp,
    TransferTo,
    waiting_prompts,
)
from tongdai.flows.public import Event as FlowEvent
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.ari.connection import AriError, AsteriskAway
from tongdai.telephony.calls.contact import care_of, prospect_of
from tongdai.telephony.calls.inviting import remember
from tongdai.telephony.calls.messages import (
    Key,
    LegGone,
    LegUp,
    PlaybackDone,
    QueueTimedOut,
    Wake,
)
from tongdai.telephony.calls.offering import Offering
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.calls.stays import of_flow

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


class InFlow(CallState):
    """The flow leads the caller. Holds the command that is being carried out; its reply takes the run on."""

    name = "flow"

    def __init__(self, call: "Call", step: Progress) -> None:
        super().__init__(call)
        call.run = step
        self.step = step
        self.playback: str | None = None
        self.collector: DigitCollector | None = None
        self._ahead: Key | None = None
        """Cut a sentence short, and answers the question that follows."""
        self._deadline: int | None = None
        self._collector_wake: int | None = None

    async def enter(self) -> None:
        await self.go_on(self.step)

    async def reply(self, result: str, **data: Any) -> None:
        """Answer the present command and carry out what the flow wants next."""
        if self.step.command is not None:
            await self.go_on(await self._advance(Reply(self.step.command.id, result, data)))

    async def _advance(self, event: FlowEvent) -> Progress:
        call = self.call

        async def work(tx: Transaction) -> Progress:
            return await call.advance_flow(tx, event, call.now())

        call.run = await call.save(work)
        return call.run

    async def go_on(self, step: Progress) -> None:
        """Carry out commands until one takes time or leads to another state."""
        previous = self.collector
        while True:
            if step.ignored:
                return
            await self.call.hush()
            self.step, self.playback, self.collector = step, None, None
            for begun in step.begun:
                await self._begin(begun)
            command = step.command
            if command is None:
                await self._end_of_flow(step)
                return
            if step.deadline is not None:
                wait = (step.deadline - self.call.now()).total_seconds()
                self._deadline = self.call.wake_after(max(0.0, wait))
            answer = await self._perform(command, previous)
            if answer is None:
                return
            step = await self._advance(answer)

    async def _perform(self, command: Command, previous: DigitCollector | None) -> Reply | None:
        """Begin a command; its Reply when it is done at once, None while it goes on (or another state was entered)."""
        call = self.call
        match command:
            case Say(prompts=prompts):
                if self._ahead is not None and command.interruptible:
                    return Reply(command.id, "done", {"key": self._ahead.digit})
                self._ahead = None
                return None if await self._play(prompts) else Reply(command.id, "done")
            case Gather():
                self.collector = DigitCollector(command, previous)
                return await self._ask(self.collector, command)
            case Listen() if not call.exchange.utterances.understood(command.language):
                return Reply(command.id, "deaf")
            case Listen():
                from tongdai.telephony.calls.listening import Listening

                await call.become(Listening(call, command, previous, self._ahead))
                return None
            case Enqueue():
                await call.become(Waiting(call, command))
                return None
            case TakeVoicemail():
                from tongdai.telephony.calls.taking_messages import TakingMessage

                await call.become(TakingMessage(call, command))
                return None
            case TransferTo():
                from tongdai.telephony.calls.outbound import Transferring

                await call.become(Transferring(call, command))
                return None
            case Invite():
                return Reply(command.id, "done" if await remember(call, command) else "refused")
            case _:
                return await call.exchange.flows.carry_out(call.row.tenant_id, command)

    async def _ask(self, collector: DigitCollector, command: Gather) -> Reply | None:
        """Play a question, unless its answer came before it; the Reply when that was all of it."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and command.barge_in:
            collector.key(ahead.digit, ahead.at)
        elif not await self._play(command.prompts):
            collector.prompts_finished(self.call.now())
        if collector.reply is None:
            self._watch_collector()
        return collector.reply

    async def _begin(self, command: Command) -> None:
        """What the flow does not wait for."""
        if isinstance(command, Answer):
            await self.call.ari.channels.answer(self.call.customer)

    async def _play(self, prompts: Prompts) -> bool:
        call = self.call
        media = await call.exchange.media.locate(call.row.tenant_id, prompts)
        if not media:
            return False
        self.playback = await call.play(media)
        return True

    async def on_playback_done(self, message: PlaybackDone) -> None:
        if message.playback != self.playback:
            return
        self.playback = None
        if self.collector is not None:
            self.collector.prompts_finished(message.at)
            await self._look_at_collector()
        else:
            await self.reply("done")

    async def on_key(self, message: Key) -> None:
        if message.channel != self.call.customer:
            return
        if self.collector is not None:
            if self.collector.key(message.digit, message.at):
                await self._stop_playing()
            await self._look_at_collector()
        elif isinstance(self.step.command, Say) and self.step.command.interruptible:
            self._ahead = message
            await self._stop_playing()
            await self.reply("done", key=message.digit)

    async def on_wake(self, message: Wake) -> None:
        if message.ticket == self._collector_wake and self.collector is not None:
            self.collector.time_passed(self.call.now())
            await self._look_at_collector()
        elif message.ticket == self._deadline:
            await self.go_on(await self._advance(TimeUp()))

    async def _stop_playing(self) -> None:
        self.playback = None
        await self.call.hush()

    async def _look_at_collector(self) -> None:
        assert self.collector is not None
        answer = self.collector.reply
        if answer is not None:
            await self._stop_playing()
            await self.go_on(await self._advance(answer))
        else:
            self._watch_collector()

    def _watch_collector(self) -> None:
        if self.collector is not None and self.collector.due is not None:
            wait = (self.collector.due - self.call.now()).total_seconds()
            self._collector_wake = self.call.wake_after(max(0.0, wait))

    async def _end_of_flow(self, step: Progress) -> None:
        cause = {"busy": 17, "congestion": 34, "refused": 21}.get(step.run.detail or "", 16)
        await self.finish(LegGone("", cause, self.call.now()), "system")


MUSIC_AFTER_S = 1.0
"""Who is connected at once (an agent's phone that answers by itself) hears no scrap of music. Nor does a burst of callers that
waits for half a second have Asterisk play to each of them just when it has the most to do."""


class Waiting(Offering):
    """In the queue, with music. Agents' phones may be ringing meanwhile."""

    name = "waiting"

    def __init__(self, call: "Call", command: Enqueue, *, rebuilt: bool = False) -> None:
        super().__init__(call)
        self.command = command
        self._rebuilt = rebuilt
        self._announcing: str | None = None
        self._announce_wake: int | None = None
        self._callback_wake: int | None = None
        self._music: asyncio.Task[None] | None = None
        self._music_wake: int | None = None
        self._offer_due = False
        """Its time came while something else was told."""
        self._notice: str | None = None
        """What tells the caller, who hears it now, that the talk will be recorded."""

    async def enter(self) -> None:
        call = self.call
        if call.care.queue_id is None:
            call.care = await care_of(call)
        self._schedule_announcement()
        if self.command.callback_after is not None:
            self._callback_wake = call.wake_after(max(1.0, self.command.callback_after))
        await self._announce_recording()
        if self._rebuilt:
            if self._notice is None:
                self._start_music()
            # Offers made since the actor lives wait in its mailbox; these were made before.
            await self.take_up_offers()
        elif self._notice is None:
            self._music_wake = call.wake_after(MUSIC_AFTER_S)

    async def _announce_recording(self) -> None:
        """Before anything else, and before an agent is there."""
        call, media = self.call, self.call.exchange.media
        if not call.notice.ahead:
            return
        if words := await call.notice.words(self.command.language):
            if self._rebuilt:
                await media.take_out(call.customer, await media.music_bridge(call.music))
            self._notice = await call.play(words)

    def _start_music(self) -> None:
        """Beside us: the agent's phone need not wait for the music."""
        self._music = self.call.exchange.spawn(self._play_music())

    async def _music_settled(self) -> None:
        """Before the caller is taken elsewhere: the music must not fetch them back."""
        if self._music is not None:
            await asyncio.wait({self._music})

    async def _play_music(self) -> None:
        with contextlib.suppress(AriError, AsteriskAway):  # gone already, or the reconciliation begins anew
            await self.call.exchange.media.wait_with_music(self.call.customer, self.call.music)

    def _schedule_announcement(self) -> None:
        every = self.command.announce_every or self.call.care.announce_position_s
        if every:
            self._announce_wake = self.call.wake_after(every)

    async def on_wake(self, message: Wake) -> None:
        if message.ticket == self._music_wake:
            self._start_music()
        saying = self._announcing is not None or self._notice is not None
        if message.ticket == self._callback_wake:
            self._offer_due = saying
            if not saying:
                await self._tell(self.command.callback_offer)
        if message.ticket == self._announce_wake and saying:
            self._announce_wake = self.call.wake_after(1.0)
        elif message.ticket == self._announce_wake:
            await self._announce()

    async def _announce(self) -> None:
        call = self.call
        prompts = self.command.announcements
        if call.care.announce_position_s:
            found = await prospect_of(call, expecting=call.care.announce_wait)
            prompts = (*waiting_prompts(found.position, found.expected_s, self.command.language), *prompts)
        await self._tell(prompts)

    async def _tell(self, prompts: Prompts, *, silent: bool = False) -> None:
        """Say it to the caller, instead of the music. `silent`: none plays just now."""
        call, player = self.call, self.call.exchange.media
        media = await player.locate(call.row.tenant_id, prompts)
        if not media:
            await self._back_to_music() if silent else self._schedule_announcement()
            return
        if not silent:
            await self._music_settled()
            await player.take_out(call.customer, await player.music_bridge(call.music))
        try:
            self._announcing = await call.play(media)
        except AriError:
            await self._back_to_music()
            raise

    async def on_playback_done(self, message: PlaybackDone) -> None:
        if message.playback not in (self._announcing, self._notice):
            return
        noticed = message.playback == self._notice
        self._announcing = self._notice = None
        if noticed and not message.failed:
            await self.call.notice.heard()
        if self._offer_due:
            # At once: a caller who is put to the music for no time and taken out again may hear neither.
            self._offer_due = False
            await self._tell(self.command.callback_offer, silent=True)
        elif noticed:
            self._start_music()
        else:
            await self._back_to_music()

    async def _back_to_music(self) -> None:
        self._announcing = None
        self._schedule_announcement()
        await self.call.exchange.media.wait_with_music(self.call.customer, self.call.music)

    async def on_leg_up(self, message: LegUp) -> None:
        """Whoever answered first talks with the customer."""
        from tongdai.telephony.calls.announcing import Announcing
        from tongdai.telephony.calls.talking import Talking

        call = self.call
        recording = call.exchange.recorder.plan(call)

        async def recorded(tx: Transaction) -> dict[str, Any]:
            await call.exchange.recorder.intend(tx, call, recording)
            return {
                "state": Talking.name,
                "bridge_id": call.bridge,
                "answered_at": call.row.answered_at or message.at,
                "recording_policy": recording.policy,
                "recording_pause_s": recording.pause_s,
            }

        if not await self.has_it(message, recorded):
            return
        await self._music_settled()
        if self._notice is not None:
            call.playing = None  # it is heard to its end
            await call.become(Announcing(call, self._notice))
        else:
            await call.become(Talking(call, recording))

    async def on_key(self, message: Key) -> None:
        exits = {self.command.callback_key: "callback", self.command.leave_key: "left"}
        if message.channel == self.call.customer and message.digit in exits:
            await self._leave(exits[message.digit])

    async def on_queue_timed_out(self, message: QueueTimedOut) -> None:
        await self._leave(message.exit)

    async def _leave(self, why: str) -> None:
        """Back into the flow, by the exit that says why. Where no flow waits for the end of the stay, it goes on."""
        call = self.call
        if not of_flow(call, self.command):
            return

        async def work(tx: Transaction) -> Progress | None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            if interaction.phase != Phase.WAIT:
                return None
            ended = {"timeout": "timed_out", "no_agents": "no_agents"}.get(why, "left")
            await routing.leave(tx, interaction.id, ended, call.now())
            await conversations.enter(tx, interaction, Phase.FLOW, call.now())
            call.row = await call.keep(tx, state=InFlow.name)
            return await call.advance_flow(tx, Reply(self.command.id, why), call.now())

        step = await call.save(work)
        if step is None:
            return
        for channel in list(self.ringing):
            await call.hang_up(channel)
        await self._music_settled()
        await call.exchange.media.take_out(call.customer, await call.exchange.media.music_bridge(call.music))
        await call.become(InFlow(call, step))
