"""The inbox over HTTP: which conversations stand in it for whom, how it is narrowed, searched and paged."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.api import Person, Site
from tests.channels.shop import Shop, Visitor
from tests.support import until

from tongdai.conversations import public as conversations
from tongdai.crm.public import make_visitor
from tongdai.kit.ids import new_id
from tongdai.people.public import PrincipalSources
from tongdai.people.repository import SessionRow
from tongdai.people.services.sign_in import load_principal
from tongdai.platform.realtime import Client


async def inbox(person: Person, **query: Any) -> list[dict[str, Any]]:
    return (await person.ok("GET", "/conversations", **query))["items"]


async def names(person: Person, **query: Any) -> list[str]:
    return [one["contact"]["name"] for one in await inbox(person, **query)]


async def counts(person: Person) -> dict[str, int]:
    return await person.ok("GET", "/conversations/counts")


async def waits(shop: Shop, name: str, *said: str) -> Visitor:
    """A visitor of this name who has told the bot what it is about, and waits for an agent."""
    visitor, at = await shop.visitor(), shop.site.runtime.clock.now
    await visitor.write("Hi")
    await visitor.write("1")
    for body in said:
        await visitor.write(body)
    async with shop.site.world.transaction() as tx:
        contact = await make_visitor(tx, name, at(), None)
        last = "SELECT id FROM interactions WHERE tenant_id = %(tenant)s ORDER BY started_at DESC LIMIT 1"
        row = await conversations.lock(tx, await tx.fetch_value(last))
        await conversations.identify(tx, row, contact, at())
    return visitor


async def test_a_conversation_stands_where_its_customer_is(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    admin = await site.sign_in("admin")
    visitor = await shop.visitor()
    await visitor.write("Hi")
    (row,) = await inbox(admin)
    assert (row["state"], row["last_author"], row["channel"]) == ("bot", "bot", "webchat")
    assert await inbox(agent) == []

    await site.world.not_ready(agent.id)
    await visitor.write("1")
    await visitor.write("Where is my parcel?")
    (row,) = await inbox(agent)
    assert (row["state"], row["preview"], row["unread"]) == ("waiting", "Where is my parcel?", 3)
    assert (row["queue"]["name"], row["agent"], row["may_take"]) == ("Chats", None, True)
    assert (await inbox(admin))[0]["may_take"] is False
    none = {"snoozed": 0, "scheduled": 0, "followed": 0, "mentioned": 0}
    assert await counts(agent) == {"mine": 0, "waiting": 1, "open": 1, "unread": 1, **none}
    thread = await agent.ok("GET", f"/conversations/{row['id']}/messages")
    assert not thread["writable"]

    await site.world.ready(agent.id)
    offer = await shop.offer(agent)
    await agent.ok("POST", f"/assignments/{offer['id']}/accept")
    (row,) = await inbox(agent, mine=True, state="open")
    assert (row["state"], row["agent"]["name"]) == ("open", agent.user.name)
    await agent.ok(
        "POST", f"/conversations/{row['id']}/messages", {"client_id": str(new_id()), "body": "On its way"}
    )
    (row,) = await inbox(admin)
    assert (row["last_author"], row["unread"]) == ("agent", 0)
    assert await counts(agent) == {"mine": 1, "waiting": 0, "open": 1, "unread": 0, **none}

    await agent.ok("POST", f"/assignments/{offer['id']}/end")
    (row,) = await inbox(agent)
    assert (row["state"], row["preview"]) == ("closed", "On its way")
    assert await inbox(agent, state="open") == []
    assert await inbox(agent, unassigned=True) == []


async def test_who_sees_which_conversations(site: Site):
    """One's own, those of one's queues that wait, and what the role reaches: nothing of other queues or centres."""
    shop = await Shop.open(site)
    (agent,) = shop.agents
    visitor = await shop.visitor()
    card = await shop.taken(agent, visitor)
    conversation = card["thread"]["conversation_id"]
    other = await site.sign_in("agent")
    lead = await site.sign_in("team_leader")
    theirs = await (await site.another_centre()).sign_in("admin")
    assert [row["id"] for row in await inbox(agent)] == [conversation]
    for stranger in (other, lead, theirs):
        assert await inbox(stranger) == []
        assert await inbox(stranger, q="Hi") == []
        assert (await counts(stranger))["open"] == 0
        for path in ("", "/messages"):
            assert (await stranger.get(f"/conversations/{conversation}{path}")).status_code == 404
        here = await stranger.post(f"/conversations/{conversation}/here", doing="reading")
        assert here.status_code == 404
    async with site.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO queue_members (tenant_id, queue_id, user_id) VALUES (%(tenant)s, %(queue)s, %(user)s)",
            {"queue": shop.queue_id, "user": lead.id},
        )
    assert [row["id"] for row in await inbox(lead)] == [conversation]
    assert (
        await other.post(f"/conversations/{conversation}/messages", client_id=str(new_id()), body="x")
    ).status_code == 404


async def test_what_one_had_stays_readable_when_another_has_it(site: Site):
    shop = await Shop.open(site, agents=2)
    first, second = shop.agents
    await site.world.not_ready(second.id)
    visitor = await shop.visitor()
    card = await shop.taken(first, visitor)
    await first.ok("POST", f"/assignments/{card['id']}/end")
    await first.ok("POST", f"/assignments/{card['id']}/done", {})
    await site.world.not_ready(first.id)
    await site.world.ready(second.id)
    again = await shop.taken(second, visitor)
    assert again["thread"]["conversation_id"] == card["thread"]["conversation_id"]
    for agent in (first, second):
        (row,) = await inbox(agent)
        assert (row["state"], row["agent"]["name"]) == ("open", second.user.name)


async def test_words_and_names_are_found_whatever_their_accents(site: Site):
    shop = await Shop.open(site)
    await site.world.not_ready(shop.agents[0].id)
    admin = await site.sign_in("admin")
    await waits(shop, "Nguyễn Đức", "Đơn hàng của tôi chưa giao")
    await waits(shop, "Олена Ґудзь", "Де мій м’яч? Їжачок чекає")
    await waits(shop, "Ann Smith", "100% wrong_size & <b>late</b>")
    assert await names(admin, q="don hang") == ["Nguyễn Đức"]
    assert await names(admin, q="ĐƠN chưa") == ["Nguyễn Đức"]
    assert await names(admin, q="giao don") == ["Nguyễn Đức"]
    assert await names(admin, q="мяч їжач") == ["Олена Ґудзь"]
    assert await names(admin, q="м'яч") == ["Олена Ґудзь"]
    assert await names(admin, q="nguyen") == ["Nguyễn Đức"]
    assert await names(admin, q="ґудзь") == ["Олена Ґудзь"]
    assert await names(admin, q="LATE") == ["Ann Smith"]
    assert await names(admin, q="wrong_size") == ["Ann Smith"]
    assert await names(admin, q="don їжачок") == []
    assert await names(admin, q="%") == []
    assert len(await names(admin, q="hi")) == 3
    assert await names(admin, q="hi", state="closed") == []


@pytest.mark.parametrize("walked", [1, 2000])
async def test_a_word_that_all_have_is_found_in_the_lists_order(
    site: Site, monkeypatch: pytest.MonkeyPatch, walked: int
):
    """Whether among the newest there are enough or not."""
    monkeypatch.setattr("tongdai.conversations.inbox.words.RARE", 1)
    monkeypatch.setattr("tongdai.conversations.inbox.listing.WALKED", walked)
    shop = await Shop.open(site)
    await site.world.not_ready(shop.agents[0].id)
    admin = await site.sign_in("admin")
    for name, said in (("One", "red shoes"), ("Two", "red hat"), ("Three", "blue shoes")):
        await waits(shop, name, said)
    assert await names(admin, q="red") == ["Two", "One"]
    assert await names(admin, q="shoes red") == ["One"]
    page = await admin.ok("GET", "/conversations", q="hi", limit=1)
    rest = await admin.ok("GET", "/conversations", q="hi", limit=1, cursor=page["next_cursor"])
    assert [one["contact"]["name"] for one in (*page["items"], *rest["items"])] == ["Three", "Two"]
    assert await names(shop.agents[0], q="shoes hi") == ["Three", "One"]
    assert await names(admin, q="two") == ["Two"]


async def test_pages_join_without_gap_or_repetition(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    await site.world.not_ready(agent.id)
    for number in range(5):
        await waits(shop, f"Customer {number}")
    for reader in (agent, await site.sign_in("admin")):
        seen: list[str] = []
        cursor = ""
        while True:
            page = await reader.ok("GET", "/conversations", cursor=cursor, limit=2)
            seen += [one["contact"]["name"] for one in page["items"]]
            if not (cursor := page["next_cursor"] or ""):
                break
        assert seen == [f"Customer {number}" for number in (4, 3, 2, 1, 0)]
    for wrong in ("x", "W10"):
        assert (await agent.get("/conversations", cursor=wrong)).status_code == 422


async def test_filters(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    admin = await site.sign_in("admin")
    visitor = await shop.visitor()
    card = await shop.taken(agent, visitor)
    await site.world.not_ready(agent.id)
    await waits(shop, "Waits")
    team = await admin.ok("POST", "/teams", {"name": "North", "member_ids": [str(agent.id)]})
    everybody = {one["id"] for one in await inbox(admin)}
    taken = {card["thread"]["conversation_id"]}
    waiting = everybody - taken

    async def found(**query: Any) -> set[str]:
        return {one["id"] for one in await inbox(admin, **query)}

    assert len(everybody) == 2
    assert await found(state=["waiting", "bot"]) == await found(unassigned=True) == waiting
    assert await found(user_id=str(agent.id)) == await found(team_id=team["id"]) == taken
    assert await found(mine=True) == set()
    assert await found(user_id=str(admin.id), team_id=team["id"]) == set()
    assert await found(queue_id=str(shop.queue_id), channel="webchat") == everybody
    assert await found(queue_id=str(new_id())) == await found(channel="email") == set()
    assert await found(unassigned=True, state="open") == set()
    assert await found(since="2099-01-01T00:00:00Z") == set()
    assert await found(unread=True) == everybody
    await agent.ok("POST", f"/conversations/{card['thread']['conversation_id']}/seen", {"seq": 100})
    assert await found(unread=True) == waiting
    for wrong in ({"state": "lost"}, {"since": "2026-01-01T00:00:00"}, {"limit": 0}, {"tag": "x" * 41}):
        assert (await admin.get("/conversations", **wrong)).status_code == 422


async def test_erased_words_find_nobody_any_more(site: Site):
    shop = await Shop.open(site)
    await site.world.not_ready(shop.agents[0].id)
    admin = await site.sign_in("admin")
    await waits(shop, "Ann", "secret plan")
    (row,) = await inbox(admin, q="secret")
    answer = await admin.post(f"/contacts/{row['contact']['id']}/erase")
    assert answer.is_success, answer.text
    assert await inbox(admin, q="secret") == []


async def test_open_lists_are_told_of_what_is_written_and_who_else_looks(site: Site):
    shop = await Shop.open(site)
    (agent,) = shop.agents
    await site.world.not_ready(agent.id)
    colleague, stranger = await site.sign_in("agent"), await site.sign_in("agent")
    async with site.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO queue_members (tenant_id, queue_id, user_id) VALUES (%(tenant)s, %(queue)s, %(user)s)",
            {"queue": shop.queue_id, "user": colleague.id},
        )
    visitor = await waits(shop, "Ann")
    (row,) = await inbox(agent)
    heard = [await listens(site, one, row["id"]) for one in (agent, stranger)]
    await visitor.write("Anybody there?")
    await until(heard[0].heard("conversation.changed", id=row["id"]))
    await colleague.ok("POST", f"/conversations/{row['id']}/here", {"doing": "writing"})
    told = await until(heard[0].heard("colleague.here", doing="writing"))
    assert told["user"] == {"id": str(colleague.id), "name": colleague.user.name}
    assert heard[1].all() == []


async def test_the_agent_who_has_the_customer_sees_that_they_write_and_nobody_else(site: Site):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    card = await shop.taken(shop.agents[0], visitor)
    conversation = card["thread"]["conversation_id"]
    agent, stranger = [
        await listens(site, one, conversation) for one in (shop.agents[0], await site.sign_in("agent"))
    ]
    assert (await visitor.post("typing")).status_code == 204
    await until(agent.heard("customer.typing", conversation_id=conversation))
    assert stranger.all() == []


class Tab:
    """What one browser tab of somebody was told."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._events: list[dict[str, Any]] = []

    def all(self) -> list[dict[str, Any]]:
        while not self._client.outbox.empty():
            self._events += json.loads(self._client.outbox.get_nowait()).get("events", [])
        return self._events

    def heard(self, kind: str, **data: Any) -> Callable[[], Awaitable[Any]]:
        async def so() -> Any:
            wanted = (one["data"] for one in self.all() if one["type"] == kind)
            return next((one for one in wanted if data.items() <= one.items()), None)

        return so


async def listens(site: Site, person: Person, conversation_id: str) -> Tab:
    row = SessionRow(site.world.tenant_id, person.id, person.user.name, None)
    sources = site.runtime.get(PrincipalSources)
    principal = await site.do(lambda tx: load_principal(tx, row, sources))
    client = site.runtime.hub.connect(principal)
    site.runtime.hub.subscribe(client, ["inbox", f"conversation.{conversation_id}"], None)
    return Tab(client)
