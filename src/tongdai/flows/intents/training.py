"""Versions that wait for it are trained, one after the other, beside those who write."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from pydantic import TypeAdapter

from tongdai.flows.intents.policies import lesson_of
from tongdai.flows.intents.repository import Claimed, IntentVersions
from tongdai.flows.intents.schemas import Examples, Intents
from tongdai.intelligence.public import LanguageModels, NoLanguageModel, measuring
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.registry import Runtime
from tongdai.platform.woken import Woken
from tongdai.tenancy.public import audit

CLAIMED = timedelta(minutes=10)
"""So long no other node begins with the same: longer than any training may take."""
INTENTS: TypeAdapter[Intents] = TypeAdapter(Intents)
EXAMPLES: TypeAdapter[Examples] = TypeAdapter(Examples)


class Trainer:
    """The one of the process. What it holds is claimed in the database; when the process dies the claim runs out, and another
    begins anew."""

    def __init__(self, models: LanguageModels) -> None:
        self._models = models
        self._woken = Woken()

    def wake(self) -> None:
        """There is something to train."""
        self._woken.wake()

    @asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        async with self._woken.looking("intents to be trained", lambda: self._train_all(runtime)):
            yield

    async def _train_all(self, runtime: Runtime) -> None:
        while (claimed := await _claim(runtime)) is not None:
            await self._train(runtime, claimed)

    async def _train(self, runtime: Runtime, claimed: Claimed) -> None:
        intents = INTENTS.validate_python(claimed.intents)
        lesson = lesson_of(intents, EXAMPLES.validate_python(claimed.none))
        scope = Scope(claimed.tenant_id)
        try:
            model = self._models.choose()
            made = await model.train(lesson.texts, lesson.intents, len(intents))
        except NoLanguageModel as error:
            reason = str(error)

            async def fail(tx: Transaction) -> None:
                await IntentVersions(tx).failed(claimed.id, reason)

            await runtime.database.retrying(scope, fail, prompt=False)
            return
        truth = lesson.intents[: len(made.known)]
        threshold = measuring.best_threshold(truth, made.known, made.strangers)
        right = measuring.share_at(threshold, truth, made.known, made.strangers).right

        async def store(tx: Transaction) -> None:
            await IntentVersions(tx).trained(
                claimed.id,
                model=model.name,
                weights=made.classifier.to_bytes(),
                known=made.known,
                strangers=made.strangers,
                threshold=threshold,
                right_share=right,
            )
            await audit(tx, "intent_set.trained", "intent_set", claimed.set_id, {"number": claimed.number})

        await runtime.database.retrying(scope, store, prompt=False)


async def _claim(runtime: Runtime) -> Claimed | None:
    now = runtime.clock.now()
    async with runtime.database.transaction(Scope.system()) as tx:
        return await IntentVersions(tx).claim(now, now + CLAIMED)
