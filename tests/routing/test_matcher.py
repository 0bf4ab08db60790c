"""The matcher on a real database: offers, refusals, time-outs, skills that widen."""

import asyncio
from datetime import UTC, datetime

import pytest
from tests.support import World, until

from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.routing import public as routing
from tongdai.routing.repositories.entries import Entries


async def test_a_caller_is_offered_to_the_agent_who_is_idle_longest(world: World):
    first, second = await world.user(), await world.user()
    queue = await world.queue([first, second])
    await world.ready(first)
    await world.ready(second)
    caller = await world.arrive(queue)
    offer = await world.offered(caller)
    assert offer.user_id == first
    await world.accept(offer.id)
    assert await world.value("SELECT phase FROM interactions WHERE id = %(id)s", id=caller) == "talk"
    explanation = await world.value("SELECT explanation FROM routing_decisions")
    verdicts = {item["user_id"]: item["verdict"] for item in explanation["candidates"]}
    assert verdicts == {str(first): "chosen", str(second): "later_in_order"}


async def test_an_agent_who_comes_free_gets_who_waits_longest(world: World):
    agent = await world.user()
    queue = await world.queue([agent])
    callers = [await world.arrive(queue) for _ in range(3)]
    await world.ready(agent)
    for caller in callers:
        offer = await world.offered(caller)
        await world.accept(offer.id)
        await world.end(offer)
    segments = await world.value("SELECT array_agg(state ORDER BY started_at) FROM agent_segments")
    assert segments == ["offline", "ready", "working", "ready", "working", "ready", "working"]


async def test_news_of_an_agent_who_is_being_claimed_gives_them_to_nobody_else(world: World):
    """A reading of the moment before a claim showed the agent free, and the next in the line overtook the first."""
    agent, other = await world.user(), await world.user()
    queue, other_queue = await world.queue([agent]), await world.queue([other])
    first, second = await world.arrive(queue), await world.arrive(queue)
    locked, let_go = asyncio.Event(), asyncio.Event()

    async def hold_up_the_claim() -> None:
        async with world.transaction() as tx:
            await Entries(tx).lock(first)
            locked.set()
            await let_go.wait()

    async def claim_waits() -> object:
        return await world.value(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )

    holding = asyncio.create_task(hold_up_the_claim())
    await locked.wait()
    await world.ready(agent)
    await until(claim_waits)
    await world.changed(agent)
    await world.ready(other)
    await world.offered(await world.arrive(other_queue))  # by now the matcher has read the agent again
    assert await world.offers(second) == []
    let_go.set()
    await holding
    assert (await world.offered(first)).user_id == agent


async def test_a_declined_contact_goes_to_the_next_agent_and_keeps_its_place(world: World):
    first, second = await world.user(), await world.user()
    queue = await world.queue([first, second])
    await world.ready(first)
    await world.ready(second)
    caller = await world.arrive(queue)
    offer = await world.offered(caller)
    await world.decline(offer.id)

    async def second_offer() -> object:
        return [row for row in await world.offers(caller) if row.user_id == second]

    await until(second_offer)


async def test_a_missed_offer_makes_the_agent_not_ready(world: World):
    agent = await world.user()
    queue = await world.queue([agent], offer_timeout_s=0.1, missed_limit=1)
    await world.ready(agent)
    caller = await world.arrive(queue)
    await world.offered(caller)

    async def not_ready() -> object:
        return await world.value("SELECT chosen FROM presence") == "not_ready"

    await until(not_ready)
    assert await world.value("SELECT outcome FROM assignments") == "missed"
    assert await world.value("SELECT state FROM queue_entries") == "waiting"


async def test_ring_all_is_won_by_one(world: World):
    agents = [await world.user() for _ in range(3)]
    queue = await world.queue(agents, strategy="ring_all")
    await world.ready(*agents)
    caller = await world.arrive(queue)

    async def all_ring() -> object:
        rows = await world.offers(caller)
        return rows if len(rows) == 3 else None

    offers = await until(all_ring)
    await world.accept(offers[1].id)
    with pytest.raises(routing.OfferGone):
        await world.accept(offers[0].id)
    assert await world.value("SELECT count(*) FROM assignments WHERE outcome = 'elsewhere'") == 2
    assert await world.value("SELECT sum(in_use) FROM agent_loads") == 1


async def test_a_caller_who_hangs_up_is_taken_back_from_the_agent(world: World):
    agent = await world.user()
    queue = await world.queue([agent])
    await world.ready(agent)
    caller = await world.arrive(queue)
    await world.offered(caller)
    await world.hang_up(caller)
    assert await world.offers() == []
    assert await world.value("SELECT result FROM interactions") == "abandoned"
    assert await world.value("SELECT shown FROM presence") == "ready"
    other = await world.arrive(queue)
    assert (await world.offered(other)).user_id == agent


async def test_skills_widen_while_the_caller_waits(world: World):
    skill = await world.skill("Billing")
    beginner = await world.user(skills={skill: 2})
    queue = await world.queue([beginner])
    await world.ready(beginner)
    requirement = routing.Requirement(skill, 5, (routing.Relaxation(0.2, 2),))
    caller = await world.arrive(queue, requirements=(requirement,))
    offer = await world.offered(caller)
    waited = await world.value(
        "SELECT extract(epoch FROM a.offered_at - e.enqueued_at) FROM queue_entries e JOIN assignments a"
        " USING (interaction_id) WHERE a.id = %(id)s",
        id=offer.id,
    )
    assert waited >= 0.2


async def test_membership_by_skill(world: World):
    skill = await world.skill("Ukrainian")
    speaker, other = await world.user(skills={skill: 7}), await world.user()
    queue = await world.queue([], requirements=[{"skill_id": str(skill), "level": 5}])
    await world.ready(other)
    await world.ready(speaker)
    assert (await world.offered(await world.arrive(queue))).user_id == speaker


async def test_the_longest_wait_is_told_to_the_flow(world: World):
    queue = await world.queue([], max_wait_s=0.1)
    await world.arrive(queue)

    async def told() -> object:
        return await world.value("SELECT count(*) FROM event_log WHERE type = 'routing.contact_timed_out'")

    await until(told)


async def test_a_full_queue_says_so(world: World):
    queue = await world.queue([], max_waiting=1)
    await world.arrive(queue)
    with pytest.raises(routing.QueueFull):
        await world.arrive(queue)


async def test_wrap_up_ends_by_itself(world: World):
    agent = await world.user()
    queue = await world.queue([agent], wrap_up_s=0.3)
    await world.ready(agent)
    offer = await world.offered(await world.arrive(queue))
    await world.accept(offer.id)
    await world.end(offer)
    assert await world.value("SELECT shown FROM presence") == "wrap_up"

    async def ready_again() -> object:
        return await world.value("SELECT shown FROM presence") == "ready"

    await until(ready_again)
    assert await world.value("SELECT wrap_up_s FROM interactions") >= 0.3


async def test_no_such_queue(world: World):
    from tongdai.platform.errors import NotFound

    with pytest.raises(NotFound):
        await world.arrive(new_id())


async def test_a_new_stretch_of_work_counts_contacts_anew(world: World):
    agent = await world.user()
    queue = await world.queue([agent], strategy="fewest_contacts")
    await world.ready(agent)
    offer = await world.offered(await world.arrive(queue))
    await world.accept(offer.id)
    await world.end(offer)
    assert await world.value("SELECT handled FROM agent_loads") == 1
    async with world.transaction() as tx:
        await people.choose(tx, agent, people.Chosen.OFFLINE, None, datetime.now(UTC))
    await world.ready(agent)

    async def forgotten() -> object:
        return await world.value("SELECT handled FROM agent_loads") == 0

    await until(forgotten)
