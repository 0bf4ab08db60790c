"""Who is asked for a microphone before they are ready: whoever a call of a queue may come to."""

from typing import Any

import pytest
from tests.support import World

from tongdai.kit.ids import new_id
from tongdai.platform.database import Database
from tongdai.routing import public as routing


@pytest.fixture
async def world(database: Database) -> World:
    return await World.make(database)


async def offered(world: World, user_id: Any, channel: str = "voice") -> bool:
    async with world.transaction() as tx:
        return await routing.may_be_offered(tx, user_id, channel)


async def test_the_queues_that_name_somebody_say_it(world: World):
    agent = await world.user()
    await world.ready(agent)
    assert not await offered(world, agent)
    chats = await world.queue([agent], channel="chat")
    assert not await offered(world, agent)
    assert await offered(world, agent, "chat")
    helped = await world.queue(overflow=[{"queue_id": str(chats), "after_s": 30}])
    assert await offered(world, agent), "when that queue needs help"
    async with world.transaction() as tx:
        await tx.execute(
            "UPDATE queues SET archived = true WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": helped}
        )
    assert not await offered(world, agent)
    await world.queue([agent])
    assert await offered(world, agent)


async def test_skills_make_somebody_a_member_too(world: World):
    agent, skill = await world.user(), await world.skill("Vietnamese")
    await world.ready(agent)
    await world.queue(requirements=[{"skill_id": str(skill), "level": 2}])
    assert not await offered(world, agent)
    async with world.transaction() as tx:
        await tx.execute(
            "INSERT INTO user_skills VALUES (%(tenant)s, %(user)s, %(skill)s, 3)",
            {"user": agent, "skill": skill},
        )
    assert await offered(world, agent)


async def test_who_was_never_signed_in_is_asked(world: World):
    assert await offered(world, new_id())
