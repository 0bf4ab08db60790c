"""E-mail as a channel among others."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.channels import handing
from tongdai.channels.email import letters, service
from tongdai.conversations.public import Assignments, Capabilities, InteractionRow, MessageRow
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
        self, tx: Transaction, interaction: InteractionRow, message: MessageRow, at: datetime
    ) -> MessageRow:
        return await letters.post(tx, interaction, message, at)

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
