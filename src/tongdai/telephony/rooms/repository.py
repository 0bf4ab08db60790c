"""SQL of conference rooms, and of who is in them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.telephony.voicemail.policies import Tries


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room as its door knows it. `pin` is a hash, "" for none."""

    id: UUID
    pin: str
    pin_failures: int
    pin_locked_until: datetime | None
    max_members: int
    tone: bool
    archived: bool

    @property
    def tries(self) -> Tries:
        return Tries(self.pin_failures, self.pin_locked_until)


_ROOM = ", ".join(RoomRow.__slots__)


class Rooms:
    """The rooms of a tenant."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def get(self, room_id: UUID) -> RoomRow | None:
        return await self._read(room_id)

    async def lock(self, room_id: UUID) -> RoomRow | None:
        """Locked until the transaction ends: two do not come in, or try PINs, at once."""
        return await self._read(room_id, "FOR UPDATE")

    async def _read(self, room_id: UUID, how: str = "") -> RoomRow | None:
        return await self._tx.fetch_one(
            RoomRow,
            f"SELECT {_ROOM} FROM conference_rooms WHERE tenant_id = %(tenant)s AND id = %(id)s {how}",
            {"id": room_id},
        )

    async def note_try(self, room_id: UUID, tries: Tries) -> None:
        await self._tx.execute(
            "UPDATE conference_rooms SET pin_failures = %(failures)s, pin_locked_until = %(until)s"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": room_id, "failures": tries.failures, "until": tries.locked_until},
        )

    async def members(self, room_id: UUID, server: str) -> list[str]:
        """The lines of those in the room, in the order in which they came."""
        rows = await self._tx.fetch_tuples(
            "SELECT coalesce(nullif(customer_channel, ''), agent_channel) FROM calls WHERE tenant_id = %(tenant)s"
            " AND server = %(server)s AND ended_at IS NULL AND room_id = %(id)s AND room_joined_at IS NOT NULL"
            " ORDER BY room_joined_at, id",
            {"id": room_id, "server": server},
        )
        return [str(row[0]) for row in rows]

    async def language(self, interaction_id: UUID, user_id: UUID | None) -> str:
        """In which the one on the line is spoken to: the user's own, the contact's, or the centre's."""
        return await self._tx.fetch_value(
            "SELECT coalesce("
            " (SELECT locale FROM users WHERE tenant_id = %(tenant)s AND id = %(user)s::uuid),"
            " (SELECT language FROM interactions WHERE tenant_id = %(tenant)s AND id = %(interaction)s),"
            " (SELECT locale FROM tenants WHERE id = %(tenant)s))",
            {"user": user_id, "interaction": interaction_id},
        )
