"""Routes of the music that those hear who wait. It is the whole centre's: who edits some projects' queues may choose it."""

import hashlib
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile
from pydantic import BaseModel

from tongdai.flows.public import uploaded_audio
from tongdai.kit.ids import new_id
from tongdai.platform.bodies import Change, Name
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import Forbidden, NotFound, StaleVersion
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.routing.errors import MusicFull, MusicPlayed
from tongdai.routing.events import MusicChanged
from tongdai.routing.music.repository import Music, Piece
from tongdai.tenancy.public import recorded

router = APIRouter(prefix="/api/v1", tags=["routing"])
EDIT = "queues.edit"
MOST = 100
"""Pieces of one tenant: each lies in the database and, as files, beside Asterisk."""


class MusicView(BaseModel):
    """`standard`: heard wherever no queue has chosen, and on hold in calls of no queue. `used_by`: queues that play it."""

    id: UUID
    name: str
    seconds: float
    standard: bool
    version: int
    used_by: list[str]


class MusicChange(Change):
    """`standard`: true makes it the centre's own instead of another; false, and there is none: then the built-in music plays."""

    name: Name = ""
    standard: bool = False


def _may_edit(me: Me) -> None:
    if not me.reach(EDIT).everything:
        raise Forbidden()


KEEP: list[Any] = [Depends(_may_edit)]


async def _found(tx: Transaction, piece_id: UUID, *, lock: bool = False) -> Piece:
    piece = await Music(tx).get(piece_id, lock=lock)
    if piece is None:
        raise NotFound()
    return piece


def _view(piece: Piece) -> MusicView:
    return MusicView.model_validate(piece, from_attributes=True)


@router.get("/music")
async def list_music(me: Me, tx: Tx) -> Page[MusicView]:
    """All pieces by name."""
    me.reach(EDIT)
    return Page(items=[_view(piece) for piece in await Music(tx).pieces()])


@router.post("/music", dependencies=KEEP, status_code=201)
async def post_music(
    me: Me, runtime: RuntimeOf, name: Annotated[Name, Form()], audio: Annotated[UploadFile, File()]
) -> MusicView:
    """Store a piece: WAV, MP3, OGG or FLAC of at most 10 minutes and 25 MB, which begins anew when it is over."""
    wav, seconds = await uploaded_audio(audio)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        if await Music(tx).count() >= MOST:
            raise MusicFull()
        piece_id = new_id()
        await Music(tx).add(piece_id, name, wav, hashlib.sha256(wav).hexdigest(), seconds)
        await recorded(tx, MusicChanged, "music.created", piece_id, 1, {"name": name})
        return _view(await _found(tx, piece_id))


@router.patch("/music/{piece_id}", dependencies=KEEP)
async def patch_music(piece_id: UUID, body: MusicChange, tx: Tx) -> MusicView:
    """Rename a piece, or make it the centre's own: who begins to wait from now on hears it."""
    piece = await _found(tx, piece_id, lock=True)
    if piece.version != body.version:
        raise StaleVersion(current=_view(piece).model_dump(mode="json"))
    values = body.values()
    standard = bool(values.get("standard", piece.standard))
    if standard:
        for other, version in await Music(tx).no_longer_standard(piece_id):
            tx.emit(MusicChanged(aggregate_id=other, aggregate_version=version))
    version = await Music(tx).change(piece_id, values.get("name", piece.name), standard=standard)
    await recorded(tx, MusicChanged, "music.changed", piece_id, version, values)
    return _view(await _found(tx, piece_id))


@router.delete("/music/{piece_id}", dependencies=KEEP, status_code=204)
async def delete_music(piece_id: UUID, tx: Tx) -> None:
    """Delete a piece for good. Refused while a queue plays it."""
    piece = await _found(tx, piece_id, lock=True)
    if piece.used_by:
        queues = ", ".join(piece.used_by)
        raise MusicPlayed(
            f"Queues play it: {queues}. Choose other music for them first, then delete it.", reason=queues
        )
    await Music(tx).delete(piece_id)
    await recorded(tx, MusicChanged, "music.removed", piece_id, piece.version + 1, {"name": piece.name})


@router.get("/music/{piece_id}/audio", response_class=Response)
async def music_audio(piece_id: UUID, me: Me, tx: Tx) -> Response:
    """The sound, as WAV."""
    me.reach(EDIT)
    audio = await Music(tx).audio(piece_id)
    if audio is None:
        raise NotFound()
    return Response(audio, media_type="audio/wav", headers={"Cache-Control": "private, max-age=3600"})
