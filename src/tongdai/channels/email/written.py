"""Letters that no person writes: acknowledgements, what flows say and send. Each is in the outbox when its message is in the
thread, in the transaction of what caused it: so it is sent once, whatever restarts. Never to machines, never more than a few a
day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tongdai.channels.email import identity
from tongdai.channels.email.mailboxes import Mailboxes, MailboxRow
from tongdai.channels.email.outgoing import Outgoing, queue
from tongdai.channels.email.repository import MailRow, Mails
from tongdai.channels.email.schemas import MailTold, Party
from tongdai.conversations import public as conversations
from tongdai.conversations.public import MessageRow
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
    usual = identity.reply_subject(answers.subject) if answers is not None else ""
    letter = Outgoing([to], subject or usual, automatic=True, answers=answers)
    row = await queue(tx, mailbox, message, letter, at)
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
