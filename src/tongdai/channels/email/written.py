"""Letters that no person writes: acknowledgements, what flows say and send. Each is in the outbox when its message is in the
thread, in the transaction of what caused it: so it is sent once, whatever restarts. Never to machines, never more than a few a
day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tongdai.channels.email import identity
from tongdai.channels.email.mailboxes import Mailboxes, MailboxRow
from tongdai.channels.email.repository import MailRow, Mails
from tongdai.channels.email.schemas import MailTold, Party
from tongdai.channels.events import MailQueued
from tongdai.conversations import public as conversations
from tongdai.conversations.public import MessageRow
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction

PERIOD = timedelta(days=1)
MOST = 10
"""So many letters of ours that nobody wrote one address gets in the period, acknowledgements among them."""


async def hindrance(
    tx: Transaction, address: str, at: datetime, *, answers: MailRow | None = None
) -> str | None:
    """Why no letter may go there by itself; None: it may. Whoever asks sends in the same transaction."""
    if not address:
        return "no_address"
    if answers is not None and answers.automatic:
        return "automatic"
    if identity.is_own(await Mailboxes(tx).addresses(), address):
        return "own_address"
    await tx.keep_alone(f"acknowledge:{address}")
    if len(await Mails(tx).acknowledged(address, at - PERIOD)) >= MOST:
        return "limit"
    return None


async def post(
    tx: Transaction,
    mailbox: MailboxRow,
    message: MessageRow,
    to: str,
    at: datetime,
    *,
    subject: str = "",
    answers: MailRow | None = None,
) -> MessageRow:
    """The message, which stands in the thread, goes out. `answers`: the letter to which it does; its subject is the usual one."""
    row = _outgoing(mailbox, message, to, at, subject, answers)
    await Mails(tx).add(row)
    tx.emit(MailQueued(aggregate_id=row.id, aggregate_version=1))
    shown = MailTold(
        id=row.id,
        subject=row.subject,
        sender=Party(address=mailbox.address, name=mailbox.name),
        to=[Party(address=to)],
        cc=[],
        automatic=True,
        state="queued",
    )
    data = {**message.data, "email": shown.model_dump(mode="json")}
    return await conversations.amend(tx, message, data, at)


def _outgoing(
    mailbox: MailboxRow, message: MessageRow, to: str, at: datetime, subject: str, answers: MailRow | None
) -> MailRow:
    token = identity.subject_token(mailbox.secret, message.conversation_id)
    mail_id, domain = new_id(), mailbox.address.rpartition("@")[2]
    usual = identity.reply_subject(answers.subject) if answers is not None else ""
    parents = identity.references(tuple(answers.parents), answers.message_id) if answers is not None else ()
    return MailRow(
        tenant_id=mailbox.tenant_id,
        id=mail_id,
        mailbox_id=mailbox.id,
        direction="out",
        message_id=identity.message_id(mailbox.secret, message.conversation_id, mail_id, domain),
        uid=None,
        marked=True,
        conversation_id=message.conversation_id,
        written_id=message.id,
        subject=identity.with_token(subject or usual, token),
        sender=mailbox.address,
        receivers=[to],
        cc=[],
        bcc=[],
        answer_to="",
        in_reply_to=answers.message_id if answers is not None else None,
        parents=list(parents),
        forwards_id=None,
        aside=False,
        automatic=True,
        token=token,
        state="queued",
        due_at=at,
        attempts=0,
        problem="",
        at=at,
    )
