"""Facts of module routing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.platform.facts import Fact


class QueueChanged(Fact, type="routing.queue_changed"):
    """A queue's rules or members were edited. The aggregate is the queue."""


class EntryFact(Fact):
    """About one stay in a queue; the aggregate is the entry."""

    interaction_id: UUID
    queue_id: UUID


class ContactEnqueued(EntryFact, type="routing.contact_enqueued"):
    """A contact waits in a queue, since `at`; all that the matcher needs to know of it."""

    at: datetime
    requirements: list[dict[str, Any]] = []
    priority: int = 0
    preferred_user_id: UUID | None = None
    passed: list[tuple[UUID, datetime]] = []
    times_out_at: datetime | None = None


class ContactOffered(EntryFact, type="routing.contact_offered"):
    """An offer round opened."""

    round_id: UUID
    user_ids: list[UUID]
    expires_at: datetime | None = None


class ContactReturned(EntryFact, type="routing.contact_returned"):
    """An offer round ended without acceptance; the contact waits again, in its old place."""

    round_id: UUID
    outcome: str


class ContactDequeued(EntryFact, type="routing.contact_dequeued"):
    """The stay is over. `why`: accepted, abandoned, timed_out, left."""

    why: str


class ContactTimedOut(EntryFact, type="routing.contact_timed_out"):
    """It waited the longest that the queue allows; the flow decides what comes next."""
