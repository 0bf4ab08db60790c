"""Routes of how letters are sorted: trying rules out, and what they took for spam."""

from datetime import datetime
from email.utils import parseaddr
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from tongdai.channels.dialogue.service import TextDialogues
from tongdai.channels.email.files import laid_in, taken
from tongdai.channels.email.mailboxes import Mailboxes
from tongdai.channels.email.pages import content_ids
from tongdai.channels.email.reading import read
from tongdai.channels.email.receiving import let_through
from tongdai.channels.email.repository import Mails
from tongdai.channels.email.rules import Letter, Rules, Sorted, sort
from tongdai.channels.email.spam import MOST_KEPT, Spam, taken_out
from tongdai.conversations.public import FileUnreadable
from tongdai.platform.bodies import Body
from tongdai.platform.cursors import instant_or_invalid, uuid_or_invalid
from tongdai.platform.database import Scope
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, decode_cursor, encode_cursor, page_of
from tongdai.platform.sealed import Damaged, KeyMissing, KeyRing
from tongdai.tenancy.public import audit

router = APIRouter(prefix="/api/v1", tags=["email"])
EDIT = "mailboxes.edit"
SPAM = "mails.spam"
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class TrialLetter(Body):
    """A letter that nobody has sent: addresses, or names with addresses; names of files."""

    sender: Line = ""
    receivers: Annotated[list[Line], Field(max_length=50)] = []
    subject: Line = ""
    text: Annotated[str, StringConstraints(max_length=20_000)] = ""
    files: Annotated[list[Line], Field(max_length=50)] = []


class RulesTrial(Body):
    rules: Rules
    letter: TrialLetter


class SpamView(BaseModel):
    """A letter that was put aside. `text`: its beginning; `rule`: which took it."""

    id: UUID
    mailbox: str
    sender: str
    name: str
    subject: str
    text: str
    rule: str
    at: datetime


class LetThrough(BaseModel):
    """The conversation that the letter is in now."""

    conversation_id: UUID


@router.post("/mail-rules/try")
async def post_try_rules(body: RulesTrial, me: Me) -> Sorted:
    """Which of these rules take such a letter, and what becomes of it. Nothing is stored."""
    me.reach(EDIT)
    told = body.letter
    receivers = tuple(part for one in told.receivers for part in _parts(one))
    return sort(
        body.rules, Letter(_parts(told.sender), receivers, told.subject, told.text, tuple(told.files))
    )


def _parts(party: str) -> tuple[str, ...]:
    """Address and name of `Lan <lan@khach.example>`; else what is written."""
    name, address = parseaddr(party)
    return (address, name) if "@" in address else (party,)


@router.get("/spam")
async def list_spam(me: Me, tx: Tx, asked: Asked) -> Page[SpamView]:
    """What was put aside in the last thirty days, newest first."""
    me.reach(SPAM)
    cursor = decode_cursor(asked.cursor, 2)
    before = (instant_or_invalid(cursor[0]), uuid_or_invalid(cursor[1])) if cursor else None
    rows = await Spam(tx).page(before, asked.limit)
    page = page_of(rows, asked.limit, lambda row: encode_cursor(row.at, row.id))
    views = [SpamView.model_validate(row, from_attributes=True) for row in page.items]
    return Page(items=views, next_cursor=page.next_cursor)


@router.post("/spam/{mail_id}/let-through")
async def post_let_through(mail_id: UUID, me: Me, runtime: RuntimeOf) -> LetThrough:
    """It is no spam: it waits for an agent as if it had just come, sorted by the other rules."""
    me.reach(SPAM)
    scope, ring = Scope(me.tenant_id, me.user_id), KeyRing(runtime.settings.key_ring)
    async with runtime.database.transaction(scope) as tx:
        sealed = await Spam(tx).sealed(mail_id)
        row = await Mails(tx).get(mail_id)
        mailbox = await Mailboxes(tx).get(row.mailbox_id) if row is not None else None
    if sealed is None or row is None or mailbox is None:
        raise NotFound()
    try:
        raw = taken_out(mailbox, sealed, ring)
    except (KeyMissing, Damaged) as error:
        raise FileUnreadable() from error
    mail, at = read(raw, cut=len(raw) >= MOST_KEPT), runtime.clock.now()
    sorted_to = sort([rule for rule in mailbox.sorting if not rule.spam], Letter.of(mail))
    files = taken(mail.files, content_ids(mail.html))
    async with (
        laid_in(runtime.settings, me.tenant_id, files, at) as kept,
        runtime.database.transaction(scope) as tx,
    ):
        if await Spam(tx).sealed(mail_id) is None:
            raise NotFound()  # somebody else was faster
        message = await let_through(tx, runtime.get(TextDialogues), mailbox, row, mail, at, kept, sorted_to)
        await audit(tx, "mailbox.let_through", "mailbox", mailbox.id, {"mail": str(mail_id)})
    return LetThrough(conversation_id=message.conversation_id)
