"""An agent asks a colleague or an outside number while the customer waits."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.together.together_floor import Talk

from tongdai.telephony.errors import CallNotInState


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def test_agent_and_colleague_talk_while_the_customer_hears_music(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await talk.called_in("consult")
    await talk.hear(talk.phone, phone)
    await talk.waits(talk.caller)
    assert await talk.assignments() == [
        (talk.first, "accepted", None, False),
        (talk.second, "accepted", None, True),
    ]
    await talk.over()


async def test_completing_gives_the_customer_to_the_colleague(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await talk.called_in("consult")
    await talk.order("complete")
    await talk.hear(talk.caller, phone)
    await talk.gone(talk.phone)
    assert await talk.assignments() == [
        (talk.first, "wrap_up", None, False),
        (talk.second, "accepted", None, False),
    ]
    await talk.over()
    assert (await talk.assignments())[1][1] == "wrap_up"
    rows = await talk.centre.rows(
        "SELECT kind, user_id FROM interaction_segments WHERE tenant_id = %(tenant)s AND kind = 'help'"
    )
    assert rows == [("help", talk.second)]


async def test_hanging_up_the_phone_after_asking_gives_the_customer_away(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await talk.called_in("consult")
    floor.fake.switch.far_hangs_up(talk.phone)
    await talk.hear(talk.caller, phone)
    await talk.over()


async def test_completing_while_they_ring_leaves_the_customer_to_who_answers(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await talk.aim("consult", "colleague", talk.second)
    phone = await talk.centre.rings()
    await talk.order("complete")
    await talk.gone(talk.phone)
    floor.fake.switch.far_answers(phone)
    await talk.hear(talk.caller, phone)
    await talk.over()


async def test_cancelling_brings_the_customer_back_to_the_agent(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await talk.called_in("consult")
    await talk.order("cancel")
    await talk.hear(talk.caller, talk.phone)
    await talk.gone(phone)
    assert (await talk.assignments())[1] == (talk.second, "done", "completed", True)
    await talk.over()


async def test_a_colleague_who_declines_or_leaves_leaves_the_customer_on_hold(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await talk.aim("consult", "colleague", talk.second)
    floor.fake.switch.far_refuses(await talk.centre.rings(), 603)
    await talk.state("held")
    await talk.waits(talk.caller)
    phone = await talk.called_in("consult")
    await talk.state("consulting")
    floor.fake.switch.far_hangs_up(phone)
    await talk.state("held")
    await talk.order("resume")
    await talk.hear(talk.caller, talk.phone)
    await talk.over()
    assert [row[2] for row in await talk.parties()] == ["declined", "left"]


async def test_swapping_lets_the_other_one_wait(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await talk.called_in("consult")
    await talk.order("swap")
    await talk.hear(talk.caller, talk.phone)
    await talk.waits(phone)
    await talk.restart()
    await talk.hear(talk.caller, talk.phone)
    await talk.order("swap")
    await talk.hear(talk.phone, phone)
    await talk.waits(talk.caller)
    await talk.order("swap")
    await talk.order("complete")
    await talk.hear(talk.caller, phone)
    await talk.over()


async def test_merging_puts_all_together(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await talk.called_in("consult")
    await talk.order("merge")
    await talk.hear(talk.caller, talk.phone, phone)
    await talk.over()
    assert [kind for kind, _ in await talk.talks()] == ["wait", "talk", "hold", "talk"]


async def test_an_outside_number_is_asked_and_takes_over(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await talk.trunk_out()
    await talk.aim("consult", "number", "0281234567")
    far = await talk.outside_rings()
    floor.fake.switch.far_answers(far)
    await talk.hear(talk.phone, far)
    await talk.order("complete")
    await talk.hear(talk.caller, far)
    await talk.over()


async def test_asking_goes_on_over_a_restart(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await talk.aim("consult", "colleague", talk.second)
    phone = await talk.centre.rings()
    await talk.restart()
    floor.fake.switch.far_answers(phone)
    await talk.hear(talk.phone, phone)
    await talk.restart()
    await talk.hear(talk.phone, phone)
    await talk.order("complete")
    await talk.hear(talk.caller, phone)
    await talk.over()


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("command", ["consult", "transfer"])
async def test_nobody_stays_called_in_when_the_customer_leaves_while_the_app_is_away(
    floor: FakeFloor, command: str, answered: bool
):
    talk = await Talk.begin(floor)
    await talk.aim(command, "colleague", talk.second)
    phone = await (talk.answers() if answered else talk.centre.rings())
    await talk.away()
    floor.fake.switch.far_hangs_up(talk.caller)
    await floor.up()
    await talk.is_over()
    await talk.gone(phone)
    assert [state for _, state, _ in await talk.parties()] == ["gone"]
    assert {state for _, state, _, _ in await talk.assignments()} <= {"wrap_up", "done"}


async def test_an_agent_whose_line_is_lost_while_asking_is_rung_back(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await talk.called_in("consult")
    floor.fake.switch.far_hangs_up(talk.phone, 44)
    back = await talk.answers()
    await talk.hear(back, phone)
    await talk.waits(talk.caller)
    await talk.over()


async def test_the_colleague_may_leave_and_nothing_else(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await talk.called_in("consult")
    for command in ("hold", "resume", "nonsense"):
        with pytest.raises(CallNotInState):
            await talk.order(command)
    await talk.over()
