"""Who has just come is offered within the transaction of the arrival, where somebody is free for them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.support import World, until

from tongdai.conversations import public as conversations
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.routing.matching.at_once import AtOnce, offer_at_once


async def free(world: World, *agents: UUID) -> None:
    """The agents are ready, and the matcher knows it and rests."""
    await world.ready(*agents)

    async def known() -> bool:
        chooser: Any = world.database.memory.get(AtOnce)
        if chooser is None or not chooser._at_rest() or chooser._at_rest.__self__._tasks:
            return False
        return all(chooser._pool.is_free(agent) for agent in agents)

    await until(known)


async def enqueue(tx: Transaction, queue: UUID) -> UUID:
    interaction, now = new_id(), datetime.now(UTC)
    await conversations.start(
        tx, conversations.NewInteraction(interaction, "voice", "inbound", now, "0912345678")
    )
    entry = await routing.enqueue(tx, routing.Enqueue(interaction, queue), now)
    await offer_at_once(tx, entry)
    return interaction


async def test_a_newcomer_is_offered_when_the_arrival_is_committed_and_only_once(world: World):
    first, second = await world.user(), await world.user()
    queue = await world.queue([first, second])
    await free(world, first)
    await free(world, second)
    async with world.transaction() as tx:
        caller = await enqueue(tx, queue)
    (offer,) = await world.offers(caller)
    assert offer.user_id == first
    explanation = await world.value("SELECT explanation FROM routing_decisions")
    assert (explanation["waiting"], explanation["free"]) == (1, 2)
    other = await world.arrive(queue)  # the matcher went over the first one's news before
    assert (await world.offered(other)).user_id == second
    assert len(await world.offers(caller)) == 1
    await world.accept(offer.id)
    assert await world.value("SELECT phase FROM interactions WHERE id = %(id)s", id=caller) == "talk"


async def test_a_newcomer_whose_arrival_fails_leaves_the_agent_to_the_next(world: World):
    agent = await world.user()
    queue = await world.queue([agent])
    await free(world, agent)
    with pytest.raises(ZeroDivisionError):
        async with world.transaction() as tx:
            await enqueue(tx, queue)
            raise ZeroDivisionError
    assert await world.value("SELECT count(*) FROM assignments") == 0
    caller = await world.arrive(queue)
    assert (await world.offered(caller)).user_id == agent


async def test_a_newcomer_waits_when_the_agent_was_not_free_after_all(world: World):
    """What the matcher remembers can be old: the database decides."""
    agent = await world.user()
    queue = await world.queue([agent])
    await free(world, agent)
    async with world.transaction() as tx:
        await tx.execute("UPDATE presence SET chosen = 'not_ready' WHERE tenant_id = %(tenant)s")
    async with world.transaction() as tx:
        caller = await enqueue(tx, queue)
    assert await world.value("SELECT state FROM queue_entries") == "waiting"
    assert await world.offers(caller) == []
    async with world.transaction() as tx:
        await tx.execute("UPDATE presence SET chosen = 'ready' WHERE tenant_id = %(tenant)s")
    await world.changed(agent)
    assert (await world.offered(caller)).user_id == agent


async def test_a_newcomer_does_not_overtake_who_waits(world: World):
    agent, other = await world.user(), await world.user()
    queue = await world.queue([agent])
    await free(world, other)
    waiting = await world.arrive(queue)
    await free(world, other)
    async with world.transaction() as tx:
        newcomer = await enqueue(tx, queue)
    assert await world.offers(newcomer) == []
    await world.ready(agent)
    assert (await world.offered(waiting)).user_id == agent
    assert await world.offers(newcomer) == []


async def test_all_ring_for_a_newcomer_where_all_shall(world: World):
    agents = [await world.user() for _ in range(3)]
    queue = await world.queue(agents, strategy="ring_all")
    await free(world, *agents)
    async with world.transaction() as tx:
        caller = await enqueue(tx, queue)
    assert {offer.user_id for offer in await world.offers(caller)} == set(agents)


async def at_work(world: World, agent: UUID, queue: UUID) -> conversations.AssignmentRow:
    """The agent talks with somebody, and the matcher has heard of it and rests."""
    await free(world, agent)
    offer = await world.offered(await world.arrive(queue))
    await world.accept(offer.id)
    await rests(world)
    return offer


async def rests(world: World) -> None:
    async def nothing_is_left() -> bool:
        chooser: Any = world.database.memory[AtOnce]
        return chooser._at_rest() and not chooser._at_rest.__self__._tasks

    await until(nothing_is_left)


async def test_who_comes_free_is_offered_the_next_when_the_work_is_committed(world: World):
    agent = await world.user()
    queue = await world.queue([agent])
    work = await at_work(world, agent, queue)
    first, second = await world.arrive(queue), await world.arrive(queue)
    await rests(world)
    await world.end(work)
    (offer,) = await world.offers(first)
    assert (offer.user_id, await world.value("SELECT in_use FROM agent_loads")) == (agent, 1)
    assert await world.value("SELECT handled FROM agent_loads") == 1
    assert await world.value("SELECT occupancy FROM presence") == "offered"
    states = await world.value("SELECT array_agg(state ORDER BY started_at) FROM agent_segments")
    assert states[-1] == "working"
    await rests(world)
    assert await world.offers(second) == []
    await world.accept(offer.id)
    await world.end(offer)
    assert (await world.offered(second)).user_id == agent
    assert await world.value("SELECT handled FROM agent_loads") == 2


async def test_who_comes_free_and_for_whom_nobody_waits_is_free(world: World):
    agent = await world.user()
    queue = await world.queue([agent])
    work = await at_work(world, agent, queue)
    await world.end(work)
    assert await world.value("SELECT in_use FROM agent_loads") == 0
    await free(world)
    async with world.transaction() as tx:
        caller = await enqueue(tx, queue)
    assert [offer.user_id for offer in await world.offers(caller)] == [agent]


async def test_work_whose_end_fails_leaves_the_agent_at_it_and_the_contact_in_its_place(world: World):
    agent, other = await world.user(), await world.user()
    queue = await world.queue([agent, other])
    work = await at_work(world, agent, queue)
    waiting = await world.arrive(queue)
    await rests(world)
    with pytest.raises(ZeroDivisionError):
        async with world.transaction() as tx:
            await routing.end_work(tx, work.id, datetime.now(UTC))
            raise ZeroDivisionError
    assert await world.value("SELECT in_use FROM agent_loads") == 1
    chooser: Any = world.database.memory[AtOnce]
    assert not chooser._pool.is_free(agent)
    await world.ready(other)
    assert (await world.offered(waiting)).user_id == other


async def test_who_comes_free_but_went_away_meanwhile_is_offered_nothing(world: World):
    """What the matcher remembers can be old: the database decides."""
    agent = await world.user()
    queue = await world.queue([agent])
    work = await at_work(world, agent, queue)
    waiting = await world.arrive(queue)
    await rests(world)
    async with world.transaction() as tx:
        await tx.execute("UPDATE presence SET disconnected_at = now() WHERE tenant_id = %(tenant)s")
    await world.end(work)
    assert await world.offers(waiting) == []
    assert await world.value("SELECT in_use FROM agent_loads") == 0
    async with world.transaction() as tx:
        await tx.execute("UPDATE presence SET disconnected_at = NULL WHERE tenant_id = %(tenant)s")
    await world.changed(agent)
    assert (await world.offered(waiting)).user_id == agent


async def test_who_comes_free_rings_with_the_others_where_all_shall(world: World):
    agents = [await world.user() for _ in range(2)]
    queue = await world.queue(agents, strategy="ring_all")
    work = await at_work(world, agents[0], queue)
    waiting = await world.arrive(queue)
    await rests(world)
    await world.end(work)
    assert (await world.offered(waiting)).user_id == agents[0]
