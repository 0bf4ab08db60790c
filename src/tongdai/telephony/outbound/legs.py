"""Legs over trunks: which line each takes, what it costs, and who answers for it.

Every leg that we place to outside is one row, whatever it is part of: an agent's own call, somebody called into a call, one that
a colleague or a group sends on, a flow's transfer. Daily limits and the room on a trunk are counted from these rows alone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.telephony.outbound.dialplan import Toll


@dataclass(frozen=True, slots=True)
class Dialled:
    """What was dialled to outside: calls (one that was led over several trunks counts once), and their cost."""

    calls: int
    cost: float


class OutsideLegs:
    """The rows."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def begin(self, call_id: UUID, legs: Mapping[UUID, str], toll: Toll, at: datetime) -> None:
        """To be stored before a trunk hears of it: what is not counted must not be dialled. `legs`: channels by the id of the
        row, so that who tells it twice counts it once."""
        for leg_id, channel in legs.items():
            await self._tx.write(
                "INSERT INTO outside_legs (tenant_id, id, call_id, channel, trunk_id, user_id, price_per_minute, started_at)"
                " VALUES (%(tenant)s, %(id)s, %(call)s, %(channel)s, %(trunk)s, %(user)s, %(price)s, %(at)s)"
                " ON CONFLICT (tenant_id, id) DO NOTHING",
                {
                    "id": leg_id,
                    "call": call_id,
                    "channel": channel,
                    "trunk": toll.trunk_id,
                    "user": toll.user_id,
                    "price": toll.price_per_minute,
                    "at": at,
                },
            )

    async def answered(self, call_id: UUID, channel: str, at: datetime) -> None:
        await self._tx.write(
            "UPDATE outside_legs SET answered_at = %(at)s WHERE tenant_id = %(tenant)s AND call_id = %(call)s"
            " AND channel = %(channel)s AND answered_at IS NULL",
            {"call": call_id, "channel": channel, "at": at},
        )

    async def ended(self, call_id: UUID, channels: Collection[str], at: datetime) -> None:
        await self._tx.write(
            "UPDATE outside_legs SET ended_at = greatest(%(at)s, started_at) WHERE tenant_id = %(tenant)s"
            " AND call_id = %(call)s AND channel = ANY(%(channels)s) AND ended_at IS NULL",
            {"call": call_id, "channels": list(channels), "at": at},
        )

    async def go_to(self, call_id: UUID, channel: str, other_id: UUID) -> None:
        """A leg that is another call's from now on."""
        await self._tx.write(
            "UPDATE outside_legs SET call_id = %(other)s WHERE tenant_id = %(tenant)s AND call_id = %(call)s"
            " AND channel = %(channel)s",
            {"call": call_id, "channel": channel, "other": other_id},
        )

    async def open_of(self, call_id: UUID) -> set[str]:
        rows = await self._tx.fetch_tuples(
            "SELECT channel FROM outside_legs WHERE tenant_id = %(tenant)s AND call_id = %(call)s AND ended_at IS NULL",
            {"call": call_id},
        )
        return {channel for (channel,) in rows}

    async def on_trunk(self, trunk_id: UUID) -> int:
        """How many calls a trunk carries: those that came in by it, those that we placed, and those just about to be placed."""
        return await self._tx.fetch_value(
            "SELECT (SELECT count(*) FROM outside_legs WHERE tenant_id = %(tenant)s AND trunk_id = %(trunk)s"
            " AND ended_at IS NULL) + (SELECT count(*) FROM calls c WHERE c.tenant_id = %(tenant)s"
            " AND c.trunk_id = %(trunk)s AND c.ended_at IS NULL AND (c.direction = 'inbound' OR NOT EXISTS"
            " (SELECT 1 FROM outside_legs l WHERE (l.tenant_id, l.call_id) = (c.tenant_id, c.id))))",
            {"trunk": trunk_id},
        )

    async def by_trunk(self, trunk_id: UUID, since: datetime) -> Dialled:
        return await self._dialled("trunk_id = %(of)s", trunk_id, since)

    async def by_user(self, user_id: UUID, since: datetime) -> Dialled:
        """What a user answers for: calls of their own, those whom they called in, and calls that their forwarding sent on."""
        return await self._dialled("user_id = %(of)s", user_id, since)

    async def _dialled(self, whose: str, of: UUID, since: datetime) -> Dialled:
        ((calls, cost),) = await self._tx.fetch_tuples(
            "SELECT greatest(count(DISTINCT call_id), count(answered_at)), coalesce(sum(price_per_minute"
            " * ceil(extract(epoch FROM coalesce(ended_at, now()) - answered_at) / 60)), 0) FROM outside_legs"
            f" WHERE tenant_id = %(tenant)s AND {whose} AND started_at >= %(since)s",
            {"of": of, "since": since},
        )
        return Dialled(calls, float(cost))
