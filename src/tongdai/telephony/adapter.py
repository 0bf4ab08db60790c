"""Telephony as a channel among others."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.conversations.public import (
    Capabilities,
    InteractionRow,
    MessageRow,
    NewMessage,
    says_something,
)
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.telephony import views
from tongdai.telephony.repository import Calls


class VoiceAdapter:
    """The phone. The device itself answers, so taking an offer needs nothing from here."""

    capabilities = Capabilities(live=True, rings=True, hold=True, recording=True, typing=False)

    async def references(self, tx: Transaction, interaction_ids: list[UUID]) -> dict[UUID, UUID]:
        return {row.interaction_id: row.id for row in await Calls(tx).of_interactions(interaction_ids)}

    async def at_hand(self, tx: Transaction, user_id: UUID) -> Any:
        rows = [row for row in await Calls(tx).open_of_user(user_id) if not row.asks]
        return (await views.call_views(tx, rows[-1:]))[0] if rows else None

    async def send(
        self,
        tx: Transaction,
        interaction: InteractionRow,
        message: MessageRow,
        at: datetime,
        heading: Mapping[str, Any] | None = None,
    ) -> MessageRow:
        """What is written beside a call stands in the thread, and goes nowhere."""
        return message

    async def check(
        self,
        tx: Transaction,
        interaction: InteractionRow,
        new: NewMessage,
        heading: Mapping[str, Any] | None,
    ) -> None:
        says_something(new.body, new.attachments)

    async def take(self, assignment_id: UUID, principal: Principal) -> None:
        return None
