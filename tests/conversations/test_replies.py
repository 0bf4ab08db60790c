"""Canned replies: who keeps which, who finds which, and how they read when they are inserted."""

from typing import Any

import pytest
from tests.api import Person, Site
from tests.channels.shop import Shop
from tests.conversations.test_inbox import inbox, waits

from tongdai.conversations.replies.policies import filled, in_language, place_of
from tongdai.kit.ids import new_id


async def found(person: Person, conversation: str, q: str = "") -> list[str]:
    return [one["code"] for one in await person.ok("GET", f"/conversations/{conversation}/replies", q=q)]


@pytest.mark.parametrize(
    ("text", "values", "reads"),
    [
        ("Hello {{contact.name}}!", {"contact.name": "Ann"}, "Hello Ann!"),
        ("Hello {{ contact.name }}, I am {{agent.name}}.", {"agent.name": "Lan"}, "Hello, I am Lan."),
        ("{{contact.name}}", {"contact.name": "{{agent.name}}", "agent.name": "x"}, "{{agent.name}}"),
        ("no { braces }", {}, "no { braces }"),
    ],
)
def test_variables_are_filled_once_and_what_is_unknown_is_left_out(text: str, values: Any, reads: str):
    assert filled(text, values) == reads


def test_the_customers_language_comes_first_then_the_readers_then_any():
    body = {"en": "Hello", "vi": "Chào"}
    assert [in_language(body, wished) for wished in (["vi", "en"], [None, "en"], ["uk", None])] == [
        "Chào",
        "Hello",
        "Hello",
    ]


def test_a_code_goes_before_words_whatever_the_accents():
    assert [place_of("chao", "Xin chào", q) for q in ("chao", "ch", "xin chao", "bye")] == [0, 1, 2, None]


async def test_replies_are_found_where_one_writes_and_read_as_they_will_be_sent(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    await site.world.not_ready(agent.id)
    await waits(shop, "Nguyễn Đức")
    (row,) = await inbox(agent)
    supervisor = await site.sign_in("supervisor")
    other = await site.world.queue(name="Other", channel="webchat")

    async def made(code: str, **more: Any) -> dict[str, Any]:
        body = {"en": "Hello {{contact.name}}, {{agent.name}} of {{queue.name}} here."}
        return await supervisor.ok("POST", "/canned-replies", {"code": code, "body": body, **more})

    shared = await made("Hello")
    await made("hello-chats", queue_id=str(shop.queue_id))
    await made("hello-other", queue_id=str(other))
    await agent.ok("POST", "/own-replies", {"code": "hello", "body": {"vi": "Chào {{contact.name}}"}})
    views = await agent.ok("GET", f"/conversations/{row['id']}/replies", q="HELLO")
    assert [(one["code"], one["own"]) for one in views] == [
        ("hello", True),
        ("hello", False),
        ("hello-chats", False),
    ]
    assert views[0]["text"] == "Chào Nguyễn Đức"
    assert views[1]["text"] == f"Hello Nguyễn Đức, {agent.user.name} of Chats here."
    assert await found(supervisor, row["id"], "hello") == ["hello", "hello-chats"]
    assert await found(agent, row["id"], "of chats") == []
    assert await found(agent, row["id"], "contact") == ["hello", "hello", "hello-chats"]
    await supervisor.ok("DELETE", f"/canned-replies/{shared['id']}")
    assert await found(supervisor, row["id"]) == ["hello-chats"]


async def test_who_may_keep_and_see_which(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    await site.world.not_ready(agent.id)
    await waits(shop, "Ann")
    (row,) = await inbox(agent)
    admin, other = await site.sign_in("admin"), await site.sign_in("agent")
    theirs = await (await site.another_centre()).sign_in("admin")
    shared = await admin.ok("POST", "/canned-replies", {"code": "bye", "body": {"en": "Bye"}})
    own = await agent.ok("POST", "/own-replies", {"code": "mine", "body": {"en": "Mine"}})
    path, own_path = f"/canned-replies/{shared['id']}", f"/canned-replies/{own['id']}"
    assert (await agent.get("/canned-replies")).status_code == 403
    assert (await agent.patch(path, version=1, code="x")).status_code == 403
    assert (await agent.delete(f"/own-replies/{shared['id']}")).status_code == 404
    assert (await other.delete(f"/own-replies/{own['id']}")).status_code == 404
    assert (await other.get(f"/conversations/{row['id']}/replies")).status_code == 404
    for stranger, address in ((admin, own_path), (theirs, path), (theirs, own_path)):
        assert (await stranger.get(address)).status_code == 404
        assert (await stranger.patch(address, version=1, code="x")).status_code == 404
        assert (await stranger.delete(address)).status_code == 404
    assert [one["code"] for one in (await admin.ok("GET", "/canned-replies"))["items"]] == ["bye"]
    assert await found(admin, row["id"]) == ["bye"]
    changed = await admin.ok("PATCH", path, {"version": 1, "body": {"uk": "Бувайте"}})
    assert (changed["version"], changed["body"]) == (2, {"uk": "Бувайте"})
    assert (await admin.patch(path, version=1, code="x")).status_code == 409
    await agent.ok("DELETE", f"/own-replies/{own['id']}")
    assert await found(agent, row["id"]) == ["bye"]


async def test_what_cannot_be_a_reply(site: Site):
    admin = await site.sign_in("admin")
    good = {"code": "ok", "body": {"en": "Fine"}}
    mistakes: tuple[dict[str, Any], ...] = (
        {"code": "two words"},
        {"code": ""},
        {"code": "x" * 41},
        {"body": {}},
        {"body": {"en": " "}},
        {"body": {"fr": "Bonjour"}},
        {"body": {"en": "x" * 4001}},
        {"body": {"en": "{{contact.password}}"}},
        {"queue_id": str(new_id())},
        {"user_id": str(admin.id)},
    )
    for wrong in mistakes:
        assert (await admin.post("/canned-replies", **{**good, **wrong})).status_code == 422, wrong
    await admin.ok("POST", "/canned-replies", good)
    taken = await admin.post("/canned-replies", **good)
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (422, "code")
