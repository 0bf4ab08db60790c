"""Widgets by their public keys, remembered: each request of a visitor names one."""

from typing import Any

from tongdai.channels.errors import WidgetUnknown
from tongdai.channels.events import WidgetChanged
from tongdai.channels.webchat.repository import Chats, WidgetRow
from tongdai.platform.database import Database, Scope
from tongdai.platform.events import Subscriptions

MOST = 10_000


class KnownWidgets:
    """One per process."""

    def __init__(self) -> None:
        self._rows: dict[str, WidgetRow] = {}

    def listen(self, subscriptions: Subscriptions) -> None:
        subscriptions.on_fact(WidgetChanged, self._forget)

    def _forget(self, _: Any) -> None:
        self._rows.clear()

    async def get(self, database: Database, key: str) -> WidgetRow:
        """Raises WidgetUnknown."""
        row = self._rows.get(key)
        if row is None:
            async with database.transaction(Scope.system()) as tx:
                row = await Chats(tx).widget(key)
            if row is None:
                raise WidgetUnknown()
            if len(self._rows) >= MOST:
                self._rows.clear()
            self._rows[key] = row
        return row
