"""What visitors see of their chat."""

from datetime import datetime
from uuid import UUID

from tongdai.channels.dialogue.policies import EXCHANGE
from tongdai.channels.sharing.repository import Shares
from tongdai.channels.sharing.schemas import VisitorShare
from tongdai.channels.webchat.offline import away
from tongdai.channels.webchat.repository import ChatRow, Chats, VisitorRow, WidgetRow
from tongdai.channels.webchat.schemas import (
    Asked,
    ChatState,
    IdentityState,
    Look,
    Opened,
    VisitorMessageView,
    WidgetConfig,
)
from tongdai.channels.webchat.triggers import Trigger
from tongdai.conversations import public as conversations
from tongdai.conversations.public import MessageRow, Phase, State
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.tenancy import public as tenancy

LAST = 100
_FOR_AGENTS = frozenset({EXCHANGE, "email", "planned"})
"""What is kept with a message and is not for the customer: what a language model was told, how a mail fares, when it was
written."""
NONE = ChatState(phase="none", agent=None, position=None, read_seq=0, shares=[])
_PHASES = {Phase.WAIT: "waiting", Phase.TALK: "agent", Phase.HOLD: "agent"}


async def message_views(tx: Transaction, rows: list[MessageRow]) -> list[VisitorMessageView]:
    users = list({row.user_id for row in rows if row.user_id})
    names = {one.id: one.name for one in await people.list_people(tx, users)} if users else {}
    files = await conversations.Attachments(tx).of_messages([row.id for row in rows])
    return [
        VisitorMessageView(
            seq=row.seq,
            author=row.author,
            name=names.get(row.user_id, "") if row.user_id else "",
            kind=row.kind,
            body=row.body,
            data={name: value for name, value in row.data.items() if name not in _FOR_AGENTS},
            attachments=[conversations.attachment_view(file) for file in files.get(row.id, [])],
            client_id=row.client_id if row.author == "customer" else None,
            at=row.at,
        )
        for row in rows
    ]


async def chat_state(tx: Transaction, chat: ChatRow | None) -> ChatState:
    """How the chat stands now."""
    if chat is None:
        return NONE
    thread = await conversations.thread(tx, chat.conversation_id)
    (interaction,) = await conversations.Interactions(tx).get([chat.interaction_id])
    read = thread.read_seq if thread is not None else 0
    if interaction.state == State.CLOSED:
        return ChatState(phase="ended", agent=None, position=None, read_seq=read, shares=[])
    phase = _PHASES.get(Phase(interaction.phase), "bot")
    agent = await _first_name(tx, interaction.user_id) if phase == "agent" and interaction.user_id else None
    place = await routing.prospect_of(tx, interaction.id, expecting=False) if phase == "waiting" else None
    shares = await Shares(tx).open_of(interaction.id) if phase == "agent" else []
    return ChatState(
        phase=phase,
        agent=agent,
        position=place.position if place is not None else None,
        read_seq=read,
        shares=[VisitorShare(id=one.id, kind=one.kind, state=one.state) for one in shares],
    )


async def _first_name(tx: Transaction, user_id: UUID) -> str:
    (person,) = await people.list_people(tx, [user_id])
    return person.name


async def after(
    tx: Transaction, visitor_id: UUID, seq: int | None
) -> tuple[list[VisitorMessageView], ChatState, UUID | None]:
    """The messages of the visitor's conversation after `seq` (None: the last ones), how the chat stands, and which conversation
    it is."""
    chat = await Chats(tx).latest(visitor_id)
    if chat is None:
        return [], NONE, None
    if seq is None:
        rows = await conversations.last_messages(tx, chat.conversation_id, LAST)
    else:
        rows = await conversations.messages_after(tx, chat.conversation_id, seq, LAST)
    return await message_views(tx, rows), await chat_state(tx, chat), chat.conversation_id


async def config_of(tx: Transaction, widget: WidgetRow) -> WidgetConfig:
    return WidgetConfig(
        look=Look.model_validate(widget.look),
        pre_chat=[Asked.model_validate(one) for one in widget.pre_chat],
        country=await tenancy.country_of(tx),
        transcripts=widget.mailbox_id is not None,
        triggers=[Trigger.model_validate(one) for one in widget.triggers],
        identity=widget.identity,  # pyright: ignore[reportArgumentType]
    )


async def opened(tx: Transaction, widget: WidgetRow, visitor: VisitorRow, token: str, at: datetime) -> Opened:
    """The chat as it stands, for a browser that has just opened it, or has become another visitor's."""
    messages, state, _ = await after(tx, visitor.id, None)
    return Opened(
        token=token,
        config=await config_of(tx, widget),
        name=visitor.name,
        identity=IdentityState(subject=visitor.subject, verified_until=visitor.verified_until),
        away=await away(tx, widget, at),  # pyright: ignore[reportArgumentType]
        messages=messages,
        state=state,
    )
