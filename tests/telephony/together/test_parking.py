"""Parked customers: music, a number, whoever picks them up; and what happens when nobody does, or the app goes away."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.phones.test_phone_orders import Desk
from tests.telephony.together.together_floor import Talk

from tongdai.platform.errors import AppError
from tongdai.telephony.ari.fake.channels import FakeChannel
from tongdai.telephony.errors import CallNotInState, ParkFull, PickedUpAlready
from tongdai.telephony.together.parked import SLOTS, ParkedCalls


@pytest.fixture
async def fake(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def begin(floor: FakeFloor, *, agents: int = 3) -> Talk:
    talk = await Talk.begin(floor, agents=agents, wrap_up_s=0.0)
    for agent in talk.centre.agents:
        await talk.centre.world.allow(agent, "calls.take")
    await talk.centre.world.not_ready(talk.first)
    return talk


async def slot(talk: Talk) -> int | None:
    ((found,),) = await talk.centre.rows(
        "SELECT park_slot FROM calls WHERE tenant_id = %(tenant)s AND id = %(id)s", id=talk.call_id
    )
    return found


async def parked(talk: Talk) -> None:
    await talk.order("park")
    await talk.waits(talk.caller)
    await talk.gone(talk.phone)


def dials(talk: Talk, agent: UUID, number: str) -> FakeChannel:
    return talk.floor.fake.switch.call_in(talk.centre.phones[agent], number, context="from-agent")


async def test_a_parked_customer_hears_music_and_goes_to_who_dials_the_place(fake: FakeFloor):
    talk = await begin(fake)
    await parked(talk)
    assert await slot(talk) == SLOTS[0]
    phone = dials(talk, talk.second, "701")
    await talk.hear(talk.caller, phone)
    assert await slot(talk) is None
    assert [row[:2] for row in await talk.assignments()] == [(talk.first, "done"), (talk.second, "accepted")]
    await talk.over()
    assert await talk.talks() == [
        ("wait", None),
        ("talk", talk.first),
        ("hold", talk.first),
        ("talk", talk.second),
    ]


async def test_the_desktop_picks_up_by_ringing_the_agent_s_own_phone(fake: FakeFloor):
    talk = await begin(fake)
    await parked(talk)
    await talk.order("pick_up", str(talk.second), by=talk.second)
    phone = await talk.answers()
    await talk.hear(talk.caller, phone)
    await talk.over()


async def test_of_two_who_pick_up_one_has_the_customer_and_the_other_is_told(fake: FakeFloor):
    talk = await begin(fake)
    await parked(talk)
    third = talk.centre.agents[2]
    came = await asyncio.gather(
        talk.order("pick_up", str(talk.second), by=talk.second),
        talk.order("pick_up", str(third), by=third),
        return_exceptions=True,
    )
    assert sorted(map(repr, map(type, came))) == sorted([repr(type(None)), repr(PickedUpAlready)])
    phone = await talk.answers()
    await talk.hear(talk.caller, phone)
    with pytest.raises(CallNotInState):
        await talk.order("pick_up", str(third), by=third)
    late = dials(talk, talk.first, "701")
    await talk.gone(late)
    await talk.hear(talk.caller, phone)
    await talk.over()


async def test_who_does_not_answer_their_own_phone_leaves_the_customer_to_others(fake: FakeFloor):
    talk = await begin(fake)
    await parked(talk)
    await talk.order("pick_up", str(talk.second), by=talk.second)
    fake.fake.switch.far_refuses(await talk.centre.rings(), 603)

    async def free() -> bool:
        return [row[1] for row in await talk.assignments()] == ["done", "done"]

    await until(free)
    assert await slot(talk) == SLOTS[0]
    phone = dials(talk, talk.centre.agents[2], "701")
    await talk.hear(talk.caller, phone)
    await talk.over()


async def test_who_has_another_contact_cannot_pick_up(fake: FakeFloor):
    talk = await begin(fake)
    await parked(talk)
    async with talk.centre.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO agent_loads (tenant_id, user_id, channel, in_use, capacity)"
            " VALUES (%(tenant)s, %(user)s, 'voice', 1, 1) ON CONFLICT (tenant_id, user_id, channel)"
            " DO UPDATE SET in_use = 1",
            {"user": talk.second},
        )
    with pytest.raises(AppError):
        await talk.order("pick_up", str(talk.second), by=talk.second)
    assert not talk.centre.ringing()
    await talk.over()


@pytest.mark.parametrize("ready", [True, False])
async def test_whom_nobody_picks_up_comes_back_to_who_parked_them_or_is_first_in_line(
    fake: FakeFloor, *, ready: bool
):
    talk = await begin(fake)
    await parked(talk)
    if ready:
        await talk.centre.world.ready(talk.first)
    await fake.pass_time(121)
    if ready:
        phone = await talk.answers()
        await talk.hear(talk.caller, phone)
        assert await talk.parties() == [("recall", "gone", "took_over")]
    else:
        await talk.centre.phase("wait")
        ((priority,),) = await talk.centre.rows(
            "SELECT priority FROM queue_entries WHERE tenant_id = %(tenant)s"
        )
        assert priority >= 1000
    assert await slot(talk) is None
    await talk.over()


async def test_who_parked_and_does_not_answer_is_followed_by_the_queue(fake: FakeFloor):
    talk = await begin(fake)
    await parked(talk)
    await talk.centre.world.ready(talk.first)
    await fake.pass_time(121)
    await talk.centre.rings()
    await talk.centre.world.not_ready(talk.first)
    await fake.pass_time(31)
    await talk.centre.phase("wait")
    await talk.over()


@pytest.mark.parametrize("when", ["parked", "ringing", "picked"])
async def test_parking_goes_on_over_a_restart(fake: FakeFloor, when: str):
    talk = await begin(fake)
    await parked(talk)
    ringing = None
    if when == "ringing":
        await talk.order("pick_up", str(talk.second), by=talk.second)
        ringing = await talk.centre.rings()
    elif when == "picked":
        ringing = dials(talk, talk.second, "701")
        await talk.hear(talk.caller, ringing)
    await talk.restart()
    if when == "picked":
        assert ringing is not None
        await talk.hear(talk.caller, ringing)
    else:
        await talk.waits(talk.caller)
        if ringing is not None:
            await talk.gone(ringing)
        assert await slot(talk) == SLOTS[0]
        phone = dials(talk, talk.second, "701")
        await talk.hear(talk.caller, phone)
    await talk.over()


async def test_the_time_goes_on_over_a_restart(fake: FakeFloor):
    talk = await begin(fake)
    await parked(talk)
    await fake.pass_time(100)
    await talk.restart()
    await fake.pass_time(21)
    await talk.centre.phase("wait")
    await talk.over()


@pytest.mark.parametrize("when", ["parked", "ringing", "with"])
async def test_a_customer_who_hangs_up_leaves_the_place_free(fake: FakeFloor, when: str):
    talk = await begin(fake)
    await parked(talk)
    if when == "ringing":
        await talk.order("pick_up", str(talk.second), by=talk.second)
        await talk.centre.rings()
    elif when == "with":
        phone = dials(talk, talk.second, "701")
        fake.fake.switch.far_hangs_up(talk.caller)
        await talk.told(phone)
    await talk.over()
    assert await slot(talk) is None


async def test_a_place_that_is_somebody_s_extension_is_left_out_and_all_taken_is_said(fake: FakeFloor):
    talk = await begin(fake)
    async with talk.centre.world.transaction() as tx:
        await tx.execute("UPDATE users SET extension = '701' WHERE id = %(id)s", {"id": talk.second})
        assert await ParkedCalls(tx).free_slot() == 702
        await tx.execute(
            "INSERT INTO extension_groups (tenant_id, id, name, extension)"
            " SELECT %(tenant)s::uuid, gen_random_uuid(), n::text, n::text FROM generate_series(702, 799) n"
        )
    with pytest.raises(ParkFull):
        await talk.order("park")
    await talk.hear(talk.caller, talk.phone)
    await talk.over()


async def test_a_phone_parks_by_keys_is_told_the_place_and_a_colleague_s_phone_picks_up(floor: Floor):
    desk = await Desk.begin(floor)
    await desk.keys("##*70#")
    await desk.state("parked")
    await desk.phone.request("BYE")
    second = await desk.phones[1].invite("701", caller=desk.phones[1].user)
    await second.status(200)
    await desk.row(phase="talk", user_id=str(desk.agents[1]))
    await desk.over()
    await second.request("BYE")


async def test_a_phone_parks_by_its_transfer_button(floor: Floor):
    desk = await Desk.begin(floor)
    assert await desk.refer("*70") == "SIP/2.0 200 OK"
    await desk.state("parked")
    await desk.over()
