"""An agent's line is lost and does not come back: the caller waits again, first in line, for the same skills as before."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeCentre, FakeFloor, fake_floor

from tongdai.telephony.ari.fake.channels import FakeChannel

FLOW = """
flow: skilled
start: answer
nodes:
  answer:
    answer:
    go: queue
  queue:
    queue: {queue: Support, priority: 7, skills: {Ukrainian: 3}, max_wait: 600}
    go: {timeout: end}
  end:
    hang_up:
"""
LOST = 44
GRACE_S = 4.0
FIRST_WAIT_S = 5
MAX_WAIT_S = 600


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path, grace=GRACE_S) as made:
        yield made


async def one_talks_one_waits(floor: FakeFloor) -> tuple[FakeCentre, FakeChannel, list[UUID]]:
    """The first caller, after some waiting, with the only agent who speaks their language, and another who waits; gives the
    agent's leg and both callers' interactions. The second agent is free and does not speak it."""
    centre = await floor.centre(FLOW, agents=2, skills=["Ukrainian"], recording="always", missed_limit=0)
    await centre.world.not_ready(centre.agents[0])
    await centre.teach(centre.agents[0], "Ukrainian", 5)
    centre.call_in()
    await centre.phase("wait")
    await floor.pass_time(FIRST_WAIT_S)
    await centre.world.ready(centre.agents[0])
    phone = await centre.rings()
    floor.fake.switch.far_answers(phone)
    await centre.phase("talk")
    centre.call_in()
    await centre.phase("wait")
    rows = await centre.rows("SELECT id FROM interactions WHERE tenant_id = %(tenant)s ORDER BY started_at")
    return centre, phone, [row[0] for row in rows]


async def lost(centre: FakeCentre, phone: FakeChannel, interaction: UUID) -> dict[str, Any]:
    """The agent's line is lost and stays away; gives the caller's new stay in the queue."""
    centre.floor.fake.switch.far_hangs_up(phone, LOST)
    await centre.world.not_ready(centre.agents[0])

    async def stays() -> Any:
        await centre.floor.pass_time(0.5)
        return await centre.rows(
            "SELECT to_jsonb(q) FROM queue_entries q WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s",
            id=interaction,
        )

    return (await until(stays))[0][0]


async def test_who_comes_back_keeps_skills_priority_and_the_time_waited(floor: FakeFloor):
    centre, phone, (first, second) = await one_talks_one_waits(floor)
    await floor.pass_time(60)
    before = floor.clock.now()
    entry = await lost(centre, phone, first)
    others = await centre.rows(
        "SELECT requirements, priority FROM queue_entries WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s",
        id=second,
    )
    assert entry["requirements"] == others[0][0]
    assert [item["level"] for item in entry["requirements"]] == [3]
    assert entry["priority"] % 100 == others[0][1] == 7
    came_back = datetime.fromisoformat(entry["times_out_at"]) - timedelta(seconds=MAX_WAIT_S)
    assert before < came_back <= floor.clock.now()
    waited = (came_back - datetime.fromisoformat(entry["enqueued_at"])).total_seconds()
    assert FIRST_WAIT_S - 1 < waited < FIRST_WAIT_S + 3  # not the minute of the talk


async def test_who_comes_back_is_first_for_the_next_who_has_the_skill_and_not_for_others(floor: FakeFloor):
    centre, phone, (first, _) = await one_talks_one_waits(floor)
    await lost(centre, phone, first)
    assert not centre.ringing()
    await centre.teach(centre.agents[1], "Ukrainian", 3)
    floor.fake.switch.far_answers(await centre.rings())
    offered = (
        "SELECT interaction_id, user_id FROM assignments WHERE tenant_id = %(tenant)s AND state = 'accepted'"
    )

    async def accepted() -> Any:
        return await centre.rows(offered)

    assert await until(accepted) == [(first, centre.agents[1])]


async def test_each_agents_part_has_a_recording_of_its_own_and_the_wait_between_has_none(floor: FakeFloor):
    centre, phone, (first, _) = await one_talks_one_waits(floor)
    snoops = [c for c in floor.fake.switch.channels.values() if c.snoops_on]
    assert len(snoops) == 2
    await lost(centre, phone, first)
    states = "SELECT state FROM recordings WHERE tenant_id = %(tenant)s ORDER BY started_at"
    assert await centre.rows(states) == [("collecting",)]

    async def quiet() -> bool:
        return not [c for c in floor.fake.switch.channels.values() if c.snoops_on]

    await until(quiet)
    await centre.teach(centre.agents[1], "Ukrainian", 3)
    floor.fake.switch.far_answers(await centre.rings())

    async def recorded_again() -> bool:
        return await centre.rows(states) == [("collecting",), ("recording",)]

    await until(recorded_again)
