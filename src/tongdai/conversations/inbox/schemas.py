"""What the inbox takes and shows."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from tongdai.conversations.schemas import CustomerNumber
from tongdai.platform.bodies import Body, Change, Name
from tongdai.platform.database.rows import EditedRow
from tongdai.platform.http import Ref, one_of

STATES = {"bot": "in_flow", "waiting": "queued", "open": "connected", "closed": "closed"}
"""A conversation's states as the inbox names them: with the flow, in a queue, with an agent, over."""


class ConversationView(BaseModel):
    """A conversation in the inbox. `agent`: who has it, or had it last; `may_take`: it waits in a queue of the reader's;
    `scheduled_at`: when the next reply that waits goes out; `stopped`: one was not sent; `following`: the reader does,
    and has not seen `news` messages; `subject`: of its first letter; `merged_into`: the one that
    shows it now; `mentioned`: the reader was, and has not looked since."""

    id: UUID
    channel: str
    state: Annotated[str, one_of(*STATES)]
    contact: Ref | None
    number: CustomerNumber | None
    peer_name: str
    peer_verified: bool
    queue: Ref | None
    agent: Ref | None
    subject: str
    last_author: Annotated[str, one_of("customer", "agent", "bot", "system")] | None
    preview: str
    last_at: datetime
    unread: int
    tags: list[str]
    snoozed_until: datetime | None
    scheduled_at: datetime | None
    stopped: bool
    following: bool
    news: int
    mentioned: bool
    opened_at: datetime
    merged_into: UUID | None
    may_take: bool


class InboxCounts(BaseModel):
    """How many conversations each view has (of those that one follows: how many have news); 1000 stands for more than 999."""

    mine: int
    waiting: int
    open: int
    unread: int
    snoozed: int
    scheduled: int
    followed: int
    mentioned: int


Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^,\x00-\x1f]+$")
]


MOST_TAGS = 20
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS)]


class TagsIn(Body):
    """All tags of a conversation, each once."""

    tags: Tags


class SnoozeIn(Body):
    until: AwareDatetime


class ChangeOfOne(Body):
    """What becomes of one of many: tags that it gets and loses, and until when it is put aside (null: it stands in the lists; not
    named: as it is)."""

    id: UUID
    add: Tags = []
    remove: Tags = []
    snoozed_until: AwareDatetime | None = None

    @property
    def moves(self) -> bool:
        return "snoozed_until" in self.model_fields_set


def _each_once(changes: list[ChangeOfOne]) -> list[ChangeOfOne]:
    if len({one.id for one in changes}) < len(changes):
        raise ValueError("each conversation only once")
    return changes


class ManyIn(Body):
    changes: Annotated[list[ChangeOfOne], Field(min_length=1, max_length=100), AfterValidator(_each_once)]


class Refused(BaseModel):
    """What could not be changed, and why: the code of the error."""

    id: UUID
    code: str


class ManyChanged(BaseModel):
    """`before`: sent again as `changes`, all of it is undone."""

    before: list[ChangeOfOne]
    refused: list[Refused]


class Narrowing(Body):
    """What a list is asked for. Whom or what it names may be gone since: then it finds nothing."""

    view: Literal[
        "mine", "waiting", "open", "unread", "snoozed", "scheduled", "followed", "mentioned", "closed", "all"
    ] = "open"
    q: Annotated[str, StringConstraints(max_length=200)] | None = None
    channel: Annotated[str, StringConstraints(max_length=40)] | None = None
    queue_id: UUID | None = None
    user_id: UUID | None = None
    tag: Tag | None = None


class InboxViewIn(Body):
    """`shared`: for everybody."""

    name: Name
    narrowing: Narrowing
    shared: bool = False


class InboxViewChange(Change):
    name: Name = ""
    narrowing: Narrowing = Narrowing()


class InboxView(EditedRow):
    """A list kept under a name. `user_id`: whose own it is; null: everybody's."""

    name: str
    narrowing: Narrowing
    user_id: UUID | None
