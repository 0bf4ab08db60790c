"""Letters are acknowledged where their mailbox says so: that they have come and wait. Never to machines, and never in a circle:
two machines that answer each other under ever new subjects come to an end after a few letters a day (RFC 3834).
"""

from datetime import datetime, timedelta

from tongdai.channels.email import identity
from tongdai.channels.email.mailboxes import MailboxRow
from tongdai.channels.email.repository import MailRow, Mails
from tongdai.channels.email.schemas import MailTold, Party
from tongdai.channels.email.signatures import values_of
from tongdai.channels.events import MailQueued
from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow, MessageRow, NewMessage, filled, in_language
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction

PERIOD = timedelta(days=1)
MOST = 3
"""So many acknowledgements one address gets in the period, whatever it writes about; of one conversation one."""


async def acknowledge(
    tx: Transaction,
    mailbox: MailboxRow,
    letter: MailRow,
    interaction: InteractionRow,
    told: MessageRow,
    at: datetime,
) -> None:
    """A letter has begun to wait. That no machine wrote it is known already."""
    if not mailbox.acknowledgement or not letter.sender:
        return
    await tx.keep_alone(f"acknowledge:{letter.sender}")
    before = await Mails(tx).acknowledged(letter.sender, at - PERIOD)
    if len(before) >= MOST or told.conversation_id in before:
        return
    text = in_language(mailbox.acknowledgement, [interaction.language])
    waiting = await conversations.lock(tx, interaction.id)  # it knows its queue since it began
    body = filled(text, await values_of(tx, waiting)).strip()
    new = NewMessage("bot", body, interaction_id=interaction.id)
    message, _ = await conversations.write(tx, told.conversation_id, new, at)
    row = _outgoing(mailbox, letter, message, at)
    await Mails(tx).add(row)
    tx.emit(MailQueued(aggregate_id=row.id, aggregate_version=1))
    shown = MailTold(
        id=row.id,
        subject=row.subject,
        sender=Party(address=mailbox.address, name=mailbox.name),
        to=[Party(address=letter.sender)],
        cc=[],
        automatic=True,
        state="queued",
    )
    await conversations.amend(tx, message, {"email": shown.model_dump(mode="json")}, at)


def _outgoing(mailbox: MailboxRow, letter: MailRow, message: MessageRow, at: datetime) -> MailRow:
    token = identity.subject_token(mailbox.secret, message.conversation_id)
    mail_id, domain = new_id(), mailbox.address.rpartition("@")[2]
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
        subject=identity.with_token(identity.reply_subject(letter.subject), token),
        sender=mailbox.address,
        receivers=[letter.sender],
        cc=[],
        bcc=[],
        answer_to="",
        in_reply_to=letter.message_id,
        parents=list(identity.references(tuple(letter.parents), letter.message_id)),
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
