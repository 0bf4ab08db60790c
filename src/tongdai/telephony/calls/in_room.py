"""A conference room: who is let in hears the others, or music as long as they are alone there."""

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Phase
from tongdai.flows.public import Progress, Reply, TransferTo
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.telephony.calls.handing_over import release_agent
from tongdai.telephony.calls.inbound import InFlow
from tongdai.telephony.calls.messages import Key, LegGone, PlaybackDone, Wake
from tongdai.telephony.calls.returning import NOBODY, without_agent
from tongdai.telephony.calls.states import CallState
from tongdai.telephony.errors import CallNotInState, RoomFull
from tongdai.telephony.repository import CallRow
from tongdai.telephony.rooms.policies import KEY_S, PinAsking, bridge_of
from tongdai.telephony.rooms.repository import RoomRow, Rooms
from tongdai.telephony.rooms.words import said
from tongdai.telephony.together.targets import ToRoom

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

OUTSIDE = {"room_id": None, "room_joined_at": None}
"""What a call's row says of a room that it did not come into."""
CAUSES = {"busy": 17, "refused": 21}
"""Q.850."""


async def send(call: "Call", target: ToRoom) -> None:
    """The agent's part is over; the customer stands at the room's door. Raises RoomFull, and then nothing has changed."""
    leaving, gone, at = call.row.agent_channel, call.row.user_id, call.now()

    async def work(tx: Transaction) -> None:
        room = await Rooms(tx).get(target.room_id)
        if room is None:
            raise CallNotInState()
        if len(await Rooms(tx).members(room.id, call.row.server)) >= room.max_members:
            raise RoomFull()
        interaction = await conversations.lock(tx, call.row.interaction_id)
        await conversations.enter(tx, interaction, Phase.HOLD, at)
        await release_agent(tx, call)
        await call.exchange.recorder.closed(tx, call.row, at)
        call.row = await call.keep(tx, left=gone, state=InRoom.name, room_id=room.id, **NOBODY)

    await call.save(work)
    await call.exchange.recorder.stop(call)
    await call.let_go(leaving)
    await call.become(InRoom(call, target.room_id))


def line_of(row: CallRow) -> str:
    """Who is in the room with this call: the customer, or else the colleague who dialled it."""
    return row.customer_channel or row.agent_channel or ""


class InRoom(CallState):
    """First at the door, where the PIN is asked for, then inside. Stored before anything is asked: after a restart who was
    inside stays there, and who stood at the door is asked again."""

    name = "in_room"

    def __init__(self, call: "Call", room_id: UUID) -> None:
        super().__init__(call)
        self._room_id = room_id
        self._line = line_of(call.row)
        self._room: RoomRow | None = None
        self._language = "en"
        self._asking = PinAsking()
        self._saying: str | None = None
        self._over: int | None = None
        """Rings when no more keys come."""
        self._turned_away: str | None = None
        """Why they are not let in, once they are told."""

    @property
    def _inside(self) -> bool:
        return self.call.row.room_joined_at is not None

    async def enter(self) -> None:
        call = self.call
        if self._inside:
            await call.exchange.gatherings.settle(call.row.tenant_id, self._room_id)
            return
        self._room = await self._knock()
        await call.exchange.media.take_out(self._line, call.bridge)
        await call.exchange.media.silence(self._line)
        await call.ari.channels.answer(self._line)
        if self._room is None or self._room.archived:
            await self._leave("failed")
        elif self._room.pin:
            await self._say("pin")
        else:
            await self._come_in()

    async def _knock(self) -> RoomRow | None:
        call, at = self.call, self.call.now()

        async def work(tx: Transaction) -> RoomRow | None:
            speaks = call.row.user_id if self._line == call.row.agent_channel else None
            self._language = await Rooms(tx).language(call.row.interaction_id, speaks)
            if call.row.state != self.name or call.row.answered_at is None:
                answered = call.row.answered_at or at
                call.row = await call.keep(tx, state=self.name, room_id=self._room_id, answered_at=answered)
            return await Rooms(tx).get(self._room_id)

        return await call.save(work)

    # At the door

    async def _say(self, *what: str) -> None:
        call = self.call
        prompts = tuple(one for each in what for one in said(each, self._language))
        media = await call.exchange.media.locate(call.row.tenant_id, prompts)
        self._saying = await call.play(media, self._line) if media else None
        if self._saying is None:
            await self._said()

    async def _said(self) -> None:
        if self._turned_away is not None:
            await self._leave(self._turned_away)
        else:
            self._over = self.call.wake_after(KEY_S)

    async def on_playback_done(self, message: PlaybackDone) -> None:
        if message.playback == self._saying:
            self._saying = None
            await self._said()

    async def on_key(self, message: Key) -> None:
        if (
            message.channel != self._line
            or self._inside
            or self._turned_away is not None
            or self._room is None
        ):
            return
        self._saying = None
        await self.call.hush()
        self._over = self.call.wake_after(KEY_S)
        typed = self._asking.key(message.digit)
        if typed is not None:
            await self._try(self._room, typed)

    async def on_wake(self, message: Wake) -> None:
        if message.ticket == self._over and self._room is not None:
            await self._try(self._room, self._asking.whole())

    async def _try(self, room: RoomRow, pin: str) -> None:
        self._over = None
        if pin and await self._right(room, pin):
            await self._come_in()
        elif self._asking.wrong():
            await self._say("wrong", "pin")
        else:
            await self._turn_away("wrong", "refused")

    async def _right(self, room: RoomRow, pin: str) -> bool:
        """Wrong ones are counted for the room, whoever calls."""
        call = self.call
        right = await asyncio.to_thread(people.verify_password, room.pin, pin)

        async def work(tx: Transaction) -> bool:
            now, kept = call.now(), await Rooms(tx).lock(room.id)
            if kept is None or kept.tries.locked(now):
                return False
            await Rooms(tx).note_try(room.id, kept.tries.after(now, right=right))
            return right

        return await call.save(work)

    async def _turn_away(self, word: str, why: str) -> None:
        self._turned_away = why
        await self._say(word)

    async def _leave(self, why: str) -> None:
        """Not let in: a flow goes on, who was sent by an agent waits in their queue again, a colleague's call ends."""
        call, run = self.call, self.call.run
        if run is not None and run.run.ended is None and isinstance(run.command, TransferTo):
            answer = Reply(run.command.id, why)

            async def work(tx: Transaction) -> Progress:
                call.row = await call.keep(tx, state=InFlow.name, **OUTSIDE)
                return await call.advance_flow(tx, answer, call.now())

            await call.become(InFlow(call, await call.save(work)))
        elif self._line == call.customer:
            await without_agent(call)
        else:
            await self.finish(LegGone("", CAUSES.get(why, 38), call.now()), "system", result=why)

    # Inside

    async def _come_in(self) -> None:
        call, at = self.call, self.call.now()

        async def work(tx: Transaction) -> RoomRow | None:
            room = await Rooms(tx).lock(self._room_id)
            if room is None or len(await Rooms(tx).members(room.id, call.row.server)) >= room.max_members:
                return None
            interaction = await conversations.lock(tx, call.row.interaction_id)
            if interaction.phase == Phase.HOLD:
                await conversations.hand_over(tx, interaction, at, None)
            else:
                await conversations.enter(tx, interaction, Phase.TALK, at, user_id=call.row.user_id)
            call.row = await call.keep(tx, room_joined_at=at, bridge_id=bridge_of(room.id))
            return room

        room = await call.save(work)
        if room is None:
            await self._turn_away("full", "busy")
        else:
            await call.exchange.gatherings.settle(call.row.tenant_id, room.id, tone=room.tone)

    async def on_leg_gone(self, message: LegGone) -> None:
        if message.channel == self._line:
            await self.finish(message, "customer" if self._line == self.call.customer else "agent")

    async def order_send_keys(self, digits: str) -> None:
        """The PIN, from the desktop's keypad."""
        for digit in digits:
            await self.on_key(Key(self._line, digit, self.call.now()))

    async def order_mute(self, argument: str) -> None:
        """The desktop says that its microphone is off or on."""

        async def work(tx: Transaction) -> None:
            self.call.row = await self.call.keep(tx, muted=argument == "on")

        await self.call.save(work)
