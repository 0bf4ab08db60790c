"""A stand-in for the product where only the servers around it are tested: it tells its process id."""

import os

from fastapi import FastAPI, Request


def create_app() -> FastAPI:
    app = FastAPI()

    @app.get("/pid")
    def pid() -> int:  # pyright: ignore[reportUnusedFunction]
        return os.getpid()

    @app.get("/client")
    def client(request: Request) -> dict[str, str | None]:  # pyright: ignore[reportUnusedFunction]
        return {"host": request.client.host if request.client else None, "scheme": request.url.scheme}

    return app
