"""A customer is asked to show their page: agreed, declined, ended by either side, by the chat's end, or by silence."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from websockets.exceptions import ConnectionClosed

from tests.api import Person, Site, app_of
from tests.channels.conftest import serving
from tests.channels.shop import Shop, Visitor
from tests.channels.watching import Watching, agent_socket, customer_socket, watching
from tests.support import until
from tongdai.channels.sharing import line, policies
from tongdai.channels.sharing.policies import Allowance, Side, Stage, Why, end_of_itself
from tongdai.channels.sharing.rooms import Rooms
from tongdai.kit.clock import VirtualClock
from tongdai.kit.ids import new_id


async def talking(site: Site, **more: Any) -> tuple[Shop, Person, Visitor, dict[str, Any]]:
    shop = await Shop.open(site, **more)
    visitor = await shop.visitor()
    return shop, shop.agents[0], visitor, await shop.taken(shop.agents[0], visitor)


async def ask(agent: Person, card: dict[str, Any]) -> dict[str, Any]:
    return await agent.ok("POST", f"/assignments/{card['id']}/shares", {"kind": "cobrowse"})


async def answers(visitor: Visitor, share: dict[str, Any], answer: str = "agree") -> int:
    return (await visitor.post(f"shares/{share['id']}/answer", {"answer": answer})).status_code


async def shown(site: Site, **more: Any) -> tuple[Shop, Person, Visitor, dict[str, Any], dict[str, Any]]:
    """A customer has agreed."""
    shop, agent, visitor, card = await talking(site, **more)
    share = await ask(agent, card)
    assert await answers(visitor, share) == 204
    return shop, agent, visitor, card, share


async def standing(agent: Person, card: dict[str, Any]) -> dict[str, Any]:
    (share,) = await agent.ok("GET", f"/assignments/{card['id']}/shares")
    return share


async def ends(agent: Person, card: dict[str, Any], **how: str) -> None:
    async def so() -> bool:
        now = await standing(agent, card)
        return now["state"] == "over" and how.items() <= now.items()

    await until(so)


async def story(site: Site, agent: Person, card: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """What the thread says of it: (what, by, whose name)."""
    thread = await agent.ok("GET", f"/conversations/{card['thread']['conversation_id']}/messages")
    return [
        (one["data"]["what"], one["data"]["by"], one["user"] and one["user"]["name"])
        for one in thread["messages"]
        if one["data"].get("event") == "cobrowse"
    ]


async def audited(site: Site) -> list[tuple[str, Any]]:
    async with site.world.transaction() as tx:
        return await tx.fetch_tuples(
            "SELECT action, details FROM audit_log WHERE tenant_id = %(tenant)s AND action LIKE 'share.%%' ORDER BY at, id"
        )


async def test_it_is_asked_for_agreed_to_and_stopped_and_all_of_it_is_written_down(site: Site):
    _, agent, visitor, card = await talking(site)
    assert await agent.ok("GET", f"/assignments/{card['id']}/shares") == []
    share = await ask(agent, card)
    assert (await ask(agent, card))["id"] == share["id"]  # asked for again, it is the same
    await visitor.look()
    assert visitor.state["shares"] == [{"id": share["id"], "kind": "cobrowse", "state": "asked"}]
    assert [await answers(visitor, share) for _ in range(2)] == [204, 204]
    await visitor.look()
    assert [one["state"] for one in visitor.state["shares"]] == ["on"]
    assert (await standing(agent, card))["began_at"]
    assert (await visitor.post(f"shares/{share['id']}/end")).status_code == 204
    assert (await visitor.post(f"shares/{share['id']}/end")).status_code == 204
    await ends(agent, card, why="stopped", ended_by="customer")
    late = await visitor.post(f"shares/{share['id']}/answer", {"answer": "agree"})
    assert (late.status_code, late.json()["code"]) == (409, "share_over")
    name = agent.user.name
    told = [("asked", "agent", name), ("agreed", "customer", None), ("stopped", "customer", None)]
    assert await story(site, agent, card) == told
    kept = await audited(site)
    assert [action for action, _ in kept] == ["share.asked", "share.agreed", "share.ended"]
    assert kept[2][1] == {"kind": "cobrowse", "by": "customer", "why": "stopped"}
    again = await ask(agent, card)
    assert again["id"] != share["id"]


@pytest.mark.parametrize(("answer", "why"), [("decline", "declined"), ("unable", "unable")])
async def test_a_customer_need_not(site: Site, answer: str, why: str):
    _, agent, visitor, card = await talking(site)
    share = await ask(agent, card)
    assert await answers(visitor, share, answer) == 204
    await ends(agent, card, why=why, ended_by="customer")


async def test_the_question_is_taken_back(site: Site):
    _, agent, visitor, card = await talking(site)
    share = await ask(agent, card)
    await agent.ok("POST", f"/assignments/shares/{share['id']}/end")
    await ends(agent, card, why="withdrawn", ended_by="agent")
    await visitor.look()
    assert visitor.state["shares"] == []


async def test_nobody_else_has_a_part_in_it(site: Site):
    shop, agent, visitor, card = await talking(site, agents=2)
    other = next(one for one in shop.agents if one.id != agent.id)
    boss = await site.sign_in("manager")
    elsewhere = await site.another_centre()
    stranger = await elsewhere.sign_in("admin")
    for person in (other, boss, stranger):
        assert (await person.post(f"/assignments/{card['id']}/shares", kind="cobrowse")).status_code == 404
        assert (await person.get(f"/assignments/{card['id']}/shares")).status_code == 404
    share = await ask(agent, card)
    for person in (other, boss, stranger):
        assert (await person.post(f"/assignments/shares/{share['id']}/end")).status_code == 404
    second = await shop.visitor()
    assert await answers(second, share) == 404
    assert await answers(Visitor(visitor.http, visitor.key, "no-such-token"), share) == 401
    assert (await second.post(f"shares/{share['id']}/end")).status_code == 404
    assert await answers(visitor, {"id": new_id()}) == 404
    assert (await agent.post(f"/assignments/{card['id']}/shares", kind="control")).status_code == 422
    assert await answers(visitor, share, "everything") == 422
    assert (await standing(agent, card))["state"] == "asked"


async def test_it_ends_with_the_chat_and_with_the_agents_part_in_it(site: Site, server: int):
    shop, agent, visitor, card, share = await shown(site, agents=2)
    other = next(one for one in shop.agents if one.id != agent.id)
    async with watching(server, agent, share["id"]) as watched, customer_socket(server, visitor, share["id"]):
        await agent.ok("POST", f"/assignments/{card['id']}/hand-over", {"user_id": str(other.id)})
        offer = await shop.offer(other)
        mine = await other.ok("POST", f"/assignments/{offer['id']}/accept")
        assert await closed(watched) == 4410
    await ends(agent, card, why="left", ended_by="system")
    assert await other.ok("GET", f"/assignments/{mine['id']}/shares") == []
    again = await ask(other, mine)
    assert await answers(visitor, again) == 204
    await visitor.post("end")
    await ends(other, mine, why="left")
    thread = await other.ok("GET", f"/conversations/{card['thread']['conversation_id']}/messages")
    told = [
        one["data"].get("what", one["data"]["event"]) for one in thread["messages"] if one["kind"] == "event"
    ]
    assert told[-2:] == ["left", "ended"]
    assert (await other.post(f"/assignments/{mine['id']}/shares", kind="cobrowse")).status_code == 409


async def closed(watched: Watching) -> int:
    async with asyncio.timeout(30):
        await watched.socket.wait_closed()
    return watched.socket.close_code or 0


async def connected(site: Site) -> None:
    """Once the agent's connection has its place in the room."""

    async def so() -> bool:
        return await site.world.value("SELECT agent_at FROM shares WHERE tenant_id = %(tenant)s") is not None

    await until(so)


async def test_what_one_side_sends_the_other_is_handed(site: Site, server: int):
    _, agent, visitor, _, share = await shown(site)
    async with watching(server, agent, share["id"]) as watched:
        await connected(site)
        async with customer_socket(server, visitor, share["id"]) as customer:
            await customer.send("0|0/1|[]")

            async def there() -> bool:
                return watched.relayed == ['{"op":"here"}', ">0|0/1|[]"]

            await until(there)
            await watched.say(op="point", x=1, y=2)
            async with asyncio.timeout(30):
                while (said := await customer.recv()) != '>{"op": "point", "x": 1, "y": 2}':
                    assert said == '{"op":"here"}'

        async def away() -> bool:
            return watched.relayed[-1] == '{"op":"away"}'

        await until(away)


async def test_the_two_sides_may_be_in_two_processes(site: Site, server: int):
    _, agent, visitor, card, share = await shown(site)
    another = app_of(site.runtime.settings.model_copy(update={"node": "another"}))
    async with another.router.lifespan_context(another), serving(another) as second:

        async def know_each_other() -> bool:
            return another.state.runtime.events.has_others and site.runtime.events.has_others

        await until(know_each_other)
        async with (
            watching(second, agent, share["id"]) as watched,
            customer_socket(server, visitor, share["id"]) as customer,
        ):
            large = "Đèn lồng " * 20_000

            async def met() -> bool:
                await customer.send(f"0|0/1|{large}")
                return f">0|0/1|{large}" in watched.relayed

            await until(met)
            async with customer_socket(second, visitor, share["id"]) as next_page:
                async with asyncio.timeout(30):
                    await customer.wait_closed()
                assert customer.close_code == 4409
                await watched.say(op="again")
                async with asyncio.timeout(30):
                    while await next_page.recv() != '>{"op": "again"}':
                        pass
            assert (await visitor.post(f"shares/{share['id']}/end")).status_code == 204
            assert await closed(watched) == 4410
    await ends(agent, card, why="stopped")


async def test_the_page_that_was_opened_last_is_the_one_that_is_shown(site: Site, server: int):
    _, agent, visitor, _, share = await shown(site)
    async with watching(server, agent, share["id"]) as watched:
        await connected(site)
        async with customer_socket(server, visitor, share["id"]) as first:
            await first.send("0|0/1|[1]")

            async def heard() -> bool:
                return ">0|0/1|[1]" in watched.relayed

            await until(heard)
            async with customer_socket(server, visitor, share["id"]) as second:
                async with asyncio.timeout(30):
                    await first.wait_closed()
                assert first.close_code == 4409
                await second.send("0|0/1|[2]")

                async def goes_on() -> bool:
                    return watched.relayed[-1] == ">0|0/1|[2]"

                await until(goes_on)
        assert '{"op":"away"}' not in watched.relayed[:-1]


async def test_a_connection_is_for_its_two_sides_alone_and_only_while_it_is_on(site: Site, server: int):
    shop, agent, visitor, card = await talking(site, agents=2)
    other = next(one for one in shop.agents if one.id != agent.id)
    share = await ask(agent, card)

    async def refused(person: Person, **headers: str) -> int:
        async with agent_socket(server, person, share["id"], **headers) as socket:
            await socket.wait_closed()
            return socket.close_code or 0

    async def turned_away(who: Visitor) -> int:
        async with customer_socket(server, who, share["id"]) as socket:
            await socket.wait_closed()
            return socket.close_code or 0

    assert await refused(agent) == 4410  # nobody has agreed yet
    assert await turned_away(visitor) == 4410
    await answers(visitor, share)
    assert await refused(other) == 4404
    assert await refused(await (await site.another_centre()).sign_in("admin")) == 4404
    assert await refused(agent, Origin="https://evil.example") == 4404
    assert await turned_away(await shop.visitor()) == 4404
    assert await turned_away(Visitor(visitor.http, visitor.key, "no-such-token")) == 4404
    assert await refused(await site.sign_in(None)) == 4404


async def test_who_signs_out_sees_nothing_more(site: Site, server: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(line, "SEEN_S", 0.05)
    _, agent, _, _, share = await shown(site)
    async with watching(server, agent, share["id"]) as watched:
        await connected(site)
        assert (await agent.post("/auth/sign-out")).is_success
        assert await closed(watched) == 4404


@pytest.mark.parametrize("message", ["x" * 250_001, b"bytes"])
async def test_what_is_too_large_or_no_text_ends_the_connection_and_nothing_else(
    site: Site, server: int, message: str | bytes
):
    _, agent, visitor, card, share = await shown(site)
    async with customer_socket(server, visitor, share["id"]) as customer:
        await customer.send(message)
        with pytest.raises(ConnectionClosed):
            async with asyncio.timeout(30):
                while True:
                    await customer.recv()
        assert customer.close_code == 4413
    async with agent_socket(server, agent, share["id"]) as socket:
        await socket.send("x" * 60_001)
        async with asyncio.timeout(30):
            await socket.wait_closed()
        assert socket.close_code == 4413
    assert (await standing(agent, card))["state"] == "on"


async def test_a_flood_is_read_slowly_and_waits_for_nobody(site: Site, server: int):
    """With somebody who takes nothing of it: nothing grows without end, and the chat goes on."""
    _, agent, visitor, card, share = await shown(site)
    async with (
        agent_socket(server, agent, share["id"]) as idle,
        customer_socket(server, visitor, share["id"]) as customer,
    ):
        for _ in range(300):
            await customer.send("y" * 240_000)
        await visitor.write("Still here")
        await agent.ok("GET", f"/assignments/{card['id']}/shares")
        ends = site.runtime.get(Rooms).ends(UUID(share["id"]))
        assert [end.side for end in ends if end.waiting > policies.WAITING] == []
        idle.transport.abort()
        customer.transport.abort()


async def test_through_which_servers_a_call_goes_is_told_to_its_two_sides_alone(site: Site):
    shop, agent, visitor, card = await talking(site, agents=2)
    other = next(one for one in shop.agents if one.id != agent.id)
    share = await agent.ok("POST", f"/assignments/{card['id']}/shares", {"kind": "video"})
    page = await ask(agent, card)
    assert page["id"] != share["id"]  # a page may be shown in a call
    assert await agent.ok("GET", f"/assignments/shares/{share['id']}/ice") == []
    assert (await other.get(f"/assignments/shares/{share['id']}/ice")).status_code == 404
    path = f"/chat/{visitor.key}/shares/{share['id']}/ice"
    early = await visitor.http.get(path, headers={"X-Visitor": visitor.token})
    assert (early.status_code, early.json()["code"]) == (409, "share_over")
    assert await answers(visitor, share) == 204
    assert (await visitor.http.get(path, headers={"X-Visitor": visitor.token})).json() == []
    stranger = await shop.visitor()
    assert (await stranger.http.get(path, headers={"X-Visitor": stranger.token})).status_code == 404


async def test_nobody_answers_or_somebody_does_not_come_back(site: Site):
    _, agent, visitor, card = await talking(site)
    await ask(agent, card)
    await past(site, "asked_at", policies.ANSWER)
    await ends(agent, card, why="unanswered", ended_by="system")
    share = await ask(agent, card)
    assert await answers(visitor, share) == 204
    await past(site, "began_at", policies.GRACE)
    await ends(agent, card, why="lost", ended_by="system")
    assert [what for what, _, _ in await story(site, agent, card)][-1] == "lost"


async def past(site: Site, column: str, by: timedelta) -> None:
    async with site.world.transaction() as tx:
        await tx.execute(
            f"UPDATE shares SET {column} = {column} - %(by)s::interval - interval '1 s'"
            " WHERE tenant_id = %(tenant)s AND state <> 'over'",
            {"by": by},
        )


def test_when_a_session_ends_by_itself():
    clock = VirtualClock()
    begun = clock.now()

    def seconds(after: int) -> datetime:
        return begun + timedelta(seconds=after)

    assert end_of_itself(Stage.ASKED, begun, None, (None, None), seconds(119)) is None
    assert end_of_itself(Stage.ASKED, begun, None, (None, None), seconds(121)) is Why.UNANSWERED
    assert end_of_itself(Stage.ON, begun, begun, (None, seconds(30)), seconds(39)) is None
    assert end_of_itself(Stage.ON, begun, begun, (None, seconds(30)), seconds(41)) is Why.LOST
    assert end_of_itself(Stage.ON, begun, begun, (seconds(30), seconds(30)), seconds(69)) is None
    assert end_of_itself(Stage.OVER, begun, begun, (None, None), seconds(999)) is None


def test_who_sends_more_than_is_allowed_waits():
    allowance = Allowance.of(Side.CUSTOMER, 0.0)
    assert allowance.wait(8_000_000, 0.0) == 0
    assert allowance.wait(500_000, 0.0) == pytest.approx(1.0)
    assert allowance.wait(0, 1.0) == pytest.approx(0.0)
    assert allowance.wait(1, 1000.0) == 0
