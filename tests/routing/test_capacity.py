"""One call or several chats, and not both: decided purely, and held by the database."""

import pytest
from tests.api import Site
from tests.channels.shop import Shop
from tests.support import until

from tongdai.routing.capacity import room

LIMITS = {"voice": 1, "webchat": 3}


@pytest.mark.parametrize(
    ("in_use", "free"),
    [
        ({}, {"voice", "webchat"}),
        ({"voice": 1}, set[str]()),
        ({"webchat": 1}, {"webchat"}),
        ({"webchat": 3}, set[str]()),
        ({"webchat": 0, "voice": 0}, {"voice", "webchat"}),
        ({"webchat": 5}, set[str]()),
    ],
)
def test_what_one_can_have_besides(in_use: dict[str, int], free: set[str]) -> None:
    assert room(in_use, LIMITS) == free


async def _writing(shop: Shop) -> int:
    return await shop.site.world.value(
        "SELECT count(*) FROM assignments WHERE tenant_id = %(tenant)s AND state = 'accepted'"
    )


async def test_an_agent_has_so_many_chats_as_the_centre_says_and_no_call_beside_them(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    calls = await site.world.queue([agent.id], name="Calls")
    admin = await site.sign_in("admin")
    settings = await admin.ok("GET", "/settings")
    await admin.ok("PATCH", "/settings", {"version": settings["version"], "chats_at_once": 2})
    for _ in range(2):
        await shop.taken(agent, await shop.visitor())
    third = await shop.visitor()
    await third.write("Hi")
    await third.write("orders", pressed="1")
    caller = await site.world.arrive(calls)
    cards = (await agent.ok("GET", "/workspace"))["assignments"]
    assert [one["state"] for one in cards] == ["accepted", "accepted"]
    await agent.ok("POST", f"/assignments/{cards[0]['id']}/end")
    await agent.ok("POST", f"/assignments/{cards[0]['id']}/done", {})
    offer = await shop.offer(agent)
    assert offer["channel"] == "webchat"
    await agent.ok("POST", f"/assignments/{offer['id']}/decline", {})
    await third.post("end")
    await agent.ok("POST", f"/assignments/{cards[1]['id']}/end")
    await agent.ok("POST", f"/assignments/{cards[1]['id']}/done", {})
    assert (await site.world.offered(caller)).user_id == agent.id


async def test_chats_are_shared_out_to_who_has_the_fewest(site: Site):
    shop = await Shop.open(site, agents=2)

    async def all_taken(number: int) -> None:
        async def there() -> bool:
            for agent in shop.agents:
                for card in (await agent.ok("GET", "/workspace"))["assignments"]:
                    if card["state"] == "offered":
                        await agent.ok("POST", f"/assignments/{card['id']}/accept")
            return await _writing(shop) == number

        await until(there, timeout=5)

    for number in range(1, 5):
        visitor = await shop.visitor()
        await visitor.write("Hi")
        await visitor.write("orders", pressed="1")
        await all_taken(number)
    shares = [len((await agent.ok("GET", "/workspace"))["assignments"]) for agent in shop.agents]
    assert shares == [2, 2]


async def test_who_is_on_a_call_is_offered_no_chat(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    calls = await site.world.queue([agent.id], name="Calls")
    caller = await site.world.arrive(calls)
    talk = await site.world.offered(caller)
    await site.world.accept(talk.id)
    visitor = await shop.visitor()
    await visitor.write("Hi")
    await visitor.write("orders", pressed="1")
    await visitor.look()
    assert visitor.state["phase"] == "waiting"
    cards = (await agent.ok("GET", "/workspace"))["assignments"]
    assert [one["channel"] for one in cards] == ["voice"]
    await site.world.end(talk)
    assert (await shop.offer(agent))["channel"] == "webchat"
