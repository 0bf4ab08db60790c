"""Conversations that one follows, and colleagues who are mentioned in notes."""

from typing import Any

from tests.api import Person, Site
from tests.channels.shop import Shop
from tests.conversations.test_inbox import Tab, counts, inbox
from tests.support import until

from tongdai.kit.ids import new_id
from tongdai.people.public import PrincipalSources, principal_of_user


async def held(site: Site) -> tuple[Shop, Person, Any, str]:
    """An agent with a customer; gives the conversation's path."""
    shop = await Shop.open(site)
    (agent,) = shop.agents
    visitor = await shop.visitor()
    card = await shop.taken(agent, visitor)
    return shop, agent, visitor, f"/conversations/{card['thread']['conversation_id']}"


async def write(person: Person, path: str, body: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    wanted = {"client_id": str(new_id()), "body": body, "kind": kind, **more}
    return await person.ok("POST", f"{path}/messages", wanted)


async def listening(site: Site, person: Person) -> Tab:
    """The person's browser, as far as what is told to them alone goes."""
    sources = site.runtime.get(PrincipalSources)
    principal = await site.do(lambda tx: principal_of_user(tx, person.id, sources))
    client = site.runtime.hub.connect(principal)
    site.runtime.hub.subscribe(client, ["me"], None)
    return Tab(client)


async def test_who_follows_is_told_and_has_it_in_a_list_of_their_own(site: Site):
    _, agent, visitor, path = await held(site)
    lead, other = await site.sign_in("supervisor"), await site.sign_in("supervisor")
    view = await lead.ok("PUT", f"{path}/follow", {})
    await lead.ok("PUT", f"{path}/follow", {})
    hears, elsewhere = await listening(site, lead), await listening(site, other)
    assert (view["following"], view["news"]) == (True, 0)
    assert [one["id"] for one in await inbox(lead, followed=True)] == [view["id"]]
    assert await inbox(other, followed=True) == []
    await visitor.write("Where is it?")
    await until(hears.heard("followed.written", id=view["id"]))
    await write(agent, path, "On its way")
    await write(lead, path, "Well done", "note")
    assert "followed.written" not in {one["type"] for one in elsewhere.all()}
    (row,) = await inbox(lead, followed=True)
    assert (row["news"], (await counts(lead))["followed"]) == (2, 1)
    assert (await inbox(agent))[0]["following"] is False
    # Seen so far; what came after it stays new.
    thread = await lead.ok("GET", f"{path}/messages")
    await visitor.write("Thanks")
    await lead.ok("POST", f"{path}/seen", {"seq": thread["last_seq"]})
    assert (await inbox(lead, followed=True))[0]["news"] == 1
    await lead.ok("POST", f"{path}/seen", {"seq": thread["last_seq"] + 1})
    assert ((await inbox(lead, followed=True))[0]["news"], (await counts(lead))["followed"]) == (0, 0)
    # The customer was told nothing of it.
    assert (await agent.ok("GET", f"{path}/messages"))["read_seq"] < thread["last_seq"] + 1
    gone = await lead.ok("DELETE", f"{path}/follow")
    assert gone["following"] is False
    assert await inbox(lead, followed=True) == []


async def test_who_is_mentioned_is_told_follows_and_sees_it_until_they_look(site: Site):
    _, agent, _, path = await held(site)
    lead = await site.sign_in("supervisor")
    hears = await listening(site, lead)
    note = await write(agent, path, f"@{lead.user.name} may I?", "note", mentions=[str(lead.id)] * 2)
    assert note["data"]["mentions"] == [{"id": str(lead.id), "name": lead.user.name, "told": True}]
    told = await until(hears.heard("colleague.mentioned"))
    assert told["by"] == {"id": str(agent.id), "name": agent.user.name}
    (row,) = await inbox(lead, mentioned=True)
    assert (row["mentioned"], row["following"], row["news"]) == (True, True, 1)
    assert (await counts(lead))["mentioned"] == 1
    assert (await inbox(agent))[0]["mentioned"] is False
    await lead.ok("POST", f"{path}/seen", {"seq": note["seq"] - 1})
    assert (await counts(lead))["mentioned"] == 1
    await lead.ok("POST", f"{path}/seen", {"seq": note["seq"]})
    assert await inbox(lead, mentioned=True) == []
    assert (await inbox(lead, followed=True))[0]["news"] == 0


async def test_who_may_not_read_it_is_not_told(site: Site):
    shop, agent, _, path = await held(site)
    stranger = await site.sign_in("agent")
    asked = await agent.ok("GET", f"{path}/mentionable", q=stranger.user.name)
    assert [(one["id"], one["reads"]) for one in asked] == [(str(stranger.id), False)]
    note = await write(agent, path, f"@{stranger.user.name}", "note", mentions=[str(stranger.id)])
    assert [one["told"] for one in note["data"]["mentions"]] == [False]
    assert (await counts(stranger))["mentioned"] == 0
    assert (await stranger.put(f"{path}/follow")).status_code == 404
    # Who could read it once and follows it finds it no more, however much is written.
    lead = await site.sign_in("supervisor")
    await lead.ok("PUT", f"{path}/follow", {})
    async with site.world.transaction() as tx:
        await tx.execute(
            "DELETE FROM user_roles WHERE tenant_id = %(tenant)s AND user_id = %(user)s", {"user": lead.id}
        )
    await write(agent, path, "Hello")
    assert (await lead.get("/conversations?followed=true")).status_code == 403
    assert shop.queue_id


async def test_whom_a_note_cannot_name(site: Site):
    _, agent, _, path = await held(site)
    theirs = await (await site.another_centre()).sign_in("admin")
    body = {"client_id": str(new_id()), "body": "@x"}
    for more in (
        {"kind": "note", "mentions": [str(theirs.id)]},
        {"kind": "note", "mentions": [str(new_id())]},
        {"kind": "text", "mentions": [str(agent.id)]},
        {"kind": "note", "mentions": [str(new_id()) for _ in range(11)]},
    ):
        answer = await agent.post(f"{path}/messages", **body, **more)
        assert (answer.status_code, answer.json()["errors"][0]["field"].split(".")[0]) == (422, "mentions")
    assert (await theirs.put(f"{path}/follow")).status_code == 404
    assert (await theirs.get(f"{path}/mentionable")).status_code == 404
    mine = await write(agent, path, "@me", "note", mentions=[str(agent.id)])
    assert [one["told"] for one in mine["data"]["mentions"]] == [True]
    assert (await counts(agent))["mentioned"] == 0
