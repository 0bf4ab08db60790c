"""For whom callers wait first: whom the flow names, else their own agent, else who spoke with them last; and that it is told."""

from datetime import UTC, datetime
from uuid import UUID

from tests.api import Site
from tests.support import World

from tongdai.conversations import public as conversations
from tongdai.flows.public import Enqueue, Performers, Performing
from tongdai.kit.ids import new_id
from tongdai.routing.policies import preferred_of

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


def test_whom_the_flow_names_goes_before_the_own_agent_and_that_before_the_last():
    everybody = dict.fromkeys((A, B, C), True)
    assert preferred_of(A, B, C, everybody) == (A, "flow")
    assert preferred_of(None, B, C, everybody) == (B, "contact")
    assert preferred_of(None, None, C, everybody) == (C, "last")
    assert preferred_of(None, None, None, {}) is None


def test_who_is_no_agent_of_the_queue_or_not_signed_in_is_passed_by():
    assert preferred_of(A, B, C, {B: True, C: True}) == (B, "contact")
    assert preferred_of(A, B, C, {A: False, B: False, C: True}) == (C, "last")
    assert preferred_of(A, B, C, {A: False, B: False}) == (A, "flow"), "they may sign in yet"


async def arrives(site: Site, contact_id: UUID, preferred: str | None = None) -> UUID:
    """A caller of whom the contact is known, whom a flow puts into the queue."""
    world, interaction_id, now = site.world, new_id(), datetime.now(UTC)
    async with world.transaction() as tx:
        new = conversations.NewInteraction(interaction_id, "voice", "inbound", now, "0912345678")
        await conversations.start(tx, new)
        await tx.execute(
            "UPDATE interactions SET contact_id = %(contact)s WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"contact": contact_id, "id": interaction_id},
        )
    async with world.transaction() as tx:
        command = Enqueue(id="1", queue="Support", priority=0, language="en", preferred=preferred)
        performing = Performing(tx, new_id(), interaction_id, now)
        assert await site.runtime.get(Performers).answer(performing, command) is None
    return interaction_id


async def wanted(world: World, interaction_id: UUID) -> tuple[UUID, str]:
    async with world.transaction() as tx:
        rows = await tx.fetch_tuples(
            "SELECT preferred_user_id, preferred_why FROM queue_entries"
            " WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s",
            {"id": interaction_id},
        )
    return rows[0]


async def test_the_own_agent_of_a_contact_is_chosen_on_screen_and_waited_for_and_it_is_told_why(site: Site):
    world, me = site.world, await site.sign_in("supervisor")
    own, other, outside = await world.user("Own"), await world.user("Other"), await world.user("Outside")
    await world.queue([other, own], name="Support", last_agent_s=30.0, strategy="sequential")
    contact = await me.ok("POST", "/contacts", {"name": "Lan", "agent_id": str(own)})
    assert contact["agent"] == {"id": str(own), "name": "Own"}
    assert {"id": str(own), "name": "Own"} in await me.ok("GET", "/contact-agents")
    contact_id = UUID(contact["id"])
    await world.ready(own, other)
    first = await arrives(site, contact_id)
    offer = await world.offered(first)
    assert offer.user_id == own, "though the other comes first in the order"
    (decision,) = (await me.ok("GET", f"/interactions/{first}"))["routing"]
    assert decision["preferred"] == {"user": {"id": str(own), "name": "Own"}, "why": "contact"}
    await world.accept(offer.id)

    # While that one is busy, who calls again waits for them, and for whom the flow names, if it names somebody.
    second = await arrives(site, contact_id)
    assert await wanted(world, second) == (own, "contact")
    assert not await world.offers(second), "the other is free, and is not asked yet"
    number = await world.value("SELECT extension FROM users WHERE id = %(id)s", id=other)
    third = await arrives(site, contact_id, preferred=number)
    assert await wanted(world, third) == (other, "flow")
    assert (await world.offered(third)).user_id == other
    mail = await world.value("SELECT upper(email) FROM users WHERE id = %(id)s", id=outside)
    assert await wanted(world, await arrives(site, contact_id, preferred=mail)) == (own, "contact")
    assert await wanted(world, await arrives(site, contact_id, preferred="nobody")) == (own, "contact")

    refused = await me.patch(f"/contacts/{contact['id']}", version=contact["version"], agent_id=str(new_id()))
    assert (refused.status_code, "agent_id" in refused.text) == (422, True)
    changed = await me.ok(
        "PATCH", f"/contacts/{contact['id']}", {"version": contact["version"], "agent_id": None}
    )
    assert changed["agent"] is None
    assert await wanted(world, await arrives(site, contact_id)) == (own, "last")
