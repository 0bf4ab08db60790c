"""A flow connects its caller to a colleague's extension: who answers has the contact, like one of a queue."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeCentre, FakeFloor, fake_floor
from tests.telephony.together.together_floor import Talk

FLOW = """
flow: anything
start: answer
nodes:
  answer:
    answer:
    go: on
  on:
    transfer: {extension: "%s", timeout: 20}
    go: {no_answer: queue, done: queue}
  queue:
    queue: {queue: Support, max_wait: 600}
    go: {timeout: end}
  end:
    hang_up:
"""


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def centre_of(floor: FakeFloor) -> FakeCentre:
    """Its hotline leads to the first agent, whose extension is 123; the second is in the queue, and not ready."""
    centre = await floor.centre(FLOW % "123", agents=2, wrap_up_s=60.0)
    await centre.world.not_ready(centre.agents[1])
    async with centre.world.transaction() as tx:
        await tx.execute(
            "UPDATE users SET extension = '123' WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": centre.agents[0]},
        )
    return centre


async def connected(centre: FakeCentre) -> Talk:
    before = {row[0] for row in await centre.rows("SELECT id FROM calls WHERE tenant_id = %(tenant)s")}
    caller = centre.call_in()
    phone = await centre.rings()
    centre.floor.fake.switch.far_answers(phone)
    await centre.phase("talk")
    rows = await centre.rows("SELECT id FROM calls WHERE tenant_id = %(tenant)s")
    (call_id,) = {row[0] for row in rows} - before
    talk = Talk(centre, caller, phone, call_id)
    await talk.hear(caller, phone)
    return talk


async def occupied(talk: Talk, agent: UUID) -> str:
    ((shown,),) = await talk.centre.rows(
        "SELECT occupancy FROM presence WHERE tenant_id = %(tenant)s AND user_id = %(user)s", user=agent
    )
    return shown


async def closed(talk: Talk) -> None:
    await talk.gone(talk.caller)
    await talk.gone(talk.phone)
    await talk.state("ended")


async def test_who_answers_has_the_contact(floor: FakeFloor):
    talk = await connected(await centre_of(floor))
    assert await talk.assignments() == [(talk.first, "accepted", None, False)]
    assert await occupied(talk, talk.first) == "working"
    await talk.order("hold")
    await talk.waits(talk.caller)
    await talk.order("resume")
    await talk.hear(talk.caller, talk.phone)
    floor.fake.switch.far_hangs_up(talk.phone)
    await closed(talk)
    assert [state for _, state, _, _ in await talk.assignments()] == ["done"]
    talked = [(kind, user) for kind, user in await talk.talks() if kind in ("talk", "hold")]
    assert talked == [("talk", talk.first), ("hold", talk.first), ("talk", talk.first)]


async def test_they_send_the_customer_on_to_a_colleague(floor: FakeFloor):
    talk = await connected(await centre_of(floor))
    second = await talk.called_in("transfer")
    await talk.hear(talk.caller, second)
    assert [(user, state) for user, state, _, _ in await talk.assignments()] == [
        (talk.first, "done"),
        (talk.second, "accepted"),
    ]


async def test_after_a_restart_they_still_talk_and_the_flow_does_not_go_on(floor: FakeFloor):
    talk = await connected(await centre_of(floor))
    await talk.restart()
    await talk.hear(talk.caller, talk.phone)
    ((waiting,),) = await talk.centre.rows(
        "SELECT state -> 'waiting' ->> 'kind' FROM flow_runs WHERE tenant_id = %(tenant)s"
    )
    assert waiting == "transfer"
    await talk.order("hold")
    await talk.waits(talk.caller)
    await talk.order("hang_up")
    await closed(talk)


async def test_a_lost_line_is_waited_for_and_then_the_flow_goes_on(floor: FakeFloor):
    """There is no queue into which the customer could go back."""
    talk = await connected(await centre_of(floor))
    await talk.centre.world.not_ready(talk.first)
    floor.fake.switch.endpoints[talk.centre.phones[talk.first]] = False
    floor.fake.switch.far_vanishes(talk.phone)
    await talk.waits(talk.caller)
    async with floor.passing():
        await talk.centre.phase("wait")
        await talk.waits(talk.caller)
    await talk.centre.world.ready(talk.second)
    await talk.hear(talk.caller, await talk.answers())
    assert [(user, state) for user, state, _, _ in await talk.assignments()] == [
        (talk.first, "done"),
        (talk.second, "accepted"),
    ]


async def test_who_has_another_contact_only_talks(floor: FakeFloor):
    """On a phone with two lines."""
    centre = await centre_of(floor)
    first = await connected(centre)
    second = await connected(centre)
    assert [(user, state) for user, state, _, _ in await first.assignments()] == [(first.first, "accepted")]
    floor.fake.switch.far_hangs_up(second.phone)
    await closed(second)
    await first.hear(first.caller, first.phone)

    async def still() -> bool:
        return await occupied(first, first.first) == "working"

    await until(still)
