"""What a flow asks of articles while somebody writes."""

from __future__ import annotations

import asyncio
import logging
from array import array
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from tongdai.flows.public import FindArticle, Reply
from tongdai.intelligence.public import LanguageModels, NoLanguageModel
from tongdai.knowledge.policies import Passage, nearest
from tongdai.knowledge.repository import Articles, Stamp
from tongdai.platform.database import Database, Scope, Transaction

log = logging.getLogger(__name__)

KEPT = 20
"""Centres whose passages are in memory, some MB each."""
AWAY_S = 3.0
"""So long a database that is away is waited for."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A centre's passages as of a stamp, by project (None: the whole centre's)."""

    stamp: Stamp
    model: str
    passages: dict[UUID | None, list[Passage]]


class Finder:
    """The one of the process."""

    def __init__(self, database: Database, models: LanguageModels) -> None:
        self._database = database
        self._models = models
        self._shelves: OrderedDict[UUID, _Shelf] = OrderedDict()

    async def perform(self, tenant_id: UUID, command: FindArticle) -> Reply:
        """Never raises: what keeps it from finding is the reason of `unavailable`."""
        try:
            model = self._models.choose()
            async with asyncio.timeout(AWAY_S):
                passages = await self._database.retrying(
                    Scope(tenant_id), lambda tx: self._passages(tx, tenant_id, model.name, command.project)
                )
            if not passages:
                return Reply(command.id, "nothing")
            asked = await model.understand(command.question)
        except TimeoutError:
            return Reply(command.id, "unavailable", {"reason": "database"})
        except NoLanguageModel as error:
            log.warning("no article can be looked for: %s", error)
            return Reply(command.id, "unavailable", {"reason": "language_model"})
        language = asked.language or command.language
        found = await asyncio.to_thread(nearest, asked.vector, language, passages)
        if found is None:
            return Reply(command.id, "nothing")
        passage = found.passage
        told = {"title": passage.title, "link": passage.link, "text": passage.text}
        return Reply(command.id, "found", {**told, "score": round(found.score, 3)})

    async def _passages(
        self, tx: Transaction, tenant_id: UUID, model: str, project: str | None
    ) -> list[Passage]:
        articles = Articles(tx)
        stamp = await articles.stamp()
        shelf = self._shelves.get(tenant_id)
        if shelf is None or (shelf.stamp, shelf.model) != (stamp, model):
            by_project: dict[UUID | None, list[Passage]] = {}
            for row in await articles.passages(model):
                passage = Passage(row.title, row.link, row.language, row.text, array("f", row.vector))
                by_project.setdefault(row.project_id, []).append(passage)
            shelf = self._shelves[tenant_id] = _Shelf(stamp, model, by_project)
            while len(self._shelves) > KEPT:
                self._shelves.popitem(last=False)
        self._shelves.move_to_end(tenant_id)
        found = list(shelf.passages.get(None, ()))
        own = await articles.project(project) if project is not None else None
        return found + list(shelf.passages.get(own, ())) if own is not None else found
