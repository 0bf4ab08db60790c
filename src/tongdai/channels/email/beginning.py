"""Letters that begin to wait for an agent."""

from datetime import datetime
from uuid import UUID

from tongdai.channels.email.mailboxes import MailboxRow
from tongdai.channels.email.reading import Address
from tongdai.channels.email.repository import Mails
from tongdai.channels.email.rules import Sorted
from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow, NewInteraction, State
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.routing import public as routing

CHANNEL = "email"
UNSORTED = Sorted()


async def open_interaction(tx: Transaction, conversation_id: UUID) -> InteractionRow | None:
    """The one of the conversation that is not closed, locked."""
    for part in reversed(await conversations.Interactions(tx).of_conversation(conversation_id)):
        if part.channel == CHANNEL and part.state != State.CLOSED:
            locked = await conversations.lock(tx, part.id)
            return locked if locked.state != State.CLOSED else None
    return None


async def begin(
    tx: Transaction,
    mailbox: MailboxRow,
    conversation_id: UUID,
    contact_id: UUID | None,
    sender: Address,
    at: datetime,
    *,
    language: str | None,
    sorted_to: Sorted = UNSORTED,
) -> InteractionRow:
    """An interaction that waits for an agent."""
    interaction = await start(tx, mailbox, conversation_id, contact_id, sender, at, language=language)
    await wait(tx, mailbox, interaction, at, sorted_to)
    return interaction


async def start(
    tx: Transaction,
    mailbox: MailboxRow,
    conversation_id: UUID,
    contact_id: UUID | None,
    sender: Address,
    at: datetime,
    *,
    language: str | None,
) -> InteractionRow:
    return await conversations.start(
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
            language=language,
            conversation_id=conversation_id,
        ),
    )


async def wait(
    tx: Transaction,
    mailbox: MailboxRow,
    interaction: InteractionRow,
    at: datetime,
    sorted_to: Sorted = UNSORTED,
) -> None:
    """For an agent, even when the queue is full or closed: a letter has come. Where rules want it in a queue that is not there
    any more, it waits in the mailbox's."""
    queue_id = await _queue(tx, mailbox, sorted_to)
    wish = routing.Enqueue(
        interaction.id, queue_id, priority=sorted_to.priority, returning=True, patient=True
    )
    await routing.enqueue(tx, wish, at)


async def _queue(tx: Transaction, mailbox: MailboxRow, sorted_to: Sorted) -> UUID:
    try:
        wanted = await routing.queue_rules(tx, sorted_to.queue_id) if sorted_to.queue_id else None
    except NotFound:
        wanted = None
    return wanted.id if wanted is not None and wanted.channel == CHANNEL else mailbox.queue_id


async def customer(tx: Transaction, conversation_id: UUID) -> Address:
    """Whose conversation it is: who wrote last of those that it was not only forwarded to."""
    letters = await Mails(tx).letters(conversation_id, 1)
    return Address(letters[0].sender if letters else "")


async def begin_again(
    tx: Transaction,
    mailbox: MailboxRow,
    conversation_id: UUID,
    sender: Address,
    at: datetime,
    sorted_to: Sorted = UNSORTED,
) -> InteractionRow:
    thread = await conversations.thread(tx, conversation_id)
    before = await conversations.Interactions(tx).of_conversation(conversation_id)
    return await begin(
        tx,
        mailbox,
        conversation_id,
        thread.contact_id if thread else None,
        sender,
        at,
        language=before[-1].language if before else None,
        sorted_to=sorted_to,
    )
