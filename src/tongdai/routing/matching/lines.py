"""One queue in the pool, and its contacts in order."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import TypeAlias
from uuid import UUID

from sortedcontainers import SortedDict

from tongdai.routing.policies import Agent, Entry, QueueRules, Requirement, Ring, agent_order

Kind: TypeAlias = tuple[tuple[Requirement, ...], bool]
"""What decides whom a contact suits, and after which wait: its requirements, and whether it is a callback."""

Key: TypeAlias = tuple[int, float, float, str]
"""Where a free agent stands: 0 for own, then by ring; within that by the queue's strategy."""


@dataclass
class Bucket:
    """Contacts of one queue and kind: by rank, and by age (for skills that widen with waiting)."""

    by_rank: SortedDict[tuple[float, datetime, UUID], Entry] = field(
        default_factory=SortedDict[tuple[float, datetime, UUID], Entry]
    )
    by_age: SortedDict[tuple[datetime, UUID], Entry] = field(
        default_factory=SortedDict[tuple[datetime, UUID], Entry]
    )


@dataclass
class Line:
    """A queue: its free agents in order, own before those who help out, ring by ring; and who waits."""

    rules: QueueRules
    free: SortedDict[Key, UUID] = field(default_factory=SortedDict[Key, UUID])
    keys: dict[UUID, Key] = field(default_factory=dict[UUID, Key])
    members: set[UUID] = field(default_factory=set[UUID])
    helpers: dict[UUID, int] = field(default_factory=dict[UUID, int])
    """Agents of other queues, by the number of their ring."""
    patience: dict[UUID, float] = field(default_factory=dict[UUID, float])
    """Agents who leave callers waiting for so long, in favour of outbound work."""
    buckets: dict[Kind, Bucket] = field(default_factory=dict[Kind, Bucket])
    waiting: int = 0

    def ring(self, user_id: UUID) -> Ring | None:
        """The ring in which an agent helps out; None: it is one of the queue's own."""
        number = self.helpers.get(user_id)
        return None if number is None else self.rules.overflow[number]

    def rings_open(self, entry: Entry, now: datetime) -> int:
        """How far down the rings there may be somebody for this contact: agents of later ones need not be looked at."""
        waited, last = entry.waited(now), 0
        for number, ring in enumerate(self.rules.overflow, 1):
            after = ring.opens_after(self.rules.expected_wait_s)
            if after is not None and waited >= after:
                last = number
        return last

    def overdue(self, now: datetime) -> int:
        """How many callers wait for longer than the queue's target."""
        return sum(
            1
            for (_, callback), bucket in self.buckets.items()
            if not callback
            for _ in takewhile(lambda one: one.waited(now) > self.rules.target_s, bucket.by_age.values())
        )

    def take_out(self, user_id: UUID) -> None:
        """The agent is not free."""
        key = self.keys.pop(user_id, None)
        if key is not None:
            del self.free[key]

    def put_in(self, agent: Agent) -> None:
        """The agent is as they are now: in their place if they are free."""
        self.take_out(agent.id)
        number = self.helpers.get(agent.id)
        if agent.available_for(self.rules.channel) and (number is not None or agent.id in self.members):
            ring = 0 if number is None else number + 1
            self.keys[agent.id] = key = (ring, *agent_order(agent, self.rules))
            self.free[key] = agent.id

    def forget(self, user_id: UUID) -> None:
        self.take_out(user_id)
        self.members.discard(user_id)
        self.helpers.pop(user_id, None)
        self.patience.pop(user_id, None)


def kind_of(entry: Entry) -> Kind:
    """The bucket that a contact belongs to."""
    return entry.requirements, entry.callback
