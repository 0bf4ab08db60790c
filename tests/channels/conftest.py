"""What the test client cannot do (a WebSocket, a browser) goes to the app on a port; a customer's site is another origin."""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser

from tests.api import Site
from tests.journeys.conftest import chromium
from tests.support import until


@pytest.fixture
async def server(site: Site) -> AsyncIterator[int]:
    """The port on which the app is."""
    async with serving(site.app) as port:
        yield port


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncGenerator[int]:
    """An app that runs already, on a port."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_level="warning")
    config.timeout_graceful_shutdown = 1
    running = uvicorn.Server(config)
    task = asyncio.create_task(running.serve())

    async def up() -> bool:
        return running.started

    await until(up)
    try:
        yield running.servers[0].sockets[0].getsockname()[1]
    finally:
        running.should_exit = True
        await task


@dataclass
class HostSite:
    """A customer's website: pages that embed what `script` says, under a strict policy. `bodies` by path; `files` beside them.

    Under the name "localhost" it is another site, not only another origin, than the app: the browser refuses the window storage.
    """

    port: int
    name: str = "127.0.0.1"
    script: str = ""
    policy: str = ""
    bodies: dict[str, str] = field(default_factory=lambda: {"/": "<h1>Shop</h1><button>Buy</button>"})
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])

    @property
    def origin(self) -> str:
        return f"http://{self.name}:{self.port}"

    def embeds(self, app: str, key: str, **data: str) -> None:
        more = "".join(f' data-{name}="{value}"' for name, value in data.items())
        self.script = f'<script async src="{app}/widget.js" data-key="{key}"{more}></script>'
        self.policy = (
            f"default-src 'none'; script-src {app}; frame-src {app}; require-trusted-types-for 'script'"
        )

    def answer(self, address: str) -> tuple[str, bytes] | None:
        """(kind, content) of a page or a file."""
        path = address.partition("?")[0]
        if path in self.bodies:
            return "text/html; charset=utf-8", self.page(self.bodies[path])
        return self.files.get(path)

    def page(self, body: str) -> bytes:
        text = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"{self.script}</head><body><main>{body}</main></body></html>"
        )
        return text.encode()


@pytest.fixture
def host() -> Iterator[HostSite]:
    shown = HostSite(0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = shown.answer(self.path)
            if found is None:
                self.send_error(404)
                return
            kind, body = found
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", shown.policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        shown.port = running.server_port
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield shown
        running.shutdown()
        thread.join()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as launched:
        yield launched
