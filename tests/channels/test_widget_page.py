"""What browsers fetch of the chat: light, guarded, and honest about a chat that is not there."""

import gzip
import html
import json
import re

import httpx
import pytest

from tests.api import Site
from tests.channels.shop import Shop
from tongdai.channels.webchat.api_page import FOLDER
from tongdai.channels.webchat.policies import content_policy, preferred_language

LOADER_MOST, WINDOW_MOST, SHARE_MOST, GREET_MOST = 5 * 1024, 60 * 1024, 36 * 1024, 5 * 1024


@pytest.fixture
def visitor(site: Site) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(site.app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


def test_the_chat_is_light() -> None:
    loader = (FOLDER / "widget.js").read_bytes()
    window = b"".join(path.read_bytes() for path in sorted(FOLDER.glob("widget-assets/chat-*")))
    assert len(gzip.compress(loader)) <= LOADER_MOST
    assert 5_000 < len(gzip.compress(window)) <= WINDOW_MOST
    assert b"innerHTML" not in loader
    # What records a page is no part of either.
    assert 10_000 < len(gzip.compress((FOLDER / "widget-share.js").read_bytes())) <= SHARE_MOST
    greeting = (FOLDER / "widget-greet.js").read_bytes()
    assert 1_000 < len(gzip.compress(greeting)) <= GREET_MOST
    assert b"innerHTML" not in greeting


@pytest.mark.parametrize("name", ["widget.js", "widget-share.js", "widget-greet.js"])
async def test_any_site_may_fetch_what_runs_in_its_pages(visitor: httpx.AsyncClient, name: str):
    answer = await visitor.get(f"/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_window_says_who_may_show_it_and_brings_its_look(site: Site, visitor: httpx.AsyncClient):
    shop = await Shop.open(
        site,
        origins=["https://shop.example"],
        look={"title": {"en": 'The "<b>Shop</b>"'}, "colour": "#aa3300"},
    )
    answer = await visitor.get(f"/chat/{shop.key}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    policy = answer.headers["content-security-policy"]
    assert policy == content_policy(["https://shop.example"])
    assert policy.endswith("frame-ancestors 'self' https://shop.example")
    assert "unsafe" not in policy
    assert "<b>" not in answer.text
    found = re.search(r'data-page="([^"]*)"', answer.text)
    assert found
    page = json.loads(html.unescape(found[1]))
    assert (page["key"], page["origins"]) == (shop.key, ["https://shop.example"])
    assert page["config"]["look"]["title"] == {"en": 'The "<b>Shop</b>"'}
    for name in re.findall(r'"(/widget-assets/[^"]+)"', answer.text):
        asset = await visitor.get(name)
        assert (asset.status_code, asset.headers["x-content-type-options"]) == (200, "nosniff")
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_a_widget_without_sites_is_shown_by_ours_alone(site: Site, visitor: httpx.AsyncClient):
    shop = await Shop.open(site)
    answer = await visitor.get(f"/chat/{shop.key}")
    assert answer.headers["content-security-policy"].endswith("frame-ancestors 'self'")
    preview = await visitor.get(f"/chat/{shop.key}/preview", params={"language": "vi"})
    assert preview.status_code == 200
    assert f'data-key="{shop.key}" data-language="vi"' in preview.text
    assert "unsafe" not in preview.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/chat/no-such-key", "/chat/no-such-key/preview"])
async def test_a_chat_that_is_not_there_says_so_in_words(visitor: httpx.AsyncClient, path: str):
    answer = await visitor.get(path, headers={"Accept-Language": "uk,en;q=0.8"})
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert "Цього чату немає" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "does not exist" in (await visitor.get(path)).text
    assert "không có" in (await visitor.get(path, params={"language": "vi"})).text


@pytest.mark.parametrize("name", ["no-such.js", "..%2Fchat.html", "chat.html", "a%00.js", "../widget.js"])
async def test_only_built_files_are_given_away(visitor: httpx.AsyncClient, name: str):
    answer = await visitor.get(f"/widget-assets/{name}")
    assert "__TONGDAI" not in answer.text
    assert "attachShadow" not in answer.text or name.endswith("/widget.js")


@pytest.mark.parametrize(
    ("wished", "accepted", "language"),
    [
        ("vi", "uk", "vi"),
        ("fr", "uk-UA,en", "uk"),
        (None, "fr, vi;q=0.5", "vi"),
        (None, None, "en"),
        ("", "*", "en"),
    ],
)
def test_the_site_chooses_the_language_then_the_browser(
    wished: str | None, accepted: str | None, language: str
):
    assert preferred_language(wished, accepted) == language
