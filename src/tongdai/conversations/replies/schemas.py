"""What the routes of canned replies take and show."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from tongdai.conversations.replies.policies import VARIABLES, unknown_variables
from tongdai.platform.bodies import Body, Change, Locale
from tongdai.platform.database.rows import EditedRow
from tongdai.platform.errors import WrongValue


def _known(text: str) -> str:
    if unknown_variables(text):
        names = ", ".join("{{" + name + "}}" for name in VARIABLES)
        raise WrongValue(f"there is no such variable; these can be used: {names}", "variable")
    return text


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(_known)
]
Texts = Annotated[dict[Locale, Text], Field(min_length=1)]
ReplyCode = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[\w-]{1,40}$")]


class CannedReplyIn(Body):
    """`queue_id` None: for all queues."""

    code: ReplyCode
    body: Texts
    queue_id: UUID | None = None


class CannedReplyChange(Change):
    code: ReplyCode = ""
    body: Texts = {}
    queue_id: UUID | None = None


class OwnReplyIn(Body):
    code: ReplyCode
    body: Texts


class CannedReply(EditedRow):
    code: str
    body: dict[str, str]
    queue_id: UUID | None


class ReplyView(BaseModel):
    """A reply as it would be inserted: in the customer's language where there is one, its variables filled. `own`: only the
    reader has it."""

    id: UUID
    code: str
    text: str
    own: bool
