"""What browsers fetch of the chat before they talk with the API: the loader for websites, the window's page, its files.

The files are built from web/widget into web_dist/widget; without them these addresses do not exist.
"""

import base64
import hashlib
import html
import re
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import FileResponse, HTMLResponse, Response
from pydantic_core import to_json

from tongdai.channels.errors import WidgetUnknown
from tongdai.channels.webchat.known import KnownWidgets
from tongdai.channels.webchat.policies import content_policy, preferred_language
from tongdai.channels.webchat.repository import WidgetRow
from tongdai.channels.webchat.schemas import WidgetConfig
from tongdai.channels.webchat.views import config_of
from tongdai.platform.database import Scope
from tongdai.platform.errors import NotFound
from tongdai.platform.http import RuntimeOf
from tongdai.platform.registry import Runtime

router = APIRouter(include_in_schema=False)
FOLDER = Path(str(files("tongdai").joinpath("web_dist", "widget")))
LOADER_S = 300
"""A mended loader is on all sites after five minutes."""
YEAR_S = 31_536_000
SHOP_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self'"
)
"""As strict as a careful shop's, so that what works here works there."""
_FILE = re.compile(r"[\w-]+\.(?:js|css)")
_GUARDS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}

_STYLE = (
    ":root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;text-align:center}"
    "main{padding:24px;max-width:36ch}h1{font-size:1.2em;margin:0 0 8px}p{margin:0}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

Wished = Annotated[str | None, Query(alias="language", max_length=20)]
Accepted = Annotated[str | None, Header(alias="Accept-Language")]

GONE = {
    "en": ("No such chat", "This chat does not exist (any more). Please use another way to reach us."),
    "vi": (
        "Không có khung trò chuyện",
        "Khung trò chuyện này không có hoặc không còn nữa. Vui lòng liên hệ với chúng tôi bằng cách khác.",
    ),
    "uk": (
        "Такого чату немає",
        "Цього чату немає або вже немає. Будь ласка, зв’яжіться з нами в інший спосіб.",
    ),
}


@router.get("/widget.js")
async def get_loader() -> Response:
    """Any site may fetch it; who may show the chat says the chat's page."""
    return _for_sites("widget.js")


@router.get("/widget-share.js")
async def get_sharing() -> Response:
    """What runs in a site's page while its visitor shows it to an agent; the loader fetches it then."""
    return _for_sites("widget-share.js")


@router.get("/widget-greet.js")
async def get_greeting() -> Response:
    """What watches in a site's page for the moment of a greeting, where its widget has some."""
    return _for_sites("widget-greet.js")


@router.get("/widget-assets/{name}")
async def get_asset(name: str) -> Response:
    """Its name changes with its content."""
    if not _FILE.fullmatch(name):
        raise NotFound()
    return _file(f"widget-assets/{name}", {"Cache-Control": f"public, max-age={YEAR_S}, immutable"})


@router.get("/chat/{key}")
async def get_page(
    key: str, runtime: RuntimeOf, wished: Wished = None, accepted: Accepted = None
) -> Response:
    """The chat window; only the widget's sites and our own may frame it."""
    try:
        widget = await runtime.get(KnownWidgets).get(runtime.database, key)
    except WidgetUnknown:
        return _gone(preferred_language(wished, accepted))
    config = await _config(runtime, widget)
    page = to_json({"key": widget.key, "origins": widget.origins, "config": config.model_dump(mode="json")})
    return _page(
        "chat.html", {"__TONGDAI_PAGE__": html.escape(page.decode())}, content_policy(widget.origins)
    )


@router.get("/chat/{key}/preview")
async def get_preview(
    key: str, runtime: RuntimeOf, wished: Wished = None, accepted: Accepted = None
) -> Response:
    """A made-up shop with this chat on it, for those who set it up."""
    language = preferred_language(wished, accepted)
    try:
        await runtime.get(KnownWidgets).get(runtime.database, key)
    except WidgetUnknown:
        return _gone(language)
    return _page(f"shop.{language}.html", {"__TONGDAI_KEY__": html.escape(key)}, SHOP_POLICY)


async def _config(runtime: Runtime, widget: WidgetRow) -> WidgetConfig:
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        return await config_of(tx, widget)


def _for_sites(name: str) -> Response:
    """Under a name that stays, for pages of any origin."""
    headers = {"Cache-Control": f"public, max-age={LOADER_S}", "Access-Control-Allow-Origin": "*"}
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _file(name, headers)


def _file(name: str, headers: dict[str, str]) -> Response:
    path = FOLDER / name
    if not path.is_file():
        raise NotFound()
    return FileResponse(path, headers={**_GUARDS, **headers})


def _page(name: str, places: dict[str, str], policy: str, status: int = 200) -> Response:
    path = FOLDER / name
    if not path.is_file():
        raise NotFound()
    text = path.read_text("utf-8")
    for place, value in places.items():
        text = text.replace(place, value)
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
    return HTMLResponse(text, status, {**_GUARDS, **headers})


def _gone(language: str) -> Response:
    """It says nothing but words, and any site may show it: the chat that it asks for may have been there yesterday."""
    title, words = GONE[language]
    text = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1><p>{words}</p></main></body></html>"
    )
    policy = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors *"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(text, 404, {**_GUARDS, **headers})
