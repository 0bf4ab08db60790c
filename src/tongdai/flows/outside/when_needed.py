"""The `http` verb's performer, made when a flow first asks: few do, and each start of the app would wait for its library."""

from __future__ import annotations

import asyncio
import importlib
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.flows.commands import HttpRequest
from tongdai.flows.replies import Reply

if TYPE_CHECKING:
    from tongdai.flows.outside.http import HttpPerformer


class HttpWhenNeeded:
    """Open it with `async with`; what was made is closed at the end."""

    def __init__(self) -> None:
        self._opened = AsyncExitStack()
        self._making = asyncio.Lock()
        self._performer: HttpPerformer | None = None

    async def __aenter__(self) -> HttpWhenNeeded:
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        await self._opened.aclose()

    async def perform(self, tenant_id: UUID, command: HttpRequest) -> Reply:
        """See HttpPerformer.perform."""
        async with self._making:
            performer = self._performer
            if performer is None:
                library = await asyncio.to_thread(importlib.import_module, "tongdai.flows.outside.http")
                performer = await self._opened.enter_async_context(library.HttpPerformer())
                self._performer = performer
        return await performer.perform(tenant_id, command)
