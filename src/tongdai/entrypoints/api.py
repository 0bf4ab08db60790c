"""The app: HTTP, WebSocket and the services of one process, composed from the modules."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel
from starlette.staticfiles import StaticFiles

from tongdai.entrypoints import realtime
from tongdai.entrypoints.garbage import calm_collector
from tongdai.entrypoints.modules import register_all
from tongdai.platform import search
from tongdai.platform.config import Settings, load_settings
from tongdai.platform.dispatch import ByFirstWords
from tongdai.platform.http import CatchEverything, install_errors, problem
from tongdai.platform.registry import Registry, Runtime

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
logging.getLogger("httpx").setLevel(logging.WARNING)


def create_app(
    settings: Settings | None = None, *, hand_off: bool = True, own_process: bool = True
) -> FastAPI:
    """The ASGI application. Settings come from the environment unless given. `own_process`: nothing else lives in it, so that
    its garbage is looked for as suits the app."""
    settings = settings or load_settings()
    registry = register_all(Registry())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with registry.running(settings, hand_off=hand_off) as runtime:
            app.state.runtime = runtime
            async with calm_collector() if own_process else nullcontext():
                yield

    app = FastAPI(
        title="Tongdai",
        version="1",
        lifespan=lifespan,
        docs_url="/api/docs",
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    install_errors(app)
    app.add_middleware(CatchEverything)
    routers = [*registry.routers, realtime.router, search.router]
    for router in routers:
        app.include_router(router)
    app.router.middleware_stack = ByFirstWords(app, routers)

    for name, shape in registry.hub.shapes.items():
        _describe_push(app, name, shape)

    @app.get("/api/v1/health", tags=["platform"])
    async def health() -> dict[str, str]:
        """Says that the process serves."""
        return {"status": "ok"}

    @app.get("/api/v1/ready", include_in_schema=False)
    async def ready(request: Request) -> JSONResponse:
        """What this process does by now: {part: bool}; 503 until it is all of it. On one of several nodes only the one that
        drives Asterisk is ready for calls, so ask the others for their health."""
        runtime: Runtime = request.app.state.runtime
        parts = {part: check() for part, check in runtime.registry.readiness.items()}
        return JSONResponse(parts, 200 if all(parts.values()) else 503)

    _serve_desktop(app)
    return app


def _describe_push(app: FastAPI, name: str, shape: type[BaseModel]) -> None:
    """OpenAPI knows no WebSocket: what it tells stands among the webhooks, its data as their answer."""

    def told() -> None: ...

    told.__name__ = name.replace(".", "_")
    told.__doc__ = "Told over /api/v1/realtime as `data` of a message of this `type`."
    app.webhooks.add_api_route(name, told, methods=["POST"], response_model=shape, tags=["realtime"])


def _serve_desktop(app: FastAPI) -> None:
    """The built desktop; every path that is not a file is one of its screens."""
    folder = Path(str(files("tongdai").joinpath("web_dist")))
    if not folder.is_dir():
        return
    files_at_top = {entry.name for entry in folder.iterdir() if entry.is_file()}
    app.mount("/assets", StaticFiles(directory=folder / "assets", check_dir=False), name="assets")

    @app.get("/{path:path}", include_in_schema=False)
    async def desktop(path: str, request: Request) -> Response:
        if path.startswith("api/"):
            return problem(404, "not_found", "There is no such address.")
        if path in files_at_top:
            return FileResponse(folder / path)
        return FileResponse(folder / "index.html", headers={"Cache-Control": "no-cache"})
