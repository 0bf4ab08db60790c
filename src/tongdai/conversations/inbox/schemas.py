"""What the inbox takes and shows."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from tongdai.conversations.schemas import CustomerNumber
from tongdai.platform.bodies import Body
from tongdai.platform.http import Ref, one_of

STATES = {"bot": "in_flow", "waiting": "queued", "open": "connected", "closed": "closed"}
"""A conversation's states as the inbox names them: with the flow, in a queue, with an agent, over."""


class ConversationView(BaseModel):
    """A conversation in the inbox. `agent`: who has it, or had it last; `may_take`: it waits in a queue of the reader's."""

    id: UUID
    channel: str
    state: Annotated[str, one_of(*STATES)]
    contact: Ref | None
    number: CustomerNumber | None
    peer_name: str
    queue: Ref | None
    agent: Ref | None
    last_author: Annotated[str, one_of("customer", "agent", "bot", "system")] | None
    preview: str
    last_at: datetime
    unread: int
    tags: list[str]
    snoozed_until: datetime | None
    opened_at: datetime
    may_take: bool


class InboxCounts(BaseModel):
    """How many conversations each view has; 1000 stands for more than 999."""

    mine: int
    waiting: int
    open: int
    unread: int
    snoozed: int


Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^,\x00-\x1f]+$")
]


class TagsIn(Body):
    """All tags of a conversation, each once."""

    tags: Annotated[list[Tag], Field(max_length=20)]


class SnoozeIn(Body):
    until: AwareDatetime
