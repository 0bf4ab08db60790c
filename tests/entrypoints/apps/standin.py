"""A stand-in for the product where only the servers around it are tested: it tells its process id."""

import os

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse


def create_app() -> FastAPI:
    app = FastAPI()

    @app.get("/pid")
    def pid() -> int:  # pyright: ignore[reportUnusedFunction]
        return os.getpid()

    @app.get("/client")
    def client(request: Request) -> dict[str, str | None]:  # pyright: ignore[reportUnusedFunction]
        return {"host": request.client.host if request.client else None, "scheme": request.url.scheme}

    @app.get("/api/v1/health")
    def health() -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
        return {"status": "ok"}

    @app.get("/api/v1/ready")
    def ready() -> dict[str, bool]:  # pyright: ignore[reportUnusedFunction]
        return {"calls": True}

    @app.get("/", response_class=HTMLResponse)
    def desktop() -> str:  # pyright: ignore[reportUnusedFunction]
        return "<!doctype html><html></html>"

    return app
