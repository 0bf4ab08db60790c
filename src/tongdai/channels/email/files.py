"""Files of mails: those that come are laid into the file store before their message is written, those of answers go out with
it."""

import base64
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from datetime import datetime
from email.message import EmailMessage
from uuid import UUID

from tongdai.channels.email.reading import File
from tongdai.conversations import public as conversations
from tongdai.conversations.public import (
    IMAGES,
    MOST_FILES,
    AttachmentRow,
    FileUnreadable,
    MessageRow,
    StoredFile,
)
from tongdai.platform.config import Settings
from tongdai.platform.database import Transaction

MOST_PICTURES = 20
"""In the text of one mail: signatures have several."""


def taken(files: Sequence[File], shown: Collection[str]) -> list[File]:
    """Which files of a mail are kept: the first that are whole, and beside them the first pictures that its text shows in their
    place. Pure."""
    pictures = [one for one in files if one.whole and one.cid in shown]
    others = [one for one in files if one.whole and one.cid not in shown]
    kept = {id(one) for one in (*others[:MOST_FILES], *pictures[:MOST_PICTURES])}
    return [one for one in files if id(one) in kept]


@contextlib.asynccontextmanager
async def laid_in(
    settings: Settings, tenant_id: UUID, files: Sequence[File], at: datetime
) -> AsyncGenerator[list[tuple[File, StoredFile]]]:
    """The files of a mail that are `taken` in the store, for the block that writes their rows; further ones stay in the mailbox,
    and their names in the message. Raises NoRoom."""
    async with contextlib.AsyncExitStack() as stack:
        kept: list[tuple[File, StoredFile]] = []
        for file in files:
            laying = conversations.stored(settings, tenant_id, file.name, _whole(file.content), at)
            kept.append((file, await stack.enter_async_context(laying)))
        yield kept


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def keep(tx: Transaction, message: MessageRow, files: Sequence[tuple[File, StoredFile]]) -> None:
    """Their rows, with the message's."""
    for position, (file, stored) in enumerate(files):
        await conversations.add_attachment(
            tx, stored, message=message, content_id=file.cid, position=position
        )


MOST_SHOWN = 12 * 1024 * 1024
"""Bytes of pictures in one mail's page; further ones are only listed."""


def in_place(files: Sequence[tuple[File, StoredFile]], shown: Collection[str]) -> list[str]:
    """Content ids of the pictures that a mail's page shows where its text wants them. Pure."""
    found: list[str] = []
    size = 0
    for file, stored in files:
        fits = stored.media_type in IMAGES and size + stored.size <= MOST_SHOWN
        if file.cid is not None and file.cid in shown and file.cid not in found and fits:
            found.append(file.cid)
            size += stored.size
    return found


async def pictures_of(settings: Settings, rows: Sequence[AttachmentRow]) -> dict[str, str]:
    """By content id, what a page shows of these files: the pictures themselves, so that it loads nothing. What cannot be read
    is not shown."""
    found: dict[str, str] = {}
    size = 0
    for row in rows:
        shown = row.media_type in IMAGES and row.content_id and row.content_id not in found
        if not shown or size + row.size > MOST_SHOWN:
            continue
        size += row.size
        with contextlib.suppress(FileUnreadable):
            content = b"".join(await conversations.opened(settings, row))
            found[row.content_id or ""] = f"data:{row.media_type};base64,{base64.b64encode(content).decode()}"
    return found


async def put_into(settings: Settings, mail: EmailMessage, rows: Sequence[AttachmentRow]) -> None:
    """The files of an answer. Raises FileUnreadable."""
    for row in rows:
        content = b"".join(await conversations.opened(settings, row))
        maintype, _, subtype = row.media_type.partition("/")
        mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=row.name)
