"""A visitor's chat over the API: led by the flow, taken by an agent, ended, come back to; nothing lost, nothing twice."""

import asyncio
import json

import pytest

from tests.api import Site
from tests.channels.shop import Shop, Visitor
from tests.support import until
from tongdai.conversations.messages import Messages
from tongdai.conversations.thread_views import thread_view
from tongdai.kit.ids import new_id


async def test_the_flow_leads_a_visitor_to_an_agent_and_both_read_the_same(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    visitor = await shop.visitor(language="en")
    await visitor.write("Where is my parcel?")
    await visitor.hears("Where is my parcel?", "Hello, this is the shop.", "What is it about?")
    assert visitor.heard[-1]["data"] == {
        "choices": [{"key": "1", "label": "orders"}, {"key": "2", "label": "returns"}]
    }
    assert visitor.state["phase"] == "bot"
    await visitor.write("Returns", pressed="2")
    await visitor.hears("Returns", "Which order?")
    await visitor.write("it is 4711, thanks")
    offer = await shop.offer(agent)
    assert (offer["channel"], offer["queue"]["name"]) == ("webchat", "Chats")
    assert [one["value"] for one in offer["flow_answers"]] == ["returns", "4711"]
    assert offer["thread"]["preview"] == "it is 4711, thanks"
    await visitor.look()
    assert (visitor.state["phase"], visitor.state["position"]) == ("waiting", 1)

    card = await agent.ok("POST", f"/assignments/{offer['id']}/accept")
    assert card["state"] == "accepted"
    conversation = card["thread"]["conversation_id"]
    sent = await agent.ok(
        "POST", f"/conversations/{conversation}/messages", {"client_id": str(new_id()), "body": "On its way."}
    )
    await agent.ok(
        "POST",
        f"/conversations/{conversation}/messages",
        {"client_id": str(new_id()), "kind": "note", "body": "Was rude"},
    )
    await visitor.hears("it is 4711, thanks", "On its way.")
    assert visitor.state["agent"] == agent.user.name
    assert (await visitor.post("seen", {"seq": sent["seq"]})).status_code == 204
    thread = await agent.ok("GET", f"/conversations/{conversation}/messages")
    assert thread["seen_seq"] == sent["seq"]
    assert [one["kind"] for one in thread["messages"]][-3:] == ["event", "text", "note"]
    assert [one["seq"] for one in thread["messages"]] == list(range(1, len(thread["messages"]) + 1))

    await agent.ok("POST", f"/assignments/{card['id']}/end")
    await visitor.look()
    assert visitor.state["phase"] == "ended"
    done = await shop.card(agent, "wrap_up")
    await agent.ok("POST", f"/assignments/{done['id']}/done", {})
    log = await agent.ok("GET", "/interactions")
    assert [(one["channel"], one["result"], one["hung_up_by"]) for one in log["items"]] == [
        ("webchat", "answered", "agent")
    ]


async def test_a_message_that_is_sent_again_is_the_same_message(site: Site):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    body = {"client_id": str(new_id()), "body": "Hi"}
    first, *others = await asyncio.gather(*[visitor.post("messages", body) for _ in range(4)])
    assert {one.json()["seq"] for one in (first, *others)} == {first.json()["seq"]}
    await visitor.hears("Hi", "Hello, this is the shop.", "What is it about?")
    assert (await visitor.post("end")).status_code == 204
    assert (await visitor.post("messages", body)).json()["seq"] == first.json()["seq"]
    await visitor.look()
    assert visitor.state["phase"] == "ended"


async def test_what_is_written_while_a_thread_is_read_is_told_as_news_alone(site: Site):
    """Told with the thread, and then as news, it would stand there twice."""
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    await visitor.write("Hi")
    conversation = await site.world.value("SELECT id FROM conversations WHERE tenant_id = %(tenant)s")
    async with site.world.transaction() as tx:
        before = await Messages(tx).thread(conversation)
    assert before is not None
    await visitor.write("1")
    async with site.world.transaction() as tx:
        told = await thread_view(tx, before, None, 50, writable=False, undo_s=0)
    assert [one.seq for one in told.messages] == list(range(1, told.last_seq + 1))
    assert told.last_seq == before.last_seq


async def test_two_tabs_that_write_at_once_begin_one_chat(site: Site):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    answers = await asyncio.gather(
        *[visitor.post("messages", {"client_id": str(new_id()), "body": f"Hi {n}"}) for n in range(5)]
    )
    assert {one.status_code for one in answers} == {201}
    assert await site.world.value("SELECT count(*) FROM chats WHERE tenant_id = %(tenant)s") == 1
    assert await site.world.value("SELECT count(*) FROM interactions WHERE tenant_id = %(tenant)s") == 1


async def test_who_comes_back_goes_on_in_the_same_conversation(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    visitor = await shop.visitor()
    card = await shop.taken(agent, visitor)
    await agent.ok("POST", f"/assignments/{card['id']}/end")
    await agent.ok("POST", f"/assignments/{card['id']}/done", {})
    again = Visitor(site.client(), shop.key, visitor.token)
    opened = await again.open()
    assert (opened["state"]["phase"], opened["messages"][0]["body"]) == ("ended", "Hi")
    second = await shop.taken(agent, again)
    assert second["thread"]["conversation_id"] == card["thread"]["conversation_id"]
    assert second["interaction_id"] != card["interaction_id"]


async def test_who_leaves_while_waiting_or_being_offered_is_taken_out(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    await site.world.not_ready(agent.id)
    visitor = await shop.visitor()
    await visitor.write("Hi")
    await visitor.write("1")
    other = await shop.visitor()
    await other.write("Hi")
    await other.write("1")
    await site.world.ready(agent.id)
    await until(lambda: site.world.offers())  # of one or, a moment later, of both
    assert (await visitor.post("end")).status_code == 204
    assert (await other.post("end")).status_code == 204

    async def nobody_waits() -> bool:
        return not await site.world.offers()

    await until(nobody_waits)
    assert await site.world.value("SELECT count(*) FROM queue_entries WHERE tenant_id = %(tenant)s") == 0
    assert await site.world.value("SELECT sum(in_use) FROM agent_loads WHERE tenant_id = %(tenant)s") == 0


async def test_whose_agent_goes_offline_waits_again_before_all_others(site: Site):
    shop = await Shop.open(site, agents=2)
    first, second = shop.agents
    await site.world.not_ready(second.id)
    visitor = await shop.visitor()
    card = await shop.taken(first, visitor)
    other = await shop.visitor()
    await other.write("Hi")
    await other.write("1")
    offer = await shop.offer(first)
    await first.ok("POST", f"/assignments/{offer['id']}/accept")
    third = await shop.visitor()
    await site.world.not_ready(first.id)
    await third.write("Hi")
    await third.write("1")
    await first.ok("PUT", "/presence/me", {"state": "offline"})

    async def waits() -> bool:
        events = [one["data"]["event"] for one in await visitor.look() if one["kind"] == "event"]
        return visitor.state["phase"] == "waiting" and events == ["joined", "left"]

    await until(waits)
    assert visitor.state["position"] in (1, 2)
    await third.look()
    assert third.state["position"] == 3
    await site.world.ready(second.id)
    again = await shop.offer(second)
    assert again["interaction_id"] in {card["interaction_id"], offer["interaction_id"]}
    assert (await first.ok("GET", "/workspace"))["assignments"] == []


async def test_an_agent_sends_a_chat_to_another_queue(site: Site):
    shop = await Shop.open(site, agents=2)
    first, second = shop.agents
    await site.world.not_ready(second.id)
    experts = await site.world.queue([second.id, first.id], name="Experts", channel="webchat")
    calls = await site.world.queue([second.id], name="Calls")
    visitor = await shop.visitor()
    card = await shop.taken(first, visitor)
    path = f"/assignments/{card['id']}/send-on"
    wrong = await first.post(path, queue_id=str(calls))
    assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_channel")
    assert (await first.post(path, queue_id=str(new_id()))).status_code == 404
    assert (await second.post(path, queue_id=str(experts))).status_code == 404
    await first.ok("POST", path, {"queue_id": str(experts)})
    assert (await first.post(path, queue_id=str(experts))).status_code == 409
    await visitor.look()
    assert visitor.state["phase"] == "waiting"
    assert (await shop.card(first, "wrap_up"))["id"] == card["id"]
    await site.world.ready(second.id)
    offer = await shop.offer(second)
    assert offer["queue"]["name"] == "Experts"
    await second.ok("POST", f"/assignments/{offer['id']}/accept")
    thread = f"/conversations/{card['thread']['conversation_id']}/messages"
    await second.ok("POST", thread, {"client_id": str(new_id()), "body": "I know about that."})
    await visitor.hears("I know about that.")
    assert (await first.get(thread)).status_code == 200  # they had a part in it
    assert (await first.post(thread, client_id=str(new_id()), body="Me too")).status_code == 409


async def test_a_visitor_who_never_answers_the_bot_is_forgotten(site: Site):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    await visitor.write("Hi")
    async with site.world.transaction() as tx:
        for table, column in (("chats", "started_at"), ("messages", "at")):
            await tx.execute(
                f"UPDATE {table} SET {column} = {column} - interval '31 minutes' WHERE tenant_id = %(tenant)s"
            )

    async def over() -> bool:
        await visitor.look()
        return visitor.state["phase"] == "ended"

    await until(over)


async def test_only_who_has_the_chat_writes_and_only_who_may_see_it_reads(site: Site):
    shop = await Shop.open(site, agents=2)
    first, second = shop.agents
    await site.world.not_ready(second.id)
    visitor = await shop.visitor()
    card = await shop.taken(first, visitor)
    path = f"/conversations/{card['thread']['conversation_id']}/messages"
    words = {"client_id": str(new_id()), "body": "Hello"}
    assert (await second.get(path)).status_code == 404
    assert (await second.post(path, **words)).status_code == 404
    boss = await site.sign_in("manager")
    assert (await boss.get(path)).status_code == 200
    refused = await boss.post(path, **words)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_yours")
    assert (await boss.post(path, **words, kind="note")).status_code == 201
    other = await (await site.another_centre()).sign_in("admin")
    assert (await other.get(path)).status_code == 404


async def test_what_a_visitor_must_not_do_is_refused_in_words(site: Site):
    shop = await Shop.open(site, pre_chat=[{"name": "name", "required": True}])
    visitor = await shop.visitor()
    missing = await visitor.post("messages", {"client_id": str(new_id()), "body": "Hi"})
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, "about.name")
    stranger = Visitor(visitor.http, shop.key, "no-such-token")
    assert (await stranger.post("messages", {"client_id": str(new_id()), "body": "Hi"})).status_code == 401
    nowhere = Visitor(visitor.http, "no-such-key")
    answer = await nowhere.post("open", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "widget_unknown")
    for bad in ({"body": " "}, {"body": "x" * 4001}, {"body": "Hi", "client_id": "'; --"}, {"body": "Hi\0"}):
        answer = await visitor.post("messages", {"client_id": str(new_id()), "about": {"name": "An"}, **bad})
        assert answer.status_code == 422, (bad, answer.text)
    named = await visitor.post(
        "messages", {"client_id": str(new_id()), "body": "Hi", "about": {"name": "An"}}
    )
    assert named.status_code == 201
    assert await site.world.value("SELECT name FROM contacts WHERE tenant_id = %(tenant)s") == "An"


async def test_what_was_written_goes_with_its_customer(site: Site):
    """Into the export of personal data, and away with them, also of somebody whom the agent recognised."""
    shop = await Shop.open(site)
    (agent,) = shop.agents
    visitor = await shop.visitor()
    card = await shop.taken(agent, visitor)
    admin = await site.sign_in("admin")
    known = await admin.ok("POST", "/contacts", {"name": "An"})
    await agent.ok("POST", f"/assignments/{card['id']}/contact", {"contact_id": known["id"]})
    await agent.ok("POST", f"/assignments/{card['id']}/end")
    exported = await admin.ok("GET", f"/contacts/{known['id']}/export")
    assert "orders" in json.dumps(exported)
    await admin.ok("POST", f"/contacts/{known['id']}/erase")
    thread = await admin.ok("GET", f"/conversations/{card['thread']['conversation_id']}/messages")
    assert {one["body"] for one in thread["messages"]} == {""}


async def test_what_is_asked_before_a_chat_reaches_the_agent_of_each(site: Site):
    shop = await Shop.open(site, pre_chat=[{"name": "name"}, {"name": "email", "required": True}])
    (agent,) = shop.agents
    visitor = await shop.visitor()
    await visitor.write("Hi", about={"name": "An", "email": "an@example.com"})
    await visitor.write("Returns", pressed="2")
    await visitor.write("4711")
    offer = await shop.offer(agent)
    told = {one["label"]: one["value"] for one in offer["flow_answers"]}
    assert told == {"name": "An", "email": "an@example.com", "topic": "returns", "number": "4711"}
    assert offer["contact"]["name"] == "An"
    await visitor.post("end")
    card = await shop.taken(agent, visitor)
    assert {"label": "email", "value": "an@example.com"} in card["flow_answers"]


async def test_who_floods_is_slowed_down(site: Site):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    answers = [await visitor.post("messages", {"client_id": str(new_id()), "body": "Hi"}) for _ in range(15)]
    assert answers[0].status_code == 201
    assert {one.status_code for one in answers} == {201, 429}


async def test_a_socket_tells_at_once_what_comes_after_what_one_has(site: Site, server: int):
    import json

    from websockets.asyncio.client import connect

    shop = await Shop.open(site)
    visitor = await shop.visitor()
    await visitor.write("Hi")
    await visitor.hears("Hello, this is the shop.", "What is it about?")
    async with connect(f"ws://127.0.0.1:{server}/api/v1/chat/{shop.key}/socket") as socket:
        await socket.send(json.dumps({"token": visitor.token, "since": 1}))
        frame = json.loads(await socket.recv())
        assert [one["seq"] for one in frame["messages"]] == [2, 3]
        await visitor.write("1")
        heard: list[int] = []
        async with asyncio.timeout(30):
            while 4 not in heard:
                heard += [one["seq"] for one in json.loads(await socket.recv())["messages"]]
        assert heard == [4]
    async with connect(f"ws://127.0.0.1:{server}/api/v1/chat/{shop.key}/socket") as socket:
        await socket.send(json.dumps({"token": "wrong", "since": 0}))
        with pytest.raises(Exception, match="4401"):
            await socket.recv()
