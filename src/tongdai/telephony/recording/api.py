"""Routes of recordings: heard only by those who may, every listening in the audit log."""

import logging
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, StringConstraints

from tongdai.conversations import public as conversations
from tongdai.people import public as people
from tongdai.platform.auth import Principal
from tongdai.platform.bodies import Body
from tongdai.platform.database import Transaction
from tongdai.platform.errors import AppError, NotFound
from tongdai.platform.files import OutsideTheStore, inside
from tongdai.platform.http import Me, RuntimeOf, Tx
from tongdai.platform.registry import Runtime
from tongdai.platform.sealed import SUFFIX, Damaged, KeyMissing, KeyRing, unsealed
from tongdai.telephony.events import RecordingChanged
from tongdai.telephony.recording.repository import RecordingRow, Recordings
from tongdai.telephony.voicemail.repository import Messages
from tongdai.tenancy import public as tenancy

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/v1", tags=["recordings"])
LISTEN = "calls.listen"
HOLD = "recordings.hold"
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


class NotReadable(AppError):
    """The recording cannot be read: its key is missing, or its file is damaged. An administrator runs tongdai doctor."""

    status = 500
    code = "not_readable"


class Peaks(BaseModel):
    """The waveform: the loudest sample per slice, 0–1, for each side."""

    sample_rate_hz: float
    customer: list[float]
    agent: list[float]


async def _audible(tx: Transaction, me: Principal, recording_id: UUID) -> RecordingRow:
    """The recording, if it is within my reach. Others do not even learn that it exists."""
    reach = me.reach(LISTEN)
    row = await Recordings(tx).get(recording_id)
    if row is None or (row.kind == "voicemail" and await Messages(tx).owned(recording_id)):
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
    return await sound(tx, runtime, await _audible(tx, me, recording_id), range_header)


async def sound(tx: Transaction, runtime: Runtime, row: RecordingRow, range_header: str | None) -> Response:
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
    parts = _read(file, first, last)
    if row.path is not None and row.path.endswith(SUFFIX):
        try:
            parts = sealed_sound(file, KeyRing(runtime.settings.key_ring), row, first, last)
        except (KeyMissing, Damaged, OSError) as error:
            log.error("recording %s cannot be read: %s", row.id, error)
            raise NotReadable() from error
    return StreamingResponse(parts, 206 if part else 200, headers, media_type=MEDIA_TYPE)


def sealed_sound(file: Path, ring: KeyRing, row: RecordingRow, first: int, last: int) -> Iterator[bytes]:
    """What was recorded; whether its key is there is known before the answer begins."""
    parts = unsealed(file, ring, str(row.id), first, last)
    return chain([next(parts)], parts)


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


class HoldIn(Body):
    """Why a recording must be kept: a court's order, say."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]


class HoldView(BaseModel):
    """`legal_hold`: kept until the hold is lifted, whatever its time and whoever asks to be forgotten."""

    legal_hold: bool
    hold_reason: str
    held_at: datetime | None


@router.put("/recordings/{recording_id}/hold")
async def put_hold(recording_id: UUID, body: HoldIn, me: Me, tx: Tx, runtime: RuntimeOf) -> HoldView:
    """Keep a recording until the hold is lifted: it neither expires nor is it erased with its customer."""
    me.reach(HOLD)
    row = await _audible(tx, me, recording_id)
    version = await Recordings(tx).hold(recording_id, body.reason, me.user_id, runtime.clock.now())
    if version is None:
        raise NotStored()
    return await _held(tx, row, version, "recording.held", row.state, {"reason": body.reason})


@router.delete("/recordings/{recording_id}/hold")
async def delete_hold(recording_id: UUID, me: Me, tx: Tx) -> HoldView:
    """Lift a hold. What is older than recordings are kept, or whose customer was forgotten meanwhile, is erased then."""
    me.reach(HOLD)
    row = await _audible(tx, me, recording_id)
    released = await Recordings(tx).release(recording_id)
    if released is None:
        return HoldView(legal_hold=False, hold_reason="", held_at=None)
    return await _held(tx, row, released[0], "recording.released", released[1], {"reason": row.hold_reason})


async def _held(
    tx: Transaction, row: RecordingRow, version: int, action: str, state: str, details: dict[str, str]
) -> HoldView:
    fact = RecordingChanged(
        aggregate_id=row.id, aggregate_version=version, interaction_id=row.interaction_id, state=state
    )
    tx.emit(fact)
    await tenancy.audit(tx, action, "recording", row.id, details)
    now = await Recordings(tx).get(row.id)
    assert now is not None
    return HoldView(legal_hold=now.legal_hold, hold_reason=now.hold_reason, held_at=now.held_at)
