"""What the routes of replies that are sent later take and show."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from tongdai.conversations.attachments.policies import MOST_PER_MESSAGE
from tongdai.conversations.attachments.views import AttachmentView
from tongdai.conversations.thread_views import ClientId
from tongdai.platform.bodies import Body, Change
from tongdai.platform.http import Ref, one_of


class ScheduledIn(Body):
    """`heading`: of a letter whom it goes to and what it is about. `due_at` null: after the grace in which it can be taken back.
    `only_if_unanswered`: not if the customer writes before."""

    client_id: ClientId
    body: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)] = ""
    attachments: Annotated[list[UUID], Field(max_length=MOST_PER_MESSAGE)] = []
    heading: dict[str, Any] | None = None
    due_at: AwareDatetime | None = None
    only_if_unanswered: bool = False


class ScheduledChange(Change):
    due_at: AwareDatetime = datetime.max.replace(tzinfo=UTC)
    only_if_unanswered: bool = False


class ScheduledView(BaseModel):
    """A reply that waits. `grace`: only so that it can be taken back; `answered`: the customer has written since; `why`, once it
    was stopped: that (`answered`), or the code of what forbids it. `may_change`: the reader may change, send and take it back."""

    id: UUID
    conversation_id: UUID
    user: Ref
    body: str
    heading: dict[str, Any] | None
    attachments: list[AttachmentView]
    client_id: str
    due_at: datetime
    grace: bool
    only_if_unanswered: bool
    answered: bool
    state: Annotated[str, one_of("waiting", "stopped", "sent", "withdrawn")]
    why: str | None
    created_at: datetime
    version: int
    may_change: bool
