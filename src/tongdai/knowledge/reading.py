"""Articles that have changed get their passages, one after the other, beside those who write."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tongdai.intelligence.public import LanguageModel, LanguageModels, NoLanguageModel
from tongdai.kit.waiting import is_set_within
from tongdai.knowledge.policies import passages_of
from tongdai.knowledge.repository import Articles, Unread
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.registry import Runtime

log = logging.getLogger(__name__)

EVERY_S = 30.0
"""What was not read, because the model or another node died, is found within this time."""


class Reader:
    """The one of the process."""

    def __init__(self, models: LanguageModels) -> None:
        self._models = models
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        """There is something to read."""
        self._wanted.set()

    @asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        task = asyncio.create_task(self._read_all(runtime))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _read_all(self, runtime: Runtime) -> None:
        while True:
            self._wanted.clear()
            try:
                if self._models.providers:
                    model = self._models.choose()
                    while (unread := await _next(runtime, model)) is not None:
                        await _read(runtime, model, unread)
            except DatabaseAway:
                log.info("articles are read when the database is back")
            except NoLanguageModel as error:
                log.warning("articles cannot be read now: %s", error)
            except Exception:
                log.exception("articles could not be read")
            await is_set_within(self._wanted, EVERY_S)


async def _next(runtime: Runtime, model: LanguageModel) -> Unread | None:
    async with runtime.database.transaction(Scope.system()) as tx:
        return await Articles(tx).unread(model.name)


async def _read(runtime: Runtime, model: LanguageModel, article: Unread) -> None:
    texts = passages_of(article.body)
    # What a passage is about often stands in the title alone.
    vectors = await model.read([f"{article.title}. {text}" for text in texts])

    async def store(tx: Transaction) -> None:
        await Articles(tx).read(article, model.name, texts, vectors)

    await runtime.database.retrying(Scope(article.tenant_id), store)
