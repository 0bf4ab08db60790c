"""What agents do with mails that they have."""

from datetime import datetime
from uuid import UUID

from tongdai.channels.dialogue.service import TextDialogues
from tongdai.channels.email import service
from tongdai.channels.email.beginning import CHANNEL
from tongdai.channels.errors import WrongChannel
from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing


class MailDesk:
    """E-mails."""

    def __init__(self, dialogues: TextDialogues) -> None:
        self._dialogues = dialogues

    async def end(self, tx: Transaction, part: AssignmentRow, at: datetime) -> None:
        await conversations.lock(tx, part.interaction_id)
        await self._dialogues.customer_left(tx, part.interaction_id, at)
        await service.end(tx, part.interaction_id, at)

    async def send_on(self, tx: Transaction, part: AssignmentRow, queue_id: UUID, at: datetime) -> None:
        if (await routing.queue_rules(tx, queue_id)).channel != CHANNEL:
            raise WrongChannel()
        await service.send_to_queue(tx, part.id, queue_id, at)

    async def typing(self, tx: Transaction, part: AssignmentRow, at: datetime) -> None:
        """Nobody looks at a letter while it is written."""
