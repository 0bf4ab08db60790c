"""More than two hear each other."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.together.together_floor import Talk

from tongdai.kit.ids import new_id
from tongdai.telephony.errors import CallNotInState, TooManyParties
from tongdai.telephony.together.parties import MOST


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def party_of(talk: Talk, user: UUID) -> str:
    ((party,),) = await talk.centre.rows(
        "SELECT id FROM call_parties WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND state <> 'gone'",
        user=user,
    )
    return str(party)


async def test_the_talk_goes_on_while_others_are_called_and_join(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    await talk.aim("add_party", "colleague", talk.second)
    await talk.hear(talk.caller, talk.phone)
    second = await talk.answers()
    await talk.hear(talk.caller, talk.phone, second)
    third = await talk.called_in("add_party", talk.centre.agents[2])
    await talk.hear(talk.caller, talk.phone, second, third)
    await talk.restart()
    await talk.hear(talk.caller, talk.phone, second, third)
    await talk.over()


async def test_each_is_silenced_put_on_hold_and_dropped(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await talk.called_in("add_party")
    party = await party_of(talk, talk.second)
    await talk.order("mute_party", party)
    assert phone.muted == {"in"}
    await talk.order("unmute_party", party)
    assert phone.muted == set()
    await talk.order("hold_party", party)
    await talk.hear(talk.caller, talk.phone)
    await talk.waits(phone)
    await talk.order("resume_party", party)
    await talk.hear(talk.caller, talk.phone, phone)
    await talk.order("hold")
    await talk.hear(talk.phone, phone)
    await talk.waits(talk.caller)
    await talk.order("resume")
    await talk.hear(talk.caller, talk.phone, phone)
    await talk.order("drop_party", party)
    await talk.gone(phone)
    await talk.state("talking")
    await talk.hear(talk.caller, talk.phone)
    await talk.over()


async def test_an_agent_who_leaves_leaves_the_customer_to_a_colleague(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    second = await talk.called_in("add_party")
    third = await talk.called_in("add_party", talk.centre.agents[2])
    await talk.order("leave")
    await talk.gone(talk.phone)
    await talk.hear(talk.caller, second, third)
    await talk.order("leave", by=talk.second)
    await talk.hear(talk.caller, third)
    await talk.state("talking")
    await talk.over()
    assert [user for kind, user in await talk.talks() if kind == "talk"] == [*talk.centre.agents]


async def test_nobody_leaves_the_customer_to_somebody_who_has_not_come(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await talk.aim("add_party", "colleague", talk.second)
    with pytest.raises(CallNotInState):
        await talk.order("leave")
    await talk.hear(talk.caller, talk.phone)
    floor.fake.switch.far_hangs_up(talk.phone)
    await talk.state("ended")
    await talk.over()


async def test_the_agent_ends_it_for_everybody(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await talk.called_in("add_party")
    await talk.order("hang_up")
    await talk.state("ended")
    await talk.over()


async def test_an_agent_whose_line_is_lost_finds_the_others_still_talking(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await talk.called_in("add_party")
    floor.fake.switch.far_hangs_up(talk.phone, 44)
    await talk.hear(talk.caller, phone)
    await talk.hear(talk.caller, await talk.answers(), phone)
    await talk.over()


async def test_an_agent_who_does_not_come_back_has_left(floor: FakeFloor):
    talk = await Talk.begin(floor)
    phone = await talk.called_in("add_party")
    floor.fake.switch.far_hangs_up(talk.phone, 44)
    await talk.centre.rings()
    await floor.pass_time(12)
    await talk.state("talking")
    await talk.hear(talk.caller, phone)
    await talk.over()


async def test_ten_are_as_many_as_can_be(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=MOST + 2)
    for agent in talk.centre.agents[1 : MOST + 1]:
        await talk.aim("add_party", "colleague", agent)
    with pytest.raises(TooManyParties):
        await talk.aim("add_party", "colleague", talk.centre.agents[-1])
    await talk.over()


async def test_another_leads_the_conference_and_the_first_helps_on(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    third = talk.centre.agents[2]
    with pytest.raises(CallNotInState):
        await talk.order("lead_party", str(new_id()))
    phone = await talk.called_in("add_party")
    other = await talk.called_in("add_party", third)
    await talk.order("listen_party", await party_of(talk, talk.second))
    await talk.order("lead_party", await party_of(talk, talk.second))
    await talk.hear(talk.caller, talk.phone, phone, other)
    assert not phone.muted
    assert sorted(await talk.assignments(), key=str) == sorted(
        [
            (talk.first, "done", "completed", False),
            (talk.first, "accepted", None, True),
            (talk.second, "accepted", None, False),
            (third, "accepted", None, True),
        ],
        key=str,
    )
    await talk.restart()
    await talk.order("drop_party", await party_of(talk, talk.first), by=talk.second)
    await talk.gone(talk.phone)
    await talk.order("lead_party", await party_of(talk, third), by=talk.second)
    await talk.over()
    assert ("talk", talk.first) in await talk.talks()
    assert (await talk.talks())[-1] == ("talk", third)
    rows = await talk.centre.rows(
        "SELECT user_id FROM interaction_segments WHERE tenant_id = %(tenant)s AND kind = 'help'"
    )
    assert {user for (user,) in rows} == {talk.first, talk.second, third}


async def test_an_outside_party_leads_nobody_and_who_listens_is_unmuted_only_by_being_let_speak(
    floor: FakeFloor,
):
    talk = await Talk.begin(floor)
    await talk.trunk_out()
    await talk.aim("add_listener", "number", "0281234567")
    far = await talk.outside_rings()
    floor.fake.switch.far_answers(far)
    await talk.hear(talk.caller, talk.phone, far)

    async def silent() -> bool:
        return "in" in far.muted

    await until(silent)
    ((party, listens),) = await talk.centre.rows(
        "SELECT id, listens FROM call_parties WHERE tenant_id = %(tenant)s"
    )
    assert listens
    for command in ("lead_party", "unmute_party"):
        with pytest.raises(CallNotInState):
            await talk.order(command, str(party))
    await talk.order("speak_party", str(party))
    assert not far.muted
    await talk.order("listen_party", str(party))
    assert far.muted
    await talk.order("leave")
    await talk.hear(talk.caller, far)
    assert not far.muted, "who has the customer is heard"
    await talk.over()
