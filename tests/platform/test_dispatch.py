"""Addresses lead where they would without the short way; failures are told in one sentence."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, WebSocket
from fastapi.responses import StreamingResponse

from tongdai.platform.dispatch import ByFirstWords, first_words
from tongdai.platform.errors import AppError
from tongdai.platform.http import CatchEverything, install_errors, problem


class Busy(AppError):
    """Try again later."""

    status = 409
    code = "busy"


plants, trees, pages = APIRouter(), APIRouter(), APIRouter(prefix="/page")


@plants.get("/api/v1/plants/{name}")
async def plant(name: str) -> str:
    return f"plant {name}"


@plants.post("/api/v1/plants/{name}")
async def water(name: str) -> str:
    raise Busy() if name == "rose" else ValueError(name)


@plants.get("/api/v1/trees/{name}/leaves")
async def leaves(name: str) -> str:
    return f"leaves of {name}"


@trees.get("/api/v1/trees/{name}")
async def tree(name: str) -> str:
    return f"tree {name}"


@trees.get("/api/v1/trees/{name}/rings")
async def rings(name: str) -> StreamingResponse:
    async def some() -> AsyncIterator[bytes]:
        yield b"one"
        raise ValueError(name)

    return StreamingResponse(some())


@trees.websocket("/api/v1/trees/{name}/wind")
async def wind(socket: WebSocket, name: str) -> None:
    await socket.accept()
    await socket.send_text(f"wind in {name}")
    await socket.close()


@pages.get("/{name}")
async def page(name: str) -> str:
    return f"page {name}"


@pytest.fixture
def app() -> FastAPI:
    app, routers = FastAPI(), [plants, trees, pages]
    install_errors(app)
    app.add_middleware(CatchEverything)
    for router in routers:
        app.include_router(router)
    app.router.middleware_stack = ByFirstWords(app, routers)

    @app.get("/api/v1/health")
    async def health() -> str:  # pyright: ignore[reportUnusedFunction]
        return "well"

    @app.get("/{path:path}")
    async def otherwise(path: str) -> Any:  # pyright: ignore[reportUnusedFunction]
        return problem(404, "not_found", f"no {path}")

    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/v1/plants/rose", "plant rose"),
        ("/api/v1/trees/oak", "tree oak"),
        ("/api/v1/trees/oak/leaves", "leaves of oak"),
        ("/api/v1/trees/gỗ lim", "tree gỗ lim"),
        ("/api/v1/health", "well"),
        ("/page/one", "page one"),
    ],
)
async def test_each_address_leads_to_its_route(client: httpx.AsyncClient, path: str, said: str):
    assert (await client.get(path)).json() == said


async def test_a_socket_is_found_as_a_request_is(app: FastAPI):
    said: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        said.append(message)

    scope: dict[str, Any] = {
        "type": "websocket",
        "path": "/api/v1/trees/oak/wind",
        "headers": [],
        "query_string": b"",
    }
    await app(scope, receive, send)
    assert [message.get("text") for message in said] == [None, "wind in oak", None]


@pytest.mark.parametrize(
    "path",
    ["/api/v1/trees", "/api/v1/trees/oak/roots", "/api/v1/stones/1", "/api/v1", "/", "//", "/api/v1/plants/"],
)
async def test_what_is_no_address_of_ours_is_looked_for_as_before(client: httpx.AsyncClient, path: str):
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_another_method_is_refused_by_name(client: httpx.AsyncClient):
    answer = await client.delete("/api/v1/trees/oak")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


async def test_failures_are_told_in_one_sentence_and_never_twice(client: httpx.AsyncClient):
    assert (await client.post("/api/v1/plants/rose")).json()["code"] == "busy"
    answer = await client.post("/api/v1/plants/tulip")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "ValueError" not in answer.text
    answer = await client.post("/api/v1/plants/rose", headers={"Origin": "http://elsewhere"})
    assert answer.status_code == 403
    with pytest.raises(ValueError, match="oak"):
        await client.get("/api/v1/trees/oak/rings")  # the answer has begun: the server breaks it off


def test_words_of_addresses():
    assert first_words("/api/v1/trees/{name}") == "api/v1/trees"
    assert first_words("/api/v1/trees") == "api/v1/trees"
    assert first_words("/api/v1/{kind}/oak") is None
    assert first_words("/chat/{key}") is None
    assert first_words("") is None
