"""That somebody begins to listen is told to those on the line, where the centre wants it: races, on the fake."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.together.together_floor import Talk, listens, spy_on

from tongdai.telephony.ari.fake.channels import FakeChannel
from tongdai.tenancy import public as tenancy
from tongdai.tenancy.schemas import SettingsChange
from tongdai.tenancy.service import change_settings

BEEP = "sound:beep"


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def announce(talk: Talk, how: Any, to: Any = "both") -> None:
    """As an administrator sets it."""
    async with talk.centre.world.transaction() as tx:
        version = (await tenancy.settings(tx)).version
        await change_settings(tx, SettingsChange(version=version, watch_notice=how, watch_notice_to=to))

    async def known() -> bool:
        notice = talk.floor.exchange.directory.watch_notice(talk.centre.world.tenant_id)
        return (notice.how, notice.to) == (how, to) if notice else how == "off"

    await until(known)


def in_bridge(talk: Talk) -> list[str]:
    """What all in the call's bridge heard so far."""
    return talk.floor.fake.switch.bridges[f"call-{talk.call_id}"].played


def ears(talk: Talk) -> dict[str | None, list[str]]:
    """What is heard just now by one alone: by the channel of the ear."""
    channels = talk.floor.fake.switch.channels.values()
    told = [one for one in channels if one.id.startswith("tell-") and one.whispers]
    return {one.snoops_on: [operation.media for operation in one.operations] for one in told}


async def in_ear(talk: Talk, *who: FakeChannel, media: str = BEEP) -> None:
    """Once exactly these hear it, each alone, and once it is over."""

    async def so() -> bool:
        return ears(talk) == {one.id: [media] for one in who}

    async def over() -> bool:
        return not ears(talk)

    await until(so)
    await talk.floor.pass_time(1.5)
    await until(over)


async def audited(talk: Talk) -> list[tuple[str, str | None, str | None]]:
    """(deed, how, to)."""
    rows = await talk.centre.rows(
        "SELECT action, details->>'announced', details->>'announced_to' FROM audit_log"
        " WHERE tenant_id = %(tenant)s AND action LIKE 'call.%%' ORDER BY at, id"
    )
    return [(deed.removeprefix("call."), how, to) for deed, how, to in rows]


async def test_nothing_is_heard_where_it_is_off(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await announce(talk, "tone")
    await announce(talk, "off")
    await listens(talk)
    await spy_on(talk, talk.phone)
    await talk.order("watch_mode", "join", by=talk.second)
    assert (in_bridge(talk), ears(talk)) == ([], {})
    await talk.over()
    assert await audited(talk) == [("listened", None, None), ("joined", None, None)]


@pytest.mark.parametrize("mode", ["listen", "whisper", "join"])
async def test_both_hear_it_once_however_the_listener_begins_and_goes_on(floor: FakeFloor, mode: str):
    talk = await Talk.begin(floor)
    await announce(talk, "tone")
    await listens(talk, mode)

    async def heard() -> bool:
        return in_bridge(talk) == [BEEP]

    await until(heard)
    await talk.order("watch_mode", "whisper", by=talk.second)
    await spy_on(talk, talk.phone, whisper=True)
    await talk.order("hold")
    await talk.order("resume")
    await talk.hear(talk.caller, talk.phone)
    assert (in_bridge(talk), ears(talk)) == ([BEEP], {})
    await talk.over()
    deed = {"listen": "listened", "whisper": "whispered", "join": "joined"}[mode]
    assert await audited(talk) == [(deed, "tone", "both"), ("whispered", None, None)]


async def test_the_agent_alone_hears_it_and_the_bridge_is_left_in_peace(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await announce(talk, "tone", "agent")
    phone = await listens(talk)
    await in_ear(talk, talk.phone)
    await talk.hear(await spy_on(talk, talk.phone), phone)
    await talk.hear(talk.caller, talk.phone)
    assert in_bridge(talk) == []
    await talk.over()
    assert await audited(talk) == [("listened", "tone", "agent")]


async def test_a_sentence_is_in_the_language_of_the_centre(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await announce(talk, "sentence")
    heard: set[str] = set()
    for locale in ("en", "vi", "uk"):
        async with talk.centre.world.transaction() as tx:
            version = (await tenancy.settings(tx)).version
            await change_settings(tx, SettingsChange(version=version, locale=locale))  # type: ignore[arg-type]

        async def known(locale: str = locale) -> bool:
            notice = floor.exchange.directory.watch_notice(talk.centre.world.tenant_id)
            return notice is not None and notice.language == locale

        await until(known)
        await listens(talk)
        await spy_on(talk, talk.phone)
        heard.add(in_bridge(talk)[-1])
        await talk.order("unwatch", by=talk.second)
    assert len(heard) == 3
    assert BEEP not in heard
    await talk.over()


async def test_a_customer_on_hold_hears_it_when_they_are_back(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await announce(talk, "tone")
    await talk.order("hold")
    await talk.waits(talk.caller)
    await listens(talk)
    await spy_on(talk, talk.phone)
    assert (in_bridge(talk), ears(talk)) == ([BEEP], {})
    await talk.order("resume")
    await in_ear(talk, talk.caller)
    await talk.over()


async def test_who_comes_to_the_call_hears_it_then(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    await announce(talk, "tone")
    await listens(talk)
    await spy_on(talk, talk.phone)
    third = await talk.called_in("add_party", talk.centre.agents[2])
    await in_ear(talk, third)
    await talk.order("leave")
    await talk.hear(talk.caller, third)
    await spy_on(talk, third)
    assert (in_bridge(talk), ears(talk)) == ([BEEP], {})
    await talk.over()


async def test_the_next_agent_hears_it_and_the_customer_not_again(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    await announce(talk, "tone")
    await listens(talk)
    await spy_on(talk, talk.phone)
    third = await talk.called_in("transfer", talk.centre.agents[2])
    await in_ear(talk, third)
    await spy_on(talk, third)
    await talk.over()


async def test_a_restart_in_the_midst_of_it_repeats_nothing(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await announce(talk, "tone", "agent")
    phone = await listens(talk)

    async def begun() -> bool:
        return ears(talk) == {talk.phone.id: [BEEP]}

    await until(begun)
    await talk.restart()
    await talk.gone(phone)

    async def silent() -> bool:
        return not ears(talk)

    await until(silent)
    await talk.order("hold")
    await talk.order("resume")
    await talk.hear(talk.caller, talk.phone)
    assert (in_bridge(talk), ears(talk)) == ([], {})
    again = await listens(talk)
    await in_ear(talk, talk.phone)
    await talk.hear(await spy_on(talk, talk.phone), again)
    await talk.over()


async def test_after_a_restart_the_bridge_hears_nothing_again(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await announce(talk, "tone")
    phone = await listens(talk)
    await spy_on(talk, talk.phone)
    await talk.restart()
    await talk.gone(phone)
    await talk.hear(talk.caller, talk.phone)
    assert in_bridge(talk) == [BEEP]
    await talk.over()


@pytest.mark.parametrize("who", ["listener", "agent", "customer"])
async def test_whoever_leaves_in_the_midst_of_it_leaves_nothing_behind(floor: FakeFloor, who: str):
    talk = await Talk.begin(floor)
    await announce(talk, "tone", "agent")
    phone = await listens(talk)

    async def begun() -> bool:
        return ears(talk) == {talk.phone.id: [BEEP]}

    await until(begun)
    leaving = {"listener": phone, "agent": talk.phone, "customer": talk.caller}[who]
    floor.fake.switch.far_hangs_up(leaving)
    if who == "listener":
        await talk.gone(phone)
        await in_ear(talk, talk.phone)
        await talk.hear(talk.caller, talk.phone)
        await talk.over()
    else:
        await talk.is_over()

    async def nothing() -> bool:
        return not [name for name in floor.fake.switch.channels if name.startswith(("tell-", "spy-"))]

    await until(nothing)


async def test_who_never_answered_their_phone_did_not_listen(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await announce(talk, "tone")
    await talk.order("watch", "listen", by=talk.second)
    floor.fake.switch.far_refuses(await talk.centre.rings(), 486)

    async def gone() -> bool:
        rows = await talk.centre.rows("SELECT state FROM call_watches WHERE tenant_id = %(tenant)s")
        return rows == [("gone",)]

    await until(gone)
    assert (in_bridge(talk), await audited(talk)) == ([], [])
    await talk.over()
