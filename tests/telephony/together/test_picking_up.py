"""A colleague's ringing call is taken by a star code: of queues, of transfers, between colleagues."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.conftest import HOTLINE, Floor
from tests.telephony.extensions.test_forwarding import extension, group
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.together.together_floor import FLOW, Talk

from tongdai.telephony.ari.fake.channels import FakeChannel


@pytest.fixture
async def fake(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def begin(floor: FakeFloor) -> Talk:
    talk = await Talk.begin(floor, agents=3, wrap_up_s=0.0)
    for agent in talk.centre.agents:
        await talk.centre.world.allow(agent, "calls.take")
    return talk


async def code(talk: Talk, agent: UUID) -> str:
    ((number,),) = await talk.centre.rows("SELECT extension FROM users WHERE id = %(id)s", id=agent)
    return f"*8{number}"


def dials(talk: Talk, agent: UUID, number: str) -> FakeChannel:
    return talk.floor.fake.switch.call_in(talk.centre.phones[agent], number, context="from-agent")


async def test_a_customer_who_is_sent_to_a_colleague_is_taken_by_another(fake: FakeFloor):
    talk = await begin(fake)
    third = talk.centre.agents[2]
    await talk.aim("transfer", "colleague", talk.second)
    ringing = await talk.centre.rings()
    phone = dials(talk, third, await code(talk, talk.second))
    await talk.hear(talk.caller, phone)
    await talk.gone(ringing)
    assert await talk.assignments() == [
        (talk.first, "done", "completed", False),
        (talk.second, "done", "withdrawn", False),
        (third, "accepted", None, False),
    ]
    await talk.restart()
    await talk.hear(talk.caller, phone)
    await talk.over()
    assert (await talk.talks())[-1] == ("talk", third)


async def test_two_pick_up_and_one_of_them_is_refused(fake: FakeFloor):
    talk = await begin(fake)
    third = talk.centre.agents[2]
    await talk.aim("transfer", "colleague", talk.second)
    await talk.centre.rings()
    number = await code(talk, talk.second)
    one, other = dials(talk, third, number), dials(talk, talk.first, number)

    async def decided() -> bool:
        await fake.pass_time(0.2)
        there = [phone.id in fake.fake.switch.channels for phone in (one, other)]
        return sorted(there) == [False, True]

    await until(decided)
    await talk.hear(talk.caller, one if one.id in fake.fake.switch.channels else other)
    await talk.over()


@pytest.mark.parametrize("who", ["nobody rings", "no such extension", "not a mate"])
async def test_nothing_to_pick_up_is_said(fake: FakeFloor, who: str):
    talk = await begin(fake)
    if who == "not a mate":
        await talk.aim("transfer", "colleague", talk.second)
        await talk.centre.rings()
    numbers = {
        "nobody rings": await code(talk, talk.second),
        "no such extension": "*8999999",
        "not a mate": "*8",
    }
    phone = dials(talk, talk.centre.agents[2], numbers[who])
    await talk.told(phone)
    await talk.over()


async def test_the_call_of_a_queue_that_rings_a_mate_is_taken_by_the_short_code(floor: Floor):
    first, phone = await floor.desk()
    second, other = await floor.desk()
    await floor.world.allow(second, "calls.take")
    await group(floor, [first, second])
    await floor.world.queue([first], name="Support")
    await floor.hotline(FLOW)
    await floor.world.ready(first)
    customer = await (await floor.customer()).invite(HOTLINE)
    ringing = await phone.incoming()
    ringing.answer("180 Ringing")
    picked = await other.invite("*8", caller=other.user)
    await picked.status(200)
    await ringing.request("CANCEL")
    row = await floor.interaction(phase="talk", user_id=str(second))
    assert row["queue_id"] is not None
    await customer.hang_up()
    await floor.interaction(state="closed", result="answered")
    await floor.nothing_left()
    outcomes = await floor.world.value(
        "SELECT array_agg(outcome ORDER BY offered_at) FROM assignments WHERE tenant_id = %(tenant)s"
    )
    assert outcomes == ["elsewhere", "completed"]


async def test_a_call_between_colleagues_is_taken_with_the_extension(floor: Floor):
    _, first = await floor.desk()
    second, phone = await floor.desk()
    third, other = await floor.desk()
    await floor.world.allow(third, "calls.take")
    caller = await first.invite(await extension(floor, second), caller=first.user)
    ringing = await phone.incoming()
    ringing.answer("180 Ringing")
    picked = await other.invite(f"*8{await extension(floor, second)}", caller=other.user)
    await picked.status(200)
    await caller.status(200)
    await ringing.request("CANCEL")
    await caller.hang_up()
    row = await floor.interaction(state="closed")
    assert (row["direction"], row["result"]) == ("internal", "answered")
    await floor.nothing_left()
