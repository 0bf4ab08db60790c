"""The same where timing matters: hang-ups and restarts around a phone's transfer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.together.test_transfers import group
from tests.telephony.together.together_floor import Talk

from tongdai.telephony.ari.fake.channels import FakeChannel
from tongdai.tenancy import public as tenancy
from tongdai.tenancy.schemas import SettingsChange
from tongdai.tenancy.service import change_settings


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def begin(floor: FakeFloor) -> Talk:
    talk = await Talk.begin(floor)
    for agent in talk.centre.agents:
        await talk.centre.world.allow(agent, "calls.take")
    return talk


async def extension(talk: Talk, number: int) -> str:
    ((found,),) = await talk.centre.rows(
        "SELECT extension FROM users WHERE id = %(id)s", id=talk.centre.agents[number]
    )
    return found


async def asks(talk: Talk) -> tuple[FakeChannel, FakeChannel]:
    """The agent's second call to the colleague, answered."""
    switch = talk.floor.fake.switch
    switch.far_holds(talk.phone, held=True)
    await talk.state("held")
    name = talk.centre.phones[talk.first]
    second = switch.call_in(name, await extension(talk, 1), context="from-agent")
    colleague = await talk.centre.rings()
    switch.far_answers(colleague)
    await talk.hear(second, colleague)
    return second, colleague


async def no_call_open(talk: Talk) -> None:
    async def none() -> bool:
        return not await talk.centre.rows(
            "SELECT 1 FROM calls WHERE tenant_id = %(tenant)s AND ended_at IS NULL"
        )

    await until(none)


async def over(talk: Talk) -> None:
    talk.floor.fake.switch.far_hangs_up(talk.caller)
    await no_call_open(talk)
    await talk.is_over()


async def told(phone: FakeChannel, wanted: str) -> None:
    async def there() -> bool:
        return wanted in phone.transfers

    await until(there)


async def test_the_customer_goes_to_who_was_asked_and_stays_there_over_a_restart(floor: FakeFloor):
    talk = await begin(floor)
    second, colleague = await asks(talk)
    floor.fake.switch.far_refers(talk.phone, other=second)
    await talk.hear(talk.caller, colleague)
    await told(talk.phone, "channel_answered")
    await talk.gone(talk.phone)
    await talk.gone(second)
    await talk.restart()
    await talk.hear(talk.caller, colleague)
    await over(talk)


async def test_the_phone_may_refer_its_second_call_to_the_first_as_well(floor: FakeFloor):
    talk = await begin(floor)
    second, colleague = await asks(talk)
    floor.fake.switch.far_refers(second, other=talk.phone)
    await talk.hear(talk.caller, colleague)
    await told(second, "channel_answered")
    await over(talk)


async def test_asking_goes_on_over_a_restart_and_ends_in_a_transfer(floor: FakeFloor):
    talk = await begin(floor)
    second, colleague = await asks(talk)
    await talk.restart()
    floor.fake.switch.far_refers(talk.phone, other=second)
    await talk.hear(talk.caller, colleague)
    await over(talk)


@pytest.mark.parametrize("when", ["before", "with"])
async def test_a_customer_who_hangs_up_is_not_given_to_anybody(floor: FakeFloor, when: str):
    talk = await begin(floor)
    second, colleague = await asks(talk)
    if when == "before":
        floor.fake.switch.far_hangs_up(talk.caller)
        floor.fake.switch.far_refers(talk.phone, other=second)
    else:
        floor.fake.switch.far_refers(talk.phone, other=second)
        floor.fake.switch.far_hangs_up(talk.caller)
    await talk.state("ended")
    floor.fake.switch.far_hangs_up(second)
    floor.fake.switch.far_hangs_up(colleague)
    await no_call_open(talk)
    await talk.is_over()


async def test_a_number_that_is_being_keyed_in_over_a_restart_leaves_the_customer_with_music(
    floor: FakeFloor,
):
    talk = await begin(floor)
    for key in "##1":
        floor.fake.switch.far_presses(talk.phone, key)
    await talk.waits(talk.caller)
    await talk.restart()
    await talk.waits(talk.caller)
    for key in "###":
        floor.fake.switch.far_presses(talk.phone, key)
    await talk.hear(talk.caller, talk.phone)
    await over(talk)


async def set_keys(talk: Talk, *, on: bool) -> None:
    async with talk.centre.world.transaction() as tx:
        before = await tenancy.settings(tx)
        await change_settings(tx, SettingsChange(version=before.version, phone_keys=on))

    async def known() -> bool:
        directory = talk.floor.exchange.directory
        return directory.phone_keys(talk.centre.world.tenant_id) is on

    await until(known)


async def test_keys_that_are_switched_off_order_nothing_over_a_restart_too(floor: FakeFloor):
    talk = await begin(floor)
    await set_keys(talk, on=False)
    for key in "##*2":
        floor.fake.switch.far_presses(talk.phone, key)
    await talk.restart()
    for key in "##":
        floor.fake.switch.far_presses(talk.phone, key)
    await talk.hear(talk.caller, talk.phone)
    assert await talk.centre.rows("SELECT 1 FROM calls WHERE state = 'talking'")
    await set_keys(talk, on=True)
    for key in "##":
        floor.fake.switch.far_presses(talk.phone, key)
    await talk.waits(talk.caller)
    await over(talk)


async def test_a_ring_group_is_asked_by_keys(floor: FakeFloor):
    talk = await begin(floor)
    await group(talk, talk.second)
    for key in "*2600#":
        floor.fake.switch.far_presses(talk.phone, key)
    colleague = await talk.answers()
    await talk.hear(talk.phone, colleague)
    await talk.waits(talk.caller)
    for key in "*2":
        floor.fake.switch.far_presses(talk.phone, key)
    await talk.hear(talk.caller, colleague)
    await talk.gone(talk.phone)
    await over(talk)
