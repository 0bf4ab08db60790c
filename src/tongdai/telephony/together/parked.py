"""Parking places: their numbers, their SQL, and what screens show of who is parked."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from tongdai.conversations import public as conversations
from tongdai.crm import public as crm
from tongdai.kit.phone import national_format
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.errors import ParkFull
from tongdai.telephony.repository import CallRow
from tongdai.telephony.views import NamedRef, Peer

SLOTS = (701, 799)
"""The numbers of the places; those that are somebody's extension are left out."""
NOWHERE = {"park_slot": None, "parked_at": None, "parked_by": None}
"""What a call's row says while it is not parked."""
COMES_BACK_S = 120.0
"""So long a customer waits at a place before who parked them is rung."""


class ParkedCalls:
    """Places that are taken, and free ones."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def free_slot(self) -> int:
        """The lowest free place; nobody else gets it before this transaction is over. Raises ParkFull."""
        await self._tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(tenant)s::uuid::text, 4714))")
        slot = await self._tx.fetch_value(
            "SELECT min(slot) FROM generate_series(%(first)s::int, %(last)s::int) slot"
            " WHERE NOT EXISTS (SELECT 1 FROM calls WHERE tenant_id = %(tenant)s AND park_slot = slot)"
            " AND NOT EXISTS (SELECT 1 FROM users WHERE tenant_id = %(tenant)s AND extension = slot::text AND NOT archived)"
            " AND NOT EXISTS (SELECT 1 FROM extension_groups"
            " WHERE tenant_id = %(tenant)s AND extension = slot::text AND NOT archived)"
            " AND NOT EXISTS (SELECT 1 FROM conference_rooms"
            " WHERE tenant_id = %(tenant)s AND extension = slot::text AND NOT archived)",
            {"first": SLOTS[0], "last": SLOTS[1]},
        )
        if slot is None:
            raise ParkFull()
        return slot

    async def all(self) -> list[CallRow]:
        """The calls that are parked, by place."""
        names = ", ".join(CallRow.__slots__)
        return await self._tx.fetch_all(
            CallRow,
            f"SELECT {names} FROM calls WHERE tenant_id = %(tenant)s AND park_slot IS NOT NULL ORDER BY park_slot",
        )


class ParkedView(BaseModel):
    """A customer who waits at a place to be picked up. At `comes_back_at` who parked them is rung."""

    call_id: UUID
    slot: int
    peer: Peer
    queue: NamedRef | None
    parked_by: NamedRef | None
    parked_at: datetime
    comes_back_at: datetime


async def parked_views(tx: Transaction) -> list[ParkedView]:
    """All who are parked, by place."""
    rows = await ParkedCalls(tx).all()
    if not rows:
        return []
    interactions = {
        one.id: one for one in await conversations.Interactions(tx).get([row.interaction_id for row in rows])
    }
    contacts = await crm.contact_refs(tx, [one.contact_id for one in interactions.values() if one.contact_id])
    queues = await routing.queue_names(tx, [one.queue_id for one in interactions.values() if one.queue_id])
    by = {row.parked_by for row in rows if row.parked_by is not None}
    names = (
        {one.id: NamedRef(id=one.id, name=one.name) for one in await people.list_people(tx, list(by))}
        if by
        else {}
    )
    shown: list[ParkedView] = []
    for row in rows:
        one = interactions[row.interaction_id]
        assert row.park_slot is not None
        assert row.parked_at is not None
        shown.append(
            ParkedView(
                call_id=row.id,
                slot=row.park_slot,
                peer=_peer(
                    one,
                    contacts[one.contact_id].name if one.contact_id and one.contact_id in contacts else "",
                ),
                queue=NamedRef(id=one.queue_id, name=queues.get(one.queue_id, "")) if one.queue_id else None,
                parked_by=names.get(row.parked_by) if row.parked_by else None,
                parked_at=row.parked_at,
                comes_back_at=row.parked_at + timedelta(seconds=COMES_BACK_S),
            )
        )
    return shown


def _peer(one: conversations.InteractionRow, name: str) -> Peer:
    number = one.peer or (one.peer_raw if one.direction == "internal" else None)
    national = national_format(number) if number and number.startswith("+") else number
    return Peer(number=number, national=national, name=name or one.peer_name or None)
