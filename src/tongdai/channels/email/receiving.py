"""A mail comes and becomes a conversation in a queue, or goes on with one; or it tells of a mail of ours.

Whatever is stored of a mail is stored in one transaction: the mail, its message, its interaction and how far the mailbox is
read. So each is here once or not at all, and is read again until it is.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tongdai.channels.dialogue.service import TextDialogues
from tongdai.channels.email import identity, leading
from tongdai.channels.email.acknowledging import acknowledge
from tongdai.channels.email.automatic import Bounce, is_automatic
from tongdai.channels.email.beginning import (
    CHANNEL,
    UNSORTED,
    begin_again,
    customer,
    open_interaction,
    start,
    wait,
)
from tongdai.channels.email.files import keep
from tongdai.channels.email.mailboxes import Cursor, Mailboxes, MailboxRow
from tongdai.channels.email.reading import File, ReadMail
from tongdai.channels.email.received import incoming, told_of
from tongdai.channels.email.repository import MailRow, Mails
from tongdai.channels.email.rules import Sorted
from tongdai.channels.email.service import came_back
from tongdai.channels.email.spam import Spam
from tongdai.conversations import public as conversations
from tongdai.conversations.public import MessageRow, NewMessage, StoredFile
from tongdai.crm import public as crm
from tongdai.kit.ids import new_id
from tongdai.kit.text import clip
from tongdai.platform.database import Transaction

EMPTY = "–"
LONGEST_BODY = 50_000


async def receive(
    tx: Transaction,
    mailbox: MailboxRow,
    cursor: Cursor,
    mail: ReadMail,
    at: datetime,
    files: Sequence[tuple[File, StoredFile]] = (),
    sorted_to: Sorted = UNSORTED,
    sealed: bytes | None = None,
    *,
    dialogues: TextDialogues,
) -> MessageRow | None:
    """A mail that lies in the mailbox at the cursor's place; its files are in the store. `sealed`: all of it, where it is to be
    put aside as spam unless it goes on with a conversation. None where no message comes of it: it is here already, it is put
    aside, or it tells of a mail of ours."""
    await Mailboxes(tx).cursor(mailbox.id, lock=True)
    await Mailboxes(tx).move(mailbox.id, cursor)
    row = incoming(mailbox, cursor.last_uid, mail, at)
    if not await Mails(tx).add(row, mail.html):
        return None
    if mail.sender.address == mailbox.address and await Mails(tx).with_id(mailbox.id, "out", mail.message_id):
        return None  # a copy of our own
    if mail.bounce is not None and mail.bounce.original is not None:
        ours = await Mails(tx).with_id(mailbox.id, "out", mail.bounce.original)
        if ours is not None:
            await Mails(tx).become(row.id, "ignored", "")
            await came_back(tx, mailbox, ours, _why(ours, mail.bounce), at, final=mail.bounce.final)
            return None
    conversation_id = await conversation_of(tx, mailbox, mail)
    if conversation_id is None and sealed is not None:
        await Mails(tx).become(row.id, "spam", "")
        await Spam(tx).add(row.id, mail, sealed, sorted_to.rules[-1])
        return None
    return await _take_over(tx, dialogues, mailbox, row, conversation_id, mail, files, sorted_to, at)


async def let_through(
    tx: Transaction,
    dialogues: TextDialogues,
    mailbox: MailboxRow,
    row: MailRow,
    mail: ReadMail,
    at: datetime,
    files: Sequence[tuple[File, StoredFile]],
    sorted_to: Sorted,
) -> MessageRow:
    """A letter that was put aside as spam (it is locked) is none."""
    await Spam(tx).drop(row.id)
    await Mails(tx).become(row.id, "received", "")
    conversation_id = await conversation_of(tx, mailbox, mail)
    return await _take_over(tx, dialogues, mailbox, row, conversation_id, mail, files, sorted_to, at)


async def _take_over(
    tx: Transaction,
    dialogues: TextDialogues,
    mailbox: MailboxRow,
    row: MailRow,
    conversation_id: UUID | None,
    mail: ReadMail,
    files: Sequence[tuple[File, StoredFile]],
    sorted_to: Sorted,
    at: datetime,
) -> MessageRow:
    automatic = is_automatic(mail.headers, mail.sender.address, await Mailboxes(tx).addresses())
    aside = conversation_id is not None and await Mails(tx).is_aside(conversation_id, mail.sender.address)
    answered_id = conversation_id
    if conversation_id is not None:
        conversation_id = await conversations.going_on(tx, conversation_id, at, CHANNEL)
    interaction = await open_interaction(tx, conversation_id) if conversation_id is not None else None
    begins = interaction is None
    asked = None if begins or automatic or aside else interaction
    led = conversation_id is None and mailbox.flow_id is not None and sorted_to.queue_id is None
    sorted_to = UNSORTED if aside else sorted_to
    if conversation_id is None:
        conversation_id = new_id()
        contact = await crm.recognise_address(
            tx, mail.sender.address, name=mail.sender.name, at=at, project_id=mailbox.project_id
        ) if mail.sender.address else None  # fmt: skip
        contact_id, language = (contact.id, contact.language) if contact else (None, None)
        await conversations.open_conversation(
            tx, conversation_id, mailbox.project_id, contact_id, at, mail.subject
        )
        interaction = await start(
            tx, mailbox, conversation_id, contact_id, mail.sender, at, language=language
        )
        if not led:
            await wait(tx, mailbox, interaction, at, sorted_to)
    elif interaction is None and not automatic:
        # Who writes again after the matter was closed waits for an agent anew, in the same conversation.
        peer = await customer(tx, answered_id or conversation_id) if aside else mail.sender
        interaction = await begin_again(tx, mailbox, conversation_id, peer, at, sorted_to)
    new = NewMessage(
        "customer",
        clip(mail.text, LONGEST_BODY) or mail.subject or EMPTY,
        data={"email": told_of(row, mail, files, automatic=automatic, aside=aside).model_dump(mode="json")},
        interaction_id=interaction.id if interaction else None,
    )
    message, _ = await conversations.write(tx, conversation_id, new, at)
    await Mails(tx).belongs(row.id, conversation_id, message.id, aside=aside, automatic=automatic)
    await keep(tx, message, files)
    if asked is not None:
        await dialogues.heard(tx, asked, mail.text, None, at)
    if begins and interaction is not None:
        tags = (await conversations.Tags(tx).of([conversation_id])).get(conversation_id, [])
        await conversations.Tags(tx).set(conversation_id, list(dict.fromkeys([*tags, *sorted_to.tags])))
        if led and await leading.begin(
            tx,
            dialogues,
            mailbox,
            interaction,
            conversation_id,
            mail,
            at,
            automatic=automatic,
            priority=sorted_to.priority,
        ):
            return message
        if led:
            await wait(tx, mailbox, interaction, at, sorted_to)
        if sorted_to.acknowledge and not automatic and not aside:
            await acknowledge(tx, mailbox, row, interaction, message, at)
    return message


def _why(ours: MailRow, bounce: Bounce) -> str:
    """Of a letter to several people it is said whom it did not reach."""
    if len(ours.receivers) < 2 or not bounce.failed:
        return bounce.why
    return f"{', '.join(bounce.failed)}: {bounce.why}"


async def conversation_of(tx: Transaction, mailbox: MailboxRow, mail: ReadMail) -> UUID | None:
    """The conversation that the mail goes on with: by the address that it came to, by the mails that it answers, by its
    subject. Marks of ours prove themselves; what can be guessed counts only from who takes part."""
    sender, secret = mail.sender.address, mailbox.secret
    receivers = (*mail.delivered_to, *(one.address for one in (*mail.to, *mail.cc)))
    answered = (*mail.in_reply_to, *reversed(mail.references))
    named = [
        *(identity.conversation_of_address(secret, mailbox.address, one) for one in receivers),
        *(identity.conversation_of_message(secret, one) for one in answered),
    ]
    for conversation_id in dict.fromkeys(one for one in named if one is not None):
        if await conversations.thread(tx, conversation_id) is not None:
            return conversation_id
    if answered:
        found = await Mails(tx).conversation_among(mailbox.id, list(answered), sender)
        if found is not None:
            return found
    token = identity.token_in(mail.subject)
    return await Mails(tx).conversation_with(mailbox.id, token, sender) if token else None
