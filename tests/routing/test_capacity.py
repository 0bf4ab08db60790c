"""One call or several chats, and not both: decided purely, and held by the database."""

import pytest
from tests.api import Person, Site
from tests.channels.shop import Shop
from tests.support import until

from tongdai.routing.capacity import Capacity

AS_NEW = Capacity(
    {"voice": 1, "webchat": 3, "email": 2},
    {"voice": frozenset(), "webchat": frozenset(), "email": frozenset({"voice", "webchat"})},
)


@pytest.mark.parametrize(
    ("in_use", "free"),
    [
        ({}, {"voice", "webchat", "email"}),
        ({"voice": 1}, set[str]()),
        ({"webchat": 1}, {"webchat"}),
        ({"webchat": 3}, set[str]()),
        ({"webchat": 0, "voice": 0}, {"voice", "webchat", "email"}),
        ({"webchat": 5}, set[str]()),
        ({"email": 1}, {"voice", "webchat", "email"}),
        ({"email": 2}, {"voice", "webchat"}),
        ({"email": 2, "voice": 1}, set[str]()),
        ({"email": 2, "webchat": 1}, {"webchat"}),
    ],
)
def test_what_one_can_have_besides(in_use: dict[str, int], free: set[str]) -> None:
    assert AS_NEW.room(in_use) == free


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

        await until(there)

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


async def _cards(agent: Person) -> list[tuple[str, str]]:
    return [(one["channel"], one["state"]) for one in (await agent.ok("GET", "/workspace"))["assignments"]]


async def test_who_has_a_chat_is_offered_calls_where_the_centre_says_so_after_all_who_have_nothing(
    site: Site,
):
    shop = await Shop.open(site, agents=2)
    writing, free = shop.agents
    calls = await site.world.queue([one.id for one in shop.agents], name="Calls")
    admin = await site.sign_in("admin")
    settings = await admin.ok("GET", "/settings")
    change = {"version": settings["version"], "beside_chat": ["voice"]}
    assert (await admin.ok("PATCH", "/settings", change))["beside_chat"] == ["voice"]
    await site.world.not_ready(free.id)
    await shop.taken(writing, await shop.visitor())
    await site.world.ready(free.id)
    first, second, third = [await site.world.arrive(calls) for _ in range(3)]
    assert (await site.world.offered(first)).user_id == free.id
    offer = await site.world.offered(second)
    assert offer.user_id == writing.id
    await site.world.accept(offer.id)
    assert await _cards(writing) == [("webchat", "accepted"), ("voice", "accepted")]
    await site.world.end(offer)
    assert (await site.world.offered(third)).user_id == writing.id


async def test_a_channel_beside_itself_is_a_mistake_in_its_field(site: Site):
    admin = await site.sign_in("admin")
    settings = await admin.ok("GET", "/settings")
    for wrong in (["email"], ["fax"], "voice", [None]):
        answer = await admin.patch("/settings", version=settings["version"], beside_email=wrong)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"].startswith("beside_email")


async def test_an_agents_own_rule_says_how_many_chats_and_the_centre_where_it_does_not(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    admin = await site.sign_in("admin")
    rule = {"mode": "inbound_only", "after_s": 5, "chats_at_once": 1}
    await admin.ok("PUT", "/blending", {"rules": [{"user_id": str(agent.id), "rule": rule}]})
    (kept,) = [
        one for one in (await admin.ok("GET", "/blending"))["agents"] if one["user_id"] == str(agent.id)
    ]
    assert (kept["rule"]["chats_at_once"], kept["rule"]["emails_at_once"], kept["rule"]["after_s"]) == (
        1,
        None,
        None,
    )
    await shop.taken(agent, await shop.visitor())
    second = await shop.visitor()
    await second.write("Hi")
    await second.write("orders", pressed="1")
    await second.look()
    assert second.state["phase"] == "waiting"
    assert await _cards(agent) == [("webchat", "accepted")]
    await admin.ok("PUT", "/blending", {"rules": [{"user_id": str(agent.id), "rule": None}]})
    assert (await shop.offer(agent))["channel"] == "webchat"
