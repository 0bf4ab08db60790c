"""Where the bytes of attachments lie: in the file store, each file sealed by itself. A file is there before its row and goes
before its row does, so that no row is ever without its file."""

import asyncio
import contextlib
import hashlib
import shutil
from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from uuid import UUID

from tongdai.conversations.attachments.policies import HEAD, file_name, media_type
from tongdai.conversations.attachments.repository import AttachmentRow, Attachments
from tongdai.conversations.errors import FileTooBig, FileUnreadable, NoRoom
from tongdai.conversations.messages import MessageRow
from tongdai.kit.ids import new_id
from tongdai.platform.config import Settings
from tongdai.platform.database import Transaction
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.files import OutsideTheStore, inside
from tongdai.platform.sealed import SUFFIX, Damaged, KeyMissing, KeyRing, Sealing, unsealed

FOLDER = "attachments"
BLOCK = 256 * 1024
ROOM_WANTED = 1 << 30
"""So much stays free for recordings and the database, whatever strangers send."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies in the store; its row is still to be written."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    path: str
    at: datetime


@contextlib.asynccontextmanager
async def stored(
    settings: Settings,
    tenant_id: UUID,
    name: str,
    chunks: AsyncIterable[bytes],
    at: datetime,
    most: int | None = None,
) -> AsyncGenerator[StoredFile]:
    """Lay a file into the store as it comes, for the block that writes its row (`add`). Outside a transaction: only the block has
    one. What does not come whole, and what the block failed to name, is gone again; of what may have been committed all the
    same, the regular round decides. Raises FileTooBig past `most` bytes, NoRoom."""
    attachment_id = new_id()
    path = f"{FOLDER}/{tenant_id}/{at:%Y/%m/%d}/{attachment_id}{SUFFIX}"
    file = settings.data_dir / "files" / path
    await asyncio.to_thread(_make_room, file)
    digest, head, size, waiting = hashlib.sha256(), bytearray(), 0, bytearray()
    with Sealing(file, KeyRing(settings.key_ring), str(attachment_id)) as sealing:

        def write(block: bytes) -> None:
            digest.update(block)
            sealing.write(block)

        async for chunk in chunks:
            size += len(chunk)
            if most is not None and size > most:
                raise FileTooBig()
            head += chunk[: HEAD - len(head)]
            waiting += chunk
            if len(waiting) >= BLOCK:
                block = bytes(waiting)
                waiting.clear()
                await asyncio.to_thread(write, block)
        await asyncio.to_thread(write, bytes(waiting))
        await asyncio.to_thread(sealing.finish)
    kind = media_type(bytes(head), name)
    try:
        yield StoredFile(attachment_id, file_name(name, kind), kind, size, digest.hexdigest(), path, at)
    except (DatabaseAway, asyncio.CancelledError):
        raise
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _make_room(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(file.parent).free < ROOM_WANTED:
        raise NoRoom()


async def add(
    tx: Transaction,
    file: StoredFile,
    *,
    message: MessageRow | None = None,
    conversation_id: UUID | None = None,
    uploader_id: UUID | None = None,
    client_id: str | None = None,
    content_id: str | None = None,
    position: int = 0,
) -> AttachmentRow | None:
    """The row of a stored file: of a message that has just been written, or an upload that waits for one. None: its uploader has
    sent the same before (`client_id`)."""
    row = AttachmentRow(
        id=file.id,
        conversation_id=message.conversation_id if message is not None else conversation_id,
        message_id=message.id if message is not None else None,
        uploader_id=uploader_id,
        client_id=client_id,
        position=position,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        content_id=content_id,
        path=file.path,
        created_at=file.at,
    )
    return row if await Attachments(tx).add(row) else None


async def opened(settings: Settings, row: AttachmentRow) -> Iterator[bytes]:
    """The bytes of an attachment, in parts. That it can be read is known before the first is given. Raises FileUnreadable."""
    try:
        file = inside(settings.data_dir / "files", row.path)
        parts = unsealed(file, KeyRing(settings.key_ring), str(row.id))
        first = await asyncio.to_thread(next, parts)
    except (KeyMissing, Damaged, OSError, OutsideTheStore) as error:
        raise FileUnreadable() from error
    return chain([first], parts)
