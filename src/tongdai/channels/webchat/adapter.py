"""Web chat as a channel among others."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.channels import handing
from tongdai.channels.webchat import service
from tongdai.channels.webchat.repository import Chats
from tongdai.conversations.public import (
    Assignments,
    Capabilities,
    InteractionRow,
    MessageRow,
    NewMessage,
    says_something,
)
from tongdai.platform.auth import Principal
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.registry import Runtime


class WebChatAdapter:
    """An offer is taken in the desktop: nothing rings elsewhere."""

    capabilities = Capabilities(live=True, rings=False, hold=False, recording=False, typing=True)

    def __init__(self) -> None:
        self.runtime: Runtime | None = None

    async def references(self, tx: Transaction, interaction_ids: list[UUID]) -> dict[UUID, UUID]:
        return {}

    async def at_hand(self, tx: Transaction, user_id: UUID) -> Any:
        return None

    async def send(
        self,
        tx: Transaction,
        interaction: InteractionRow,
        message: MessageRow,
        at: datetime,
        heading: Mapping[str, Any] | None = None,
    ) -> MessageRow:
        """Visitors' lines read the thread: nothing else is to be sent."""
        return message

    async def check(
        self,
        tx: Transaction,
        interaction: InteractionRow,
        new: NewMessage,
        heading: Mapping[str, Any] | None,
    ) -> None:
        """A visitor who has left reads it when they come back."""
        says_something(new.body, new.attachments)

    async def take(self, assignment_id: UUID, principal: Principal) -> None:
        assert self.runtime is not None
        async with self.runtime.database.transaction(Scope(principal.tenant_id, principal.user_id)) as tx:
            (row,) = await Assignments(tx).get([assignment_id])
            if row.state == "accepted":
                return
            if row.round_id is None:
                await handing.accept(tx, row, self.runtime.clock.now())
                return
            chats = await Chats(tx).of_interactions([row.interaction_id])
            if not chats:
                raise NotFound()
            await service.accept(tx, chats[0], assignment_id, principal.user_id, self.runtime.clock.now())
