"""Agents of further queues help out: after a while, or while the expected wait is too long; on a real database."""

from collections.abc import Mapping
from uuid import UUID

from tests.api import Site
from tests.routing.test_waiting import work
from tests.support import World, until

from tongdai.kit.ids import new_id
from tongdai.platform.auth import Extent, Reach
from tongdai.routing.administration import archive


async def overflows(
    world: World, members: list[UUID], to: UUID, after_s: float | None, expected_s: float | None = None
) -> UUID:
    ring = {"queue_id": str(to), "after_s": after_s, "expected_s": expected_s}
    return await world.queue(members, overflow=[ring])


async def waited(world: World, caller: UUID, seconds: float) -> object:
    return await world.value(
        "SELECT extract(epoch FROM clock_timestamp() - enqueued_at) > %(seconds)s FROM queue_entries"
        " WHERE interaction_id = %(id)s",
        id=caller,
        seconds=seconds,
    )


async def test_own_agents_come_first_and_others_after_a_while(world: World):
    own, other = await world.user(), await world.user()
    queue = await overflows(world, [own], await world.queue([other]), 0.2)
    await world.ready(other)
    await world.ready(own)
    assert (await world.offered(await world.arrive(queue))).user_id == own
    second = await world.arrive(queue)
    offer = await world.offered(second)
    assert offer.user_id == other
    assert offer.queue_id == queue
    waited = await world.value(
        "SELECT extract(epoch FROM a.offered_at - e.enqueued_at) FROM queue_entries e JOIN assignments a"
        " USING (interaction_id) WHERE a.id = %(id)s",
        id=offer.id,
    )
    assert waited >= 0.2


async def test_who_helps_out_serves_who_waits_longest_of_all(world: World):
    helper = await world.user()
    theirs = await world.queue([helper])
    queue = await overflows(world, [], theirs, 0.05)
    first, second = await world.arrive(queue), await world.arrive(theirs)
    await until(lambda: waited(world, first, 0.1))
    await world.ready(helper)
    taken = await world.offered(first)
    await world.accept(taken.id)
    await world.end(taken)
    assert (await world.offered(second)).user_id == helper


async def test_a_long_expected_wait_asks_the_others_at_once(world: World):
    own, other = await world.user(), await world.user()
    queue = await overflows(world, [own], await world.queue([other]), None, expected_s=120)
    await world.ready(own)
    busy = await world.offered(await world.arrive(queue))
    await world.accept(busy.id)
    await world.ready(other)
    caller = await world.arrive(queue)
    assert await world.offers(caller) == []  # nothing is known of how long it will take
    await work(world, queue, own, 20, 400)
    assert (await world.offered(caller)).user_id == other


async def test_a_queue_that_is_gone_helps_nobody(world: World):
    helper = await world.user()
    theirs = await world.queue([helper])
    queue = await overflows(world, [], theirs, 0.05)
    await world.ready(helper)
    taken = await world.offered(await world.arrive(queue))
    await world.accept(taken.id)
    await world.end(taken)
    async with world.transaction() as tx:
        await archive(tx, Reach(Extent.TENANT, None), theirs, archived=True)
    caller = await world.arrive(queue)

    await until(lambda: waited(world, caller, 0.3))
    assert await world.offers(caller) == []


async def test_rings_name_other_queues_once_and_say_when(site: Site):
    admin = await site.sign_in("admin")
    near, far = await site.world.queue(), await site.world.queue()

    async def refused(*rings: Mapping[str, object]) -> str:
        answer = await admin.post("/queues", name=f"Q {new_id()}", overflow=list(rings))
        assert answer.status_code == 422, answer.text
        return str(answer.json()["errors"][0]["field"])

    assert await refused({"queue_id": str(near)}) == "overflow"
    twice = {"queue_id": str(near), "after_s": 5}
    assert await refused(twice, twice) == "overflow"
    assert await refused({"queue_id": str(new_id()), "after_s": 5}) == "overflow.0.queue_id"
    made = await admin.ok(
        "POST",
        "/queues",
        {
            "name": "Front",
            "overflow": [{"queue_id": str(far), "after_s": 60}, {"queue_id": str(near), "after_s": 20, "expected_s": 300}],
        },
    )  # fmt: skip
    assert [ring["queue_id"] for ring in made["overflow"]] == [str(near), str(far)]
    own = [{"queue_id": made["id"], "after_s": 5}]
    answer = await admin.patch(f"/queues/{made['id']}", version=made["version"], overflow=own)
    assert answer.status_code == 422
