"""Conversations are tagged and put aside; they come back by themselves, or when the customer writes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.api import Person, Site
from tests.channels.shop import Shop, Visitor
from tests.conversations.test_inbox import counts, inbox, waits

from tongdai.channels import waking
from tongdai.kit.ids import new_id


async def closed(site: Site) -> tuple[Shop, Person, Visitor, str]:
    """An agent's conversation that is over."""
    shop = await Shop.open(site)
    (agent,) = shop.agents
    visitor = await shop.visitor()
    card = await shop.taken(agent, visitor)
    await agent.ok("POST", f"/assignments/{card['id']}/end")
    await agent.ok("POST", f"/assignments/{card['id']}/done", {})
    return shop, agent, visitor, card["thread"]["conversation_id"]


def later(**more: Any) -> str:
    return (datetime.now(UTC) + timedelta(**more)).isoformat()


async def facts(site: Site, conversation: str) -> list[str]:
    async with site.world.transaction() as tx:
        rows = await tx.fetch_tuples(
            "SELECT type FROM event_log WHERE tenant_id = %(tenant)s AND aggregate_id = %(id)s ORDER BY aggregate_version",
            {"id": UUID(conversation)},
        )
    return [kind.rpartition(".")[2] for (kind,) in rows]


async def test_tags_stand_in_the_list_and_narrow_it(site: Site):
    _, agent, _, conversation = await closed(site)
    view = await agent.ok(
        "PUT", f"/conversations/{conversation}/tags", {"tags": ["giao hàng", " VIP ", "VIP"]}
    )
    assert view["tags"] == ["VIP", "giao hàng"]
    assert [one["id"] for one in await inbox(agent, tag="giao hàng")] == [conversation]
    assert await inbox(agent, tag="giao") == []
    assert await agent.ok("GET", "/conversations/tags") == ["VIP", "giao hàng"]
    await agent.ok("PUT", f"/conversations/{conversation}/tags", {"tags": ["VIP"]})
    await agent.ok("PUT", f"/conversations/{conversation}/tags", {"tags": ["VIP"]})
    assert (await facts(site, conversation)).count("conversation_tagged") == 2
    assert (await inbox(agent))[0]["tags"] == ["VIP"]
    for wrong in (["a,b"], [""], ["x" * 41], [str(number) for number in range(21)], ["a\x00"]):
        assert (await agent.put(f"/conversations/{conversation}/tags", tags=wrong)).status_code == 422
    theirs = await (await site.another_centre()).sign_in("admin")
    assert await theirs.ok("GET", "/conversations/tags") == []


async def test_what_is_put_aside_comes_back_by_itself(site: Site):
    _, agent, _, conversation = await closed(site)
    view = await agent.ok("PUT", f"/conversations/{conversation}/snooze", {"until": later(hours=2)})
    assert view["snoozed_until"] is not None
    assert await inbox(agent, snoozed=False) == []
    assert [one["id"] for one in await inbox(agent, snoozed=True)] == [conversation]
    assert (await counts(agent))["snoozed"] == 1
    await waking.look(site.runtime)
    assert (await counts(agent))["snoozed"] == 1
    async with site.world.transaction() as tx:
        await tx.execute(
            "UPDATE conversations SET snoozed_until = now() - interval '1 s' WHERE tenant_id = %(tenant)s"
        )
    await waking.look(site.runtime)
    await waking.look(site.runtime)
    assert [one["id"] for one in await inbox(agent, snoozed=False)] == [conversation]
    assert (await facts(site, conversation))[-2:] == ["conversation_snoozed", "conversation_awoke"]


async def test_a_customer_who_writes_brings_it_back(site: Site):
    _, agent, visitor, conversation = await closed(site)
    await site.world.not_ready(agent.id)
    await agent.ok("PUT", f"/conversations/{conversation}/snooze", {"until": later(days=3)})
    await visitor.write("One more thing")
    (row,) = await inbox(agent, snoozed=False)
    assert (row["id"], row["snoozed_until"]) == (conversation, None)
    assert "conversation_awoke" in await facts(site, conversation)
    async with site.world.transaction() as tx:
        versions = await tx.fetch_tuples(
            "SELECT aggregate_version FROM event_log WHERE tenant_id = %(tenant)s AND aggregate_id = %(id)s"
            " ORDER BY aggregate_version",
            {"id": UUID(conversation)},
        )
    assert [number for (number,) in versions] == list(range(2, len(versions) + 2)), "no version is left out"


async def test_it_can_be_brought_back_and_whoever_waits_is_never_put_aside(site: Site):
    shop, agent, _, conversation = await closed(site)
    path = f"/conversations/{conversation}/snooze"
    await agent.ok("PUT", path, {"until": later(days=1)})
    assert (await agent.ok("DELETE", path))["snoozed_until"] is None
    await agent.ok("DELETE", path)
    for wrong in (later(seconds=-5), later(days=400), "2026-12-01T10:00:00", "soon"):
        assert (await agent.put(path, until=wrong)).status_code == 422
    await site.world.not_ready(agent.id)
    await waits(shop, "Ann")
    admin = await site.sign_in("admin")
    (row,) = await inbox(admin, state="waiting")
    assert (await admin.put(f"/conversations/{row['id']}/snooze", until=later(days=1))).status_code == 409


async def test_who_may_tag_and_put_aside(site: Site):
    shop, _, _, conversation = await closed(site)
    other, analyst = await site.sign_in("agent"), await site.sign_in("analyst")
    theirs = await (await site.another_centre()).sign_in("admin")
    lead = await site.sign_in("team_leader")
    async with site.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO queue_members (tenant_id, queue_id, user_id) VALUES (%(tenant)s, %(queue)s, %(user)s)",
            {"queue": shop.queue_id, "user": lead.id},
        )
    for person, status in ((other, 404), (theirs, 404), (analyst, 403), (lead, 403)):
        assert (await person.put(f"/conversations/{conversation}/tags", tags=["x"])).status_code == status
        assert (
            await person.put(f"/conversations/{conversation}/snooze", until=later(days=1))
        ).status_code == status
        assert (await person.delete(f"/conversations/{conversation}/snooze")).status_code == status
    assert (
        await (await site.sign_in("supervisor")).put(f"/conversations/{new_id()}/tags", tags=[])
    ).status_code == 404
