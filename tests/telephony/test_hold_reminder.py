"""An agent who has a desk phone alone is reminded of a customer on hold."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.phones.test_phone_orders import Desk
from tests.telephony.rtp import Media, strength
from tests.telephony.together.together_floor import Talk
from tests.telephony.ua import held

from tongdai.telephony.ari.fake.channels import FakeChannel
from tongdai.telephony.calls import reminding


@pytest.fixture
async def fake(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


def rung(talk: Talk) -> FakeChannel | None:
    return next((one for one in talk.centre.ringing() if one is not talk.phone), None)


async def beeps(talk: Talk) -> None:
    async def heard() -> bool:
        return any(one.media == reminding.BEEP for one in talk.phone.operations)

    async with talk.floor.passing():
        await until(heard)


async def test_who_held_by_the_desktop_hears_a_beep_each_minute(fake: FakeFloor):
    talk = await Talk.begin(fake)
    await talk.order("hold")
    await talk.waits(talk.caller)
    await fake.pass_time(58)
    assert not talk.phone.operations
    await beeps(talk)
    await fake.pass_time(30)
    await beeps(talk)
    assert rung(talk) is None
    await talk.order("resume")
    await talk.hear(talk.caller, talk.phone)
    await fake.pass_time(70)
    assert not talk.phone.operations
    await talk.over()


async def test_a_phone_that_holds_by_itself_rings_and_who_answers_goes_on(fake: FakeFloor):
    talk = await Talk.begin(fake)
    fake.fake.switch.far_holds(talk.phone, held=True)
    await talk.state("held")
    await fake.pass_time(61)
    line = await until(lambda: _some(talk))
    assert line.endpoint == talk.centre.phones[talk.first]
    fake.fake.switch.far_answers(line)
    await talk.hear(talk.caller, line)
    await talk.gone(talk.phone)
    await talk.state("talking")
    await talk.over()
    assert [kind for kind, _ in await talk.talks()] == ["wait", "talk", "hold", "talk"]
    assert [state for _, state, _, _ in await talk.assignments()] == ["wrap_up"]


async def _some(talk: Talk) -> FakeChannel | None:
    return rung(talk)


async def test_it_rings_again_also_after_a_restart_until_the_phone_takes_the_customer_back(fake: FakeFloor):
    talk = await Talk.begin(fake)
    fake.fake.switch.far_holds(talk.phone, held=True)
    await talk.state("held")
    await fake.pass_time(61)
    first = await until(lambda: _some(talk))
    await fake.pass_time(12)
    await talk.gone(first)
    await talk.restart()
    await fake.pass_time(48)
    again = await until(lambda: _some(talk))
    fake.fake.switch.far_holds(talk.phone, held=False)
    await talk.hear(talk.caller, talk.phone)
    await talk.gone(again)
    await talk.over()


async def test_the_phone_rings_on_another_line_and_the_customer_is_heard_there(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reminding, "AFTER_S", 1.0)
    voice, agent = await Media.open(600), await Media.open(1000)
    desk = await Desk.begin(floor, customer_port=voice.port)
    desk.phone.send("INVITE", held(desk.phone.body))
    await desk.phone.status(200)
    await desk.state("held")
    desk.phones[0].media_port = agent.port
    line = await desk.phones[0].incoming()
    line.answer("200 OK")
    await desk.phone.request("BYE")
    voice.speak_to(desk.customer.received[-1])
    agent.speak_to(line.invite)

    async def both_hear() -> bool:
        return strength(voice.heard[-4000:], 1000) > 0.5 and strength(agent.heard[-4000:], 600) > 0.5

    await until(both_hear)
    row = await desk.over()
    assert row["result"] == "answered"
    await voice.close()
    await agent.close()
