"""Who has just come is offered within the transaction of the arrival, where somebody is free for them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.support import World, until

from tongdai.conversations import public as conversations
from tongdai.kit.ids import new_id
from tongdai.platform.config import Settings
from tongdai.platform.database import Transaction
from tongdai.platform.registry import Registry
from tongdai.routing import public as routing
from tongdai.routing import register
from tongdai.routing.matching.newcomers import AtOnce, offer_at_once


@pytest.fixture
async def world(dsn: str) -> AsyncIterator[World]:
    registry = Registry()
    register(registry)
    async with registry.running(Settings(database_dsn=dsn)) as runtime:
        yield await World.make(runtime.database)


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
    await offer_at_once(tx, entry, now)
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
