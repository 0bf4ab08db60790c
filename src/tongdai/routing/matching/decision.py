"""What the matcher decides, and why."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.routing.policies import Entry, QueueRules, Verdict


@dataclass(frozen=True, slots=True)
class Considered:
    """One candidate of a decision and what was thought of them."""

    user_id: UUID
    name: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """Offer this entry to these agents (more than one only for ring all)."""

    entry: Entry
    queue: QueueRules
    user_ids: tuple[UUID, ...]
    at: datetime
    considered: tuple[Considered, ...]
    waiting: int
    free: int
