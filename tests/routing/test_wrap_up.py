"""A queue's rules for the work after a contact: its limit, who ends it, and what comes then."""

from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from tests.api import Person, Site
from tests.support import World, until

from tongdai.conversations import public as conversations
from tongdai.routing.policies import more_wrap_up

times = st.floats(0, 5000)


@given(times, times, times)
def test_a_wrap_up_never_gets_longer_than_its_limit(asked: float, used: float, limit: float):
    more = more_wrap_up(asked, used, limit)
    assert 0 <= more <= asked
    assert limit <= 0 or more == 0 or used + more <= limit + 1e-6
    if limit == 0:
        assert more == asked


async def wrapping(world: World, agent: UUID, queue: UUID) -> conversations.AssignmentRow:
    await world.ready(agent)
    offer = await world.offered(await world.arrive(queue))
    await world.accept(offer.id)
    await world.end(offer)
    return offer


async def state(world: World, agent: UUID) -> Any:
    return await world.value("SELECT shown FROM presence WHERE user_id = %(id)s", id=agent)


async def test_after_a_wrap_up_that_ran_out_the_agent_may_be_not_ready(world: World):
    agent = await world.user()
    queue = await world.queue([agent], wrap_up_s=0.2, wrap_up_then="not_ready")
    await wrapping(world, agent, queue)
    assert await state(world, agent) == "wrap_up"

    async def not_ready() -> bool:
        return await state(world, agent) == "not_ready"

    await until(not_ready)


async def test_a_wrap_up_ends_though_its_queue_was_archived(world: World):
    agent = await world.user()
    queue = await world.queue([agent], wrap_up_s=0.2)
    await wrapping(world, agent, queue)
    async with world.transaction() as tx:
        await tx.execute("UPDATE queues SET archived = true WHERE tenant_id = %(tenant)s")

    async def ready() -> bool:
        return await state(world, agent) == "ready"

    await until(ready)


async def me_wrapping(site: Site, **queue: Any) -> tuple[Person, str]:
    me = await site.sign_in("agent")
    offer = await wrapping(site.world, me.id, await site.world.queue([me.id], **queue))
    return me, f"/assignments/{offer.id}"


async def test_a_forced_wrap_up_has_no_end_and_wants_a_result(site: Site):
    admin = await site.sign_in("admin")
    result = await admin.ok("POST", "/dispositions-admin", {"label": {"en": "Sold"}, "code": "sold"})
    me, path = await me_wrapping(site, wrap_up_s=0.0, wrap_up_forced=True)
    assert (await me.ok("GET", "/workspace"))["assignments"][0]["wrap_up_ends_at"] is None
    answer = await me.post(f"{path}/done", then="ready")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "disposition_id")
    await me.ok("POST", f"{path}/done", {"then": "ready", "disposition_id": result["id"]})
    assert await state(site.world, me.id) == "ready"


async def test_a_wrap_up_is_extended_as_far_as_the_queue_allows(site: Site):
    me, path = await me_wrapping(site, wrap_up_s=30.0, wrap_up_max_s=50.0)
    await me.ok("POST", f"{path}/wrap-up/extend", {"seconds": 30})
    length = (
        "SELECT extract(epoch FROM wrap_up_ends_at - wrap_up_at) FROM assignments WHERE state = 'wrap_up'"
    )
    assert await site.world.value(length) == 50
    answer = await me.post(f"{path}/wrap-up/extend", seconds=30)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrap_up_full")
