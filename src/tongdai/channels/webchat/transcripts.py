"""Chats by mail: asked for by their customer, or sent by the agent. They go out from the widget's mailbox."""

from datetime import datetime, timedelta
from uuid import UUID

from tongdai.channels.email.outgoing import Outgoing, queue
from tongdai.channels.email.repository import Mails
from tongdai.channels.email.transcripts import EVENT, subject_of
from tongdai.channels.errors import NoTranscripts, TooManyTranscripts
from tongdai.channels.webchat.offline import mailbox_of
from tongdai.channels.webchat.repository import ChatRow, Chats, VisitorRow, WidgetRow
from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow, NewMessage
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.tenancy.public import audit

PERIOD = timedelta(days=1)
MOST_OF_ONE = 5
"""In the period, of one chat."""
MOST_TO_ONE = 5
"""In the period, to one address, whatever chats they are of: nobody fills another's mailbox by us."""


async def send_to_visitor(
    tx: Transaction, widget: WidgetRow, visitor: VisitorRow, address: str, client_id: str, at: datetime
) -> None:
    """Raises NotFound where there is no chat, NoTranscripts, TooManyTranscripts."""
    chat = await Chats(tx).latest(visitor.id)
    if chat is None:
        raise NotFound()
    await _send(tx, widget, chat, visitor.language, address, f"visitor {client_id}", None, at)


async def send_by_agent(
    tx: Transaction, part: AssignmentRow, address: str, client_id: str, at: datetime
) -> None:
    """Raises NotFound for what is no chat, NotInState, NoTranscripts, TooManyTranscripts."""
    chats = await Chats(tx).of_interactions([part.interaction_id])
    if not chats:
        raise NotFound("There is no such contact of yours.")
    if part.state not in ("accepted", "wrap_up"):
        raise conversations.NotInState()
    widget = await Chats(tx).widget_of(chats[0])
    (interaction,) = await conversations.Interactions(tx).get([part.interaction_id])
    sent = await _send(
        tx, widget, chats[0], interaction.language, address, f"agent {client_id}", part.user_id, at
    )
    if sent:
        details = {"interaction_id": str(part.interaction_id)}
        await audit(tx, "conversation.transcript_sent", "conversation", chats[0].conversation_id, details)


async def _send(
    tx: Transaction,
    widget: WidgetRow,
    chat: ChatRow,
    language: str | None,
    address: str,
    name: str,
    user_id: UUID | None,
    at: datetime,
) -> bool:
    """False: it was asked for already."""
    mailbox = await mailbox_of(tx, widget)
    if mailbox is None:
        raise NoTranscripts()
    await tx.keep_alone(f"acknowledge:{address}")
    if await conversations.sent_before(tx, chat.conversation_id, "system", name):
        return False
    before = await Mails(tx).acknowledged(address, at - PERIOD)
    if (
        len(before) >= MOST_TO_ONE
        or await Mails(tx).automatic(chat.conversation_id, at - PERIOD) >= MOST_OF_ONE
    ):
        raise TooManyTranscripts()
    new = NewMessage(
        "system",
        kind="event",
        data={"event": EVENT, "to": address, "language": language, "email": {"state": "queued"}},
        user_id=user_id,
        interaction_id=chat.interaction_id,
        client_id=name,
    )
    asked, _ = await conversations.write(tx, chat.conversation_id, new, at)
    subject = subject_of(language, mailbox.name, chat.started_at)
    await queue(tx, mailbox, asked, Outgoing([address], subject, automatic=True), at)
    return True
