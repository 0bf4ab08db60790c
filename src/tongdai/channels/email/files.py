"""Files of mails: those that come are laid into the file store before their message is written, those of answers go out with
it."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from uuid import UUID

from tongdai.channels.email.reading import File
from tongdai.conversations import public as conversations
from tongdai.conversations.public import MOST_FILES, AttachmentRow, MessageRow, StoredFile
from tongdai.platform.config import Settings
from tongdai.platform.database import Transaction


@contextlib.asynccontextmanager
async def laid_in(
    settings: Settings, tenant_id: UUID, files: Sequence[File], at: datetime
) -> AsyncGenerator[list[tuple[File, StoredFile]]]:
    """The first files of a mail in the store, for the block that writes their rows; further ones stay in the mailbox, and their
    names in the message. Raises NoRoom."""
    async with contextlib.AsyncExitStack() as stack:
        kept: list[tuple[File, StoredFile]] = []
        for file in files[:MOST_FILES]:
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


async def put_into(settings: Settings, mail: EmailMessage, rows: Sequence[AttachmentRow]) -> None:
    """The files of an answer. Raises FileUnreadable."""
    for row in rows:
        content = b"".join(await conversations.opened(settings, row))
        maintype, _, subtype = row.media_type.partition("/")
        mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=row.name)
