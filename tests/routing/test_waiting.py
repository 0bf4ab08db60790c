"""What the matcher learns of how fast queues go, and what is told of waiting, on a real database."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from tests.support import World, until

from tongdai.conversations.events import AssignmentDone
from tongdai.kit.ids import new_id
from tongdai.platform.config import Settings
from tongdai.platform.facts import Recorded
from tongdai.platform.registry import Registry
from tongdai.routing import public as routing
from tongdai.routing import register
from tongdai.routing.matching.paces import Paces
from tongdai.routing.repositories.paces import PaceRow


async def paces(world: World) -> Mapping[UUID, PaceRow]:
    async with world.transaction() as tx:
        return await routing.paces(tx)


async def work(world: World, queue: UUID, user: UUID, times: int, busy_s: float) -> None:
    """Contacts of this length are told to be done."""
    async with world.transaction() as tx:
        for _ in range(times):
            tx.emit(
                AssignmentDone(
                    aggregate_id=new_id(), aggregate_version=9, interaction_id=new_id(), user_id=user,
                    queue_id=queue, outcome="completed", busy_s=busy_s,
                )
            )  # fmt: skip


async def test_the_pace_of_a_queue_is_learned_kept_and_told(world: World):
    first, second = await world.user(), await world.user()
    queue = await world.queue([first, second])
    await world.ready(first)
    taken = await world.offered(await world.arrive(queue))
    await work(world, queue, first, 20, 100)
    await world.accept(taken.id)
    callers = [await world.arrive(queue) for _ in range(3)]
    await world.hang_up(callers.pop())

    async def learned() -> object:
        row = (await paces(world)).get(queue)
        return (
            row if row and row.finished > 19 and row.abandoned and row.staff == 1 and not row.free else None
        )

    row: PaceRow = await until(learned)
    assert row.last_wait_s is not None
    mu = row.finished / row.worked_s
    async with world.transaction() as tx:
        prospects = [await routing.prospect_of(tx, caller) for caller in callers]
        status = await routing.status_of(tx, queue)
    assert [one.position for one in prospects] == [1, 2]
    assert prospects[0].expected_s == 1 / (row.agents * mu)
    assert (prospects[1].expected_s or 0) > (prospects[0].expected_s or 0)
    assert (status.waiting, status.agents_at_work, status.agents_ready, status.staffed) == (2, 1, 0, True)
    assert (status.expected_s or 0) > (prospects[1].expected_s or 0)


async def test_it_goes_on_from_what_was_kept_after_a_restart(dsn: str):
    async def started() -> object:
        return [row for row in (await paces(world)).values() if row.finished >= 19.9 and row.staff == 1]

    registry = Registry()
    register(registry)
    async with registry.running(Settings(database_dsn=dsn)) as runtime:
        world = await World.make(runtime.database)
        agent = await world.user()
        queue = await world.queue([agent])
        await world.ready(agent)
        await world.offered(await world.arrive(queue))
        await work(world, queue, agent, 20, 60)
        await until(started)
    registry = Registry()
    register(registry)
    async with registry.running(Settings(database_dsn=dsn)) as runtime:
        world = World(runtime.database, world.tenant_id)

        async def more() -> object:
            await work(world, queue, agent, 1, 60)
            return (await paces(world))[queue].finished > 24

        await until(more)


async def test_a_queue_without_agents_is_not_staffed_and_one_with_a_free_one_does_not_wait(world: World):
    agent, skill = await world.user(), await world.skill("Billing")
    skilled = await world.user(skills={skill: 4})
    wide = [{"skill_id": str(skill), "level": 6, "relax": [{"after_s": 30, "level": 4}]}]
    named, by_skill = await world.queue([agent]), await world.queue(requirements=wide)
    too_high = await world.queue(requirements=[{"skill_id": str(skill), "level": 6}])
    async with world.transaction() as tx:
        assert not (await routing.status_of(tx, named)).staffed
        assert (await routing.status_of(tx, named)).expected_s is None
    await world.ready(agent, skilled)
    async with world.transaction() as tx:
        free = await routing.status_of(tx, named)
        assert (free.agents_ready, free.expected_s) == (1, 0.0)
        assert (await routing.status_of(tx, by_skill)).agents_at_work == 1
        assert not (await routing.status_of(tx, too_high)).staffed


def test_who_serves_two_queues_counts_once_by_what_they_do():
    paces, user, tenant = Paces(), new_id(), new_id()
    busy, quiet = new_id(), new_id()
    both = frozenset({busy, quiet})
    assert paces.parts(user, both) == {busy: 0.5, quiet: 0.5}
    for _ in range(12):
        fact = AssignmentDone(
            aggregate_id=new_id(), aggregate_version=3, interaction_id=new_id(), user_id=user, queue_id=busy,
            outcome="completed", busy_s=300.0,
        )  # fmt: skip
        paces.work_done(Recorded((1, 1), datetime.now(UTC), tenant, fact))
    parts = paces.parts(user, both)
    assert parts[busy] > 0.8
    assert abs(sum(parts.values()) - 1) < 1e-9
