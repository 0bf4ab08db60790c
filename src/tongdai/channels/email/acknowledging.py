"""Letters are acknowledged where their mailbox says so: that they have come and wait. Never to machines, and never in a circle:
two machines that answer each other under ever new subjects come to an end after a few letters a day (RFC 3834).
"""

from datetime import datetime

from tongdai.channels.email import written
from tongdai.channels.email.mailboxes import MailboxRow
from tongdai.channels.email.repository import MailRow, Mails
from tongdai.channels.email.signatures import values_of
from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow, MessageRow, NewMessage, filled, in_language
from tongdai.platform.database import Transaction

MOST = 3
"""So many acknowledgements one address gets in a day, whatever it writes about; of one conversation one."""


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
    before = await Mails(tx).acknowledged(letter.sender, at - written.PERIOD)
    if len(before) >= MOST or told.conversation_id in before:
        return
    text = in_language(mailbox.acknowledgement, [interaction.language])
    waiting = await conversations.lock(tx, interaction.id)  # it knows its queue since it began
    body = filled(text, await values_of(tx, waiting)).strip()
    new = NewMessage("bot", body, interaction_id=interaction.id)
    message, _ = await conversations.write(tx, told.conversation_id, new, at)
    await written.post(tx, mailbox, message, letter.sender, at, answers=letter)
