"""Letters to a conversation that was merged into another one."""

from tests.api import Site
from tests.channels.email.post import Office
from tests.channels.email.servers import MailServers


async def test_an_answer_goes_on_where_the_conversation_is_shown_and_in_its_own_once_undone(
    site: Site, servers: MailServers
):
    office = await Office.open(site, servers)
    lan = office.customer()
    lan.write(office.address, "Where is it?", "Order 4711")
    first = await office.taken()
    await office.says(first, "On its way")
    got = await lan.gets()
    await office.close(first)
    lan.write(office.address, "Still nothing", "The parcel")
    second = await office.taken()
    other, kept = first["thread"]["conversation_id"], second["thread"]["conversation_id"]
    assert other != kept
    # Of one customer: nothing is to be confirmed.
    await office.agent.ok("PUT", f"/conversations/{kept}/merged/{other}", {})
    lan.answer(got, "Thank you")
    await office.reads(second, "Still nothing", "Thank you")
    await office.reads(first, "Where is it?", "On its way")
    assert await office.counted("interactions") == 2
    # What is answered now goes to who wrote last, from the thread that shows both.
    await office.says(second, "You are welcome")
    assert str((await lan.gets(2))["Subject"]).startswith("Re: Order 4711")

    await office.agent.ok("DELETE", f"/conversations/{kept}/merged/{other}")
    lan.answer(got, "One more thing")
    await office.reads(first, "Where is it?", "On its way", "One more thing")
    await office.reads(second, "Still nothing", "Thank you", "You are welcome")


async def test_an_answer_takes_the_merge_back_where_others_would_hear_of_it(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    lan.write(office.address, "Where is it?", "Order 4711")
    first = await office.taken()
    await office.says(first, "On its way")
    got = await lan.gets()
    await office.close(first)
    lan.write(office.address, "Still nothing", "The parcel")
    second = await office.taken()
    other, kept = first["thread"]["conversation_id"], second["thread"]["conversation_id"]
    async with site.world.transaction() as tx:
        await tx.execute(
            "UPDATE interactions SET channel = 'webchat' WHERE tenant_id = %(tenant)s AND conversation_id = %(id)s::uuid",
            {"id": kept},
        )
    await office.admin.ok("PUT", f"/conversations/{kept}/merged/{other}", {})
    lan.answer(got, "Thank you")
    await office.reads(first, "Where is it?", "On its way", "Thank you")
    await office.reads(second, "Still nothing")
    view = await office.admin.ok("GET", f"/conversations/{other}")
    assert (view["merged_into"], view["state"]) == (None, "waiting")
    linked = await office.admin.ok("GET", f"/conversations/{other}/links")
    assert [one["conversation"]["id"] for one in linked["links"]] == [kept]
