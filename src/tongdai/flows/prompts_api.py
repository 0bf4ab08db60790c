"""Routes of the prompts library."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile

from tongdai.flows.api import EDIT, SEE, Service
from tongdai.flows.library import Library
from tongdai.flows.repository import FlowRepository
from tongdai.flows.schemas import PROMPT_NAME, Prompt, PromptRename, PromptRenamed
from tongdai.flows.service import uploaded_audio
from tongdai.platform.database import Scope
from tongdai.platform.errors import NotFound, invalid_field
from tongdai.platform.http import Me, Page, RuntimeOf, Tx

router = APIRouter(prefix="/api/v1", tags=["flows"])


@router.get("/prompts", dependencies=SEE)
async def list_prompts(tx: Tx, q: str = "") -> Page[Prompt]:
    rows = await FlowRepository(tx).prompts(q)
    return Page(items=[Prompt.model_validate(row, from_attributes=True) for row in rows])


@router.post("/prompts", dependencies=EDIT, status_code=201)
async def upload_prompt(
    runtime: RuntimeOf,
    me: Me,
    service: Service,
    name: Annotated[str, Form(pattern=PROMPT_NAME)],
    language: Annotated[str, Form(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")],
    text: Annotated[str, Form(max_length=2_000)] = "",
    audio: Annotated[UploadFile | None, File()] = None,
) -> Prompt:
    """Store a recording (WAV, MP3, OGG, FLAC), or a text to be synthesised. The same name and language is replaced."""
    me.reach("flows.edit")
    wav, seconds = None, None
    if audio is not None:
        wav, seconds = await uploaded_audio(audio)
    elif not text.strip():
        raise invalid_field("audio", "Upload a recording, or write the text to be spoken.", "sound")
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        row = await service.save_prompt(tx, name, language, text, wav, seconds)
    return Prompt.model_validate(row, from_attributes=True)


@router.get("/prompts/{prompt_id}/audio", dependencies=SEE, response_class=Response)
async def prompt_audio(prompt_id: UUID, tx: Tx) -> Response:
    audio = await FlowRepository(tx).prompt_audio(prompt_id)
    if audio is None:
        raise NotFound()
    return Response(audio, media_type="audio/wav", headers={"Cache-Control": "private, max-age=3600"})


@router.patch("/prompts/{prompt_id}", dependencies=EDIT)
async def rename_prompt(prompt_id: UUID, body: PromptRename, tx: Tx, runtime: RuntimeOf) -> PromptRenamed:
    """Rename a prompt, in all of its languages. Drafts that play it are changed with it; what is published goes on playing it
    by the old name."""
    renamed = await runtime.get(Library).rename(tx, prompt_id, body.name, body.version)
    return PromptRenamed.model_validate(renamed, from_attributes=True)


@router.delete("/prompts/{prompt_id}", dependencies=EDIT, status_code=204)
async def delete_prompt(prompt_id: UUID, tx: Tx, runtime: RuntimeOf) -> None:
    """Delete a prompt in one language. The last one that there is stays as long as a published flow plays it."""
    await runtime.get(Library).delete(tx, prompt_id)
