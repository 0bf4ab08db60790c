"""Routes of messages: who owns a box hears what is in it; what is in nobody's is heard by those who may listen to calls."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel

from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound, StaleVersion
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.telephony.recording.api import LISTEN, sound
from tongdai.telephony.recording.repository import Recordings
from tongdai.telephony.voicemail import mailbox
from tongdai.telephony.voicemail.repository import Messages
from tongdai.telephony.voicemail.views import VoicemailNews, VoicemailView, voicemail_views

router = APIRouter(prefix="/api/v1", tags=["voicemail"])
DOWNLOAD = "voicemail.download"


class Heard(BaseModel):
    heard: bool
    version: int


async def _mine(
    tx: Transaction, me: Principal, *, limit: int = 1, only: UUID | None = None, deleted: bool = False
) -> list[VoicemailView]:
    """What I may hear: my boxes; and what waits for whoever calls back, if I may hear calls and take calls of the queue that the
    caller left, if there was one."""
    others = me.may(LISTEN)
    return await voicemail_views(
        tx,
        limit=limit,
        owners=await Messages(tx).owners_for(me.user_id),
        others=others,
        queue_ids=None if others and me.reach(LISTEN).everything else me.queue_ids,
        only=only,
        deleted=deleted,
    )


async def _message(
    tx: Transaction, me: Principal, voicemail_id: UUID, *, deleted: bool = False
) -> VoicemailView:
    """The message, if it is mine to hear. Others do not even learn that it exists."""
    found = await _mine(tx, me, only=voicemail_id, deleted=deleted)
    if not found:
        raise NotFound("There is no such message.")
    return found[0]


@router.get("/voicemails")
async def get_voicemails(
    me: Me, tx: Tx, limit: Annotated[int, Query(ge=1, le=500)] = 200
) -> Page[VoicemailView]:
    """Messages that callers left, newest first."""
    return Page(items=await _mine(tx, me, limit=limit))


@router.get("/voicemails/new")
async def get_new(me: Me, tx: Tx) -> VoicemailNews:
    """How many messages wait for me."""
    counts = await Messages(tx).counts(me.user_id)
    return VoicemailNews(new=counts.get(me.user_id, (0, 0))[0])


@router.patch("/voicemails/{voicemail_id}")
async def patch_voicemail(
    voicemail_id: UUID, body: Heard, me: Me, tx: Tx, runtime: RuntimeOf
) -> VoicemailView:
    """Mark a message as heard, or as new again."""
    await _message(tx, me, voicemail_id)
    by = me.user_id if body.heard else None
    changed = await mailbox.heard(tx, voicemail_id, by, runtime.clock.now(), body.version)
    found = await _message(tx, me, voicemail_id)
    if not changed:
        raise StaleVersion(current=found.model_dump(mode="json"))
    return found


@router.delete("/voicemails/{voicemail_id}", status_code=204)
async def delete_voicemail(voicemail_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Delete a message. It can be restored for a day, and is erased then."""
    await _message(tx, me, voicemail_id)
    await mailbox.delete(tx, voicemail_id, runtime.clock.now(), by=me.user_id)


@router.post("/voicemails/{voicemail_id}/restore")
async def restore_voicemail(voicemail_id: UUID, me: Me, tx: Tx) -> VoicemailView:
    """Take a deletion back."""
    await _message(tx, me, voicemail_id, deleted=True)
    await mailbox.restore(tx, voicemail_id)
    return await _message(tx, me, voicemail_id)


@router.get("/voicemails/{voicemail_id}/audio")
async def get_voicemail_audio(
    voicemail_id: UUID,
    me: Me,
    tx: Tx,
    runtime: RuntimeOf,
    download: bool = False,
    range_header: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """The message's sound; as a file for who may download messages."""
    if download:
        me.reach(DOWNLOAD)
    message = await _message(tx, me, voicemail_id)
    row = await Recordings(tx).get(message.recording_id) if message.recording_id else None
    if row is None:
        raise NotFound("There is no such message.")
    answer = await sound(tx, runtime, row, range_header)
    if download:
        name = f"voicemail-{message.left_at:%Y-%m-%d-%H%M}.ogg"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
