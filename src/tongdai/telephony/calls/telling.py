"""Those on the line hear that somebody begins to listen, where the centre wants it so.

Who comes to the call later is told then; nobody is told twice of one listener. After a restart nobody listens any more, so that
nothing is repeated. Where all who are in the bridge are to hear it, it is played there (and is in the recording); else each of
them has it in the ear, by a snoop channel that ends with the sound.
"""

import contextlib
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.telephony.announcements import listening_prompts
from tongdai.telephony.ari.connection import AriError, Gone
from tongdai.telephony.calls.messages import LegGone, LegUp, Message, PlaybackDone
from tongdai.telephony.media import BEEP
from tongdai.telephony.placing import LEG
from tongdai.telephony.together.watches import ALL, TONE, Notice

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


class Telling:
    """Part of the listeners of one call."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._told: dict[UUID, set[str]] = {}
        """Per watch."""
        self._ears: dict[str, list[str]] = {}
        """What is played on which snoop channel."""
        self._made = 0

    @property
    def notice(self) -> Notice | None:
        return self._call.exchange.directory.watch_notice(self._call.row.tenant_id)

    async def tell(self, watch_id: UUID) -> None:
        """Tell those on the line who have not been told of this listener yet. When it returns they hear it."""
        call, notice = self._call, self.notice
        if notice is None:
            return
        told = self._told.get(watch_id, set[str]())
        untold = {who: channel for who, channel in self._there(notice.to).items() if who not in told}
        if not untold:
            return
        media = await self._media(notice)
        if untold == self._there(ALL):
            await call.ari.bridges.play_with_id(call.bridge, self._name(), ",".join(media))
        else:
            for channel in untold.values():
                await self._into_ear(channel, media)
        self._told[watch_id] = told | untold.keys()

    def forget(self, watch_id: UUID) -> None:
        """They listen no more. What they were announced by is heard to its end."""
        self._told.pop(watch_id, None)

    async def takes(self, message: Message) -> bool:
        """Whether a message was about one of our snoop channels."""
        match message:
            case LegUp(channel=ear) if ear in self._ears:
                await self._play(ear)
            case PlaybackDone(playback=ear) if ear in self._ears:
                await self._call.let_go(ear)
            case LegGone(channel=ear) if ear in self._ears:
                del self._ears[ear]
                self._call.legs.discard(ear)
            case _:
                return False
        return True

    def _there(self, to: str) -> dict[str, str]:
        """Who is in the bridge now of those whom a notice is for, with their channels. A colleague whose phone came back is the
        same."""
        call, row = self._call, self._call.row
        if row.agent_channel is None:
            return {}
        there = {str(row.user_id or row.agent_channel): row.agent_channel}
        if row.held_since is None and (to == ALL or row.direction == "internal"):
            there[call.customer] = call.customer
        for party in call.parties.values():
            if party.state == "talking" and party.channel and (to == ALL or party.user_id):
                there[str(party.user_id or party.channel)] = party.channel
        return there

    async def _media(self, notice: Notice) -> list[str]:
        """Where there is no voice for the sentence, a tone is better than nothing."""
        if notice.how == TONE:
            return [BEEP]
        prompts = listening_prompts(notice.language)
        return await self._call.exchange.media.locate(self._call.row.tenant_id, prompts) or [BEEP]

    def _name(self) -> str:
        self._made += 1
        return f"tell-{self._call.row.id}-{self._made}"

    async def _into_ear(self, channel: str, media: list[str]) -> None:
        call, ear = self._call, self._name()
        self._ears[ear] = media
        call.legs.add(ear)
        call.exchange.attach(call, ear)
        with contextlib.suppress(Gone):  # they hung up, which is about to be told
            await call.ari.channels.snoop_channel_with_id(
                channel, ear, call.exchange.app, spy="none", whisper="out", app_args=LEG
            )

    async def _play(self, ear: str) -> None:
        call = self._call
        try:
            await call.ari.channels.play_with_id(ear, ear, ",".join(self._ears[ear]))
        except AriError:
            await call.let_go(ear)
            raise
