"""What screens show of attachments."""

from uuid import UUID

from pydantic import BaseModel

from tongdai.conversations.attachments.policies import IMAGES
from tongdai.conversations.attachments.repository import AttachmentRow


class AttachmentView(BaseModel):
    """A file. `size` in bytes; `shown`: it is a picture that may be shown within the page; `content_id`: by which the text of a
    mail shows it."""

    id: UUID
    name: str
    media_type: str
    size: int
    shown: bool
    content_id: str | None = None


def attachment_view(row: AttachmentRow) -> AttachmentView:
    return AttachmentView(
        id=row.id,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        shown=row.media_type in IMAGES,
        content_id=row.content_id,
    )
