"""One conversation is shown in another, and stands by itself again as if nothing had been."""

import asyncio
from typing import Any
from uuid import UUID

from tests.api import Person, Site
from tests.channels.shop import Shop, Visitor
from tests.conversations.test_following import listening, write
from tests.conversations.test_inbox import counts, inbox, listens
from tests.conversations.test_linking import audited, links
from tests.conversations.test_tags_and_snooze import closed, facts
from tests.support import until

from tongdai.conversations.customer import Interacted
from tongdai.conversations.sources import InteractionSources
from tongdai.crm.public import make_visitor

ANYHOW = {"other_customer": True}


async def pair(site: Site) -> tuple[Shop, Person, Visitor, str, str]:
    """An agent's open conversation, and an earlier one that is over, with its visitor: (…, kept, other)."""
    shop, agent, visitor, other = await closed(site)
    now = await shop.visitor()
    card = await shop.taken(agent, now)
    kept = card["thread"]["conversation_id"]
    await now.write("The parcel again")
    return shop, agent, visitor, kept, other


async def merged(person: Person, conversation: str) -> list[str]:
    view = await person.ok("GET", f"/conversations/{conversation}/merged")
    assert view["hidden"] == 0
    return [one["conversation"]["id"] for one in view["links"]]


async def stored(site: Site, *conversations: str) -> list[Any]:
    """All of these conversations but the version: rows, messages, words."""
    ids = {"ids": [UUID(one) for one in conversations]}
    async with site.world.transaction() as tx:
        return [
            await tx.fetch_tuples(
                f"SELECT to_jsonb(t) - 'version' FROM {table} t WHERE tenant_id = %(tenant)s AND {column} = ANY(%(ids)s)"
                f" ORDER BY {order}",
                ids,
            )
            for table, column, order in (
                ("conversations", "id", "id"),
                ("messages", "conversation_id", "conversation_id, seq"),
                ("conversation_words", "conversation_id", "conversation_id, word"),
                ("conversation_followers", "conversation_id", "conversation_id, user_id"),
            )
        ]


async def test_merged_it_is_shown_in_the_other_and_undone_both_are_as_before(site: Site):
    _, agent, _, kept, other = await pair(site)
    tab, lead = await listens(site, agent, kept), await site.sign_in("supervisor")
    await lead.ok("PUT", f"/conversations/{other}/follow", {})
    before = await stored(site, kept, other)
    answer = await agent.put(f"/conversations/{kept}/merged/{other}")
    assert (answer.status_code, answer.json()["code"]) == (409, "other_customer")
    view = await agent.ok("PUT", f"/conversations/{kept}/merged/{other}", ANYHOW)
    assert [(one["conversation"]["id"], one["by"]["id"]) for one in view["links"]] == [(other, str(agent.id))]
    for end in (kept, other):
        await until(tab.heard("conversation.changed", id=end))
    await until(tab.heard("merged.changed", id=kept))
    assert [one["id"] for one in await inbox(agent)] == [kept]
    # Who follows what was merged is told what is written where it goes on.
    assert [one["id"] for one in await inbox(lead, followed=True)] == [kept]
    assert (await agent.ok("GET", f"/conversations/{other}"))["merged_into"] == kept
    thread = await agent.ok("GET", f"/conversations/{other}/messages")
    assert thread["messages"]
    assert [one["seq"] for one in thread["messages"]] == list(range(1, thread["last_seq"] + 1))
    note = await agent.post(
        f"/conversations/{other}/messages", client_id="12345678", body="Too late", kind="note"
    )
    assert (note.status_code, note.json()["code"]) == (409, "merged_away")
    await agent.ok("DELETE", f"/conversations/{kept}/merged/{other}")
    assert await stored(site, kept, other) == before
    assert {one["id"] for one in await inbox(agent)} == {kept, other}
    again = await agent.delete(f"/conversations/{kept}/merged/{other}")
    assert (again.status_code, again.json()["code"]) == (409, "merge_taken_back")
    for end in (kept, other):
        assert (await facts(site, end))[-2:] == ["conversation_merged", "conversation_unmerged"]
    assert await audited(site, kept) == [
        ("conversation.merged", {"merged_id": other}),
        ("conversation.unmerged", {"merged_id": other}),
    ]


async def test_it_is_found_by_the_words_of_both_until_it_is_undone(site: Site):
    _, agent, _, kept, other = await pair(site)
    await write(agent, f"/conversations/{other}", "Hóa đơn xanh", "note")
    await agent.ok("PUT", f"/conversations/{kept}/merged/{other}", ANYHOW)
    assert [one["id"] for one in await inbox(agent, q="hoa xanh")] == [kept]
    await agent.ok("DELETE", f"/conversations/{kept}/merged/{other}")
    assert [one["id"] for one in await inbox(agent, q="hoa xanh")] == [other]
    # Who is erased is found in the conversation of somebody else no more.
    await agent.ok("PUT", f"/conversations/{kept}/merged/{other}", ANYHOW)
    at = site.runtime.clock.now()
    async with site.world.transaction() as tx:
        contact = await make_visitor(tx, "Hoa", at, None)
        await tx.execute(
            "UPDATE conversations SET contact_id = %(contact)s WHERE tenant_id = %(tenant)s AND id = %(id)s::uuid",
            {"contact": contact, "id": other},
        )
        await Interacted(InteractionSources()).erase(tx, [contact], at)
    assert await inbox(agent, q="hoa xanh") == []
    assert [one["id"] for one in await inbox(agent, q="parcel")] == [kept]


async def test_what_cannot_be_merged_says_why(site: Site):
    shop, agent, _, kept, other = await pair(site)
    lead = await site.sign_in("supervisor")

    async def refused(person: Person, into: str, what: str) -> str:
        answer = await person.put(f"/conversations/{into}/merged/{what}", **ANYHOW)
        return f"{answer.status_code} {answer.json()['code']}"

    assert await refused(agent, other, kept) == "409 merge_open"
    assert await refused(lead, other, kept) == "409 merge_held"
    assert await refused(agent, kept, kept) == "422 invalid"
    stranger = await site.sign_in("agent")
    assert await refused(stranger, kept, other) == "404 not_found"
    theirs = await (await site.another_centre()).sign_in("admin")
    assert await refused(theirs, kept, other) == "404 not_found"
    assert (await theirs.get(f"/conversations/{kept}/merged")).status_code == 404
    assert (await theirs.delete(f"/conversations/{kept}/merged/{other}")).status_code == 404
    (card,) = (await agent.ok("GET", "/workspace"))["assignments"]
    await agent.ok("POST", f"/assignments/{card['id']}/end")
    await agent.ok("POST", f"/assignments/{card['id']}/done", {})
    third = (await shop.taken(agent, await shop.visitor()))["thread"]["conversation_id"]
    await agent.ok("PUT", f"/conversations/{kept}/merged/{other}", ANYHOW)
    assert await refused(agent, third, kept) == "409 merge_holds"
    assert await refused(agent, third, other) == "409 merged_before"
    assert await refused(agent, other, third) == "409 merged_before"
    assert await merged(agent, third) == []


async def test_two_at_once_merge_once(site: Site):
    shop, agent, _, kept, other = await pair(site)
    (card,) = (await agent.ok("GET", "/workspace"))["assignments"]
    await agent.ok("POST", f"/assignments/{card['id']}/end")
    lead = await site.sign_in("supervisor")
    answers = await asyncio.gather(
        agent.put(f"/conversations/{kept}/merged/{other}", **ANYHOW),
        lead.put(f"/conversations/{other}/merged/{kept}", **ANYHOW),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await merged(lead, kept)) + len(await merged(lead, other)) == 1
    assert shop.queue_id


async def test_a_visitor_who_writes_again_takes_it_back_and_reads_nothing_of_the_other(site: Site):
    _, agent, visitor, kept, other = await pair(site)
    await agent.ok("PUT", f"/conversations/{kept}/merged/{other}", ANYHOW)
    await visitor.write("Me again")
    assert (await agent.ok("GET", f"/conversations/{other}"))["merged_into"] is None
    assert await links(agent, kept) == [other]
    assert "The parcel again" not in {one["body"] for one in await visitor.look()}
    assert (await facts(site, other)).count("conversation_unmerged") == 1


async def test_who_follows_both_goes_on_following_what_they_chose(site: Site):
    _, agent, visitor, kept, other = await pair(site)
    lead = await site.sign_in("supervisor")
    await lead.ok("PUT", f"/conversations/{other}/follow", {})
    await agent.ok("PUT", f"/conversations/{kept}/merged/{other}", ANYHOW)
    assert visitor.token
    await write(agent, f"/conversations/{kept}", "To be told", "note")
    assert [one["news"] for one in await inbox(lead, followed=True)] == [1]
    await lead.ok("PUT", f"/conversations/{kept}/follow", {})
    await agent.ok("DELETE", f"/conversations/{kept}/merged/{other}")
    assert {one["id"] for one in await inbox(lead, followed=True)} == {kept, other}


async def test_who_was_mentioned_in_it_still_finds_that(site: Site):
    _, agent, _, kept, other = await pair(site)
    lead = await site.sign_in("supervisor")
    hears = await listening(site, lead)
    await write(agent, f"/conversations/{other}", f"@{lead.user.name}", "note", mentions=[str(lead.id)])
    await until(hears.heard("colleague.mentioned"))
    await agent.ok("PUT", f"/conversations/{kept}/merged/{other}", ANYHOW)
    assert [one["id"] for one in await inbox(lead, mentioned=True)] == [other]
    assert (await counts(lead))["mentioned"] == 1
