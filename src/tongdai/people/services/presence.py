"""Presence: every change is a segment with a start and an end, and a fact."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tongdai.people.events import PresenceChanged
from tongdai.people.policies import (
    Chosen,
    Occupancy,
    Shown,
    becomes_idle_anew,
    recorded_state,
    shown_state,
)
from tongdai.people.repository import PresenceRow, Presences
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field

MISSED_OFFERS = "missed_offers"
"""The system reason given to an agent who let too many offers pass."""


async def choose(
    tx: Transaction,
    user_id: UUID,
    chosen: Chosen,
    reason_id: UUID | None,
    at: datetime,
    *,
    by: UUID | None = None,
) -> PresenceRow:
    """The agent (or `by` for them) chooses a state. Going ready clears the count of missed offers."""
    if reason_id is not None and not await Presences(tx).reason_exists(reason_id):
        raise invalid_field("reason_id", "There is no such reason; take one from the list.", "choose")
    row = await Presences(tx).lock(user_id)
    return await _save(
        tx,
        row,
        replace(
            row,
            chosen=chosen.value,
            reason_id=reason_id if chosen is Chosen.NOT_READY else None,
            missed_offers=0 if chosen is Chosen.READY else row.missed_offers,
        ),
        at,
        by,
    )


async def occupy(tx: Transaction, user_id: UUID, occupancy: Occupancy, at: datetime) -> PresenceRow:
    """Routing says what keeps the agent busy. Taking something clears the count of missed offers."""
    row = await Presences(tx).lock(user_id)
    missed = 0 if occupancy is Occupancy.WORKING else row.missed_offers
    return await _save(tx, row, replace(row, occupancy=occupancy.value, missed_offers=missed), at)


async def miss_offer(
    tx: Transaction, user_id: UUID, occupancy: Occupancy, limit: int, at: datetime
) -> PresenceRow:
    """An offer ran out unanswered. After `limit` in a row (0: never) the agent becomes not ready."""
    row = await Presences(tx).lock(user_id)
    missed = row.missed_offers + 1
    changed = replace(row, occupancy=occupancy.value, missed_offers=missed)
    if limit and missed >= limit and row.chosen == Chosen.READY:
        reason = await Presences(tx).system_reason(MISSED_OFFERS)
        changed = replace(changed, chosen=Chosen.NOT_READY.value, reason_id=reason)
    return await _save(tx, row, changed, at)


async def lock_presence(tx: Transaction, user_id: UUID) -> PresenceRow:
    """The agent's presence, locked until the transaction ends."""
    return await Presences(tx).lock(user_id)


async def connect(tx: Transaction, user_id: UUID, node: str, at: datetime) -> PresenceRow:
    """The agent's browser is there (again)."""
    row = await Presences(tx).lock(user_id)
    return await _save(tx, row, replace(row, disconnected_at=None, node=node), at)


async def disconnect(tx: Transaction, user_id: UUID, at: datetime) -> PresenceRow:
    """The agent's last tab went away; the grace time begins."""
    row = await Presences(tx).lock(user_id)
    if row.chosen == Chosen.OFFLINE or row.disconnected_at is not None:
        return row
    return await _save(tx, row, replace(row, disconnected_at=at), at)


async def expire_grace(tx: Transaction, user_id: UUID, before: datetime, at: datetime) -> PresenceRow:
    """Still away after the grace time: offline."""
    row = await Presences(tx).lock(user_id)
    if row.disconnected_at is None or row.disconnected_at > before:
        return row
    return await _save(tx, row, replace(row, chosen=Chosen.OFFLINE.value, reason_id=None), at)


async def _save(
    tx: Transaction, before: PresenceRow, after: PresenceRow, at: datetime, by: UUID | None = None
) -> PresenceRow:
    shown = shown_state(Chosen(after.chosen), Occupancy(after.occupancy))
    after = replace(after, shown=shown.value)
    if after == before:
        return before
    was = Shown(before.shown)
    at = max(at, before.since)
    if (recorded_state(was), before.reason_id) != (recorded_state(shown), after.reason_id):
        await Presences(tx).add_segment(
            before.user_id, recorded_state(was).value, before.reason_id, before.since, at
        )
        after = replace(after, since=at)
    if becomes_idle_anew(was, shown):
        after = replace(after, idle_since=at)
    after = replace(after, version=before.version + 1)
    await Presences(tx).save(after)
    tx.emit(
        PresenceChanged(
            aggregate_id=after.user_id,
            aggregate_version=after.version,
            chosen=after.chosen,
            occupancy=after.occupancy,
            shown=after.shown,
            connected=after.disconnected_at is None,
            idle_since=after.idle_since,
            began=before.chosen == Chosen.OFFLINE and after.chosen != Chosen.OFFLINE,
            by=by,
        )
    )
    return after
