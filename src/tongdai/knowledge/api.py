"""Routes of module knowledge."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from tongdai.knowledge import service
from tongdai.knowledge.reading import Reader
from tongdai.knowledge.repository import ARTICLES, WITHIN, within
from tongdai.knowledge.schemas import Article, ArticleChange, ArticleIn
from tongdai.platform.auth import Reach
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, listed

EDIT = "articles.edit"
router = APIRouter(prefix="/api/v1/articles", tags=["knowledge"])


def _reach(me: Me) -> Reach:
    return me.reach(EDIT)


Within = Annotated[Reach, Depends(_reach)]


@router.get("")
async def list_articles(reach: Within, tx: Tx, asked: Asked) -> Page[Article]:
    """By title; `q` is looked for in title and body."""
    return await listed(tx, ARTICLES, asked, WITHIN, **within(reach))


@router.post("", status_code=201)
async def post_article(body: ArticleIn, reach: Within, tx: Tx, runtime: RuntimeOf) -> Article:
    tx.after_commit(runtime.get(Reader).wake)
    return await service.create(tx, reach, body)


@router.get("/{article_id}")
async def get_article(article_id: UUID, reach: Within, tx: Tx) -> Article:
    return await ARTICLES.get(tx, article_id, WITHIN, **within(reach))


@router.patch("/{article_id}")
async def patch_article(
    article_id: UUID, body: ArticleChange, reach: Within, tx: Tx, runtime: RuntimeOf
) -> Article:
    tx.after_commit(runtime.get(Reader).wake)
    return await service.change(tx, reach, article_id, body, runtime.clock.now())


@router.delete("/{article_id}", status_code=204)
async def delete_article(article_id: UUID, reach: Within, tx: Tx) -> None:
    """Put it aside: nobody is told of it any more."""
    await service.archive(tx, reach, article_id, archived=True)


@router.post("/{article_id}/restore")
async def restore_article(article_id: UUID, reach: Within, tx: Tx, runtime: RuntimeOf) -> Article:
    tx.after_commit(runtime.get(Reader).wake)
    return await service.archive(tx, reach, article_id, archived=False)
