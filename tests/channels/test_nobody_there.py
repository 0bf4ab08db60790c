"""Visitors who come while nobody is there: out of hours, nobody signed in; what they leave waits, once, for whoever comes."""

import asyncio
from typing import Any

import httpx

from tests.api import Person, Site
from tests.channels.shop import Shop, Visitor
from tongdai.kit.ids import new_id

NEVER: dict[str, Any] = {}
LEFT = {"name": "<i>An</i>", "email": "An+shop@Example.com", "body": "Call me <b>back</b>"}


async def closed(site: Site, **rules: Any) -> tuple[Shop, Person, str, dict[str, Any]]:
    shop = await Shop.open(site)
    admin = await site.sign_in("admin")
    (row,) = (await admin.ok("GET", "/widgets"))["items"]
    path, offline = f"/widgets/{row['id']}", {"queue_id": str(shop.queue_id), **rules}
    row = await admin.ok("PATCH", path, {"version": row["version"], "offline": offline})
    return shop, admin, path, row


async def go_home(site: Site) -> None:
    async with site.world.transaction() as tx:
        await tx.execute("UPDATE presence SET chosen = 'offline' WHERE tenant_id = %(tenant)s")


async def leaves(visitor: Visitor, **more: Any) -> httpx.Response:
    return await visitor.post("offline", {"client_id": str(new_id()), **LEFT, **more})


async def test_the_form_stands_there_out_of_hours_and_while_nobody_is_signed_in(site: Site):
    shop, admin, path, row = await closed(site)
    visitor = await shop.visitor()
    assert (await visitor.open())["away"] is None
    await go_home(site)
    assert (await visitor.open())["away"] == "nobody"
    hours = await admin.ok("POST", "/calendars", {"name": "Never", "time_zone": "UTC", "weekly": NEVER})
    offline = {"queue_id": str(shop.queue_id), "calendar": hours["name"], "unstaffed": False}
    await admin.ok("PATCH", path, {"version": row["version"], "offline": offline})
    assert (await visitor.open())["away"] == "hours"
    wrong = {**offline, "calendar": "None such"}
    answer = await admin.http.patch(path, json={"version": row["version"] + 1, "offline": wrong})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "offline.calendar")
    other = await site.world.queue([], name="Calls")
    answer = await admin.http.patch(
        path, json={"version": row["version"] + 1, "offline": {"queue_id": str(other)}}
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "offline.queue_id")


async def test_what_is_left_waits_in_the_queue_once_and_is_taken_by_who_comes(site: Site):
    shop, *_ = await closed(site)
    (agent,) = shop.agents
    await go_home(site)
    visitor = await shop.visitor()
    body = {"client_id": str(new_id()), **LEFT}
    answers = await asyncio.gather(*[visitor.post("offline", body) for _ in range(3)])
    assert {(one.status_code, one.json()["answered_by"]) for one in answers} == {(201, "chat")}
    assert await site.world.value("SELECT count(*) FROM chats WHERE tenant_id = %(tenant)s") == 1
    (row,) = (await agent.ok("GET", "/conversations"))["items"]
    assert (row["state"], row["preview"], row["contact"]["name"]) == ("waiting", LEFT["body"], LEFT["name"])
    await site.world.ready(agent.user.id)
    offer = await shop.offer(agent)
    told = {one["label"]: one["value"] for one in offer["flow_answers"]}
    assert (told["email"], offer["peer_verified"]) == ("an+shop@example.com", False)
    card = await agent.ok("POST", f"/assignments/{offer['id']}/accept")
    path = f"/conversations/{card['thread']['conversation_id']}/messages"
    await agent.ok("POST", path, {"client_id": str(new_id()), "body": "Here we are"})
    await visitor.hears(LEFT["body"], "Here we are")


async def test_what_cannot_be_answered_is_refused_and_floods_are_slowed_down(site: Site):
    shop, admin, path, row = await closed(site)
    visitor = await shop.visitor()
    for field, value in (("email", "an@"), ("email", "a@b.c\r\nBcc: x@y.z"), ("name", " "), ("body", "")):
        answer = await leaves(visitor, **{field: value})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    answers = [(await leaves(visitor)).status_code for _ in range(8)]
    assert (answers[0], answers[-1]) == (201, 429)
    await admin.ok("PATCH", path, {"version": row["version"], "identity": "enforced"})
    assert (await leaves(await shop.visitor())).json()["code"] == "identity_needed"
    await admin.ok("PATCH", path, {"version": row["version"] + 1, "identity": "off", "offline": None})
    assert (await leaves(await shop.visitor())).status_code == 404
