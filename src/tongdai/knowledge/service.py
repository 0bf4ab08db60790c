"""What people do with articles."""

from typing import Any
from uuid import UUID

from tongdai.knowledge.repository import ARTICLES, WITHIN, within
from tongdai.knowledge.schemas import Article, ArticleChange, ArticleIn
from tongdai.platform.auth import Reach
from tongdai.platform.chosen import check_chosen
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field
from tongdai.tenancy.public import audit, changed_fields


def _own_project(reach: Reach, project_id: UUID | None) -> None:
    if not reach.everything and project_id not in reach.project_ids:
        raise invalid_field("project_id", "Choose one of your projects.", "own_project")


async def create(tx: Transaction, reach: Reach, new: ArticleIn) -> Article:
    _own_project(reach, new.project_id)
    values = new.model_dump()
    await check_chosen(tx, values, {"project_id": "projects"})
    article_id = await ARTICLES.add(tx, values)
    await audit(tx, "article.created", "article", article_id)
    return await ARTICLES.get(tx, article_id)


async def change(tx: Transaction, reach: Reach, article_id: UUID, body: ArticleChange, at: Any) -> Article:
    """Raises StaleVersion."""
    await ARTICLES.lock(tx, article_id, body.version, WITHIN, **within(reach))
    values = body.values()
    if "project_id" in values:
        _own_project(reach, body.project_id)
    await check_chosen(tx, values, {"project_id": "projects"})
    await ARTICLES.change(tx, article_id, {**values, "updated_at": at})
    await audit(tx, "article.changed", "article", article_id, changed_fields(values))
    return await ARTICLES.get(tx, article_id)


async def archive(tx: Transaction, reach: Reach, article_id: UUID, *, archived: bool) -> Article:
    await ARTICLES.lock(tx, article_id, None, WITHIN, **within(reach))
    await ARTICLES.archive(tx, article_id, archived=archived)
    await audit(tx, "article.archived" if archived else "article.restored", "article", article_id)
    return await ARTICLES.get(tx, article_id)
