"""Routes of visitors' files: uploaded for a message, and those of their own chat to look at."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from tongdai.channels.errors import TooFast
from tongdai.channels.webchat import identity, service
from tongdai.channels.webchat.callers import TokenHeader, address_of, widget_of
from tongdai.channels.webchat.policies import Bucket
from tongdai.channels.webchat.repository import Chats, VisitorRow
from tongdai.conversations import public as conversations
from tongdai.conversations.public import AttachmentRow, AttachmentView, ClientId, FileName
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.http import RuntimeOf

router = APIRouter(prefix="/api/v1/chat/{key}/files", tags=["visitors"])
MOST_AN_HOUR = 40
"""By visitor."""
UPLOADS = Bucket(burst=120, rate=0.1)
"""By address: who opens the chat anew is a new visitor."""
LOOKS = Bucket(burst=120, rate=4.0)
"""By visitor."""


@router.post("", status_code=201, openapi_extra=conversations.RAW_BODY)
async def post_file(
    key: str,
    request: Request,
    runtime: RuntimeOf,
    token: TokenHeader,
    name: FileName,
    client_id: Annotated[ClientId, Query()],
) -> AttachmentView:
    """Upload a file for a message that is sent afterwards: the body is the file itself. The same `client_id` again is the same
    file. What is not sent within a day is removed."""
    widget, at = await widget_of(runtime, key), runtime.clock.now()
    scope = Scope(widget.tenant_id)
    async with runtime.database.transaction(scope) as tx:
        visitor = await service.visitor_of(tx, widget, token)
        identity.admit(widget, visitor, at)
        before = await conversations.Attachments(tx).sent_before(visitor.id, client_id)
        if before is None:
            await _few_enough(tx, visitor, at)
    if before is not None:
        await conversations.passed_over(request)
        return conversations.attachment_view(before)
    if not UPLOADS.takes(f"{key} {address_of(request)}", at.timestamp()):
        raise conversations.TooManyFiles()
    async with (
        conversations.upload(request, runtime, widget.tenant_id, name) as file,
        runtime.database.transaction(scope) as tx,
    ):
        await service.visitor_of(tx, widget, token, lock=True)
        row = await conversations.add_attachment(
            tx, file, uploader_id=visitor.id, client_id=client_id
        ) or await conversations.Attachments(tx).sent_before(visitor.id, client_id)
        if row is None:
            raise NotFound()
        await _few_enough(tx, visitor, at)
    return conversations.attachment_view(row)


async def _few_enough(tx: Transaction, visitor: VisitorRow, at: datetime) -> None:
    uploaded = await conversations.Attachments(tx).uploaded_since(visitor.id, at - timedelta(hours=1))
    if uploaded > MOST_AN_HOUR:
        raise conversations.TooManyFiles()


@router.get("/{file_id}", response_class=Response)
async def get_file(
    key: str, file_id: UUID, runtime: RuntimeOf, token: TokenHeader, show: bool = False
) -> Response:
    """A file of the visitor's own chat: to be saved, or with `show` a picture to be seen."""
    widget = await widget_of(runtime, key)
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        visitor = await service.visitor_of(tx, widget, token)
        if not LOOKS.takes(str(visitor.id), runtime.clock.now().timestamp()):
            raise TooFast()
        row = await _mine(tx, visitor, file_id)
    return await conversations.answer_with(runtime, row, show=show)


async def _mine(tx: Transaction, visitor: VisitorRow, file_id: UUID) -> AttachmentRow:
    """What the visitor has uploaded, and what was written to them: notes are not. Raises NotFound."""
    row = await conversations.Attachments(tx).get(file_id)
    if row is not None and row.uploader_id == visitor.id:
        return row
    if row is None or row.message_id is None or row.conversation_id is None:
        raise NotFound()
    if not await Chats(tx).took_part(visitor.id, row.conversation_id):
        raise NotFound()
    if await conversations.is_note(tx, row.message_id):
        raise NotFound()
    return row
