"""One box that finds everything: each module adds a source, and each source narrows to what the asker may see."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.http import Me, RuntimeOf, Tx, one_of

router = APIRouter(prefix="/api/v1", tags=["platform"])
PER_KIND = 6


class Hit(BaseModel):
    """Something found."""

    kind: Annotated[str, one_of("contact", "user", "number", "interaction", "queue")]
    id: UUID
    title: str
    subtitle: str | None = None


class SearchSource:
    """The port. Asked only when the asker holds `permission`, whose reach the source must apply."""

    permission = ""

    async def hits(self, tx: Transaction, me: Principal, q: str, limit: int) -> list[Hit]:
        raise NotImplementedError


class SearchSources:
    """The registered sources, in the order in which their hits are shown."""

    def __init__(self) -> None:
        self.all: list[SearchSource] = []

    def add(self, source: SearchSource) -> None:
        self.all.append(source)


@router.get("/search")
async def search(
    me: Me, tx: Tx, runtime: RuntimeOf, q: Annotated[str, Query(max_length=200)] = ""
) -> list[Hit]:
    """What the asker may see that has `q` in its name or number; at most six of a kind."""
    q = q.strip()
    if len(q) < 2:
        return []
    found: list[Hit] = []
    for source in runtime.registry.ensure(SearchSources).all:
        if me.may(source.permission):
            found += await source.hits(tx, me, q, PER_KIND)
    return found
