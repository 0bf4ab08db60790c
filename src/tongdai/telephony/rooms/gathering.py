"""Where those in a room hear each other: in its bridge, or with music as long as they are alone."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Scope
from tongdai.telephony.ari.connection import AriError
from tongdai.telephony.media import BEEP
from tongdai.telephony.rooms.policies import Place, bridge_of, place_of
from tongdai.telephony.rooms.repository import Rooms

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)


class Gatherings:
    """Part of the exchange. Who is in a room is what the books say, so that it is the same after a restart, however far it
    came before."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._doors: dict[UUID, asyncio.Lock] = {}
        """One settles a room after the other: nobody comes into a bridge that another is just taking away."""

    async def settle(self, tenant_id: UUID, room_id: UUID, *, tone: bool = False) -> None:
        """Have everybody in the room where they belong. `tone`: somebody came, and the others are to hear it. Repeatable."""
        media, bridge, server = self._exchange.media, bridge_of(room_id), self._exchange.server
        async with self._doors.setdefault(room_id, asyncio.Lock()):
            members = await self._exchange.database.retrying(
                Scope(tenant_id), lambda tx: Rooms(tx).members(room_id, server)
            )
            match place_of(members):
                case Place.EACH_OTHER:
                    await self._gather(bridge, members, tone=tone)
                case Place.MUSIC:
                    music = media.shelf.class_for(tenant_id, None)
                    await self._try(media.wait_with_music(members[0], music))
                    await media.drop_bridge(bridge)
                case Place.NOBODY:
                    await media.drop_bridge(bridge)

    async def _gather(self, bridge: str, members: list[str], *, tone: bool) -> None:
        there = await self._exchange.media.members(bridge)
        missing = [one for one in members if one not in there]
        if missing:
            await self._exchange.media.make_bridge(bridge)
        for one in missing:
            await self._try(self._exchange.ari.bridges.add_channel(bridge, one))
        if tone:
            await self._try(self._exchange.ari.bridges.play_with_id(bridge, f"tone-{new_id()}", BEEP))

    async def _try(self, work: Awaitable[object]) -> None:
        """One who hung up just now, which is about to be told, keeps no other out."""
        try:
            await work
        except AriError as error:
            log.info("in a conference room: %s", error)

    async def settle_all(self) -> None:
        """Every room that somebody is in: what was begun may have been cut off."""
        rooms = {
            (call.row.tenant_id, call.row.room_id)
            for call in self._exchange.calls()
            if call.row.room_joined_at is not None
        }
        for tenant_id, room_id in rooms:
            if room_id is not None:
                await self.settle(tenant_id, room_id)
