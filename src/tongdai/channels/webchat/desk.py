"""What agents do with chats that they have."""

from datetime import datetime
from uuid import UUID

from tongdai.channels.dialogue.service import TextDialogues
from tongdai.channels.webchat import service
from tongdai.channels.webchat.lines import Lines
from tongdai.channels.webchat.repository import ChatRow, Chats
from tongdai.conversations.public import AssignmentRow
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound


class ChatDesk:
    """Chats on websites."""

    def __init__(self, dialogues: TextDialogues, lines: Lines) -> None:
        self._dialogues = dialogues
        self._lines = lines

    async def end(self, tx: Transaction, part: AssignmentRow, at: datetime) -> None:
        await service.end(tx, self._dialogues, await _chat(tx, part), at, "agent", part.user_id)

    async def send_on(self, tx: Transaction, part: AssignmentRow, queue_id: UUID, at: datetime) -> None:
        await service.send_to_queue(tx, self._dialogues, await _chat(tx, part), part.id, queue_id, at)

    async def typing(self, tx: Transaction, part: AssignmentRow, at: datetime) -> None:
        self._lines.typing((await _chat(tx, part)).conversation_id, at)


async def _chat(tx: Transaction, part: AssignmentRow) -> ChatRow:
    found = await Chats(tx).of_interactions([part.interaction_id])
    if not found:
        raise NotFound("There is no such contact of yours.")
    return found[0]
