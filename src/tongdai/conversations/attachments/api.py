"""Routes of agents' files: uploaded for a message, read by whoever may read the conversation."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from tongdai.conversations.attachments.repository import AttachmentRow, Attachments
from tongdai.conversations.attachments.serving import RAW_BODY, FileName, answer_with, passed_over, upload
from tongdai.conversations.attachments.store import add
from tongdai.conversations.attachments.views import AttachmentView, attachment_view
from tongdai.conversations.inbox.access import SEE, readable
from tongdai.conversations.thread_views import ClientId
from tongdai.platform.auth import Principal
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, RuntimeOf, Tx
from tongdai.tenancy import public as tenancy

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}/attachments", tags=["attachments"])


def _may_read(me: Me) -> None:
    me.reach(SEE)


@router.post("", status_code=201, openapi_extra=RAW_BODY, dependencies=[Depends(_may_read)])
async def post_attachment(
    conversation_id: UUID,
    request: Request,
    me: Me,
    runtime: RuntimeOf,
    name: FileName,
    client_id: Annotated[ClientId, Query()],
) -> AttachmentView:
    """Upload a file for a message that is sent afterwards: the body is the file itself. The same `client_id` again is the same
    file. What is not sent within a day is removed."""
    scope = Scope(me.tenant_id, me.user_id)
    async with runtime.database.transaction(scope) as tx:
        await readable(tx, me, conversation_id)
        before = await Attachments(tx).sent_before(me.user_id, client_id)
    if before is not None:
        await passed_over(request)
        return attachment_view(before)
    async with (
        upload(request, runtime, me.tenant_id, name) as file,
        runtime.database.transaction(scope) as tx,
    ):
        row = await add(
            tx, file, conversation_id=conversation_id, uploader_id=me.user_id, client_id=client_id
        ) or await Attachments(tx).sent_before(me.user_id, client_id)
        if row is None:
            raise NotFound()
    return attachment_view(row)


@router.get("/{attachment_id}", response_class=Response)
async def get_attachment(
    conversation_id: UUID, attachment_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf, show: bool = False
) -> Response:
    """The file, to be saved, which is written to the audit log; a picture with `show` to be seen, as the rest of the
    conversation is."""
    await readable(tx, me, conversation_id)
    row = await _of_conversation(tx, me, conversation_id, attachment_id)
    answer = await answer_with(runtime, row, show=show)
    if not (show and attachment_view(row).shown):
        await tenancy.audit(tx, "attachment.downloaded", "attachment", row.id)
    return answer


async def _of_conversation(
    tx: Transaction, me: Principal, conversation_id: UUID, attachment_id: UUID
) -> AttachmentRow:
    """What was not sent yet is seen by its uploader alone."""
    row = await Attachments(tx).get(attachment_id)
    if row is None or row.conversation_id != conversation_id:
        raise NotFound()
    if row.message_id is None and row.uploader_id != me.user_id:
        raise NotFound()
    return row
