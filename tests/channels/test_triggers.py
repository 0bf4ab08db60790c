"""Greetings that come up by themselves: what administrators may write, what pages are told, what stands in the thread."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.api import Person, Site
from tests.channels.shop import FLOW, Shop
from tongdai.channels.webchat.triggers import words_of
from tongdai.kit.ids import new_id

GREETING = {"en": "Need <b>help</b>?", "vi": "Cần giúp không?"}


async def shop_that_greets(site: Site, **trigger: Any) -> tuple[Shop, Person, dict[str, Any]]:
    shop = await Shop.open(site, triggers=[{"text": GREETING, **trigger}])
    admin = await site.sign_in("admin")
    (row,) = (await admin.ok("GET", "/widgets"))["items"]
    return shop, admin, row


async def events_of(shop: Shop) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await shop.site.world.value(
        "SELECT coalesce(jsonb_agg(data ORDER BY at, seq), '[]') FROM messages WHERE tenant_id = %(tenant)s AND kind = 'event'"
    )
    return rows


@pytest.mark.parametrize(
    ("wrong", "field", "rule"),
    [
        ({"text": {}}, "triggers.0.text", "greeting_missing"),
        ({"text": {"en": "  "}}, "triggers.0.text", "greeting_missing"),
        ({"text": {"en": "x" * 301}}, "triggers.0.text.en", None),
        ({"text": {"fr": "Salut"}}, "triggers.0.text.fr.[key]", None),
        ({"page": "x" * 201}, "triggers.0.page", None),
        ({"how": "regex"}, "triggers.0.how", None),
        ({"seconds": -1}, "triggers.0.seconds", None),
        ({"scroll": 101}, "triggers.0.scroll", None),
        ({"visit": 0}, "triggers.0.visit", None),
        ({"days": 366}, "triggers.0.days", None),
        ({"script": "alert(1)"}, "triggers.0.script", None),
        ({"there": True}, "triggers.0.there", "needs_offline"),
    ],
)
async def test_mistakes_are_named_at_their_fields(
    site: Site, wrong: dict[str, Any], field: str, rule: str | None
):
    _, admin, row = await shop_that_greets(site)
    body = {"version": row["version"], "triggers": [{"text": GREETING, **wrong}]}
    answer = await admin.http.patch(f"/widgets/{row['id']}", json=body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert rule is None or error["rule"] == rule


async def test_greetings_are_kept_as_written_and_by_their_ids(site: Site):
    shop, admin, row = await shop_that_greets(site, page="*/cart*", how="matches", seconds=20, days=7)
    (kept,) = row["triggers"]
    assert (kept["text"], kept["page"], kept["seconds"], kept["leaving"]) == (GREETING, "*/cart*", 20, False)
    path = f"/widgets/{row['id']}"
    twice = await admin.http.patch(path, json={"version": row["version"], "triggers": [kept, kept]})
    assert (twice.status_code, twice.json()["errors"][0]["rule"]) == (422, "same_id")
    many = [{"text": GREETING}] * 11
    answer = await admin.http.patch(path, json={"version": row["version"], "triggers": many})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "triggers")
    changed = {"version": row["version"], "triggers": [{**kept, "text": {"uk": "Допомогти?", "en": ""}}]}
    after = await admin.ok("PATCH", path, changed)
    assert (after["triggers"][0]["id"], after["triggers"][0]["text"]) == (kept["id"], {"uk": "Допомогти?"})
    other = await admin.ok("PATCH", path, {"version": after["version"], "name": "Shop 2"})
    assert other["triggers"] == after["triggers"]
    visitor = await shop.visitor()
    assert (await visitor.open())["config"]["triggers"] == after["triggers"]
    agent = shop.agents[0]
    answer = await agent.http.patch(path, json={"version": other["version"], "triggers": []})
    assert answer.status_code == 403


async def test_only_while_somebody_is_there_needs_to_know_when_that_is(site: Site):
    shop, admin, row = await shop_that_greets(site)
    path, offline = f"/widgets/{row['id']}", {"queue_id": str(shop.queue_id)}
    there = [{"text": GREETING, "there": True}]
    row = await admin.ok("PATCH", path, {"version": row["version"], "triggers": there, "offline": offline})
    answer = await admin.http.patch(path, json={"version": row["version"], "offline": None})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "triggers.0.there")

    visitor = await shop.visitor()
    ask = f"/chat/{shop.key}/there"
    assert (await visitor.http.get(ask)).json() == {"away": None}
    async with site.world.transaction() as tx:
        await tx.execute("UPDATE presence SET chosen = 'offline' WHERE tenant_id = %(tenant)s")
    assert (await visitor.http.get(ask)).json() == {"away": "nobody"}
    answers = [(await visitor.http.get(ask)).status_code for _ in range(30)]
    assert (answers[0], answers[-1]) == (200, 429)
    assert (await visitor.http.get("/chat/none/there")).status_code == 404


async def test_the_agent_and_the_flow_know_which_greeting_was_answered(site: Site):
    flow = FLOW.replace("say: Hello, this is the shop.", "say: 'Seen: {{ chat.greeting }}'")
    flow = flow.replace("start: hello", "variables: {chat: {greeting: ''}}\nstart: hello")
    shop = await Shop.open(site, flow=flow, triggers=[{"text": GREETING}])
    (agent,) = shop.agents
    visitor = await shop.visitor(language="vi")
    (trigger,) = (await visitor.open(language="vi"))["config"]["triggers"]
    body = {"client_id": str(new_id()), "body": "Yes please", "greeting": trigger["id"]}
    assert (await visitor.post("messages", body)).status_code == 201
    assert (await visitor.post("messages", body)).status_code == 201  # sent again, it is the same
    await visitor.hears("Yes please", "Seen: Cần giúp không?", "What is it about?")
    first = visitor.heard[0]
    assert (first["author"], first["kind"], first["data"]) == (
        "system",
        "event",
        {"event": "greeted", "text": "Cần giúp không?"},
    )
    # In the middle of a chat nothing is said of it again.
    await visitor.write("orders", pressed="1", greeting=trigger["id"])
    offer = await shop.offer(agent)
    assert offer["thread"]["unread"] == 2
    assert [one["event"] for one in await events_of(shop)] == ["greeted"]


@pytest.mark.parametrize("greeting", ["019ae000-0000-7000-8000-000000000001", None])
async def test_a_greeting_that_the_widget_has_not_is_not_told(site: Site, greeting: str | None):
    shop, _, _ = await shop_that_greets(site)
    visitor = await shop.visitor()
    await visitor.write("Hi", greeting=greeting)
    assert await events_of(shop) == []
    forged = {"client_id": str(new_id()), "body": "Hi", "greeting": "<img src=x>"}
    assert (await visitor.post("messages", forged)).status_code == 422


async def test_another_tenants_greeting_is_nobodys(site: Site):
    shop, _, row = await shop_that_greets(site)
    known = row["triggers"][0]["id"]
    other = [{"id": known, "text": {"en": "Theirs"}}]
    assert words_of(other, UUID(known), "vi") == "Theirs"
    assert words_of(other, None, "vi") == words_of([], UUID(known), "vi") == ""
    visitor = await shop.visitor()
    await visitor.write("Hi", greeting=known)
    assert json.dumps(await events_of(shop)).count("Need <b>help</b>?") == 1
