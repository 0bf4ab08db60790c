"""Requests find their route by the first words of their address.

The framework asks one route after the other whether an address is its own, and it asks twice: with some hundreds of them that is
a good part of what a request costs (docs/benchmarks.md). Here only those are asked whose address begins with the same words.
"""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

WORDS = 3
"""/api/v1/conversations."""


def first_words(path: str) -> str | None:
    """None where it has fewer, or a parameter among them."""
    words = path.split("/", WORDS + 1)[1 : WORDS + 1]
    return "/".join(words) if len(words) == WORDS and not any("{" in word for word in words) else None


class ByFirstWords:
    """What finds nothing, and what is none of these routers', is left to the app's own way of looking."""

    def __init__(self, app: FastAPI, routers: Sequence[APIRouter]) -> None:
        self._otherwise = app.router.app
        self.groups: dict[str, APIRouter] = {}
        for router in routers:
            for words in dict.fromkeys(map(_words_of, router.routes)):
                if words is not None:
                    self._group(words).include_router(router)

    def _group(self, words: str) -> APIRouter:
        if words not in self.groups:
            self.groups[words] = APIRouter(redirect_slashes=False, default=self._otherwise)
        return self.groups[words]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        words = first_words(scope["path"]) if scope["type"] in ("http", "websocket") else None
        group = self.groups.get(words) if words is not None else None
        await (group.app if group is not None else self._otherwise)(scope, receive, send)


def _words_of(route: BaseRoute) -> str | None:
    return first_words(getattr(route, "path", ""))
