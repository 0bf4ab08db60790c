"""A supervisor listens to a call, whispers, joins, takes over; on the fake, where each step can be looked at."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.together.together_floor import Talk, listens, spy_on

from tongdai.telephony.errors import CallNotInState


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def test_who_listens_hears_both_and_is_heard_by_nobody(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await listens(talk)
    await talk.hear(await spy_on(talk, talk.phone), phone)
    await talk.hear(talk.caller, talk.phone)
    await talk.over()
    rows = await talk.centre.rows(
        "SELECT state, ended_at IS NOT NULL FROM call_watches WHERE tenant_id = %(tenant)s"
    )
    assert rows == [("gone", True)]
    assert not [bridge for bridge in floor.fake.switch.bridges if bridge.startswith("watch-")]


async def test_each_way_of_listening_is_in_the_audit_log_by_who_listened(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await listens(talk)
    await spy_on(talk, talk.phone)
    await talk.order("watch_mode", "whisper", by=talk.second)
    await talk.hear(await spy_on(talk, talk.phone, whisper=True), phone)
    await talk.order("watch_mode", "join", by=talk.second)
    await talk.hear(talk.caller, talk.phone, phone)
    await talk.order("watch_mode", "listen", by=talk.second)
    await talk.hear(talk.caller, talk.phone)
    await talk.order("unwatch", by=talk.second)
    await talk.gone(phone)
    deeds = await talk.centre.rows(
        "SELECT action, user_id FROM audit_log WHERE tenant_id = %(tenant)s AND action LIKE 'call.%%' ORDER BY at, id"
    )
    assert deeds == [
        (f"call.{deed}", talk.second) for deed in ("listened", "whispered", "joined", "listened")
    ]
    await talk.over()


async def test_taking_over_leaves_the_agent_to_the_wrap_up(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await listens(talk)
    await spy_on(talk, talk.phone)
    await talk.order("take_over", by=talk.second)
    await talk.hear(talk.caller, phone)
    await talk.gone(talk.phone)
    assert [row[:2] for row in await talk.assignments()] == [
        (talk.first, "wrap_up"),
        (talk.second, "accepted"),
    ]
    await talk.over()
    assert (await talk.talks())[-1] == ("talk", talk.second)


async def test_who_listens_follows_the_customer_to_the_next_agent(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    phone = await listens(talk)
    await spy_on(talk, talk.phone)
    third = await talk.called_in("transfer", talk.centre.agents[2])
    await talk.hear(await spy_on(talk, third), phone)
    await talk.over()


async def test_a_listener_who_hangs_up_disturbs_nobody(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await listens(talk)
    await spy_on(talk, talk.phone)
    floor.fake.switch.far_hangs_up(phone)

    async def gone() -> bool:
        rows = await talk.centre.rows("SELECT state FROM call_watches WHERE tenant_id = %(tenant)s")
        return rows == [("gone",)]

    await until(gone)
    await talk.hear(talk.caller, talk.phone)
    with pytest.raises(CallNotInState):
        await talk.order("watch_mode", "join", by=talk.second)
    await talk.over()


async def test_after_a_restart_nobody_listens_and_the_call_goes_on(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await listens(talk)
    await spy_on(talk, talk.phone)
    await talk.restart()
    await talk.gone(phone)
    await talk.hear(talk.caller, talk.phone)
    again = await listens(talk)
    await talk.hear(await spy_on(talk, talk.phone), again)
    await talk.over()


async def test_nobody_listens_to_who_waits_and_nobody_twice(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await listens(talk)
    with pytest.raises(CallNotInState):
        await talk.order("watch", "listen", by=talk.second)
    with pytest.raises(CallNotInState):
        await talk.order("take_over", by=talk.first)
    await talk.over()
