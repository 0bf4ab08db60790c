"""Those who are called into a call: whom it is handed over to, who is asked, who confers. And their SQL."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tongdai.platform.database import Transaction

VOICEMAIL = "voicemail"
MOST = 8
"""Parties beside customer and agent: ten in all."""


@dataclass(frozen=True, slots=True)
class Party:
    """One who is called in. `purpose`: transfer (gets the customer), consult (asked while the customer waits), conference.

    `state`: ringing, talking, held (hears music), gone. A colleague has `user_id` and an assignment, an outside number `number`,
    a ring group its extension as `number`. With `queue_id` it is an agent of that queue: until somebody is found, nobody yet.
    Whose voicemail gets the customer is gone from the beginning, with the outcome VOICEMAIL (a ring group has `number`).
    """

    id: UUID
    call_id: UUID
    purpose: str
    state: str
    user_id: UUID | None
    assignment_id: UUID | None
    number: str
    channel: str | None
    muted: bool
    invited_by: UUID | None
    invited_at: datetime
    joined_at: datetime | None = None
    left_at: datetime | None = None
    outcome: str | None = None
    queue_id: UUID | None = None
    listens: bool = False
    """Hears the others, who never hear them."""

    def joined(self, channel: str, at: datetime, *, purpose: str | None = None) -> "Party":
        return replace(self, state="talking", channel=channel, joined_at=at, purpose=purpose or self.purpose)

    def gone(self, outcome: str, at: datetime) -> "Party":
        return replace(self, state="gone", outcome=outcome, left_at=at)


_PARTY = ", ".join(Party.__slots__)
_FIXED = ("id", "call_id", "number", "queue_id", "invited_by", "invited_at")
_MOVING = tuple(name for name in Party.__slots__ if name not in _FIXED)


class Parties:
    """Parties of calls."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, party: Party) -> None:
        places = ", ".join(f"%({name})s" for name in Party.__slots__)
        await self._tx.write(
            f"INSERT INTO call_parties (tenant_id, {_PARTY}) VALUES (%(tenant)s, {places})",
            {name: getattr(party, name) for name in Party.__slots__},
        )

    async def save(self, party: Party) -> None:
        await self._tx.write(
            f"UPDATE call_parties SET {', '.join(f'{name} = %({name})s' for name in _MOVING)}"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {name: getattr(party, name) for name in ("id", *_MOVING)},
        )

    async def of_calls(self, call_ids: list[UUID], *, there: bool = True) -> list[Party]:
        """In the order in which they were called; with `there` only those who are not gone."""
        return await self._tx.fetch_all(
            Party,
            f"SELECT {_PARTY} FROM call_parties WHERE tenant_id = %(tenant)s AND call_id = ANY(%(ids)s)"
            f" {'AND state <> %(gone)s' if there else ''} ORDER BY invited_at, id",
            {"ids": call_ids, "gone": "gone"},
        )

    async def all_gone(self, call_id: UUID, at: datetime) -> None:
        """The call is over: nobody is called or there any more."""
        await self._tx.write(
            "UPDATE call_parties SET left_at = %(at)s, outcome = CASE state WHEN 'ringing' THEN 'cancelled' ELSE 'left' END,"
            " state = 'gone' WHERE tenant_id = %(tenant)s AND call_id = %(call)s AND state <> 'gone'",
            {"call": call_id, "at": at},
        )
