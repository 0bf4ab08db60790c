"""What a flow asks of articles while somebody writes."""

from __future__ import annotations

import asyncio
import logging
from array import array
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from tongdai.flows.public import Assistant, FindArticle, Reply
from tongdai.intelligence.public import LanguageModels, NoLanguageModel
from tongdai.knowledge.policies import Found, Passage, nearest
from tongdai.knowledge.repository import Articles, Stamp
from tongdai.knowledge.writing import PASSAGES, Written, answer_of, messages_for
from tongdai.platform.database import Database, Scope, Transaction
from tongdai.platform.database.session import DatabaseAway

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

    def __init__(self, database: Database, models: LanguageModels, assistant: Assistant) -> None:
        self._database = database
        self._models = models
        self._assistant = assistant
        self._shelves: OrderedDict[UUID, _Shelf] = OrderedDict()

    async def perform(self, tenant_id: UUID, command: FindArticle) -> Reply:
        """Never raises: what keeps it from finding is the reason of `unavailable`."""
        try:
            model = self._models.choose()
            passages = await self._database.retrying(
                Scope(tenant_id),
                lambda tx: self._passages(tx, tenant_id, model.name, command.project),
                within=AWAY_S,
            )
            if not passages:
                return Reply(command.id, "nothing")
            asked = await model.understand(command.question)
        except DatabaseAway:
            return Reply(command.id, "unavailable", {"reason": "database"})
        except NoLanguageModel as error:
            log.warning("no article can be looked for: %s", error)
            return Reply(command.id, "unavailable", {"reason": "language_model"})
        language = asked.language or command.language
        found = await asyncio.to_thread(nearest, asked.vector, language, passages, PASSAGES)
        if not found:
            return Reply(command.id, "nothing")
        return await self._written(tenant_id, command, language, found) or _as_it_stands(command, found[0])

    async def _written(
        self, tenant_id: UUID, command: FindArticle, language: str, found: list[Found]
    ) -> Reply | None:
        """What the assistant makes of the passages; None where there is none, or nothing of it to be believed."""
        row = await self._assistant.wanted(tenant_id, "answer")
        if row is None:
            return None
        answer = await self._assistant.ask(
            row,
            "answer",
            command.id,
            messages_for(command.question, language, found),
            lambda said: answer_of(said, command.question, found),
        )
        if answer is None:
            return None
        written: Written | None = answer.value
        if written is None:
            return Reply(command.id, "nothing", {"exchange": str(answer.exchange)})
        sources = list({(one.title, one.link): None for one in written.sources})
        told: dict[str, object] = {
            "title": sources[0][0],
            "link": sources[0][1],
            "sources": [{"title": title, "link": link} for title, link in sources],
            "text": written.text,
            "score": round(found[0].score, 3),
            "exchange": str(answer.exchange),
        }
        return Reply(command.id, "found", told)

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


def _as_it_stands(command: FindArticle, found: Found) -> Reply:
    passage = found.passage
    told = {"title": passage.title, "link": passage.link, "text": passage.text}
    return Reply(command.id, "found", {**told, "score": round(found.score, 3)})
