"""What a box says to its callers, and how it takes their messages."""

from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.flows.public import PromptRenderer
from tongdai.platform.database import Scope, Transaction
from tongdai.telephony.extensions.repository import Reach
from tongdai.telephony.voicemail.policies import Taking, greeting
from tongdai.telephony.voicemail.repository import Boxes, BoxRow

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange


class Greetings:
    """Part of the exchange."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    async def owner_of(self, tenant_id: UUID, mailbox: str) -> UUID | None:
        """The user or group whose extension a flow gives as its mailbox, if they take messages."""

        async def read(tx: Transaction) -> UUID | None:
            owner = await Reach(tx).at(mailbox)
            return owner if owner in await Boxes(tx).open() else None

        return await self._exchange.database.retrying(Scope(tenant_id), read)

    async def box(self, tenant_id: UUID, owner: UUID, caller: UUID | None) -> tuple[Taking, list[str]]:
        """How the owner's box takes a message, and what it says before."""

        async def read(tx: Transaction) -> tuple[BoxRow, str]:
            return await Boxes(tx).of(owner), await Boxes(tx).language(owner)

        box, language = await self._exchange.database.retrying(Scope(tenant_id), read)
        media = await self._own(tenant_id, box) or await self.media(tenant_id, None, language)
        return Taking("", owner, caller, box.max_s, box.silence_s), media

    async def media(self, tenant_id: UUID, owner: UUID | None, language: str) -> list[str]:
        """The owner's greeting; without one, what is usual."""
        if owner is not None:
            return (await self.box(tenant_id, owner, None))[1]
        return await self._exchange.media.locate(tenant_id, greeting(language))

    async def _own(self, tenant_id: UUID, box: BoxRow) -> list[str]:
        if box.greeting_checksum is None:
            return []

        async def load() -> bytes | None:
            return await self._exchange.database.retrying(
                Scope(tenant_id), lambda tx: Boxes(tx).greeting(box.owner_id)
            )

        renderer = self._exchange.runtime.get(PromptRenderer)
        path = await renderer.placed(tenant_id, box.greeting_checksum, load)
        return [f"sound:{path}"] if path is not None else []
