"""The port that channels implement. Nobody asks for a channel's name: they ask what it can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from tongdai.conversations.messages import MessageRow
from tongdai.conversations.repository import InteractionRow
from tongdai.conversations.writing import NewMessage
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do. `live`: both sides are there at the same time; `rings`: the offer itself makes a sound."""

    live: bool
    rings: bool
    hold: bool
    recording: bool
    typing: bool


class ChannelAdapter(Protocol):
    """One channel: how its interactions are presented and worked."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def references(self, tx: Transaction, interaction_ids: list[UUID]) -> dict[UUID, UUID]:
        """The channel's own object of each interaction (the call's id, say), for commands of that channel."""
        ...

    async def at_hand(self, tx: Transaction, user_id: UUID) -> Any:
        """What the agent has live on this channel now (the call view), or None."""
        ...

    async def send(
        self,
        tx: Transaction,
        interaction: InteractionRow,
        message: MessageRow,
        at: datetime,
        heading: Mapping[str, Any] | None = None,
    ) -> MessageRow:
        """An agent has written to the customer of a locked interaction. Where it has to be sent, not only to stand in the
        thread, that is kept by the same transaction. `heading`: as `check` gave it; None: the usual one. Gives the message as it
        stands then; raises what forbids it."""
        ...

    async def check(
        self,
        tx: Transaction,
        interaction: InteractionRow,
        new: NewMessage,
        heading: Mapping[str, Any] | None,
    ) -> Mapping[str, Any] | None:
        """Whether this could be sent now, because it is to be sent later. `heading`: what this channel asks for besides the text
        (whom a letter goes to). Gives it as it is kept; raises what forbids it."""
        ...

    async def take(self, assignment_id: UUID, principal: Principal) -> None:
        """The agent wants to take the offer. Where the device itself answers, nothing is left to do. Raises what forbids it."""
        ...


class ChannelAdapters:
    """The adapters of this process by channel."""

    def __init__(self) -> None:
        self._adapters: dict[str, ChannelAdapter] = {}

    def add(self, channel: str, adapter: ChannelAdapter) -> None:
        self._adapters[channel] = adapter

    def get(self, channel: str) -> ChannelAdapter:
        return self._adapters[channel]

    def all(self) -> dict[str, ChannelAdapter]:
        return dict(self._adapters)
