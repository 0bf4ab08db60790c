"""Routes of widgets for administrators."""

from uuid import UUID

from fastapi import APIRouter

from tongdai.channels.events import WidgetChanged
from tongdai.channels.webchat import offline, triggers
from tongdai.channels.webchat.schemas import Widget, WidgetChange, WidgetIn
from tongdai.channels.webchat.widgets import REFERENCES, WIDGETS
from tongdai.channels.webchat.widgets import add as add_widget_row
from tongdai.platform.database import Transaction
from tongdai.platform.http import Me, Page, Tx
from tongdai.platform.paging import Asked, listed
from tongdai.tenancy.public import audit, changed_fields

router = APIRouter(prefix="/api/v1", tags=["webchat"])
EDIT = "widgets.edit"


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
    await offline.check(tx, body.offline, body.mailbox_id)
    triggers.check(body.triggers, body.offline)
    row_id = await add_widget_row(tx, body)
    return await _changed(tx, row_id, "created")


@router.get("/widgets/{widget_id}")
async def get_widget(widget_id: UUID, me: Me, tx: Tx) -> Widget:
    me.reach(EDIT)
    return await WIDGETS.get(tx, widget_id)


@router.patch("/widgets/{widget_id}")
async def patch_widget(widget_id: UUID, body: WidgetChange, me: Me, tx: Tx) -> Widget:
    me.reach(EDIT)
    before = await WIDGETS.lock(tx, widget_id, body.version)
    values = body.model_dump(mode="json", exclude_unset=True, exclude={"version"})
    values |= {name: getattr(body, name) for name in REFERENCES if name in values}
    await offline.check(tx, body.offline, body.mailbox_id)
    after = before.model_copy(update={name: getattr(body, name) for name in values})
    triggers.check(after.triggers, after.offline)
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
