"""Facts of module routing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.platform.facts import Fact


class QueueChanged(Fact, type="routing.queue_changed"):
    """A queue's rules or members were edited. The aggregate is the queue."""


class ClosureSwitchChanged(Fact, type="routing.closure_switch_changed"):
    """An emergency switch was made, turned on or off, or put away. The aggregate is the switch."""


class MusicChanged(Fact, type="routing.music_changed"):
    """Music was added, renamed, made the tenant's own, or deleted. The aggregate is the piece."""


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
    preferred_why: str | None = None
    passed: list[tuple[UUID, datetime]] = []
    times_out_at: datetime | None = None
    callback: bool = False
    """Nobody is on the line: the customer is called when an agent has taken it."""


class ContactOffered(EntryFact, type="routing.contact_offered"):
    """An offer round opened."""

    round_id: UUID
    user_ids: list[UUID]
    expires_at: datetime | None = None
    callback: bool = False


class ContactReturned(EntryFact, type="routing.contact_returned"):
    """An offer round ended without acceptance; the contact waits again, in its old place."""

    round_id: UUID
    outcome: str


class ContactDequeued(EntryFact, type="routing.contact_dequeued"):
    """The stay is over. `why`: accepted, abandoned, timed_out, no_agents, left."""

    why: str
    waited_s: float = 0.0
    callback: bool = False


class ContactTimedOut(EntryFact, type="routing.contact_timed_out"):
    """It is to wait no longer; the flow decides what comes next. `why`: timed_out (the longest that the queue allows), no_agents
    (nobody who serves the queue is signed in)."""

    why: str = "timed_out"


class BlendingChanged(Fact, type="routing.blending_changed"):
    """What an agent, a team or everybody takes between outbound work was changed. The aggregate is the rule."""

    user_id: UUID | None = None
    team_id: UUID | None = None


class CallbackChanged(Fact, type="routing.callback_changed"):
    """A callback was asked for, or moved on. The aggregate is the callback. `interaction_id` is its present attempt, from before
    that waits."""

    at: datetime
    state: str
    asked_at: datetime
    queue_id: UUID | None = None
    user_id: UUID | None = None
    interaction_id: UUID | None = None
    served_at: datetime | None = None
