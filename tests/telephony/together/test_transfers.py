"""An agent sends the customer on, without asking: to a colleague, a number, a queue, a flow."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.together.together_floor import ELSEWHERE, Talk

from tongdai.flows.public import FlowService
from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb
from tongdai.platform.errors import AppError
from tongdai.telephony.errors import ColleagueBusy, ColleagueUnreachable, NumberRefused
from tongdai.telephony.extensions.policies import Forwarding
from tongdai.telephony.extensions.repository import Reach


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def test_a_colleague_who_answers_has_the_customer_and_the_first_agent_wraps_up(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await talk.called_in("transfer")
    await talk.hear(talk.caller, phone)
    await talk.gone(talk.phone)
    assert await talk.assignments() == [
        (talk.first, "wrap_up", None, False),
        (talk.second, "accepted", None, False),
    ]
    await talk.over()
    assert await talk.talks() == [
        ("wait", None),
        ("talk", talk.first),
        ("hold", talk.first),
        ("talk", talk.second),
    ]
    assert [row[1] for row in await talk.assignments()] == ["wrap_up", "wrap_up"]
    assert await talk.parties() == [("transfer", "gone", "took_over")]


async def test_the_customer_hears_music_until_the_colleague_answers(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await talk.aim("transfer", "colleague", talk.second)
    await talk.centre.rings()
    await talk.waits(talk.caller)
    await talk.gone(talk.phone)
    await talk.over()
    assert await talk.parties() == [("transfer", "gone", "cancelled")]
    assert (await talk.assignments())[1][1:] == ("done", "withdrawn", False)


@pytest.mark.parametrize("how", ["declines", "silent"])
async def test_who_does_not_take_the_customer_is_followed_by_the_agent_who_sent_them(
    floor: FakeFloor, how: str
):
    talk = await Talk.begin(floor)
    await talk.aim("transfer", "colleague", talk.second)
    phone = await talk.centre.rings()
    if how == "declines":
        floor.fake.switch.far_refuses(phone, 603)
    else:
        await floor.pass_time(31)

    async def again() -> bool:
        return any(one is not phone for one in talk.centre.ringing())

    await until(again)
    back = await talk.answers()
    await talk.hear(talk.caller, back)
    assert (await talk.assignments())[0][:2] == (talk.first, "accepted")
    await talk.over()
    assert [row[2] for row in await talk.parties()] == [
        "declined" if how == "declines" else "no_answer",
        "took_over",
    ]


async def test_where_neither_takes_the_customer_they_wait_first_in_line(floor: FakeFloor):
    talk = await Talk.begin(floor, wrap_up_s=0.0)
    await talk.centre.world.not_ready(talk.first)
    await talk.aim("transfer", "colleague", talk.second)
    floor.fake.switch.far_refuses(await talk.centre.rings(), 486)
    await talk.centre.phase("wait")
    ((priority,),) = await talk.centre.rows("SELECT priority FROM queue_entries WHERE tenant_id = %(tenant)s")
    assert priority >= 1000
    await talk.over()


async def test_a_queue_takes_the_customer_and_gives_them_to_its_agent(floor: FakeFloor):
    talk = await Talk.begin(floor)
    queue = await talk.centre.world.queue([talk.second], name="Second line", max_waiting=0)
    await talk.centre.world.ready(talk.second)
    await talk.aim("transfer", "queue", queue)
    phone = await talk.answers()
    await talk.hear(talk.caller, phone)
    await talk.gone(talk.phone)
    await talk.over()
    rows = await talk.centre.rows("SELECT queue_id, user_id FROM interactions WHERE tenant_id = %(tenant)s")
    assert rows == [(queue, talk.second)]


async def test_a_customer_who_waits_in_another_queue_hears_music_at_once_and_waits_on_over_a_restart(
    floor: FakeFloor,
):
    talk = await Talk.begin(floor)
    queue = await talk.centre.world.queue([talk.second], name="Second line")
    await talk.aim("transfer", "queue", queue)
    await talk.waits(talk.caller)
    await talk.restart()
    await talk.centre.world.ready(talk.second)
    await talk.hear(talk.caller, await talk.answers())
    await talk.over()


async def test_a_flow_takes_the_customer(floor: FakeFloor):
    talk = await Talk.begin(floor)
    async with talk.centre.world.transaction() as tx:
        flow = await floor.runtime.get(FlowService).push(tx, ELSEWHERE, at=floor.clock.now(), publish=True)
    await talk.aim("transfer", "flow", flow.flow_id)
    await talk.centre.phase("flow")
    await talk.gone(talk.phone)

    async def plays() -> bool:
        return bool(talk.caller.operations) and talk.caller.bridge is None

    await until(plays)
    await floor.pass_time(40)
    await talk.state("ended")
    await talk.over()
    ended = await talk.centre.rows("SELECT state->>'ended' FROM flow_runs WHERE tenant_id = %(tenant)s")
    assert len(ended) == 2
    assert all(row[0] for row in ended)


async def test_an_outside_number_takes_the_customer(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await talk.trunk_out()
    await talk.aim("transfer", "number", "0281234567")
    far = await talk.outside_rings()
    floor.fake.switch.far_answers(far)
    await talk.hear(talk.caller, far)
    await talk.gone(talk.phone)
    await talk.restart()
    floor.fake.switch.far_hangs_up(far)
    await talk.state("ended")
    await talk.over()
    assert (await talk.talks())[-1] == ("talk", None)


async def test_a_colleague_who_rings_over_a_restart_rings_on(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await talk.aim("transfer", "colleague", talk.second)
    phone = await talk.centre.rings()
    await talk.restart()
    floor.fake.switch.far_answers(phone)
    await talk.hear(talk.caller, phone)
    await talk.over()


async def test_what_forbids_a_transfer_is_said_and_changes_nothing(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    floor.fake.switch.endpoints[talk.centre.phones[talk.centre.agents[2]]] = False
    await talk.trunk_out()
    wrong = [
        ("colleague", talk.centre.agents[2], ColleagueUnreachable),
        ("colleague", talk.first, AppError),
        ("colleague", new_id(), AppError),
        ("queue", new_id(), AppError),
        ("flow", new_id(), AppError),
        ("number", "+15551234567", NumberRefused),
        ("number", "not a number", AppError),
    ]
    for kind, to, error in wrong:
        with pytest.raises(error):
            await talk.aim("transfer", kind, to)
    async with talk.centre.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO agent_loads (tenant_id, user_id, channel, in_use, capacity)"
            " VALUES (%(tenant)s, %(user)s, 'voice', 1, 1) ON CONFLICT (tenant_id, user_id, channel)"
            " DO UPDATE SET in_use = 1",
            {"user": talk.second},
        )
    with pytest.raises(ColleagueBusy):
        await talk.aim("transfer", "colleague", talk.second)
    await talk.hear(talk.caller, talk.phone)
    assert [row[1] for row in await talk.assignments()] == ["accepted"]
    await talk.over()


async def group(talk: Talk, *members: UUID) -> None:
    """One after the other, five seconds each."""
    async with talk.centre.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO extension_groups (tenant_id, id, name, extension, hunt, member_ids, ring_s)"
            " VALUES (%(tenant)s, %(id)s, 'Sales', '600', 'in_turn', %(members)s, 5)",
            {"id": new_id(), "members": Jsonb([str(one) for one in members])},
        )


async def test_a_group_takes_the_customer_and_who_answers_has_them(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    third = talk.centre.agents[2]
    await group(talk, talk.second, third)
    await talk.aim("transfer", "number", "600")
    first = await talk.centre.rings()
    await floor.pass_time(6)
    await talk.gone(first)
    phone = await talk.answers()
    await talk.hear(talk.caller, phone)
    await talk.gone(talk.phone)
    assert await talk.assignments() == [
        (talk.first, "wrap_up", None, False),
        (third, "accepted", None, False),
    ]
    await talk.over()
    assert await talk.parties() == [("transfer", "gone", "took_over")]
    assert (await talk.talks())[-1] == ("talk", third)


async def test_a_group_that_rings_rings_on_over_a_restart_and_gives_the_customer_back(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await group(talk, talk.second)
    await talk.aim("transfer", "number", "600")
    await talk.centre.rings()
    await talk.restart()
    ringing = await talk.centre.rings()
    await talk.waits(talk.caller)
    await floor.pass_time(12)
    await talk.gone(ringing)
    back = await talk.answers()
    await talk.hear(talk.caller, back)
    assert (await talk.assignments())[0][:2] == (talk.first, "accepted")
    await talk.over()


async def test_who_sends_all_calls_on_or_is_not_to_be_disturbed_is_not_rung_with_the_customer(
    floor: FakeFloor,
):
    talk = await Talk.begin(floor, agents=3)
    third = talk.centre.agents[2]
    ((to,),) = await talk.centre.rows("SELECT extension FROM users WHERE id = %(id)s", id=third)
    async with talk.centre.world.transaction() as tx:
        await Reach(tx).set_forwarding(talk.second, Forwarding(always=to))
    phone = await talk.called_in("transfer")
    await talk.hear(talk.caller, phone)
    assert (await talk.assignments())[1][:2] == (third, "accepted")
    async with talk.centre.world.transaction() as tx:
        await Reach(tx).set_forwarding(talk.second, Forwarding(do_not_disturb=True))
    with pytest.raises(ColleagueBusy):
        await talk.aim("transfer", "colleague", talk.second, by=third)
    await talk.over()
