"""All SQL of module knowledge."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.knowledge.schemas import Article
from tongdai.platform.auth import WIDTH, Extent, Reach
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited

ARTICLES = Edited(
    "articles",
    Article,
    order="t.title",
    search="(t.title || ' ' || t.body)",
    computed={"read": "t.indexed IS NOT DISTINCT FROM t.version"},
)
WITHIN = "AND (%(all)s OR t.project_id = ANY(%(projects)s))"
MOST = 5_000
"""Passages of a centre that are looked at for a question."""


def within(reach: Reach) -> dict[str, Any]:
    wide = WIDTH[reach.extent] >= WIDTH[Extent.PROJECT]
    return {"all": reach.everything, "projects": list(reach.project_ids) if wide else []}


@dataclass(frozen=True, slots=True)
class Unread:
    """An article whose passages are not those of its version."""

    tenant_id: UUID
    id: UUID
    version: int
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """It changes whenever an article that customers are told of does."""

    count: int
    versions: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class PassageRow:
    project_id: UUID | None
    title: str
    link: str
    language: str
    text: str
    vector: bytes


class Articles:
    """Articles and their passages."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def unread(self, model: str) -> Unread | None:
        """Of all tenants: the next article that is to be read. System scope."""
        return await self.tx.fetch_one(
            Unread,
            f"SELECT {', '.join(Unread.__slots__)} FROM articles WHERE NOT archived"
            " AND (indexed IS DISTINCT FROM version OR model IS DISTINCT FROM %(model)s) ORDER BY updated_at LIMIT 1",
            {"model": model},
        )

    async def read(
        self, article: Unread, model: str, texts: Sequence[str], vectors: Sequence[Sequence[float]]
    ) -> None:
        """Its passages, unless it has changed meanwhile."""
        touched = await self.tx.execute(
            "UPDATE articles SET indexed = version, model = %(model)s"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s AND version = %(version)s",
            {"id": article.id, "version": article.version, "model": model},
        )
        if not touched:
            return
        await self.tx.execute(
            "DELETE FROM article_passages WHERE tenant_id = %(tenant)s AND article_id = %(id)s",
            {"id": article.id},
        )
        await self.tx.execute_many(
            "INSERT INTO article_passages (tenant_id, article_id, number, text, vector)"
            " VALUES (%(tenant)s, %(article)s, %(number)s, %(text)s, %(vector)s)",
            [
                {
                    "article": article.id,
                    "number": number,
                    "text": text,
                    "vector": array("f", vector).tobytes(),
                }
                for number, (text, vector) in enumerate(zip(texts, vectors, strict=True))
            ],
        )

    async def stamp(self) -> Stamp:
        found = await self.tx.fetch_one(
            Stamp,
            "SELECT count(*) AS count, coalesce(sum(version), 0)::int AS versions, max(updated_at) AS newest FROM articles"
            " WHERE tenant_id = %(tenant)s AND NOT archived AND public AND indexed = version",
        )
        assert found is not None
        return found

    async def passages(self, model: str) -> list[PassageRow]:
        """Of the articles that customers may be told, as they are now."""
        return await self.tx.fetch_all(
            PassageRow,
            "SELECT a.project_id, a.title, a.link, a.language, p.text, p.vector FROM articles a"
            " JOIN article_passages p ON (p.tenant_id, p.article_id) = (a.tenant_id, a.id)"
            " WHERE a.tenant_id = %(tenant)s AND NOT a.archived AND a.public AND a.indexed = a.version AND a.model = %(model)s"
            " ORDER BY a.updated_at DESC, p.article_id, p.number LIMIT %(most)s",
            {"model": model, "most": MOST},
        )

    async def project(self, name: str) -> UUID | None:
        return await self.tx.fetch_value(
            "SELECT id FROM projects WHERE tenant_id = %(tenant)s AND name = %(name)s AND NOT archived",
            {"name": name},
        )
