"""The message lights of desk phones. Asterisk keeps the counts and tells the phones; it forgets them when it is restarted.

Its own way in (ARI's mailboxes) needs a module that distributions leave out, so a call into the dialplan says it.
"""

import asyncio
import logging
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.platform.database import Scope
from tongdai.platform.embedded.asterisk_config import MESSAGE_LIGHT
from tongdai.platform.facts import Recorded
from tongdai.platform.registry import Registry
from tongdai.telephony.ari.connection import AriError, AsteriskAway
from tongdai.telephony.events import RecordingChanged, TelephonyConfigured, VoicemailChanged, VoicemailLeft
from tongdai.telephony.voicemail.repository import Messages

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)


class Lamps:
    """Part of the exchange that owns the Asterisk."""

    def __init__(self, exchange: "Exchange", registry: Registry) -> None:
        self._exchange = exchange
        self._shown: dict[UUID, dict[UUID, tuple[int, int]]] = {}
        """Tenant → user → messages, new and heard, as Asterisk was told."""
        self._lighting = asyncio.Lock()
        for fact in (VoicemailLeft, VoicemailChanged, TelephonyConfigured):
            registry.subscriptions.on_fact(fact, self._changed)

        registry.subscriptions.on_fact(RecordingChanged, self._gone)

    def _gone(self, event: Recorded) -> None:
        """A message may have been too old, or its caller is forgotten."""
        if isinstance(event.fact, RecordingChanged) and event.fact.state in ("erasing", "erased"):
            self._changed(event)

    def _changed(self, event: Recorded) -> None:
        if self._exchange.owns:
            self._exchange.spawn(self._light(event.tenant_id))

    async def light_all(self) -> None:
        """Asterisk may know nothing any more."""
        self._shown.clear()
        for tenant in self._exchange.directory.tenants():
            await self._light(tenant)

    async def _light(self, tenant_id: UUID) -> None:
        """Tell what is otherwise than it was told. One after the other, so that the newest counts are the last told."""
        async with self._lighting:
            counts = await self._exchange.database.retrying(
                Scope(tenant_id), lambda tx: Messages(tx).counts()
            )
            shown = self._shown.setdefault(tenant_id, {})
            for user in counts.keys() | shown.keys():
                count = counts.get(user, (0, 0))
                if shown.get(user) == count or not self._exchange.directory.desk_phones(user):
                    continue
                try:
                    await self._tell(user, count)
                    shown[user] = count
                except (AriError, AsteriskAway) as error:
                    log.info("the message light of %s could not be set: %s", user, error)

    async def _tell(self, user: UUID, count: tuple[int, int]) -> None:
        await self._exchange.ari.channels.originate(
            f"Local/{user.hex}@{MESSAGE_LIGHT}",
            app=self._exchange.app,
            app_args=MESSAGE_LIGHT,
            variables={"NEW": str(count[0]), "HEARD": str(count[1])},
        )
