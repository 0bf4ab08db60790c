"""Articles that have changed get their passages, one after the other, beside those who write."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tongdai.intelligence.public import LanguageModel, LanguageModels, NoLanguageModel
from tongdai.knowledge.policies import passages_of
from tongdai.knowledge.repository import Articles, Unread
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.registry import Runtime
from tongdai.platform.woken import Woken

log = logging.getLogger(__name__)


class Reader:
    """The one of the process."""

    def __init__(self, models: LanguageModels) -> None:
        self._models = models
        self._woken = Woken()

    def wake(self) -> None:
        """There is something to read."""
        self._woken.wake()

    @asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        async with self._woken.looking("articles to be read", lambda: self._read_all(runtime)):
            yield

    async def _read_all(self, runtime: Runtime) -> None:
        if not self._models.providers:
            return
        try:
            model = self._models.choose()
            while (unread := await _next(runtime, model)) is not None:
                await _read(runtime, model, unread)
        except NoLanguageModel as error:
            log.warning("articles cannot be read now: %s", error)


async def _next(runtime: Runtime, model: LanguageModel) -> Unread | None:
    async with runtime.database.transaction(Scope.system()) as tx:
        return await Articles(tx).unread(model.name)


async def _read(runtime: Runtime, model: LanguageModel, article: Unread) -> None:
    texts = passages_of(article.body)
    # What a passage is about often stands in the title alone.
    vectors = await model.read([f"{article.title}. {text}" for text in texts])

    async def store(tx: Transaction) -> None:
        await Articles(tx).read(article, model.name, texts, vectors)

    await runtime.database.retrying(Scope(article.tenant_id), store, prompt=False)
