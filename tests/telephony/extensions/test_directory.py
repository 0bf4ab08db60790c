"""A caller finds a colleague by name; who does not want to be found is not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.api import Site
from tests.support import until
from tests.telephony.fake_floor import FakeFloor, fake_floor

from tongdai.telephony.extensions.policies import Forwarding
from tongdai.telephony.extensions.repository import Reach

FLOW = """
flow: anything
start: who
nodes:
  who:
    directory: {timeout: 8, retries: 1}
    go: {found: on, not_found: end}
  on:
    transfer: {extension: "{{ colleague.extension }}", timeout: 20}
    go: {no_answer: end, done: end}
  end:
    hang_up:
"""


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def test_the_keys_of_a_name_ring_the_colleagues_phone(floor: FakeFloor):
    centre = await floor.centre(FLOW, agents=2)
    wanted, hidden = centre.agents
    async with centre.world.transaction() as tx:
        await tx.execute(
            "UPDATE users SET name = 'Nguyễn Đức An' WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)",
            {"ids": [wanted, hidden]},
        )
        await Reach(tx).set_forwarding(hidden, Forwarding(listed=False))
    caller = centre.call_in()

    async def asked(kind: str) -> None:
        async def waits() -> bool:
            rows = await centre.rows(
                "SELECT state -> 'waiting' -> 'memo' ->> 'step' FROM flow_runs WHERE tenant_id = %(tenant)s"
            )
            return rows == [(kind,)]

        await until(waits)

    await asked("type")
    for key in "264":  # nobody's
        floor.fake.switch.far_presses(caller, key)

    async def again() -> bool:
        return await centre.rows(
            "SELECT 1 FROM flow_runs WHERE tenant_id = %(tenant)s AND state -> 'waiting' -> 'memo' ->> 'attempt' = '1'"
        ) == [(1,)]

    await until(again)
    for key in "382":  # Đức
        floor.fake.switch.far_presses(caller, key)
    await asked("choose")
    ((people,),) = await centre.rows(
        "SELECT json_array_length(state -> 'waiting' -> 'memo' -> 'people') FROM flow_runs WHERE tenant_id = %(tenant)s"
    )
    assert people == 1
    floor.fake.switch.far_presses(caller, "1")
    assert wanted.hex in (await centre.rings()).name


async def test_who_does_not_want_to_be_found_says_so(site: Site):
    agent = await site.sign_in("agent")
    kept = await agent.ok("GET", "/phone/forwarding")
    assert kept["listed"] is True
    await agent.ok("PUT", "/phone/forwarding", {**kept, "listed": False})
    assert (await agent.ok("GET", "/phone/forwarding"))["listed"] is False
    found = await site.do(lambda tx: Reach(tx).listed())
    assert agent.user.name not in {one.name for one in found}
