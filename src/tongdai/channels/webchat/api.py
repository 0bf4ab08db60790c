"""Routes of widgets for administrators, and of chats for agents."""

from uuid import UUID

from fastapi import APIRouter

from tongdai.channels.dialogue.service import TextDialogues
from tongdai.channels.events import WidgetChanged
from tongdai.channels.webchat import service
from tongdai.channels.webchat.lines import Lines
from tongdai.channels.webchat.repository import ChatRow, Chats
from tongdai.channels.webchat.schemas import Widget, WidgetChange, WidgetIn
from tongdai.channels.webchat.widgets import WIDGETS
from tongdai.channels.webchat.widgets import add as add_widget_row
from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow
from tongdai.platform.auth import Principal
from tongdai.platform.bodies import Body
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, listed
from tongdai.tenancy.public import audit, changed_fields

router = APIRouter(prefix="/api/v1", tags=["webchat"])
EDIT = "widgets.edit"
TAKE = "calls.take"


async def _changed(tx: Transaction, widget_id: UUID, what: str, **fields: object) -> Widget:
    row = await WIDGETS.get(tx, widget_id)
    tx.emit(WidgetChanged(aggregate_id=row.id, aggregate_version=row.version))
    await audit(tx, f"widget.{what}", "widget", widget_id, fields)
    return row


@router.get("/widgets")
async def list_widgets(me: Me, tx: Tx, asked: Asked) -> Page[Widget]:
    me.reach(EDIT)
    return await listed(tx, WIDGETS, asked)


@router.post("/widgets", status_code=201)
async def post_widget(body: WidgetIn, me: Me, tx: Tx) -> Widget:
    me.reach(EDIT)
    row_id = await add_widget_row(tx, body)
    return await _changed(tx, row_id, "created")


@router.get("/widgets/{widget_id}")
async def get_widget(widget_id: UUID, me: Me, tx: Tx) -> Widget:
    me.reach(EDIT)
    return await WIDGETS.get(tx, widget_id)


@router.patch("/widgets/{widget_id}")
async def patch_widget(widget_id: UUID, body: WidgetChange, me: Me, tx: Tx) -> Widget:
    me.reach(EDIT)
    await WIDGETS.lock(tx, widget_id, body.version)
    values = body.model_dump(mode="json", exclude_unset=True, exclude={"version"})
    values |= {name: getattr(body, name) for name in ("flow_id", "project_id") if name in values}
    await WIDGETS.change(tx, widget_id, values)
    return await _changed(tx, widget_id, "changed", **changed_fields(values))


@router.delete("/widgets/{widget_id}", status_code=204)
async def delete_widget(widget_id: UUID, me: Me, tx: Tx) -> None:
    """Put aside: sites that still show it say that the chat does not exist any more."""
    me.reach(EDIT)
    await WIDGETS.archive(tx, widget_id)
    await _changed(tx, widget_id, "archived")


@router.post("/widgets/{widget_id}/restore")
async def restore_widget(widget_id: UUID, me: Me, tx: Tx) -> Widget:
    me.reach(EDIT)
    await WIDGETS.archive(tx, widget_id, archived=False)
    return await _changed(tx, widget_id, "restored")


async def _mine(tx: Transaction, me: Principal, assignment_id: UUID) -> tuple[AssignmentRow, ChatRow]:
    """My part in a chat, and the chat. Raises NotFound for others' and for calls."""
    found = await conversations.Assignments(tx).get([assignment_id])
    chats = await Chats(tx).of_interactions([row.interaction_id for row in found])
    if not found or found[0].user_id != me.user_id or not chats:
        raise NotFound("There is no such contact of yours.")
    return found[0], chats[0]


class SendOn(Body):
    queue_id: UUID


@router.post("/assignments/{assignment_id}/end", status_code=204)
async def post_end(assignment_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """End the chat that I have: the customer is told, my wrap-up begins."""
    me.reach(TAKE)
    row, chat = await _mine(tx, me, assignment_id)
    if row.state != "accepted":
        raise conversations.NotInState()
    await service.end(tx, runtime.get(TextDialogues), chat, runtime.clock.now(), "agent", me.user_id)


@router.post("/assignments/{assignment_id}/send-on", status_code=204)
async def post_send_on(assignment_id: UUID, body: SendOn, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Send the chat that I have to a queue: my part is over but for its wrap-up."""
    me.reach(TAKE)
    _, chat = await _mine(tx, me, assignment_id)
    at = runtime.clock.now()
    await service.send_to_queue(tx, runtime.get(TextDialogues), chat, assignment_id, body.queue_id, at)


@router.post("/assignments/{assignment_id}/typing", status_code=204)
async def post_typing(assignment_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """I am writing: the visitor is told, and it is forgotten by itself."""
    me.reach(TAKE)
    row, chat = await _mine(tx, me, assignment_id)
    if row.state == "accepted":
        runtime.get(Lines).typing(chat.conversation_id, runtime.clock.now())
