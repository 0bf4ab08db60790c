"""Conversations that are linked with each other."""

import asyncio
from typing import Any

import pytest
from tests.api import Person, Site
from tests.channels.shop import Shop
from tests.conversations.test_inbox import Tab, inbox, listens, waits
from tests.conversations.test_tags_and_snooze import facts
from tests.support import until

from tongdai.conversations.linking import service
from tongdai.kit.ids import new_id


async def two(site: Site) -> tuple[Shop, Person, str, str]:
    """Two customers who wait for the same agent; gives both conversations."""
    shop = await Shop.open(site)
    (agent,) = shop.agents
    await site.world.not_ready(agent.id)
    await waits(shop, "Mai", "My parcel is late")
    await waits(shop, "Bình", "Another parcel")
    second, first = await inbox(agent)
    return shop, agent, first["id"], second["id"]


async def links(person: Person, conversation: str) -> list[str]:
    view = await person.ok("GET", f"/conversations/{conversation}/links")
    assert view["hidden"] == 0
    return [one["conversation"]["id"] for one in view["links"]]


async def audited(site: Site, conversation: str) -> list[tuple[str, Any]]:
    async with site.world.transaction() as tx:
        return await tx.fetch_tuples(
            "SELECT action, details FROM audit_log WHERE tenant_id = %(tenant)s AND subject_id = %(id)s::uuid ORDER BY at",
            {"id": conversation},
        )


async def test_a_link_shows_in_both_and_goes_again(site: Site):
    _, _, one, other = await two(site)
    lead = await site.sign_in("supervisor")
    tab: Tab = await listens(site, lead, one)
    view = await lead.ok("PUT", f"/conversations/{one}/links/{other}", {})
    assert [(link["conversation"]["contact"]["name"], link["by"]["id"]) for link in view["links"]] == [
        ("Bình", str(lead.id))
    ]
    for end in (one, other):
        await until(tab.heard("conversation.changed", id=end))
    await lead.ok("PUT", f"/conversations/{other}/links/{one}", {})
    assert (await links(lead, one), await links(lead, other)) == ([other], [one])
    assert (await facts(site, one)).count("conversation_linked") == 1
    assert (await facts(site, other)).count("conversation_linked") == 1
    await lead.ok("DELETE", f"/conversations/{other}/links/{one}")
    await lead.ok("DELETE", f"/conversations/{other}/links/{one}")
    assert (await links(lead, one), await links(lead, other)) == ([], [])
    assert (await facts(site, one)).count("conversation_unlinked") == 1
    assert await audited(site, one) == [("conversation.linked", {"other_id": other})]
    assert await audited(site, other) == [("conversation.unlinked", {"other_id": one})]


async def test_what_one_may_not_read_is_counted_only(site: Site):
    shop, agent, one, other = await two(site)
    lead = await site.sign_in("supervisor")
    await lead.ok("PUT", f"/conversations/{one}/links/{other}", {})
    await agent.ok("POST", f"/conversations/{one}/take")
    colleague = await site.sign_in("agent")
    async with site.world.transaction() as tx:
        await tx.execute(
            "UPDATE conversations SET user_id = %(user)s, state = 'connected' WHERE tenant_id = %(tenant)s AND id = %(id)s::uuid",
            {"user": colleague.id, "id": other},
        )
        await tx.execute(
            "UPDATE interactions SET user_id = %(user)s, state = 'connected'"
            " WHERE tenant_id = %(tenant)s AND conversation_id = %(id)s::uuid",
            {"user": colleague.id, "id": other},
        )
    view = await agent.ok("GET", f"/conversations/{one}/links")
    assert (view["links"], view["hidden"]) == ([], 1)
    assert (await agent.put(f"/conversations/{one}/links/{other}")).status_code == 404
    assert (await agent.delete(f"/conversations/{one}/links/{other}")).status_code == 404
    assert shop.queue_id


async def test_whom_it_cannot_be_linked_with(site: Site):
    _, agent, one, other = await two(site)
    lead = await site.sign_in("supervisor")
    answer = await lead.put(f"/conversations/{one}/links/{one}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "other_id")
    assert (await lead.put(f"/conversations/{one}/links/{new_id()}")).status_code == 404
    theirs = await (await site.another_centre()).sign_in("admin")
    assert (await theirs.put(f"/conversations/{one}/links/{other}")).status_code == 404
    assert (await theirs.get(f"/conversations/{one}/links")).status_code == 404
    # Who may read both but has neither and may correct nothing of them links nothing.
    assert (await agent.put(f"/conversations/{one}/links/{other}")).status_code == 403
    assert await links(lead, one) == []


async def test_there_are_only_so_many_links(site: Site, monkeypatch: pytest.MonkeyPatch):
    shop, _, one, other = await two(site)
    await waits(shop, "Cúc", "A third parcel")
    lead = await site.sign_in("supervisor")
    third = (await inbox(lead))[0]["id"]
    monkeypatch.setattr(service, "MOST", 1)
    await lead.ok("PUT", f"/conversations/{one}/links/{other}", {})
    for pair in ((one, third), (third, one)):
        refused = await lead.put(f"/conversations/{pair[0]}/links/{pair[1]}")
        assert (refused.status_code, refused.json()["code"]) == (409, "too_many_links")
    assert (await links(lead, one), await links(lead, third)) == ([other], [])


async def test_two_at_once_link_once(site: Site):
    _, _, one, other = await two(site)
    lead, second = await site.sign_in("supervisor"), await site.sign_in("supervisor")
    answers = await asyncio.gather(
        lead.put(f"/conversations/{one}/links/{other}"), second.put(f"/conversations/{other}/links/{one}")
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert await links(lead, one) == [other]
    assert (await facts(site, one)).count("conversation_linked") == 1


async def test_what_else_this_customer_wrote_is_found(site: Site):
    _, _, one, other = await two(site)
    lead = await site.sign_in("supervisor")
    contact = (await lead.ok("GET", f"/conversations/{one}"))["contact"]["id"]
    assert [row["id"] for row in await inbox(lead, contact_id=contact)] == [one]
    assert await inbox(lead, contact_id=str(new_id())) == []
    assert other
