"""E-mail as a channel among others."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.channels import handing
from tongdai.channels.email import letters, service
from tongdai.channels.email.headings import heading_of
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
from tongdai.platform.registry import Runtime


class EmailAdapter:
    """An offer is taken in the desktop; what an agent writes goes out as a mail."""

    capabilities = Capabilities(live=False, rings=False, hold=False, recording=False, typing=False)

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
        wish = heading_of(heading).wish() if heading is not None else None
        return await letters.post(tx, interaction, message, at, wish)

    async def check(
        self,
        tx: Transaction,
        interaction: InteractionRow,
        new: NewMessage,
        heading: Mapping[str, Any] | None,
    ) -> Mapping[str, Any] | None:
        wanted = heading_of(heading) if heading is not None else None
        if wanted is None or wanted.forwards is None:
            says_something(new.body, new.attachments)
        if interaction.conversation_id is not None:
            await letters.check(tx, interaction.conversation_id, wanted.wish() if wanted else None)
        return wanted.model_dump(mode="json") if wanted else None

    async def take(self, assignment_id: UUID, principal: Principal) -> None:
        assert self.runtime is not None
        async with self.runtime.database.transaction(Scope(principal.tenant_id, principal.user_id)) as tx:
            (row,) = await Assignments(tx).get([assignment_id])
            at = self.runtime.clock.now()
            if row.state == "accepted":
                return
            if row.round_id is None:
                await handing.accept(tx, row, at)
            else:
                await service.accept(tx, row.interaction_id, assignment_id, principal.user_id, at)
