"""What visitors send and see, and widgets as administrators edit them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from tongdai.channels.sharing.schemas import VisitorShare
from tongdai.channels.webchat.policies import origin_of
from tongdai.channels.webchat.told import Attributes
from tongdai.channels.webchat.triggers import Trigger, Triggers
from tongdai.conversations.public import MOST_FILES, AttachmentView, ClientId
from tongdai.platform.bodies import Body, Change, Locale, Name
from tongdai.platform.database.rows import EditedRow
from tongdai.platform.errors import WrongValue
from tongdai.platform.http import Ref, one_of

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Proving = Literal["off", "optional", "enforced"]
"""Whether the site's server signs who writes, and whether who is not signed can write."""
Token = Annotated[str, StringConstraints(max_length=100)]


class Welcome(Body):
    """`token`: what this browser was given before."""

    token: Token | None = None
    language: Locale | None = None


class Identify(Body):
    """Who the visitor is, signed by the site's server: a `token` (JWT, HS256), or where the widget takes it `user_hash`, the HMAC
    of `user_id` alone."""

    token: Annotated[str | None, StringConstraints(min_length=1, max_length=4096)] = None
    user_id: Annotated[str | None, StringConstraints(min_length=1, max_length=200)] = None
    user_hash: Annotated[str | None, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")] = None
    name: Line = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> "Identify":
        if (self.token is None) == (self.user_id is None) or (self.user_id is None) != (
            self.user_hash is None
        ):
            raise WrongValue("send either a token, or user_id with user_hash", "choose")
        return self


class IdentityState(BaseModel):
    """Who the browser's visitor is to the site, as far as it was proven, and how long that is good."""

    subject: str | None
    verified_until: datetime | None


Address = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=254,
        pattern=r"^[^@\s<>\"',;:\x00-\x1f]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
    ),
    AfterValidator(str.lower),
]


class OfflineMessage(Body):
    """Left while nobody is there. The same `client_id` again is the same message."""

    client_id: ClientId
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    email: Address
    body: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    page: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class Left(BaseModel):
    """How it will be answered: by e-mail, or in the chat (and by whatever else agents know)."""

    answered_by: Annotated[str, one_of("email", "chat")]


class TranscriptIn(Body):
    """The chat so far, by mail. The same `client_id` again sends nothing more."""

    client_id: ClientId
    email: Address


class VisitorMessage(Body):
    """`pressed`: the key of the button that was pressed instead of writing; `about`: what was asked before the chat;
    `attachments`: what was uploaded for it. Words are needed where there is none. `greeting`: the trigger whose greeting is
    answered by what begins a chat; `attributes`: what the page has told until then."""

    client_id: ClientId
    body: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""
    attachments: Annotated[list[UUID], Field(max_length=MOST_FILES)] = []
    pressed: Annotated[str | None, StringConstraints(max_length=8)] = None
    page: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    about: Annotated[dict[Literal["name", "email", "phone"], Line], Field(max_length=3)] = {}
    greeting: UUID | None = None
    attributes: Attributes = {}


class VisitorMessageView(BaseModel):
    """A message as its customer sees it: of agents the name alone."""

    seq: int
    author: Annotated[str, one_of("customer", "agent", "bot", "system")]
    name: str
    kind: Annotated[str, one_of("text", "event")]
    body: str
    data: dict[str, Any]
    attachments: list[AttachmentView]
    client_id: str | None
    at: datetime


class ChatState(BaseModel):
    """How the chat stands. `position`: the visitor's place in the queue, from 1; `read_seq`: so far the other side has read;
    `shares`: what the agent asks to be shown, or is being shown."""

    phase: Annotated[str, one_of("none", "bot", "waiting", "agent", "ended")]
    agent: str | None
    position: int | None
    read_seq: int
    shares: list[VisitorShare]


class Asked(BaseModel):
    """Asked before the chat."""

    name: Literal["name", "email", "phone"]
    required: bool = False


class Look(BaseModel):
    """Texts by language; `colour` of the button, `side` of the page on which it stands."""

    title: dict[Locale, Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]] = {}
    greeting: dict[Locale, Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]] = {}
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")] = "#0b6bcb"
    side: Literal["left", "right"] = "right"


class WidgetConfig(BaseModel):
    """What the chat window needs to know."""

    look: Look
    pre_chat: list[Asked]
    country: str
    identity: Proving
    transcripts: bool
    triggers: list[Trigger]


Away = Annotated[str, one_of("hours", "nobody")]
"""Why a form stands in the chat's place."""


class There(BaseModel):
    """Whether somebody is there now: what a page asks before it greets."""

    away: Away | None


class Opened(BaseModel):
    """The chat as it stands, for a browser that just opened it."""

    token: str
    config: WidgetConfig
    name: str
    identity: IdentityState
    away: Away | None
    messages: list[VisitorMessageView]
    state: ChatState


class Frame(BaseModel):
    """News for a visitor's line: messages after those it had, how the chat stands, whether somebody is typing."""

    messages: list[VisitorMessageView]
    state: ChatState
    typing: bool


def _origin(text: str) -> str:
    origin = origin_of(text)
    if origin is None:
        raise WrongValue("write a site as https://shop.example", "origin")
    return origin


Origin = Annotated[str, StringConstraints(max_length=300), AfterValidator(_origin)]
Origins = Annotated[list[Origin], Field(max_length=50)]


class Offline(Body):
    """When a form stands in the chat's place: outside of the hours of `calendar`, while the queue is closed, and with `unstaffed`
    while nobody who serves it is signed in. What is left waits in the queue, or where the widget has a mailbox, in that one's."""

    queue_id: UUID
    calendar: Annotated[str | None, StringConstraints(max_length=100)] = None
    unstaffed: bool = True


class Widget(EditedRow):
    """A chat window for websites. `key` stands in the sites' source; `origins` may show it."""

    name: str
    project_id: UUID | None
    key: str
    flow_id: UUID
    origins: list[str]
    look: Look
    pre_chat: list[Asked]
    identity: Proving
    takes_hashes: bool
    mailbox_id: UUID | None
    offline: Offline | None
    triggers: list[Trigger]


class WidgetIn(Body):
    name: Name
    project_id: UUID | None = None
    flow_id: UUID
    origins: Origins = []
    look: Look = Look()
    pre_chat: Annotated[list[Asked], Field(max_length=3)] = []
    identity: Proving = "off"
    takes_hashes: bool = False
    mailbox_id: UUID | None = None
    offline: Offline | None = None
    triggers: Triggers = []


class WidgetChange(Change):
    name: Name = ""
    project_id: UUID | None = None
    flow_id: UUID | None = None
    origins: Origins = []
    look: Look = Look()
    pre_chat: Annotated[list[Asked], Field(max_length=3)] = []
    identity: Proving = "off"
    takes_hashes: bool = False
    mailbox_id: UUID | None = None
    offline: Offline | None = None
    triggers: Triggers = []


class SecretView(BaseModel):
    """A secret by which the site's server signs. `hint`: its last letters."""

    id: UUID
    hint: str
    made_at: datetime
    made_by: Ref | None


class SecretMade(SecretView):
    """It is shown this once."""

    secret: str
