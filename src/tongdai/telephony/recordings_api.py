"""Routes of recordings and voicemails: heard only by those who may, every listening in the audit log."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from tongdai.conversations import public as conversations
from tongdai.people import public as people
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.errors import AppError, NotFound, StaleVersion
from tongdai.platform.files import OutsideTheStore, inside
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.registry import Runtime
from tongdai.telephony import views
from tongdai.telephony.recordings import RecordingRow, Recordings
from tongdai.tenancy import public as tenancy

router = APIRouter(prefix="/api/v1", tags=["recordings"])
LISTEN = "calls.listen"
CHUNK = 64 * 1024
MEDIA_TYPE = "audio/ogg"


class RangeNotSatisfiable(AppError):
    """The file ends before the part that was asked for."""

    status = 416
    code = "range_not_satisfiable"


class NotStored(AppError):
    """The recording is still being collected. Try again in a few seconds."""

    status = 409
    code = "not_stored"


class Peaks(BaseModel):
    """The waveform: the loudest sample per slice, 0–1, for each side."""

    sample_rate_hz: float
    customer: list[float]
    agent: list[float]


class Heard(BaseModel):
    heard: bool
    version: int


async def _audible(tx: Transaction, me: Principal, recording_id: UUID) -> RecordingRow:
    """The recording, if it is within my reach. Others do not even learn that it exists."""
    reach = me.reach(LISTEN)
    row = await Recordings(tx).get(recording_id)
    if row is None:
        raise NotFound("There is no such recording.")
    (interaction,) = await conversations.Interactions(tx).get([row.interaction_id])
    teams: frozenset[UUID] = frozenset()
    if interaction.user_id is not None:
        (agent,) = await people.list_people(tx, [interaction.user_id])
        teams = frozenset(agent.team_ids)
    if not reach.covers(
        user_id=interaction.user_id,
        team_ids=teams,
        queue_id=interaction.queue_id,
        project_id=interaction.project_id,
    ):
        raise NotFound("There is no such recording.")
    return row


async def _message(tx: Transaction, me: Principal, voicemail_id: UUID) -> views.VoicemailView:
    """The message, if it is mine to hear. Others do not even learn that it exists."""
    found = await views.voicemail_views(tx, limit=1, only=voicemail_id, queue_ids=_heard_by(me))
    if not found:
        raise NotFound("There is no such message.")
    return found[0]


def _heard_by(me: Principal) -> frozenset[UUID] | None:
    """A message waits for whoever calls back: those who may hear calls, and take calls of the queue that the caller left,
    if there was one. None: every message.
    """
    return None if me.reach(LISTEN).everything else me.queue_ids


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """The bytes [first, last] of a Range header with one range (RFC 9110); None: the whole. Raises RangeNotSatisfiable."""
    if header is None or not header.startswith("bytes=") or "," in header:
        return None
    first_text, dash, last_text = header.removeprefix("bytes=").strip().partition("-")
    if not dash or not (first_text + last_text).isdecimal():
        return None
    if not first_text:
        first, last = max(0, size - int(last_text)), size - 1
    else:
        first, last = int(first_text), min(int(last_text) if last_text else size - 1, size - 1)
    if first > last:
        raise RangeNotSatisfiable()
    return first, last


def _read(file: Path, first: int, last: int) -> Iterator[bytes]:
    with file.open("rb") as opened:
        opened.seek(first)
        left = last - first + 1
        while left > 0:
            data = opened.read(min(CHUNK, left))
            if not data:
                return
            left -= len(data)
            yield data


@router.get("/recordings/{recording_id}/audio")
async def get_audio(
    recording_id: UUID,
    me: Me,
    tx: Tx,
    runtime: RuntimeOf,
    range_header: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """The sound, in parts if asked. The first part of a listening is written to the audit log."""
    return await _sound(tx, runtime, await _audible(tx, me, recording_id), range_header)


async def _sound(tx: Transaction, runtime: Runtime, row: RecordingRow, range_header: str | None) -> Response:
    file = _file(runtime, row)
    size = row.size or 0
    part = parse_range(range_header, size)
    if part is None or part[0] == 0:
        await tenancy.audit(tx, "recording.listened", "recording", row.id, {})
    first, last = part or (0, size - 1)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(last - first + 1),
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="{row.id}.ogg"',
        **({"Content-Range": f"bytes {first}-{last}/{size}"} if part else {}),
    }
    return StreamingResponse(_read(file, first, last), 206 if part else 200, headers, media_type=MEDIA_TYPE)


def _file(runtime: Runtime, row: RecordingRow) -> Path:
    if row.state != "stored" or row.path is None:
        raise NotStored()
    try:
        return inside(runtime.settings.data_dir / "files", row.path)
    except OutsideTheStore as error:
        raise NotStored() from error


@router.get("/recordings/{recording_id}/peaks")
async def get_peaks(recording_id: UUID, me: Me, tx: Tx) -> Peaks:
    row = await _audible(tx, me, recording_id)
    if row.state != "stored" or row.path is None:
        raise NotStored()
    peaks = row.peaks or {}
    return Peaks(
        sample_rate_hz=peaks.get("sample_rate_hz", 10),
        customer=peaks.get("customer", []),
        agent=peaks.get("agent", []),
    )


@router.get("/voicemails")
async def get_voicemails(
    me: Me, tx: Tx, limit: Annotated[int, Query(ge=1, le=500)] = 200
) -> Page[views.VoicemailView]:
    """Messages that callers left, newest first."""
    return Page(items=await views.voicemail_views(tx, limit=limit, queue_ids=_heard_by(me)))


@router.patch("/voicemails/{voicemail_id}")
async def patch_voicemail(voicemail_id: UUID, body: Heard, me: Me, tx: Tx) -> views.VoicemailView:
    """Mark a message as heard, or as new again."""
    await _message(tx, me, voicemail_id)
    changed = await Recordings(tx).mark_heard(voicemail_id, me.user_id if body.heard else None, body.version)
    found = await _message(tx, me, voicemail_id)
    if not changed:
        raise StaleVersion(current=found.model_dump(mode="json"))
    return found


@router.get("/voicemails/{voicemail_id}/audio")
async def get_voicemail_audio(
    voicemail_id: UUID,
    me: Me,
    tx: Tx,
    runtime: RuntimeOf,
    range_header: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """The message's sound."""
    message = await _message(tx, me, voicemail_id)
    row = await Recordings(tx).get(message.recording_id) if message.recording_id else None
    if row is None:
        raise NotFound("There is no such message.")
    return await _sound(tx, runtime, row, range_header)
