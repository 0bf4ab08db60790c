"""Media on one Asterisk: music bridges that calls share, playing prompts, and what a prompt sounds like."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.flows.public import PromptRenderer, Prompts
from tongdai.telephony.ari.connection import AriError, AsteriskAway, Gone
from tongdai.telephony.music import BUILT_IN, MusicShelf

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)

BEEP = "sound:beep"


class Media:
    """Names of shared things are the same after a restart, so that making them again finds them."""

    def __init__(self, exchange: "Exchange") -> None:
        self._ari = exchange.ari
        self._prompts = exchange.runtime.get(PromptRenderer)
        self.shelf = MusicShelf(exchange)
        self._music: set[str] = set()

    def forget(self) -> None:
        """Asterisk was restarted: its bridges are gone."""
        self._music.clear()

    async def music_bridge(self, music: str = BUILT_IN) -> str:
        """The bridge in which everybody hears this music."""
        bridge = f"music-{music}"
        if music not in self._music:
            await self.make_bridge(bridge, "holding")
            self._music.add(music)
        return bridge

    async def make_bridge(self, bridge: str, kind: str = "mixing") -> None:
        """Make a bridge; that it is there already (from before a restart) is what we want."""
        try:
            await self._ari.bridges.create_with_id(bridge, type=kind)
        except AriError as error:
            if error.status != 409:
                raise

    async def drop_bridge(self, bridge: str) -> None:
        """Destroy a bridge; that it is gone already is no fault."""
        with contextlib.suppress(AriError, AsteriskAway):
            await self._ari.bridges.destroy(bridge)

    async def members(self, bridge: str) -> list[str]:
        """The channels in a bridge; none when there is no such bridge."""
        try:
            return (await self._ari.bridges.get(bridge))["channels"]
        except Gone:
            return []

    async def join(self, bridge: str, channels: Sequence[str]) -> None:
        """Have these channels in one bridge; those that are in it already stay as they are."""
        members = await self.members(bridge)
        missing = [channel for channel in channels if channel not in members]
        if missing:
            await self.make_bridge(bridge)
            await self._ari.bridges.add_channel(bridge, ",".join(missing))

    async def wait_with_music(self, channel: str, music: str = BUILT_IN) -> None:
        """Move a channel to the music, from wherever it is."""
        bridge = await self.music_bridge(music)
        await self._ari.bridges.add_channel(bridge, channel)
        # Asterisk takes the music out of a bridge with its last channel, so that a start once and for all is not enough.
        await self._ari.bridges.start_moh(bridge, moh_class=music)

    async def silence(self, channel: str) -> None:
        """Take a channel out of whatever music it hears."""
        await asyncio.gather(*(self.take_out(channel, f"music-{music}") for music in self._music))

    async def take_out(self, channel: str, bridge: str) -> None:
        """Take a channel out of a bridge; that it was not in it is no fault."""
        try:
            await self._ari.bridges.remove_channel(bridge, channel)
        except AriError as error:
            if error.status not in (400, 404, 409, 422):
                raise

    async def locate(self, tenant_id: UUID, prompts: Prompts) -> list[str]:
        """The media addresses of prompts, in order. What cannot be sounded is left out and logged: no call stops for it."""
        addresses: list[str] = []
        for media in await self._prompts.render(tenant_id, prompts):
            match media.kind:
                case "file" | "sound":
                    addresses.append(f"sound:{media.value}")
                case "silence":
                    addresses.append(f"sound:silence/{min(10, max(1, round(media.seconds)))}")
                case "missing":
                    log.warning("a prompt cannot be played: %s", media.value)
        return addresses
