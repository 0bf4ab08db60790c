"""A mail on its way: in the outbox, marked as one of its conversation's. Every letter of ours begins here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.channels.email import identity
from tongdai.channels.email.mailboxes import MailboxRow
from tongdai.channels.email.repository import MailRow, Mails
from tongdai.channels.events import MailQueued
from tongdai.conversations.public import MessageRow
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`receivers`: all of them, `cc` and `bcc` among them. `answers`: the letter in whose thread it goes on; none: it begins a
    thread. `automatic`: no person wrote it."""

    receivers: Sequence[str]
    subject: str
    automatic: bool
    cc: Sequence[str] = ()
    bcc: Sequence[str] = ()
    answers: MailRow | None = None
    forwards_id: UUID | None = None
    aside: bool = False


async def queue(
    tx: Transaction, mailbox: MailboxRow, message: MessageRow, letter: Outgoing, at: datetime
) -> MailRow:
    """The message, which stands in the thread, is to be sent by this mailbox."""
    token = identity.subject_token(mailbox.secret, message.conversation_id)
    mail_id, domain = new_id(), mailbox.address.rpartition("@")[2]
    answers = letter.answers
    row = MailRow(
        tenant_id=mailbox.tenant_id,
        id=mail_id,
        mailbox_id=mailbox.id,
        direction="out",
        message_id=identity.message_id(mailbox.secret, message.conversation_id, mail_id, domain),
        uid=None,
        marked=True,
        conversation_id=message.conversation_id,
        written_id=message.id,
        subject=identity.with_token(letter.subject, token),
        sender=mailbox.address,
        receivers=list(letter.receivers),
        cc=list(letter.cc),
        bcc=list(letter.bcc),
        answer_to="",
        in_reply_to=answers.message_id if answers else None,
        parents=list(identity.references(tuple(answers.parents), answers.message_id)) if answers else [],
        forwards_id=letter.forwards_id,
        aside=letter.aside,
        automatic=letter.automatic,
        token=token,
        state="queued",
        due_at=at,
        attempts=0,
        problem="",
        at=at,
    )
    await Mails(tx).add(row)
    tx.emit(MailQueued(aggregate_id=row.id, aggregate_version=1))
    return row
