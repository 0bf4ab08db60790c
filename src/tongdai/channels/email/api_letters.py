"""Routes of letters: what a conversation's can be answered with, and writing one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from tongdai.channels.email import identity, letters
from tongdai.channels.email.beginning import CHANNEL
from tongdai.channels.email.headings import Heading
from tongdai.channels.email.letters import others
from tongdai.channels.email.mailboxes import Mailboxes
from tongdai.channels.email.repository import MailRow, Mails
from tongdai.channels.email.schemas import MailTold, Party
from tongdai.channels.email.signatures import signature_of
from tongdai.conversations.public import (
    MOST_FILES,
    Attachments,
    ClientId,
    Interactions,
    MessageRow,
    MessageView,
    NewMessage,
    NotYours,
    message_views,
    messages,
    readable,
    says_something,
    write,
)
from tongdai.platform.http import Me, RuntimeOf, Tx

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}/letters", tags=["email"])

SHOWN = 10


class LetterIn(Heading):
    """`client_id`: the same letter sent again has the same."""

    client_id: ClientId
    body: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)] = ""
    attachments: Annotated[list[UUID], Field(max_length=MOST_FILES)] = []


class LetterView(BaseModel):
    """A letter that came, and what an answer to it begins with. `others`: who gets an answer to all beside `answer_to`. `files`:
    the names of those that go along when it is sent on; `missing`: how many do not: they are in the mailbox only. `aside`:
    of somebody whom we only forwarded to."""

    message_id: UUID
    sender: Party
    at: AwareDatetime
    answer_to: str
    others: list[str]
    answer_subject: str
    forward_subject: str
    files: list[str]
    missing: int
    aside: bool


class LettersView(BaseModel):
    """From which mailbox an answer comes, what stands under it, and the letters that can be answered, first the one that an
    answer is to unless another is chosen. None and empty: nothing here can be answered by e-mail."""

    sender: Party | None
    signature: str = ""
    letters: list[LetterView]


@router.get("")
async def get_letters(conversation_id: UUID, me: Me, tx: Tx) -> LettersView:
    _, mine = await readable(tx, me, conversation_id)
    rows = await Mails(tx).letters(conversation_id, SHOWN)
    mailbox = await Mailboxes(tx).get(rows[0].mailbox_id) if rows else None
    if mailbox is None or mailbox.archived:
        return LettersView(sender=None, letters=[])
    own = await Mailboxes(tx).addresses()
    ids = [row.written_id for row in rows if row.written_id is not None]
    files = await Attachments(tx).of_messages(ids)
    written = {one.id: one for one in await messages(tx, ids)}
    return LettersView(
        sender=Party(address=mailbox.address, name=mailbox.name),
        signature=await signature_of(tx, mailbox, mine, me.user_id) if mine is not None else "",
        letters=[
            _view(row, written[row.written_id], [one.name for one in files.get(row.written_id, [])], own)
            for row in rows
            if row.written_id is not None
        ],
    )


def _view(row: MailRow, message: MessageRow, files: list[str], own: set[str]) -> LetterView:
    told = MailTold.model_validate(message.data["email"])
    return LetterView(
        message_id=message.id,
        sender=told.sender,
        at=row.at,
        answer_to=row.answer_to,
        others=others(row, own),
        answer_subject=identity.reply_subject(row.subject),
        forward_subject=identity.forward_subject(row.subject),
        files=files,
        missing=len(told.files),
        aside=row.aside,
    )


@router.post("", status_code=201)
async def post_letter(
    conversation_id: UUID, body: LetterIn, me: Me, tx: Tx, runtime: RuntimeOf
) -> MessageView:
    """Write to the customer whose letter I have, or send one on. Sent again, it is the same."""
    _, held = await readable(tx, me, conversation_id)
    if body.forwards is None:
        says_something(body.body, body.attachments)
    wish = body.wish()
    mine = await Interactions(tx).lock(held.id) if held is not None else None
    if mine is None or mine.channel != CHANNEL:
        raise NotYours()
    new = NewMessage(
        author="agent",
        body=body.body,
        user_id=me.user_id,
        interaction_id=mine.id,
        client_id=body.client_id,
        attachments=tuple(body.attachments),
        uploader_id=me.user_id,
    )
    at = runtime.clock.now()
    row, fresh = await write(tx, conversation_id, new, at)
    if fresh:
        row = await letters.post(tx, mine, row, at, wish)
    return (await message_views(tx, [row]))[0]
