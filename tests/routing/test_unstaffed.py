"""Queues whose callers leave while nobody is signed in: on arrival, after a while, and when the last agent leaves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.api import Site
from tests.routing.blending.test_policies import RULES
from tests.routing.test_closing import ask
from tests.support import World, until

from tongdai.flows.public import Enqueue
from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.routing.policies import Entry, leaves_unstaffed_at


async def sign_out(world: World, user_id: UUID) -> None:
    async with world.transaction() as tx:
        await people.choose(tx, user_id, people.Chosen.OFFLINE, None, datetime.now(UTC))


async def sent_out(world: World, interaction_id: UUID) -> str:
    """Why the contact was told to leave, once it was."""

    async def told() -> object:
        return await world.value(
            "SELECT body->>'why' FROM event_log WHERE type = 'routing.contact_timed_out'"
            " AND body->>'interaction_id' = %(id)s",
            id=str(interaction_id),
        )

    return await until(told)


def test_who_waits_leaves_after_a_while_or_at_once_or_never_and_callbacks_never():
    now = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    waits = Entry(new_id(), new_id(), new_id(), RULES.id, (), 0, now)
    assert leaves_unstaffed_at(waits, RULES) is None
    assert leaves_unstaffed_at(waits, replace(RULES, nobody_after_s=0.0)) == now
    after = replace(RULES, nobody_after_s=40.0)
    assert leaves_unstaffed_at(waits, after) == now + timedelta(seconds=40)
    assert leaves_unstaffed_at(replace(waits, callback=True), after) is None


async def test_callers_leave_on_arrival_while_nobody_is_signed_in(site: Site):
    world = site.world
    agent, helper = await world.user(), await world.user()
    helpers = await world.queue([helper])
    ring = {"queue_id": str(helpers), "after_s": 600.0, "expected_s": None}
    await world.queue([agent], name="night", nobody_after_s=0.0, overflow=[ring])
    queue_id = await world.value("SELECT id FROM queues WHERE name = 'night'")

    async def arrives() -> str | None:
        reply = await ask(site, Enqueue(id="1", queue="night", priority=0, language="en"), new_id())
        return reply.result if reply else None

    assert await arrives() == "no_agents"
    await world.ready(helper)
    first = await world.arrive(queue_id)
    await sign_out(world, helper)
    await world.not_ready(agent)
    second = await world.arrive(queue_id)
    assert await world.value("SELECT count(*) FROM queue_entries") == 2, "on a break is there; so are helpers"
    await sign_out(world, agent)
    assert [await sent_out(world, one) for one in (first, second)] == ["no_agents", "no_agents"]


async def test_callers_wait_where_the_queue_says_so_and_leave_after_the_time_it_says(site: Site):
    world = site.world
    patient = await world.arrive(await world.queue())
    leaves = await world.arrive(await world.queue(nobody_after_s=0.5))
    served = await world.user()
    stays = await world.arrive(await world.queue([served], nobody_after_s=0.2))
    await world.not_ready(served)
    assert await sent_out(world, leaves) == "no_agents"
    told = await world.value(
        "SELECT extract(epoch FROM l.at - e.enqueued_at) FROM event_log l JOIN queue_entries e"
        " ON e.interaction_id::text = l.body->>'interaction_id' WHERE l.type = 'routing.contact_timed_out'"
    )
    assert told >= 0.5
    others = await world.value(
        "SELECT count(*) FROM event_log WHERE type = 'routing.contact_timed_out'"
        " AND body->>'interaction_id' = ANY(%(ids)s)",
        ids=[str(patient), str(stays)],
    )
    assert others == 0
