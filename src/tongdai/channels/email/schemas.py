"""Mailboxes as administrators edit them, and mails as screens show them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from tongdai.platform.bodies import Body, Change, Name
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
    one_of("new", "reading", "no_password", "sign_in", "unreachable", "certificate", "refused", "folder", "key", "storing"),
]  # fmt: skip
"""How the reading goes: `reading`, or what hinders it, each with its mend in the screens' words."""


class Access(Body):
    """Where a server is. `none`: in clear, for a server beside us."""

    host: Host
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Security = "tls"


class Mailbox(EditedRow):
    """An address that customers write to. The password is write-only. `tagged`: its server delivers name+mark@, too, so that
    answers come to an address that names their conversation."""

    name: str
    project_id: UUID | None
    address: str
    queue_id: UUID
    imap: Access
    smtp: Access
    username: str
    has_password: bool
    tagged: bool
    state: Trouble
    problem: str
    state_at: datetime | None


class MailboxIn(Body):
    name: Name
    project_id: UUID | None = None
    address: MailAddress
    queue_id: UUID
    imap: Access
    smtp: Access
    username: Username
    password: Password = ""
    tagged: bool = False


class MailboxChange(Change):
    name: Name = ""
    project_id: UUID | None = None
    address: MailAddress = ""
    queue_id: UUID | None = None
    imap: Access | None = None
    smtp: Access | None = None
    username: Username = ""
    password: Password = ""
    tagged: bool = False


class Trial(BaseModel):
    """What came of signing in: `ok`, or what hinders it, and the server's own words."""

    state: Annotated[
        str, one_of("ok", "no_password", "sign_in", "unreachable", "certificate", "refused", "folder", "key")
    ]
    problem: str


class Trials(BaseModel):
    """Both servers of a mailbox, tried just now."""

    imap: Trial
    smtp: Trial


class Party(BaseModel):
    """Somebody in a mail's headers."""

    address: str
    name: str = ""


class MailTold(BaseModel):
    """What a message's `data.email` says. Of a mail that came: whether it has HTML to look at, images outside it, the names of
    its files, what it quotes, whether a machine wrote it. Of one of ours: how its delivery goes, and why not."""

    id: UUID
    subject: str
    sender: Party
    to: list[Party]
    cc: list[Party]
    html: bool = False
    images: bool = False
    quoted: str = ""
    files: list[str] = []
    automatic: bool = False
    state: Annotated[str, one_of("received", "queued", "sending", "sent", "uncertain", "failed", "bounced")]
    problem: str = ""
