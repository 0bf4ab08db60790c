"""What is written changes hands: offered to a colleague, taken by who waits for it, given by a supervisor; never two at once."""

import asyncio
from typing import Any
from uuid import UUID

from tests.api import Person, Site
from tests.channels.shop import Shop, Visitor
from tests.support import until
from tongdai.channels import handing
from tongdai.kit.ids import new_id


async def waiting(shop: Shop) -> tuple[Visitor, str]:
    """A visitor whom nobody is offered just now, and their conversation."""
    for agent in shop.agents:
        await shop.site.world.not_ready(agent.id)
    visitor = await shop.visitor()
    await visitor.write("Hi")
    await visitor.write("1")
    rows = (await shop.agents[0].ok("GET", "/conversations", state="waiting"))["items"]
    return visitor, rows[0]["id"]


async def hand(giver: Person, card: dict[str, Any], to: Person) -> Any:
    return await giver.post(f"/assignments/{card['id']}/hand-over", user_id=str(to.id))


async def mine(person: Person) -> list[dict[str, Any]]:
    return (await person.ok("GET", "/workspace"))["assignments"]


async def events(person: Person, conversation: str) -> list[tuple[str, str | None]]:
    thread = await person.ok("GET", f"/conversations/{conversation}/messages")
    told = [one for one in thread["messages"] if one["kind"] == "event"]
    return [(one["data"]["event"], one["user"] and one["user"]["name"]) for one in told]


async def loads(site: Site) -> dict[UUID, int]:
    async with site.world.transaction() as tx:
        rows = await tx.fetch_tuples("SELECT user_id, in_use FROM agent_loads WHERE tenant_id = %(tenant)s")
        return {user: used for user, used in rows if used}


async def pair(site: Site) -> tuple[Shop, Person, Person, Visitor, dict[str, Any]]:
    """One agent who has a visitor, and a colleague who could have them."""
    shop = await Shop.open(site, agents=2)
    first, second = shop.agents
    await site.world.not_ready(second.id)
    visitor = await shop.visitor()
    return shop, first, second, visitor, await shop.taken(first, visitor)


async def test_the_customer_stays_with_the_first_until_the_colleague_has_accepted(site: Site):
    shop, first, second, visitor, card = await pair(site)
    conversation = card["thread"]["conversation_id"]
    (colleague,) = await first.ok("GET", f"/assignments/{card['id']}/colleagues")
    assert colleague == {"id": str(second.id), "name": second.user.name, "ready": False, "room": True}
    assert (await hand(first, card, second)).status_code == 204
    offer = await shop.offer(second)
    assert offer["offered_by"]["id"] == str(first.id)
    (held,) = await mine(first)
    assert (held["state"], held["handing_to"]["id"]) == ("accepted", str(second.id))
    await first.ok(
        "POST", f"/conversations/{conversation}/messages", {"client_id": str(new_id()), "body": "Wait"}
    )
    await visitor.hears("Wait")
    refused = await second.post(f"/conversations/{conversation}/messages", client_id=str(new_id()), body="Me")
    assert refused.status_code in (404, 409)

    taken = await second.ok("POST", f"/assignments/{offer['id']}/accept")
    assert taken["state"] == "accepted"
    (given,) = await mine(first)
    assert (given["state"], given["handing_to"]) == ("wrap_up", None)
    await second.ok(
        "POST", f"/conversations/{conversation}/messages", {"client_id": str(new_id()), "body": "Hello"}
    )
    await visitor.hears("Hello")
    assert visitor.state["agent"] == second.user.name
    assert (await events(second, conversation))[-2:] == [
        ("left", first.user.name),
        ("joined", second.user.name),
    ]
    assert (
        await first.post(f"/conversations/{conversation}/messages", client_id=str(new_id()), body="x")
    ).status_code == 409
    await first.ok("POST", f"/assignments/{given['id']}/done", {})
    await second.ok("POST", f"/assignments/{taken['id']}/end")
    await second.ok("POST", f"/assignments/{taken['id']}/done", {})
    assert await loads(site) == {}
    for agent in (first, second):
        assert len((await agent.ok("GET", "/interactions"))["items"]) == 1


async def test_declined_missed_or_taken_back_nothing_has_changed_for_the_customer(site: Site):
    shop, first, second, visitor, card = await pair(site)

    async def still_mine() -> None:
        (held,) = await mine(first)
        assert (held["id"], held["state"], held["handing_to"]) == (card["id"], "accepted", None)
        assert await mine(second) == []
        assert await loads(site) == {first.id: 1}

    await hand(first, card, second)
    offer = await shop.offer(second)
    version = (await mine(first))[0]["version"]
    await second.ok("POST", f"/assignments/{offer['id']}/decline", {"reason": "busy"})
    await still_mine()
    assert (await mine(first))[0]["version"] > version, "the giver's card is told anew"

    await hand(first, card, second)
    await first.ok("DELETE", f"/assignments/{card['id']}/hand-over")
    await still_mine()

    await hand(first, card, second)
    offer = await shop.offer(second)
    async with site.world.transaction() as tx:
        await tx.execute(
            "UPDATE assignments SET expires_at = now() - interval '1 s' WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": UUID(offer["id"])},
        )
    await handing.look(site.runtime)
    await still_mine()
    assert (await second.post(f"/assignments/{offer['id']}/accept")).status_code == 409
    await first.ok(
        "POST",
        f"/conversations/{card['thread']['conversation_id']}/messages",
        {"client_id": str(new_id()), "body": "Hm"},
    )
    await visitor.hears("Hm")


async def test_a_chat_that_ends_or_goes_on_to_a_queue_is_offered_to_the_colleague_no_more(site: Site):
    shop, first, second, visitor, card = await pair(site)
    await hand(first, card, second)
    offer = await shop.offer(second)
    await first.ok("POST", f"/assignments/{card['id']}/send-on", {"queue_id": str(shop.queue_id)})
    assert (await second.post(f"/assignments/{offer['id']}/accept")).status_code in (404, 409)
    assert [row for row in await mine(second) if row["offered_by"]] == []
    await visitor.post("end")
    assert await mine(second) == []


async def test_to_whom_a_chat_cannot_be_given(site: Site):
    _, first, second, _, card = await pair(site)
    stranger = await (await site.another_centre()).sign_in("agent")
    assert (await hand(first, card, first)).status_code == 409
    assert (await hand(first, card, stranger)).status_code == 422
    assert (await hand(second, card, second)).status_code == 404
    assert (await hand(stranger, card, stranger)).status_code == 404
    await second.ok("PUT", "/presence/me", {"state": "offline"})
    assert (await hand(first, card, second)).json()["code"] == "agent_away"
    await second.ok("PUT", "/presence/me", {"state": "not_ready"})
    async with site.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO agent_loads (tenant_id, user_id, channel, in_use, capacity)"
            " VALUES (%(tenant)s, %(user)s, 'webchat', 50, 50)",
            {"user": second.id},
        )
    assert (await hand(first, card, second)).json()["code"] == "colleague_full"
    assert [one["state"] for one in await mine(first)] == ["accepted"]


async def test_who_accepts_while_the_first_ends_the_chat_gets_it_whole_or_not_at_all(site: Site):
    shop, first, second, _, card = await pair(site)
    await hand(first, card, second)
    offer = await shop.offer(second)
    await asyncio.gather(
        first.post(f"/assignments/{card['id']}/end"), second.post(f"/assignments/{offer['id']}/accept")
    )
    async with site.world.transaction() as tx:
        held = await tx.fetch_value(
            "SELECT count(*) FROM assignments WHERE tenant_id = %(tenant)s AND state IN ('accepted', 'offered')"
        )
        state = await tx.fetch_value("SELECT state FROM interactions WHERE tenant_id = %(tenant)s")
    assert (held, state) in ((0, "closed"), (1, "connected"))


async def test_who_waits_is_taken_from_the_inbox_by_one(site: Site):
    shop = await Shop.open(site, agents=3)
    visitor, conversation = await waiting(shop)
    answers = await asyncio.gather(*[one.post(f"/conversations/{conversation}/take") for one in shop.agents])
    assert sorted(one.status_code for one in answers) == [204, 409, 409]
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"offer_gone"}
    (winner,) = [one for one, answer in zip(shop.agents, answers, strict=True) if answer.status_code == 204]
    (card,) = await mine(winner)
    assert (card["state"], card["queue"]["name"]) == ("accepted", "Chats")
    assert await loads(site) == {winner.id: 1}
    await winner.ok(
        "POST", f"/conversations/{conversation}/messages", {"client_id": str(new_id()), "body": "Yes?"}
    )
    await visitor.hears("Yes?")
    assert await events(winner, conversation) == [("joined", winner.user.name)]
    detail = await winner.ok("GET", f"/interactions/{card['interaction_id']}")
    assert (detail["routing"][-1]["decision"], detail["routing"][-1]["chosen"]["id"]) == (
        "taken",
        str(winner.id),
    )


async def test_what_is_being_offered_to_others_can_be_taken_and_is_theirs_no_more(site: Site):
    shop = await Shop.open(site, agents=2)
    first, second = shop.agents
    _, conversation = await waiting(shop)
    await site.world.ready(first.id)
    offer = await shop.offer(first)
    await second.ok("POST", f"/conversations/{conversation}/take")
    assert await mine(first) == []
    assert (await first.post(f"/assignments/{offer['id']}/accept")).status_code in (404, 409)
    assert await loads(site) == {second.id: 1}


async def test_taking_ones_own_offer_is_accepting_it(site: Site):
    shop = await Shop.open(site)
    _, conversation = await waiting(shop)
    await site.world.ready(shop.agents[0].id)
    offer = await shop.offer(shop.agents[0])
    await shop.agents[0].ok("POST", f"/conversations/{conversation}/take")
    (card,) = await mine(shop.agents[0])
    assert (card["id"], card["state"]) == (offer["id"], "accepted")
    assert await loads(site) == {shop.agents[0].id: 1}


async def test_who_may_take_and_who_may_give(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    _, conversation = await waiting(shop)
    other, lead, supervisor = [await site.sign_in(one) for one in ("agent", "team_leader", "supervisor")]
    theirs = await (await site.another_centre()).sign_in("admin")
    to = str(agent.id)
    for stranger in (other, lead, theirs):
        assert (await stranger.post(f"/conversations/{conversation}/take")).status_code == 404
    assert (await agent.post(f"/conversations/{conversation}/assign", user_id=to)).status_code == 403
    for stranger in (lead, theirs):
        assert (await stranger.post(f"/conversations/{conversation}/assign", user_id=to)).status_code == 404
        assert (await stranger.get(f"/conversations/{conversation}/agents")).status_code == 404
    assert (
        await supervisor.post(f"/conversations/{conversation}/assign", user_id=str(new_id()))
    ).status_code == 422
    await agent.ok("PUT", "/presence/me", {"state": "offline"})
    refused = await supervisor.post(f"/conversations/{conversation}/assign", user_id=to)
    assert refused.json()["code"] == "agent_away"
    await agent.ok("PUT", "/presence/me", {"state": "not_ready"})
    await supervisor.ok("POST", f"/conversations/{conversation}/assign", {"user_id": to})
    (card,) = await mine(agent)
    assert card["state"] == "accepted"
    assert (await supervisor.post(f"/conversations/{conversation}/assign", user_id=to)).json()[
        "code"
    ] == "offer_gone"
    admin = await site.sign_in("admin")

    async def written_down() -> Any:
        log = (await admin.ok("GET", "/audit"))["items"]
        return next((one for one in log if one["action"] == "interaction.assigned"), None)

    assert (await until(written_down))["user"]["id"] == str(supervisor.id)
