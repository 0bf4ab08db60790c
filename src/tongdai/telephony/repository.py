"""SQL of calls, lines and devices. Recordings have a file of their own."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb, Transaction


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as stored. `customer_channel` is the other side; for internal calls, the called colleague."""

    tenant_id: UUID
    id: UUID
    interaction_id: UUID
    direction: str
    state: str
    server: str
    customer_channel: str
    agent_channel: str | None
    bridge_id: str | None
    trunk_id: UUID | None
    number_id: UUID | None
    flow_run_id: UUID | None
    user_id: UUID | None
    assignment_id: UUID | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    held_since: datetime | None
    muted: bool
    recording_policy: str
    recording_pause_s: int
    recording_wish: str
    recording_told: bool
    invites: str
    cause: int | None
    hung_up_by: str | None
    quality: dict[str, Any]
    park_slot: int | None
    parked_at: datetime | None
    parked_by: UUID | None
    room_id: UUID | None
    room_joined_at: datetime | None
    version: int

    @property
    def asks(self) -> bool:
        """Whether an agent placed it on a phone to ask about the call that they have: that one is their work, and what they
        see."""
        return self.direction != "inbound" and self.user_id is not None and self.assignment_id is None


@dataclass(frozen=True, slots=True)
class TrunkRow:
    """A line to the outside world."""

    tenant_id: UUID
    id: UUID
    name: str
    sip_name: str
    username: str
    password: str
    host: str | None
    transport: str
    registers_out: bool
    match: list[str]
    codecs: list[str]
    order: int
    caller_id: str | None
    max_calls: int
    price_per_minute: Any
    max_spend: Any
    prefixes: list[str]
    rates: list[dict[str, Any]]
    number_format: str
    srtp: bool
    country: str

    @property
    def registers(self) -> bool:
        """Whether we sign in with the carrier."""
        return self.registers_out and bool(self.host)


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number that customers dial."""

    tenant_id: UUID
    id: UUID
    project_id: UUID | None
    number: str
    flow_id: UUID | None
    trunk_id: UUID | None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """Something that rings: a browser's softphone or a SIP phone."""

    tenant_id: UUID
    id: UUID
    user_id: UUID
    kind: str
    sip_name: str
    password: str
    session_id: UUID | None


_CALL = ", ".join(CallRow.__slots__)
_FIXED = frozenset({"tenant_id", "id", "interaction_id", "direction", "server", "started_at"})
_MOVING = tuple(name for name in CallRow.__slots__ if name not in _FIXED)
_DEVICE = ", ".join(DeviceRow.__slots__)
_NUMBER = ", ".join(NumberRow.__slots__)


class Calls:
    """Calls."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, row: CallRow) -> None:
        values = {name: getattr(row, name) for name in CallRow.__slots__} | {"quality": Jsonb(row.quality)}
        places = ", ".join(f"%({name})s" for name in CallRow.__slots__)
        await self._tx.write(f"INSERT INTO calls ({_CALL}) VALUES ({places})", values)

    async def save(self, row: CallRow) -> None:
        values = {name: getattr(row, name) for name in _MOVING} | {
            "quality": Jsonb(row.quality),
            "id": row.id,
        }
        await self._tx.write(
            f"UPDATE calls SET {', '.join(f'{name} = %({name})s' for name in _MOVING)}"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            values,
        )

    async def get(self, call_id: UUID) -> CallRow | None:
        return await self._tx.fetch_one(
            CallRow,
            f"SELECT {_CALL} FROM calls WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": call_id},
        )

    async def of_interactions(self, interaction_ids: list[UUID]) -> list[CallRow]:
        return await self._tx.fetch_all(
            CallRow,
            f"SELECT {_CALL} FROM calls WHERE tenant_id = %(tenant)s AND interaction_id = ANY(%(ids)s)"
            " ORDER BY started_at",
            {"ids": interaction_ids},
        )

    async def open_on(self, server: str) -> list[CallRow]:
        """Calls that were up on this Asterisk when it was last looked at. System scope."""
        return await self._tx.fetch_all(
            CallRow,
            f"SELECT {_CALL} FROM calls WHERE server = %(server)s AND ended_at IS NULL",
            {"server": server},
        )

    async def open_ids(self, server: str) -> list[UUID]:
        """Of the same, the ids alone. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT id FROM calls WHERE server = %(server)s AND ended_at IS NULL", {"server": server}
        )
        return [call_id for (call_id,) in rows]

    async def ended_with(self, server: str, channels: list[str]) -> set[str]:
        """Those of these channels whose call was closed within the last day (and began within three). System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT customer_channel, agent_channel FROM calls WHERE server = %(server)s"
            " AND started_at > now() - interval '3 days' AND ended_at > now() - interval '1 day'"
            " AND (customer_channel = ANY(%(channels)s) OR agent_channel = ANY(%(channels)s))",
            {"server": server, "channels": channels},
        )
        return {name for row in rows for name in row if name in channels}

    async def open_of_user(self, user_id: UUID) -> list[CallRow]:
        """Calls that the user has, or was called into and is on."""
        return await self._tx.fetch_all(
            CallRow,
            f"SELECT {_CALL} FROM calls WHERE tenant_id = %(tenant)s AND ended_at IS NULL"
            " AND (user_id = %(user)s OR id IN (SELECT call_id FROM call_parties WHERE tenant_id = %(tenant)s"
            " AND user_id = %(user)s AND state IN ('talking', 'held'))) ORDER BY started_at",
            {"user": user_id},
        )


@dataclass(frozen=True, slots=True)
class DialLimits:
    """What a user may do to outside in a day; None: as much as the trunks let through."""

    max_calls: int | None = None
    max_spend: Decimal | None = None


class Lines:
    """Trunks, numbers, devices."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def country_and_zone(self) -> tuple[str, str]:
        """By which numbers are read, and whose days are counted."""
        ((country, time_zone),) = await self._tx.fetch_tuples(
            "SELECT country, time_zone FROM tenants WHERE id = %(tenant)s"
        )
        return country, time_zone

    async def trunks(self) -> list[TrunkRow]:
        """All trunks in the scope, in the order in which outbound calls try them."""
        names = ", ".join(f't."{name}"' for name in TrunkRow.__slots__ if name != "country")
        return await self._tx.fetch_all(
            TrunkRow,
            f"SELECT {names}, n.country FROM trunks t JOIN tenants n ON n.id = t.tenant_id"
            ' WHERE NOT t.archived ORDER BY t."order", t.name',
        )

    async def leading_to(self, flow_id: UUID) -> list[str]:
        """Numbers in use whose callers enter this flow."""
        rows = await self._tx.fetch_tuples(
            "SELECT number FROM numbers WHERE tenant_id = %(tenant)s AND flow_id = %(flow)s AND NOT archived ORDER BY number",
            {"flow": flow_id},
        )
        return [str(number) for (number,) in rows]

    async def numbers(self) -> list[NumberRow]:
        """All numbers in the scope."""
        return await self._tx.fetch_all(NumberRow, f"SELECT {_NUMBER} FROM numbers WHERE NOT archived")

    async def without_phone_keys(self) -> set[UUID]:
        """The tenants in the scope whose agents' phones give no orders by keys during a call."""
        rows = await self._tx.fetch_tuples("SELECT id FROM tenants WHERE settings->>'phone_keys' = 'false'")
        return {row[0] for row in rows}

    async def devices(self, user_id: UUID | None = None) -> list[DeviceRow]:
        """All devices in the scope, or one user's."""
        return await self._tx.fetch_all(
            DeviceRow,
            f"SELECT {_DEVICE} FROM devices WHERE (%(user)s::uuid IS NULL OR user_id = %(user)s)"
            " ORDER BY created_at",
            {"user": user_id},
        )

    async def device_of_session(self, session_id: UUID) -> DeviceRow | None:
        return await self._tx.fetch_one(
            DeviceRow,
            f"SELECT {_DEVICE} FROM devices WHERE tenant_id = %(tenant)s AND session_id = %(id)s",
            {"id": session_id},
        )

    async def add_device(self, row: DeviceRow) -> None:
        await self._tx.execute(
            f"INSERT INTO devices ({_DEVICE}) VALUES"
            f" ({', '.join(f'%({name})s' for name in DeviceRow.__slots__)})",
            {name: getattr(row, name) for name in DeviceRow.__slots__},
        )

    async def remove_devices_of_session(self, session_id: UUID) -> list[DeviceRow]:
        return await self._tx.fetch_all(
            DeviceRow,
            f"DELETE FROM devices WHERE tenant_id = %(tenant)s AND session_id = %(id)s RETURNING {_DEVICE}",
            {"id": session_id},
        )

    async def remove_phone(self, user_id: UUID, device_id: UUID) -> bool:
        return (
            await self._tx.execute(
                "DELETE FROM devices WHERE tenant_id = %(tenant)s AND id = %(id)s AND user_id = %(user)s"
                " AND kind = 'sip'",
                {"id": device_id, "user": user_id},
            )
            == 1
        )

    async def ring_on(self, user_id: UUID) -> str:
        return (
            await self._tx.fetch_value(
                "SELECT ring_on FROM phone_settings WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
                {"user": user_id},
            )
            or "browser"
        )

    async def all_ring_on(self) -> dict[UUID, str]:
        """Where each user in the scope who chose wants to be rung."""
        rows = await self._tx.fetch_tuples("SELECT user_id, ring_on FROM phone_settings")
        return {user: str(ring_on) for user, ring_on in rows}

    async def set_ring_on(self, user_id: UUID, ring_on: str) -> tuple[UUID, int]:
        """Remember where the user wants to be rung; gives the setting's id and version."""
        rows = await self._tx.fetch_tuples(
            "INSERT INTO phone_settings (tenant_id, user_id, id, ring_on)"
            " VALUES (%(tenant)s, %(user)s, %(id)s, %(on)s) ON CONFLICT (tenant_id, user_id)"
            " DO UPDATE SET ring_on = excluded.ring_on, version = phone_settings.version + 1 RETURNING id, version",
            {"user": user_id, "id": new_id(), "on": ring_on},
        )
        return rows[0][0], rows[0][1]

    async def dial_limits(self, user_id: UUID) -> DialLimits:
        return (
            await self._tx.fetch_one(
                DialLimits,
                "SELECT max_calls, max_spend FROM phone_settings"
                " WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
                {"user": user_id},
            )
            or DialLimits()
        )

    async def set_dial_limits(self, user_id: UUID, limits: DialLimits) -> None:
        await self._tx.execute(
            "INSERT INTO phone_settings (tenant_id, user_id, id, max_calls, max_spend)"
            " VALUES (%(tenant)s, %(user)s, %(id)s, %(calls)s, %(spend)s) ON CONFLICT (tenant_id, user_id)"
            " DO UPDATE SET max_calls = excluded.max_calls, max_spend = excluded.max_spend,"
            " version = phone_settings.version + 1",
            {"user": user_id, "id": new_id(), "calls": limits.max_calls, "spend": limits.max_spend},
        )
