"""While nobody is there: whether that is so, and what visitors leave then."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tongdai.channels.email.forms import Form, take_form
from tongdai.channels.email.mailboxes import Mailboxes, MailboxRow
from tongdai.channels.email.reading import Address
from tongdai.channels.errors import WrongChannel
from tongdai.channels.webchat import service
from tongdai.channels.webchat.repository import Chats, VisitorRow, WidgetRow
from tongdai.channels.webchat.schemas import Offline, OfflineMessage
from tongdai.channels.webchat.service import Written
from tongdai.conversations import public as conversations
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound, invalid_field
from tongdai.routing import public as routing
from tongdai.tenancy import public as tenancy


async def away(tx: Transaction, widget: WidgetRow, at: datetime) -> str | None:
    """Why the form stands in the chat's place now: "hours", "nobody"; None: it does not. What was chosen and is not there any
    more closes nothing."""
    if widget.offline is None:
        return None
    rules = Offline.model_validate(widget.offline)
    if rules.calendar is not None:
        state = await tenancy.calendar_state(tx, rules.calendar, at)
        if state is not None and not state.open:
            return "hours"
    try:
        queue = await routing.queue_rules(tx, rules.queue_id)
    except NotFound:
        return None
    if queue.closed is not None:
        return "hours"
    return "nobody" if rules.unstaffed and not await routing.somebody_there(tx, queue) else None


async def mailbox_of(tx: Transaction, widget: WidgetRow) -> MailboxRow | None:
    """The one by which visitors are written to, while it is in use."""
    row = await Mailboxes(tx).get(widget.mailbox_id) if widget.mailbox_id is not None else None
    return row if row is not None and not row.archived else None


async def check(tx: Transaction, rules: Offline | None, mailbox_id: UUID | None) -> None:
    """What an administrator wrote. Raises Invalid."""
    mailbox = await Mailboxes(tx).get(mailbox_id) if mailbox_id is not None else None
    if mailbox_id is not None and (mailbox is None or mailbox.archived):
        raise invalid_field("mailbox_id", "There is no such mailbox: choose one from the list.", "choose")
    if rules is None:
        return
    try:
        queue = await routing.queue_rules(tx, rules.queue_id)
    except NotFound:
        raise invalid_field(
            "offline.queue_id", "There is no such queue: choose one from the list.", "choose"
        ) from None
    if queue.channel != service.CHANNEL:
        raise invalid_field("offline.queue_id", WrongChannel.__doc__ or "", "wrong_channel")
    if rules.calendar is not None and not await tenancy.calendar_exists(tx, rules.calendar):
        raise invalid_field("offline.calendar", "There are no such hours: choose from the list.", "choose")


async def leave_message(
    tx: Transaction, widget: WidgetRow, visitor: VisitorRow, left: OfflineMessage, at: datetime
) -> str:
    """Something for whoever comes next (the visitor is locked): a letter where the widget has a mailbox, else a chat that waits.
    It is taken also when somebody has come meanwhile. Says how it is answered."""
    mailbox = await mailbox_of(tx, widget)
    if mailbox is not None:
        sender = Address(left.email, left.name)
        form = Form(f"{visitor.id.hex}.{left.client_id}", sender, left.body, left.page, visitor.language)
        await take_form(tx, mailbox, form, at)
        return "email"
    last = await Chats(tx).latest(visitor.id)
    if last is not None and await conversations.sent_before(
        tx, last.conversation_id, "customer", left.client_id
    ):
        return "chat"
    written = Written(left.client_id, left.body, page=left.page)
    if last is not None and last.ended_at is None:
        await service.write(tx, last.conversation_id, last.interaction_id, visitor, written, at)
        return "chat"
    told = {"name": left.name, "email": left.email}
    if visitor.contact_id is None:
        visitor = await service.introduce(tx, widget, visitor, told, at)
    else:
        visitor = replace(visitor, about={**visitor.about, **told})
    interaction, conversation_id = await service.open_chat(tx, widget, visitor, written, last, at)
    await service.write(tx, conversation_id, interaction.id, visitor, written, at)
    (chat,) = await Chats(tx).of_interactions([interaction.id])
    await service.say_what_happened(tx, chat, "offline", at)
    rules = Offline.model_validate(widget.offline)
    wish = routing.Enqueue(interaction.id, rules.queue_id, returning=True, patient=True)
    await routing.enqueue(tx, wish, at)
    return "chat"
