"""Files over HTTP: taken as they come, given so that no browser ever runs one within our pages."""

import contextlib
from collections.abc import AsyncGenerator
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from tongdai.conversations.attachments.policies import ENDINGS, IMAGES, MOST_BYTES
from tongdai.conversations.attachments.repository import AttachmentRow
from tongdai.conversations.attachments.store import StoredFile, opened, stored
from tongdai.conversations.errors import FileCutOff, FileEmpty, FileTooBig, KindRefused
from tongdai.platform.registry import Runtime

FileName = Annotated[str, Query(alias="name", min_length=1, max_length=1000)]
"""As its device calls it; it is shown by a name that hides nothing."""

RAW_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""The body is the file itself: nothing of it is held in memory or lies open on a disk, as the parts of a form would."""
SHOWN_S = 600
"""So long a browser keeps a picture that it shows."""


@contextlib.asynccontextmanager
async def upload(
    request: Request, runtime: Runtime, tenant_id: UUID, name: str
) -> AsyncGenerator[StoredFile]:
    """The request's body in the store, for the block that writes its row. Raises FileTooBig, FileEmpty, KindRefused, FileCutOff,
    NoRoom; then nothing is left of it."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > MOST_BYTES:
        raise FileTooBig()
    at = runtime.clock.now()
    try:
        async with stored(runtime.settings, tenant_id, name, request.stream(), at, MOST_BYTES) as file:
            if file.size == 0:
                raise FileEmpty()
            if file.media_type not in ENDINGS:
                raise KindRefused()
            yield file
    except ClientDisconnect:
        raise FileCutOff() from None


async def passed_over(request: Request) -> None:
    """Read what need not be kept: who is answered before they have said all may not hear it."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES:
            raise FileTooBig()


async def answer_with(runtime: Runtime, row: AttachmentRow, *, show: bool) -> Response:
    """The file, to be saved; a picture with `show` to be seen. Raises FileUnreadable."""
    shown = show and row.media_type in IMAGES
    headers = {
        "Content-Length": str(row.size),
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(row.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": f"private, max-age={SHOWN_S}" if shown else "private, no-store",
    }
    return StreamingResponse(await opened(runtime.settings, row), headers=headers, media_type=row.media_type)
