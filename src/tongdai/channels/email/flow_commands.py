"""What flows ask of e-mail: a letter to the customer whom they lead, whatever the channel."""

from __future__ import annotations

import re

from tongdai.channels.email import written
from tongdai.channels.email.beginning import CHANNEL
from tongdai.channels.email.mailboxes import Mailboxes, MailboxRow
from tongdai.channels.email.repository import Mails
from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow, NewInteraction, NewMessage
from tongdai.crm import public as crm
from tongdai.flows.public import Performing, Reference, Reply, SendEmail
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction

_ADDRESS = re.compile(r"[^@\s<>\",;:()\\]{1,64}@[a-z0-9](?:[a-z0-9.\-]{0,150}[a-z0-9])?\.[a-z]{2,24}")


async def send(performing: Performing, command: SendEmail) -> Reply:
    """The letter is in the outbox when the flow goes on: both are one transaction. To a customer of another channel it begins a
    conversation of its own, in which their answer waits for an agent."""
    tx, at = performing.tx, performing.at
    mailbox = await Mailboxes(tx).named(command.mailbox)
    if mailbox is None:
        return _refused(command, "mailbox")
    interaction = await conversations.lock(tx, performing.subject_id)
    own = await _own_address(tx, interaction)
    to = own if command.to is None else command.to.lower()
    if not _ADDRESS.fullmatch(to):
        return Reply(command.id, "no_address")
    contact_id = interaction.contact_id
    if contact_id is not None and await crm.has_refused(tx, contact_id, command.purpose, CHANNEL):
        return _refused(command, "consent")
    letter = None
    if interaction.channel == CHANNEL and interaction.conversation_id is not None:
        letter = next(iter(await Mails(tx).letters(interaction.conversation_id, 1)), None)
    hindrance = await written.hindrance(tx, to, at, answers=letter)
    if hindrance is not None:
        return _refused(command, hindrance)
    subject, text = command.subject or "–", command.text or "–"
    if letter is not None and to == letter.answer_to and letter.mailbox_id == mailbox.id:
        new = NewMessage("bot", text, interaction_id=interaction.id)
        message, _ = await conversations.write(tx, letter.conversation_id or new_id(), new, at)
        await written.post(tx, mailbox, message, to, at, subject=subject, answers=letter)
    else:
        await _begin(tx, mailbox, interaction, to, subject, text, performing)
    return Reply(command.id, "sent")


def _refused(command: SendEmail, reason: str) -> Reply:
    return Reply(command.id, "refused", {"reason": reason})


async def _own_address(tx: Transaction, interaction: InteractionRow) -> str:
    """The customer's: where a letter came from, else what their record says."""
    if interaction.channel == CHANNEL and interaction.conversation_id is not None:
        letter = next(iter(await Mails(tx).letters(interaction.conversation_id, 1)), None)
        if letter is not None:
            return letter.answer_to
    if interaction.contact_id is None:
        return ""
    return await crm.email_of(tx, interaction.contact_id) or ""


async def _begin(
    tx: Transaction,
    mailbox: MailboxRow,
    before: InteractionRow,
    to: str,
    subject: str,
    text: str,
    performing: Performing,
) -> None:
    """A conversation of letters that begins with ours."""
    at, contact_id, conversation_id = performing.at, before.contact_id, new_id()
    if contact_id is None:
        known = await crm.recognise_address(tx, to, name="", at=at, project_id=mailbox.project_id)
        contact_id = known.id if known is not None else None
    await conversations.open_conversation(tx, conversation_id, mailbox.project_id, contact_id, at, subject)
    interaction = await conversations.start(
        tx,
        NewInteraction(
            id=new_id(),
            channel=CHANNEL,
            direction="outbound",
            started_at=at,
            peer_raw=to,
            peer_name=before.peer_name or to,
            own_address=mailbox.address,
            project_id=mailbox.project_id,
            contact_id=contact_id,
            language=before.language,
            conversation_id=conversation_id,
        ),
    )
    new = NewMessage("bot", text, interaction_id=interaction.id)
    message, _ = await conversations.write(tx, conversation_id, new, at)
    await written.post(tx, mailbox, message, to, at, subject=subject)
    await conversations.close(tx, interaction, at, hung_up_by="system")


async def knows_sender(tx: Transaction, reference: Reference) -> bool:
    return await Mailboxes(tx).named(reference.name) is not None
