"""What the assistant writes in a chat: visitors read it, agents see from what it was written, and it goes with the customer."""

import json
from typing import Any

from tests.api import Site
from tests.channels.shop import Shop
from tests.flows.endpoint import endpoint
from tests.knowledge.test_written_answers import answer, kept, set_up
from tests.support import until

FLOW = """
flow: chat
start: ask
nodes:
  ask:
    look_up_article: {question: chat.message}
    go: {helped: bye, not_helped: queue, nothing_found: queue}
  bye:
    say: Good to hear.
    go: end
  queue:
    queue: {queue: Chats, max_wait: 60}
    go: {timeout: end, no_agents: end}
  end:
    hang_up:
variables: {chat: {message: ''}}
"""
ARTICLE = {
    "title": "Returns",
    "body": "You can return anything within 30 days.",
    "link": "https://shop.example/r",
    "public": True,
}


async def test_agents_see_what_the_assistant_wrote_and_from_what(site: Site):
    admin = await site.sign_in("admin")
    made = await admin.ok("POST", "/articles", ARTICLE)

    async def read() -> bool:
        return (await admin.ok("GET", f"/articles/{made['id']}"))["read"]

    await until(read, timeout=60)
    shop = await Shop.open(site, flow=FLOW)
    async with endpoint(site.runtime) as one:
        await set_up(admin, one)
        one.says = lambda _: answer("Yes, you have 30 days.", 1)
        visitor = await shop.visitor(language="en")
        await visitor.write("Can I return the shoes and get money back to 4111111111111111?")

        async def answered() -> Any:
            last = (await visitor.look())[-1]
            return last if "30 days" in last["body"] else None

        last = await until(answered)
        assert last["body"].startswith("Yes, you have 30 days. From: Returns https://shop.example/r")
        assert "exchange" not in last["data"], "visitors get no ids of ours"
        await visitor.write("No")
    (agent,) = shop.agents
    offer = await shop.offer(agent)
    thread = await admin.ok("GET", f"/conversations/{offer['thread']['conversation_id']}/messages")
    (bots,) = [one for one in thread["messages"] if one["data"].get("exchange")]
    exchange = await admin.ok("GET", f"/assistant/exchanges/{bots['data']['exchange']}")
    assert exchange["interaction_id"] == offer["interaction_id"]
    assert "4111111111111111" not in json.dumps(exchange)
    contact = (await admin.ok("POST", "/contacts", {"name": "Lan"}))["id"]
    await site.do(
        lambda tx: tx.execute(
            "UPDATE interactions SET contact_id = %(contact)s WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"contact": contact, "id": offer["interaction_id"]},
        )
    )
    export = await admin.ok("GET", f"/contacts/{contact}/export")
    assert "Yes, you have 30 days." in json.dumps(export), "what was told belongs to what is known of them"
    await visitor.post("end")
    await admin.ok("POST", f"/contacts/{contact}/erase")
    assert await kept(admin) == []
    state = "SELECT state FROM flow_runs WHERE tenant_id = %(tenant)s"
    assert "4111111111111111" not in json.dumps(await site.world.value(state)), (
        "nor does the flow's run keep it"
    )
