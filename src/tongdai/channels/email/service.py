"""Use cases of mails: one comes and becomes a conversation in a queue, an agent answers it, what came back is told.

Whatever is stored of a mail is stored in one transaction: the mail, its message, its interaction and how far the mailbox is
read. So each is here once or not at all, and is read again until it is.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tongdai.channels.email import identity
from tongdai.channels.email.automatic import is_automatic
from tongdai.channels.email.files import keep
from tongdai.channels.email.mailboxes import Cursor, Mailboxes, MailboxRow
from tongdai.channels.email.pages import has_images
from tongdai.channels.email.reading import Address, File, ReadMail
from tongdai.channels.email.repository import MailRow, Mails
from tongdai.channels.email.schemas import MailTold, Party
from tongdai.channels.errors import NobodyToAnswer
from tongdai.channels.events import MailQueued
from tongdai.conversations import public as conversations
from tongdai.conversations.public import (
    MOST_FILES,
    InteractionRow,
    MessageRow,
    NewInteraction,
    NewMessage,
    Phase,
    State,
    StoredFile,
)
from tongdai.crm import public as crm
from tongdai.kit.ids import new_id
from tongdai.kit.text import clip
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing

CHANNEL = "email"
EMPTY = "–"
LONGEST_BODY = 50_000
LONGEST_QUOTE = 20_000


async def receive(
    tx: Transaction,
    mailbox: MailboxRow,
    cursor: Cursor,
    mail: ReadMail,
    at: datetime,
    files: Sequence[tuple[File, StoredFile]] = (),
) -> MessageRow | None:
    """A mail that lies in the mailbox at the cursor's place; its files are in the store. None where no message
    comes of it: it is here already, or it tells of a mail of ours."""
    await Mailboxes(tx).cursor(mailbox.id, lock=True)
    await Mailboxes(tx).move(mailbox.id, cursor)
    row = _incoming(tx, mailbox, cursor.last_uid, mail, at)
    if not await Mails(tx).add(row, mail.html):
        return None
    if mail.sender.address == mailbox.address and await Mails(tx).with_id(mailbox.id, "out", mail.message_id):
        return None  # a copy of our own
    if mail.bounce is not None and mail.bounce.original is not None:
        ours = await Mails(tx).with_id(mailbox.id, "out", mail.bounce.original)
        if ours is not None:
            await Mails(tx).become(row.id, "ignored", "")
            await came_back(tx, mailbox, ours, mail.bounce.why, at, final=mail.bounce.final)
            return None
    automatic = is_automatic(mail.headers, mail.sender.address, await Mailboxes(tx).addresses())
    conversation_id = await _conversation_of(tx, mailbox, mail)
    interaction = await _open_interaction(tx, conversation_id) if conversation_id is not None else None
    if conversation_id is None:
        conversation_id = new_id()
        contact = await crm.recognise_address(
            tx, mail.sender.address, name=mail.sender.name, at=at, project_id=mailbox.project_id
        ) if mail.sender.address else None  # fmt: skip
        contact_id = contact.id if contact else None
        await conversations.open_conversation(
            tx, conversation_id, mailbox.project_id, contact_id, at, mail.subject
        )
        interaction = await _begin(tx, mailbox, conversation_id, contact_id, mail.sender, at)
    elif interaction is None and not automatic:
        # Who writes again after the matter was closed waits for an agent anew, in the same conversation.
        interaction = await _begin_again(tx, mailbox, conversation_id, mail.sender, at)
    new = NewMessage(
        "customer",
        clip(mail.text, LONGEST_BODY) or mail.subject or EMPTY,
        data={"email": _told(row, mail, automatic=automatic).model_dump(mode="json")},
        interaction_id=interaction.id if interaction else None,
    )
    message, _ = await conversations.write(tx, conversation_id, new, at)
    await Mails(tx).belongs(row.id, conversation_id, message.id)
    await keep(tx, message, files)
    return message


def _incoming(tx: Transaction, mailbox: MailboxRow, uid: int, mail: ReadMail, at: datetime) -> MailRow:
    return MailRow(
        tenant_id=tx.tenant_id,
        id=new_id(),
        mailbox_id=mailbox.id,
        direction="in",
        message_id=mail.message_id,
        uid=uid,
        marked=False,
        conversation_id=None,
        written_id=None,
        subject=mail.subject,
        sender=mail.sender.address,
        receivers=[one.address for one in (*mail.to, *mail.cc)],
        answer_to=(mail.reply_to or mail.sender).address,
        in_reply_to=mail.in_reply_to[0] if mail.in_reply_to else None,
        parents=list(mail.references or mail.in_reply_to),
        token=None,
        state="received",
        due_at=None,
        attempts=0,
        problem="",
        at=at,
    )


def _told(row: MailRow, mail: ReadMail, *, automatic: bool) -> MailTold:
    def parties(found: tuple[Address, ...]) -> list[Party]:
        return [Party(address=one.address, name=one.name) for one in found]

    return MailTold(
        id=row.id,
        subject=mail.subject,
        sender=Party(address=mail.sender.address, name=mail.sender.name),
        to=parties(mail.to),
        cc=parties(mail.cc),
        html=bool(mail.html),
        images=has_images(mail.html),
        quoted=clip(mail.quoted, LONGEST_QUOTE),
        files=[one.name for one in mail.files[MOST_FILES:]],
        automatic=automatic,
        state="received",
    )


async def _conversation_of(tx: Transaction, mailbox: MailboxRow, mail: ReadMail) -> UUID | None:
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


async def _open_interaction(tx: Transaction, conversation_id: UUID) -> InteractionRow | None:
    """The one of the conversation that is not closed, locked."""
    for part in reversed(await conversations.Interactions(tx).of_conversation(conversation_id)):
        if part.channel == CHANNEL and part.state != State.CLOSED:
            locked = await conversations.lock(tx, part.id)
            return locked if locked.state != State.CLOSED else None
    return None


async def _begin(
    tx: Transaction,
    mailbox: MailboxRow,
    conversation_id: UUID,
    contact_id: UUID | None,
    sender: Address,
    at: datetime,
) -> InteractionRow:
    """An interaction that waits for an agent in the mailbox's queue, even when that is full or closed: a letter has come."""
    interaction = await conversations.start(
        tx,
        NewInteraction(
            id=new_id(),
            channel=CHANNEL,
            direction="inbound",
            started_at=at,
            peer_raw=sender.address,
            peer_name=sender.name or sender.address,
            own_address=mailbox.address,
            project_id=mailbox.project_id,
            contact_id=contact_id,
            conversation_id=conversation_id,
        ),
    )
    await routing.enqueue(
        tx, routing.Enqueue(interaction.id, mailbox.queue_id, returning=True, patient=True), at
    )
    return interaction


async def _begin_again(
    tx: Transaction, mailbox: MailboxRow, conversation_id: UUID, sender: Address, at: datetime
) -> InteractionRow:
    thread = await conversations.thread(tx, conversation_id)
    return await _begin(tx, mailbox, conversation_id, thread.contact_id if thread else None, sender, at)


async def reply(tx: Transaction, message: MessageRow, at: datetime) -> MessageRow:
    """An agent has answered: the mail is in the outbox when the message is in the thread. Raises NobodyToAnswer."""
    last = await Mails(tx).latest(message.conversation_id)
    mailbox = await Mailboxes(tx).get(last.mailbox_id) if last is not None else None
    if last is None or mailbox is None or mailbox.archived:
        raise NobodyToAnswer()
    token = identity.subject_token(mailbox.secret, message.conversation_id)
    mail_id, domain = new_id(), mailbox.address.rpartition("@")[2]
    row = MailRow(
        tenant_id=tx.tenant_id,
        id=mail_id,
        mailbox_id=mailbox.id,
        direction="out",
        message_id=identity.message_id(mailbox.secret, message.conversation_id, mail_id, domain),
        uid=None,
        marked=True,
        conversation_id=message.conversation_id,
        written_id=message.id,
        subject=identity.reply_subject(last.subject, token),
        sender=mailbox.address,
        receivers=[last.answer_to],
        answer_to="",
        in_reply_to=last.message_id,
        parents=list(identity.references(tuple(last.parents), last.message_id)),
        token=token,
        state="queued",
        due_at=at,
        attempts=0,
        problem="",
        at=at,
    )
    await Mails(tx).add(row)
    tx.emit(MailQueued(aggregate_id=row.id, aggregate_version=1))
    told = MailTold(
        id=row.id,
        subject=row.subject,
        sender=Party(address=mailbox.address, name=mailbox.name),
        to=[Party(address=last.answer_to)],
        cc=[],
        state="queued",
    )
    return await conversations.amend(tx, message, {"email": told.model_dump(mode="json")}, at)


async def became(
    tx: Transaction,
    mail: MailRow,
    state: str,
    at: datetime,
    problem: str = "",
    due_at: datetime | None = None,
) -> None:
    """How the delivery of a mail of ours goes now, for who looks at its message."""
    await Mails(tx).become(mail.id, state, problem, due_at)
    message = await conversations.message(tx, mail.written_id) if mail.written_id else None
    if message is not None and (told := message.data.get("email")):
        await conversations.amend(
            tx, message, {"email": {**told, "state": state, "problem": problem[:300]}}, at
        )


async def came_back(
    tx: Transaction, mailbox: MailboxRow, mail: MailRow, why: str, at: datetime, *, final: bool
) -> None:
    """A mail of ours did not arrive (`final`), or is late. What did not arrive concerns somebody, also after the end."""
    if not final:
        await became(tx, mail, mail.state, at, why)
        return
    if mail.state == "bounced" or mail.conversation_id is None:
        return
    interaction = await _open_interaction(tx, mail.conversation_id)
    if interaction is None:
        receiver = Address(mail.receivers[0] if mail.receivers else "")
        interaction = await _begin_again(tx, mailbox, mail.conversation_id, receiver, at)
    await became(tx, mail, "bounced", at, why)
    new = NewMessage("system", kind="event", data={"event": "bounced"}, interaction_id=interaction.id)
    await conversations.write(tx, mail.conversation_id, new, at)


async def accept(
    tx: Transaction, interaction_id: UUID, assignment_id: UUID, user_id: UUID, at: datetime
) -> None:
    """The agent takes the offered mail. Raises OfferGone."""
    await routing.accept(tx, assignment_id, at, interaction_id, user_id)


async def end(tx: Transaction, interaction_id: UUID, at: datetime) -> None:
    """The matter is closed as far as the agent goes; the customer's next mail opens it again. Ending it twice changes nothing."""
    interaction = await conversations.lock(tx, interaction_id)
    if interaction.state == State.CLOSED:
        return
    await routing.withdraw_direct(tx, interaction, at)
    await conversations.close(tx, interaction, at, hung_up_by="agent")
    for assignment in await conversations.Assignments(tx).open_of_interaction(interaction_id):
        if assignment.state == "accepted":
            await routing.end_work(tx, assignment.id, at)


async def send_to_queue(tx: Transaction, assignment_id: UUID, queue_id: UUID, at: datetime) -> None:
    """An agent sends a mail on: it waits there for another. Raises NotFound, NotInState."""
    (found,) = await conversations.Assignments(tx).get([assignment_id])
    interaction = await conversations.lock(tx, found.interaction_id)
    mine = await conversations.lock_assignment(tx, assignment_id)
    if mine.state != "accepted" or interaction.phase != Phase.TALK:
        raise conversations.NotInState()
    await routing.withdraw_direct(tx, interaction, at)
    await routing.end_work(tx, mine.id, at)
    await conversations.Assignments(tx).share(mine.id)
    wish = routing.Enqueue(
        interaction.id, queue_id, returning=True, patient=True, passed_over=(mine.user_id,)
    )
    await routing.enqueue(tx, wish, at)


async def return_to_queue(tx: Transaction, interaction_id: UUID, user_id: UUID, at: datetime) -> None:
    """The agent is gone: another one goes on with it, before what came later."""
    interaction = await conversations.lock(tx, interaction_id)
    mine = [
        row
        for row in await conversations.Assignments(tx).open_of_interaction(interaction.id)
        if row.state == "accepted" and row.user_id == user_id
    ]
    if interaction.phase != Phase.TALK or interaction.queue_id is None or not mine:
        return
    await routing.withdraw_direct(tx, interaction, at)
    for assignment in mine:
        await routing.finish(tx, assignment, at)
    wish = routing.Enqueue(interaction.id, interaction.queue_id, returning=True, patient=True)
    await routing.enqueue(tx, replace(wish, passed_over=(user_id,), waited_s=interaction.wait_s), at)
