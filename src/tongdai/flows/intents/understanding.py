"""What a flow asks of intents while somebody writes, and what validation asks before."""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import Any
from uuid import UUID

from tongdai.flows.assistant.service import Assistant
from tongdai.flows.commands import CheckMood, Understand
from tongdai.flows.intents.choosing import Chosen, chosen_of, messages_for
from tongdai.flows.intents.repository import Asked, IntentVersions
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Reference
from tongdai.intelligence.public import (
    ANGRY,
    NONE,
    Classifier,
    LanguageModels,
    NoLanguageModel,
    Understanding,
)
from tongdai.platform.database import Database, Scope, Transaction
from tongdai.platform.database.session import DatabaseAway

log = logging.getLogger(__name__)

KEPT = 100
"""Classifiers in memory, some 100 KB each."""
AWAY_S = 3.0
"""So long a database that is away is waited for."""


class Understander:
    """Understands sentences by versions of intents. A version's weights never change, and are read once."""

    def __init__(self, database: Database, models: LanguageModels, assistant: Assistant) -> None:
        self._database = database
        self._models = models
        self._assistant = assistant
        self._classifiers: OrderedDict[UUID, Classifier] = OrderedDict()

    async def perform(self, tenant_id: UUID, command: Understand) -> Reply:
        """Never raises: what keeps it from understanding is the reason of `unavailable`."""
        scope = Scope(tenant_id)
        try:
            asked, classifier = await self._database.retrying(
                scope, lambda tx: self._of_set(tx, command.intents), within=AWAY_S
            )
            if asked is None or classifier is None:
                return Reply(command.id, "unavailable", {"reason": "not_published"})
            found = await self.understand(asked, classifier, command.text)
        except DatabaseAway:
            return Reply(command.id, "unavailable", {"reason": "database"})
        except NoLanguageModel as error:
            log.warning("nothing is understood by the intents %s: %s", command.intents, error)
            return Reply(command.id, "unavailable", {"reason": "language_model"})
        found |= await self._chosen(tenant_id, command, asked, found)
        known = found["intent"] is not None
        told = {name: value for name, value in found.items() if name not in ("nearest", "scores")}
        return Reply(command.id, "understood" if known else "out_of_scope", told)

    async def _chosen(
        self, tenant_id: UUID, command: Understand, asked: Asked, found: dict[str, Any]
    ) -> dict[str, Any]:
        """What the assistant says instead, where it is asked: always, or where nothing was understood that the flow has a way
        for."""
        row = await self._assistant.wanted(tenant_id, "intent")
        if row is None or (row.intents == "unsure" and found["intent"] in command.among):
            return {}
        try:
            intents = await self._database.retrying(
                Scope(tenant_id), lambda tx: IntentVersions(tx).intents_of(asked.id), within=AWAY_S
            )
        except DatabaseAway:
            return {}
        given = {one["name"]: one for one in intents if one["name"] in command.among}
        answer = await self._assistant.ask(
            row,
            "intent",
            command.id,
            messages_for(command.text, list(given.values())),
            lambda said: chosen_of(said, given),
        )
        if answer is None:
            return {}
        chosen: Chosen | None = answer.value
        if chosen is None:
            return {"intent": None, "title": None, "exchange": str(answer.exchange)}
        score = round(dict(found["scores"]).get(chosen.intent, 0.0), 3)
        told = {"intent": chosen.intent, "title": chosen.title, "score": score, "by": "assistant"}
        return told | {"exchange": str(answer.exchange)}

    async def check_mood(self, _: UUID, command: CheckMood) -> Reply:
        """Never raises, like `perform`."""
        try:
            heard = await self._models.choose().understand(command.text)
        except NoLanguageModel as error:
            log.warning("no mood is read: %s", error)
            return Reply(command.id, "unavailable", {"reason": "language_model"})
        told = {"anger": heard.anger, "language": heard.language}
        return Reply(command.id, "angry" if heard.anger >= ANGRY else "calm", told)

    async def understand(self, asked: Asked, classifier: Classifier, text: str) -> dict[str, Any]:
        """{intent, title, score, language, anger, angry, nearest}. Outside transactions. Raises NoLanguageModel."""
        heard = await self._models.choose(asked.model).understand(text)
        return _found(asked, classifier, heard)

    async def classifier(self, tx: Transaction, asked: Asked) -> Classifier:
        kept = self._classifiers.get(asked.id)
        if kept is None:
            weights = await IntentVersions(tx).weights(asked.id)
            kept = self._classifiers[asked.id] = Classifier.from_bytes(weights, len(asked.names) + 1)
            while len(self._classifiers) > KEPT:
                self._classifiers.popitem(last=False)
        self._classifiers.move_to_end(asked.id)
        return kept

    async def _of_set(self, tx: Transaction, name: str) -> tuple[Asked | None, Classifier | None]:
        asked = await IntentVersions(tx).asked(name)
        return asked, await self.classifier(tx, asked) if asked is not None else None


def _found(asked: Asked, classifier: Classifier, heard: Understanding) -> dict[str, Any]:
    guess = classifier.guess(heard.vector)
    place = guess.at(asked.threshold)
    *scores, _ = classifier.probabilities(heard.vector)
    nearest = sorted(zip(asked.names, scores, strict=True), key=lambda one: -one[1])[:3]
    return {
        "intent": None if place == NONE else asked.names[place],
        "title": None if place == NONE else asked.titles[place] or asked.names[place],
        "score": round(guess.score, 3),
        "language": heard.language,
        "anger": heard.anger,
        "angry": heard.anger >= ANGRY,
        "nearest": [(name, round(score, 3)) for name, score in nearest],
        "scores": list(zip(asked.names, scores, strict=True)),
    }


async def knows_intents(tx: Transaction, reference: Reference) -> bool:
    return await IntentVersions(tx).asked(reference.name) is not None


async def knows_intent(tx: Transaction, reference: Reference) -> bool:
    """Where the set is missing, that is said, and not each of its intents."""
    name, _, intent = reference.name.partition(".")
    asked = await IntentVersions(tx).asked(name)
    return asked is None or intent in asked.names
