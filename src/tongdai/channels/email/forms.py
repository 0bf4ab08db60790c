"""What somebody has left in a form on a website: a letter as if they had mailed it, so that it is answered as letters are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.channels.email.beginning import begin
from tongdai.channels.email.mailboxes import MailboxRow
from tongdai.channels.email.reading import Address, ReadMail
from tongdai.channels.email.received import incoming, told_of
from tongdai.channels.email.repository import Mails
from tongdai.conversations import public as conversations
from tongdai.conversations.public import NewMessage
from tongdai.crm import public as crm
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction

SUBJECT = 78
"""As long as a line of a mail should be."""


@dataclass(frozen=True, slots=True)
class Form:
    """`name` of the form: the same again is the same letter. The address (in lower case) is proven as little as a mail's."""

    id: str
    sender: Address
    body: str
    page: str
    language: str | None


async def take_form(tx: Transaction, mailbox: MailboxRow, form: Form, at: datetime) -> None:
    """It waits in the mailbox's queue, closed or not. Nothing is sent for it: whose address stands there is not asked."""
    mail = ReadMail(
        message_id=f"<form.{form.id}@{mailbox.address.rpartition('@')[2]}>",
        subject=subject_of(form.body),
        sender=form.sender,
        to=(Address(mailbox.address, mailbox.name),),
        text=form.body,
    )
    row = incoming(mailbox, None, mail, at)
    if not await Mails(tx).add(row):
        return
    contact = await crm.recognise_address(
        tx, form.sender.address, name=form.sender.name, at=at, project_id=mailbox.project_id
    )
    conversation_id = new_id()
    contact_id: UUID | None = contact.id if contact else None
    await conversations.open_conversation(
        tx, conversation_id, mailbox.project_id, contact_id, at, row.subject
    )
    interaction = await begin(
        tx, mailbox, conversation_id, contact_id, form.sender, at, language=form.language
    )
    told = told_of(row, mail, (), automatic=False, aside=False)
    new = NewMessage(
        "customer",
        form.body,
        data={"email": told.model_dump(mode="json"), "page": form.page},
        interaction_id=interaction.id,
    )
    message, _ = await conversations.write(tx, conversation_id, new, at)
    await Mails(tx).belongs(row.id, conversation_id, message.id, aside=False, automatic=False)


def subject_of(body: str) -> str:
    """The beginning of what was written."""
    line = " ".join(body.split())
    return line if len(line) <= SUBJECT else f"{line[: SUBJECT - 1].rstrip()}…"
