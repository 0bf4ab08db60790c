"""Use cases of a chat on a website: a visitor writes, is led by the flow, talks with an agent, comes back."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.channels.dialogue.service import TextDialogues
from tongdai.channels.errors import VisitorUnknown, WrongChannel
from tongdai.channels.sharing import service as sharing
from tongdai.channels.webchat import told
from tongdai.channels.webchat.policies import token_hash
from tongdai.channels.webchat.repository import ChatRow, Chats, VisitorRow, WidgetRow
from tongdai.channels.webchat.triggers import words_of
from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow, MessageRow, NewInteraction, NewMessage, Phase, State
from tongdai.crm import public as crm
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing

CHANNEL = "webchat"
ASKED = dict.fromkeys(("name", "email", "phone"), "")
SAME_MATTER = timedelta(hours=24)
"""Who writes again so soon after a chat goes on in the same conversation."""
FILES_ALONE = "📎"
"""What a flow reads of a message without words: no choice of its questions', so that it asks again."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a visitor's device sends. `pressed`: the key of a button, instead of words of one's own; `greeting`: what came up by
    itself and is answered."""

    client_id: str
    body: str
    pressed: str | None = None
    page: str = ""
    attachments: tuple[UUID, ...] = ()
    greeting: UUID | None = None
    attributes: Mapping[str, told.Said | None] = field(default_factory=dict[str, "told.Said | None"])


async def welcome(
    tx: Transaction, widget: WidgetRow, token: str | None, language: str | None, at: datetime
) -> tuple[VisitorRow, str]:
    """The visitor whose browser has this token, else a new one; gives the token that the browser is to keep."""
    known = await Chats(tx).visitor(widget.id, token_hash(token)) if token else None
    if known is not None and token is not None:
        known = replace(known, language=language or known.language)
        await Chats(tx).save_visitor(known, at)
        return known, token
    token = secrets.token_urlsafe(32)
    visitor = VisitorRow(new_id(), widget.id, None, "", {}, language)
    await Chats(tx).add_visitor(visitor, token_hash(token), at)
    return visitor, token


async def visitor_of(tx: Transaction, widget: WidgetRow, token: str, *, lock: bool = False) -> VisitorRow:
    """Raises VisitorUnknown."""
    found = await Chats(tx).visitor(widget.id, token_hash(token), lock=lock)
    if found is None:
        raise VisitorUnknown()
    return found


async def introduce(
    tx: Transaction, widget: WidgetRow, visitor: VisitorRow, told: Mapping[str, str], at: datetime
) -> VisitorRow:
    """What a visitor says of themselves before the chat: nothing is proven by it, so that it makes a contact of its own and
    shows nothing of another's."""
    name = told.get("name", "")
    if visitor.contact_id is None and told:
        contact_id = await crm.make_visitor(tx, name, at, widget.project_id)
        visitor = replace(visitor, contact_id=contact_id, name=name, about=dict(told))
        await Chats(tx).save_visitor(visitor, at)
    return visitor


async def receive(
    tx: Transaction,
    dialogues: TextDialogues,
    widget: WidgetRow,
    visitor: VisitorRow,
    written: Written,
    at: datetime,
) -> MessageRow:
    """A visitor's message (the visitor is locked): into the chat that is open, or the first of another."""
    last = await Chats(tx).latest(visitor.id)
    if last is not None:
        # Sent again after the chat was over, it is still the message of then.
        again = await conversations.sent_before(tx, last.conversation_id, "customer", written.client_id)
        if again is not None:
            return again
    if last is None or last.ended_at is not None:
        return await _begin(tx, dialogues, widget, visitor, written, last, at)
    interaction = await conversations.lock(tx, last.interaction_id)
    await told.tell(tx, last, written.attributes)
    row = await write(tx, last.conversation_id, interaction.id, visitor, written, at)
    await dialogues.heard(tx, interaction, written.body or FILES_ALONE, written.pressed, at)
    return row


async def _begin(
    tx: Transaction,
    dialogues: TextDialogues,
    widget: WidgetRow,
    visitor: VisitorRow,
    written: Written,
    last: ChatRow | None,
    at: datetime,
) -> MessageRow:
    interaction, conversation_id = await open_chat(tx, widget, visitor, written, last, at)
    greeting = words_of(widget.triggers, written.greeting, visitor.language)
    if greeting:
        data = {"event": "greeted", "text": greeting}
        seen = NewMessage("system", kind="event", data=data, interaction_id=interaction.id)
        await conversations.write(tx, conversation_id, seen, at)
    row = await write(tx, conversation_id, interaction.id, visitor, written, at)
    variables = {
        "chat": {
            "message": written.body or FILES_ALONE,
            "page": written.page,
            "greeting": greeting,
            "verified": "yes" if visitor.verified(at) else "no",
            **ASKED,
            **visitor.about,
        },
        "visit": told.merged({}, written.attributes),
        **({"language": visitor.language} if visitor.language else {}),
    }
    await dialogues.begin(tx, interaction, conversation_id, widget.flow_id, variables, at)
    return row


async def open_chat(
    tx: Transaction,
    widget: WidgetRow,
    visitor: VisitorRow,
    written: Written,
    last: ChatRow | None,
    at: datetime,
) -> tuple[InteractionRow, UUID]:
    """Another chat of the visitor, whose last is over: the interaction, and the conversation that it goes on with or begins."""
    same = last is not None and last.ended_at is not None and at - last.ended_at < SAME_MATTER
    conversation_id = last.conversation_id if last is not None and same else new_id()
    if same:
        conversation_id = await conversations.going_on(tx, conversation_id, at)
    else:
        await conversations.open_conversation(tx, conversation_id, widget.project_id, visitor.contact_id, at)
    interaction = await conversations.start(
        tx,
        NewInteraction(
            id=new_id(),
            channel=CHANNEL,
            direction="inbound",
            started_at=at,
            peer_raw="",
            peer_name=visitor.name,
            project_id=widget.project_id,
            contact_id=visitor.contact_id,
            peer_verified=visitor.verified(at),
            language=visitor.language,
            conversation_id=conversation_id,
            flow_answers=[{"label": asked, "value": said} for asked, said in visitor.about.items()],
        ),
    )
    about = list(told.merged({}, written.attributes).items())
    ids = (new_id(), widget.id, visitor.id, interaction.id, conversation_id)
    await Chats(tx).add(ChatRow(*ids, written.page, at, None, about))
    return interaction, conversation_id


async def write(
    tx: Transaction,
    conversation_id: UUID,
    interaction_id: UUID,
    visitor: VisitorRow,
    written: Written,
    at: datetime,
) -> MessageRow:
    """A visitor's message, once however often it is sent."""
    data = {"pressed": written.pressed} if written.pressed is not None else {}
    new = NewMessage(
        "customer",
        written.body,
        data=data,
        interaction_id=interaction_id,
        client_id=written.client_id,
        attachments=written.attachments,
        uploader_id=visitor.id,
    )
    return (await conversations.write(tx, conversation_id, new, at))[0]


async def say_what_happened(
    tx: Transaction, chat: ChatRow, event: str, at: datetime, user_id: UUID | None = None
) -> None:
    """A line in the thread that both sides read: joined, ended."""
    new = NewMessage(
        "system", kind="event", data={"event": event}, user_id=user_id, interaction_id=chat.interaction_id
    )
    await conversations.write(tx, chat.conversation_id, new, at)


async def accept(tx: Transaction, chat: ChatRow, assignment_id: UUID, user_id: UUID, at: datetime) -> None:
    """The agent takes the offered chat. Raises OfferGone."""
    await routing.accept(tx, assignment_id, at, chat.interaction_id, user_id)
    await say_what_happened(tx, chat, "joined", at, user_id)


async def send_to_queue(
    tx: Transaction,
    dialogues: TextDialogues,
    chat: ChatRow,
    assignment_id: UUID,
    queue_id: UUID,
    at: datetime,
) -> None:
    """An agent sends their customer on: behind those who wait in that queue, and not to the same agent at once. Their own part
    goes into the wrap-up. Raises NotFound, QueueClosed, WrongChannel; then nothing has changed."""
    interaction = await conversations.lock(tx, chat.interaction_id)
    mine = await conversations.lock_assignment(tx, assignment_id)
    if mine.state != "accepted" or interaction.phase != Phase.TALK:
        raise conversations.NotInState()
    rules = await routing.queue_rules(tx, queue_id)
    if rules.channel != CHANNEL:
        raise WrongChannel()
    stay = await dialogues.stay(tx, interaction.id, rules.name)
    await routing.withdraw_direct(tx, interaction, at)
    await routing.end_work(tx, mine.id, at)
    await conversations.Assignments(tx).share(mine.id)
    await say_what_happened(tx, chat, "left", at, mine.user_id)
    interaction = await conversations.lock(tx, interaction.id)
    await routing.enqueue_transferred(tx, interaction, stay, at, by=mine.user_id)


async def return_to_queue(
    tx: Transaction, dialogues: TextDialogues, chat: ChatRow, user_id: UUID, at: datetime
) -> None:
    """The agent is gone: the customer waits again, before everybody else, for another one."""
    interaction = await conversations.lock(tx, chat.interaction_id)
    mine = [
        row
        for row in await conversations.Assignments(tx).open_of_interaction(interaction.id)
        if row.state == "accepted" and row.user_id == user_id
    ]
    if interaction.phase != Phase.TALK or interaction.queue_id is None or not mine:
        return
    names = await routing.queue_names(tx, [interaction.queue_id])
    stay = await dialogues.stay(tx, interaction.id, names[interaction.queue_id])
    await routing.withdraw_direct(tx, interaction, at)
    for assignment in mine:
        await routing.finish(tx, assignment, at)
    await say_what_happened(tx, chat, "left", at, user_id)
    interaction = await conversations.lock(tx, interaction.id)
    await routing.enqueue_again(tx, interaction, interaction.queue_id or new_id(), stay, at, gone=user_id)


async def end(
    tx: Transaction,
    dialogues: TextDialogues,
    chat: ChatRow,
    at: datetime,
    by: str,
    user_id: UUID | None = None,
) -> None:
    """The chat is over: for its customer at once, for the agent after the wrap-up. Ending it twice changes nothing."""
    interaction = await conversations.lock(tx, chat.interaction_id)
    if interaction.state == State.CLOSED:
        return
    await dialogues.customer_left(tx, interaction.id, at)
    await close(tx, interaction, chat, at, by, user_id)


async def close(
    tx: Transaction,
    interaction: InteractionRow,
    chat: ChatRow,
    at: datetime,
    by: str,
    user_id: UUID | None = None,
) -> None:
    """The interaction's end, its flow having ended already."""
    short = 0.0
    if interaction.queue_id is not None:
        short = (await routing.queue_rules(tx, interaction.queue_id)).short_abandon_s
    if interaction.phase == Phase.WAIT:
        await routing.leave(tx, interaction.id, "abandoned", at)
        interaction = await conversations.lock(tx, interaction.id)
    await routing.withdraw_direct(tx, interaction, at)
    await sharing.end_all(tx, interaction.id, at)
    await say_what_happened(tx, chat, "ended", at, user_id)
    await conversations.close(tx, interaction, at, hung_up_by=by, short_abandon_s=short)
    for assignment in await conversations.Assignments(tx).open_of_interaction(interaction.id):
        if assignment.state == "accepted":
            await routing.end_work(tx, assignment.id, at)
    await Chats(tx).end(interaction.id, at)
