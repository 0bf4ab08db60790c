"""The notice of the recording where something comes between: a restart, a hang-up, a lost agent; on the fake, in virtual time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeCentre, FakeFloor, fake_floor
from tests.telephony.test_on_the_fake import FLOW, bridged, restart, result

from tongdai.telephony.ari.fake.channels import FakeChannel
from tongdai.telephony.media import BEEP, Media


@pytest.fixture
async def floor(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeFloor]:
    async def beep(*_: object) -> list[str]:
        return [BEEP]

    monkeypatch.setattr(Media, "locate", beep)  # voices differ from machine to machine
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def told(floor: FakeFloor) -> tuple[FakeCentre, FakeChannel, FakeChannel]:
    """A caller who is being told, and the phone of an agent who has answered meanwhile."""
    centre = await floor.centre(FLOW, agents=1, recording="always", announce_recording=True)
    caller = centre.call_in()

    async def plays() -> bool:
        return bool(caller.operations)

    await until(plays)
    phone = await centre.rings()
    floor.fake.switch.far_answers(phone)
    await centre.phase("talk")
    return centre, caller, phone


async def announced(centre: FakeCentre) -> list[bool]:
    rows = await centre.rows("SELECT announced FROM recordings WHERE tenant_id = %(tenant)s")
    return [row[0] for row in rows]


async def recorded(floor: FakeFloor, centre: FakeCentre) -> None:
    async with floor.passing():
        await until(lambda: announced(centre))


async def test_the_agent_is_connected_and_the_talk_recorded_when_it_is_over(floor: FakeFloor):
    centre, caller, _ = await told(floor)
    assert caller.bridge is None
    assert await announced(centre) == []
    async with floor.passing():
        await bridged(centre)
    await recorded(floor, centre)
    assert await announced(centre) == [True]
    assert not any(bridge.played for bridge in floor.fake.switch.bridges.values()), "once is enough"


async def test_who_hangs_up_meanwhile_is_not_recorded(floor: FakeFloor):
    centre, caller, _ = await told(floor)
    floor.fake.switch.far_hangs_up(caller)
    assert await result(centre) == "answered"
    assert await announced(centre) == []


async def test_after_a_restart_both_are_connected_and_told_and_recorded(floor: FakeFloor):
    centre, _, _ = await told(floor)
    await restart(floor)
    await bridged(centre)
    assert await announced(centre) == []
    await recorded(floor, centre)
    assert await announced(centre) == [True]
    played = [one for bridge in floor.fake.switch.bridges.values() for one in bridge.played]
    assert played == [BEEP]


async def test_where_nothing_can_be_played_the_talk_is_recorded_unannounced(
    floor: FakeFloor, monkeypatch: pytest.MonkeyPatch
):
    async def nothing(*_: object) -> list[str]:
        return []

    monkeypatch.setattr(Media, "locate", nothing)
    centre = await floor.centre(FLOW, agents=1, recording="always", announce_recording=True)
    centre.call_in()
    floor.fake.switch.far_answers(await centre.rings())
    await bridged(centre)
    await recorded(floor, centre)
    assert await announced(centre) == [False]
