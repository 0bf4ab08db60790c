"""A key that cuts a sentence short answers the question that follows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeCentre, FakeFloor, fake_floor

FLOW = """
flow: anything
start: greeting
nodes:
  greeting:
    say: {parts: [{silence: 60}], interruptible: true}
    go: news
  news:
    say: {parts: [{silence: 60}], interruptible: true}
    go: menu
  menu:
    menu:
      say: [{silence: 60}]
      keys: {"1": one, "2": two}
    go: {one: code, two: law, no_input: end, invalid: end}
  code:
    gather: {save: code, say: [{silence: 60}], min: 2, max: 3}
    go: {done: queue, no_input: end, invalid: end}
  law:
    say: [{silence: 4}]
    go: deaf
  deaf:
    menu:
      say: [{silence: 60}]
      keys: {"1": one, "2": two}
      barge_in: false
    go: {one: queue, two: queue, no_input: end, invalid: end}
  queue:
    queue: {queue: Support}
    go: {timeout: end}
  end:
    hang_up:
"""


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def at(centre: FakeCentre, node: str) -> None:
    async def there() -> bool:
        rows = await centre.rows("SELECT state ->> 'node' FROM flow_runs WHERE tenant_id = %(tenant)s")
        return rows == [(node,)]

    await until(there)


async def test_whoever_knows_the_menu_presses_through_the_greeting(floor: FakeFloor):
    centre = await floor.centre(FLOW, agents=0)
    caller = centre.call_in()
    await at(centre, "greeting")
    floor.fake.switch.far_presses(caller, "1")
    await at(centre, "code")
    floor.fake.switch.far_presses(caller, "4")
    floor.fake.switch.far_presses(caller, "2")
    floor.fake.switch.far_presses(caller, "#")
    await centre.phase("wait")
    ((answers,),) = await centre.rows("SELECT flow_answers FROM interactions WHERE tenant_id = %(tenant)s")
    assert "42" in str(answers)


async def test_a_key_does_not_answer_what_must_be_heard_first(floor: FakeFloor):
    centre = await floor.centre(FLOW, agents=0)
    caller = centre.call_in()
    await at(centre, "greeting")
    floor.fake.switch.far_presses(caller, "2")
    await at(centre, "law")
    floor.fake.switch.far_presses(caller, "1")
    await floor.pass_time(5)
    await at(centre, "deaf")
    floor.fake.switch.far_presses(caller, "1")
    await floor.pass_time(5)
    await at(centre, "deaf")
