"""Mailboxes as administrators edit them, and mails as screens show them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from tongdai.channels.email.rules import Rule, Rules
from tongdai.conversations.public import Texts, TextWithVariables
from tongdai.platform.bodies import Body, Change, Locale, Name
from tongdai.platform.database.rows import EditedRow
from tongdai.platform.http import one_of

Host = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9.\-\[\]:]{1,255}$")]
Security = Literal["tls", "starttls", "none"]
MailAddress = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=200, pattern=r"^[^@\s<>\",;:+]{1,40}@[A-Za-z0-9.\-]{1,150}$"
    ),
    AfterValidator(str.lower),
]
Username = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Password = Annotated[str, StringConstraints(max_length=500)]
Trouble = Annotated[
    str,
    one_of("new", "reading", "no_password", "sign_in", "sign_again", "provider", "unreachable", "certificate", "refused",
           "folder", "key", "storing"),
]  # fmt: skip
"""How the reading goes: `reading`, or what hinders it, each with its mend in the screens' words."""


class Access(Body):
    """Where a server is. `none`: in clear, for a server beside us."""

    host: Host
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Security = "tls"


Url = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=500,
        pattern=r"^(https://[A-Za-z0-9.\-]+(:[0-9]{1,5})?|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?)/[^\s#]*$",
    ),
]
"""Encrypted, but beside us."""
SignIn = Literal["password", "oauth"]
Acknowledgement = dict[Locale, TextWithVariables]
"""What customers get at once; in the customer's language where it has that, else in one of its own. Empty: nothing."""


class OAuth(Body):
    """The provider at which a person signs in, and our application there."""

    authorize_url: Url
    token_url: Url
    client_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    scope: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class Mailbox(EditedRow):
    """An address that customers write to. `flow_id`: what leads letters that begin a conversation. Password and client
    secret are write-only; `signed_in`: the provider's permission is kept. `tagged`: its server delivers name+mark@, too, so that
    answers come to an address that names their conversation."""

    name: str
    project_id: UUID | None
    address: str
    queue_id: UUID
    flow_id: UUID | None
    imap: Access
    smtp: Access
    username: str
    sign_in: SignIn
    has_password: bool
    oauth: OAuth | None
    has_client_secret: bool
    signed_in: bool
    acknowledgement: dict[str, str]
    rules: list[Rule]
    tagged: bool
    state: Trouble
    problem: str
    state_at: datetime | None


class MailboxIn(Body):
    name: Name
    project_id: UUID | None = None
    address: MailAddress
    queue_id: UUID
    flow_id: UUID | None = None
    imap: Access
    smtp: Access
    username: Username
    sign_in: SignIn = "password"
    password: Password = ""
    oauth: OAuth | None = None
    client_secret: Password = ""
    acknowledgement: Acknowledgement = {}
    rules: Rules = []
    tagged: bool = False


class MailboxChange(Change):
    name: Name = ""
    project_id: UUID | None = None
    address: MailAddress = ""
    queue_id: UUID | None = None
    flow_id: UUID | None = None
    imap: Access | None = None
    smtp: Access | None = None
    username: Username = ""
    sign_in: SignIn = "password"
    password: Password = ""
    oauth: OAuth | None = None
    client_secret: Password = ""
    acknowledgement: Acknowledgement = {}
    rules: Rules = []
    tagged: bool = False


class Signature(EditedRow):
    """What stands under letters of one mailbox, queue or team; each None: of all."""

    name: str
    body: dict[str, str]
    mailbox_id: UUID | None
    queue_id: UUID | None
    team_id: UUID | None


class SignatureIn(Body):
    name: Name
    body: Texts
    mailbox_id: UUID | None = None
    queue_id: UUID | None = None
    team_id: UUID | None = None


class SignatureChange(Change):
    name: Name = ""
    body: Texts = {}
    mailbox_id: UUID | None = None
    queue_id: UUID | None = None
    team_id: UUID | None = None


class Trial(BaseModel):
    """What came of signing in: `ok`, or what hinders it, and the server's own words."""

    state: Annotated[
        str,
        one_of("ok", "no_password", "sign_in", "sign_again", "provider", "unreachable", "certificate", "refused", "folder",
               "key"),
    ]  # fmt: skip
    problem: str


class Trials(BaseModel):
    """Both servers of a mailbox, tried just now."""

    imap: Trial
    smtp: Trial


class SignInAt(BaseModel):
    """Where a person signs in to the mailbox's provider, who sends them back."""

    url: str


class Party(BaseModel):
    """Somebody in a mail's headers."""

    address: str
    name: str = ""


class MailTold(BaseModel):
    """What a message's `data.email` says. Of a mail that came: whether it has HTML to look at, images outside it, the names of
    its files that are in the mailbox only (`cut`: it is too large to be read to its end), the content ids of those that its HTML
    shows in their place, what it quotes, whether a machine wrote it, whether its sender is somebody whom we only forwarded to
    (`aside`). Of one of ours: who gets it unknown to the others, whom what it sends on is from, what stands under it, how its
    delivery goes, and why not."""

    id: UUID
    subject: str
    sender: Party
    to: list[Party]
    cc: list[Party]
    bcc: list[Party] = []
    forwards: Party | None = None
    aside: bool = False
    html: bool = False
    images: bool = False
    quoted: str = ""
    files: list[str] = []
    inline: list[str] = []
    cut: bool = False
    signature: str = ""
    automatic: bool = False
    state: Annotated[str, one_of("received", "queued", "sending", "sent", "uncertain", "failed", "bounced")]
    problem: str = ""
