"""What the matcher has heard of and not looked at yet."""

from dataclasses import dataclass, field
from uuid import UUID

from tongdai.routing.policies import Entry


@dataclass
class News:
    """Entries, agents and queues are to be read from the database; the others are known in full."""

    entries: set[UUID] = field(default_factory=set[UUID])
    agents: set[UUID] = field(default_factory=set[UUID])
    queues: set[UUID] = field(default_factory=set[UUID])
    arrived: dict[UUID, Entry] = field(default_factory=dict[UUID, Entry])
    """Put into the pool in their turn: after the agents who came before them."""
    freed: set[UUID] = field(default_factory=set[UUID])

    def __bool__(self) -> bool:
        return bool(self.to_read or self.arrived or self.freed)

    @property
    def to_read(self) -> bool:
        return bool(self.entries or self.agents or self.queues)

    def of_contact(self, interaction_id: UUID) -> bool:
        return interaction_id in self.entries or interaction_id in self.arrived

    def of_agent(self, user_id: UUID) -> bool:
        return user_id in self.agents or user_id in self.freed

    def add(self, other: "News") -> None:
        self.entries |= other.entries
        self.agents |= other.agents
        self.queues |= other.queues
        self.arrived |= other.arrived
        self.freed |= other.freed
