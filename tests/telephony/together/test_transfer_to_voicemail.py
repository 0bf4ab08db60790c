"""An agent sends the customer into somebody's voicemail; on the fake, where timing matters."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.together.together_floor import Talk

from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb
from tongdai.platform.errors import Invalid
from tongdai.telephony.ari.fake.channels import Operation
from tongdai.telephony.errors import CannotBeAsked
from tongdai.telephony.voicemail import mailbox


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def takes_messages(talk: Talk, owner: UUID) -> None:
    async with talk.centre.world.transaction() as tx:
        await mailbox.set_up(tx, owner, by=owner, enabled=True, max_s=30, silence_s=2)


async def begin(floor: FakeFloor) -> Talk:
    talk = await Talk.begin(floor)
    await talk.centre.world.allow(talk.first, "calls.take")
    await takes_messages(talk, talk.second)
    return talk


async def group(talk: Talk, extension: str) -> UUID:
    made = new_id()
    async with talk.centre.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO extension_groups (tenant_id, id, name, extension, member_ids)"
            " VALUES (%(tenant)s, %(id)s, 'Sales', %(extension)s, %(members)s)",
            {"id": made, "extension": extension, "members": Jsonb([str(talk.second)])},
        )
    await takes_messages(talk, made)
    return made


async def hears(talk: Talk, kind: str) -> Operation:
    """Once the customer hears the greeting ("playback"), or speaks ("recording")."""

    async def so() -> Operation | None:
        first = next(iter(talk.caller.operations), None)
        return first if first is not None and first.kind == kind else None

    return await until(so)


async def speaks(talk: Talk, seconds: float = 4) -> None:
    """After the greeting, and ends with the pound key."""
    await hears(talk, "playback")
    await talk.floor.pass_time(1.5)
    await hears(talk, "recording")
    await talk.floor.pass_time(seconds)
    await ends(talk)


async def ends(talk: Talk) -> None:
    talk.floor.fake.switch.far_presses(talk.caller, "#")
    await talk.told(talk.caller)


async def owners(talk: Talk) -> list[UUID]:
    rows = await talk.centre.rows("SELECT owner_id FROM voicemails WHERE tenant_id = %(tenant)s ORDER BY at")
    return [owner for (owner,) in rows]


async def ended(talk: Talk) -> tuple[str, str, str]:
    """(who hung up, result, the interaction's phase)."""
    await talk.is_over()
    ((by, result, phase),) = await talk.centre.rows(
        "SELECT c.hung_up_by, i.result, i.phase FROM calls c JOIN interactions i ON i.id = c.interaction_id"
        " WHERE c.tenant_id = %(tenant)s"
    )
    return by, result, phase


async def test_the_agent_is_free_at_once_and_the_books_tell_of_the_transfer_and_the_message(floor: FakeFloor):
    talk = await begin(floor)
    await talk.aim("transfer", "voicemail", talk.second)
    await talk.gone(talk.phone)
    assert await talk.assignments() == [(talk.first, "wrap_up", None, False)]
    await speaks(talk)
    assert await ended(talk) == ("system", "answered", "ended")
    assert await owners(talk) == [talk.second]
    assert await talk.talks() == [("wait", None), ("talk", talk.first), ("voicemail", None)]
    assert await talk.parties() == [("transfer", "gone", "voicemail")]
    assert not floor.fake.switch.channels


async def test_a_customer_on_hold_leaves_the_music_for_the_greeting(floor: FakeFloor):
    talk = await begin(floor)
    await talk.order("hold")
    await talk.waits(talk.caller)
    await talk.aim("transfer", "voicemail", talk.second)
    await hears(talk, "playback")
    assert talk.caller.bridge is None
    await speaks(talk)
    assert await ended(talk) == ("system", "answered", "ended")


async def test_a_groups_voicemail_by_its_members(floor: FakeFloor):
    talk = await begin(floor)
    owner = await group(talk, "600")
    await talk.aim("transfer", "voicemail", owner)
    await hears(talk, "playback")
    await talk.restart()
    await speaks(talk)
    await talk.is_over()
    assert await owners(talk) == [owner]


async def test_who_hangs_up_in_the_greeting_left_nothing(floor: FakeFloor):
    talk = await begin(floor)
    await talk.aim("transfer", "voicemail", talk.second)
    await hears(talk, "playback")
    await talk.over()
    assert await ended(talk) == ("customer", "answered", "ended")
    assert await owners(talk) == []


async def test_who_hangs_up_in_the_message_left_it(floor: FakeFloor):
    talk = await begin(floor)
    await talk.aim("transfer", "voicemail", talk.second)
    await hears(talk, "playback")
    floor.fake.switch.far_presses(talk.caller, "1")  # goes on to the tone
    await hears(talk, "recording")
    await floor.pass_time(4)
    await talk.over()
    assert await ended(talk) == ("customer", "answered", "ended")
    assert await owners(talk) == [talk.second]


async def test_who_says_nothing_left_nothing(floor: FakeFloor):
    talk = await begin(floor)
    await talk.aim("transfer", "voicemail", talk.second)
    await speaks(talk, 0)
    assert await ended(talk) == ("system", "answered", "ended")
    assert await owners(talk) == []


async def test_after_a_restart_in_the_greeting_it_is_heard_anew(floor: FakeFloor):
    talk = await begin(floor)
    await talk.aim("transfer", "voicemail", talk.second)
    await hears(talk, "playback")
    await talk.restart()
    await speaks(talk)
    assert await ended(talk) == ("system", "answered", "ended")
    assert await owners(talk) == [talk.second]


async def test_after_a_restart_in_the_message_the_rest_is_taken_after_another_tone(floor: FakeFloor):
    talk = await begin(floor)
    await talk.aim("transfer", "voicemail", talk.second)
    await hears(talk, "playback")
    await floor.pass_time(1.5)
    first = await hears(talk, "recording")
    await floor.pass_time(3)
    await talk.restart()

    async def anew() -> bool:
        return (await hears(talk, "recording")).id != first.id

    await until(anew)
    await floor.pass_time(3)
    await ends(talk)
    assert await ended(talk) == ("system", "answered", "ended")
    assert await owners(talk) == [talk.second, talk.second]


async def test_who_hangs_up_while_the_app_is_away_is_written_down(floor: FakeFloor):
    talk = await begin(floor)
    await talk.aim("transfer", "voicemail", talk.second)
    await hears(talk, "playback")
    await talk.away()
    floor.fake.switch.far_hangs_up(talk.caller)
    await floor.up()
    assert await ended(talk) == ("customer", "answered", "ended")


async def test_who_takes_no_messages_is_no_target_and_nobody_asks_a_voicemail(floor: FakeFloor):
    talk = await Talk.begin(floor)
    with pytest.raises(Invalid):
        await talk.aim("transfer", "voicemail", talk.second)
    await takes_messages(talk, talk.second)
    for command in ("consult", "add_party"):
        with pytest.raises(CannotBeAsked):
            await talk.aim(command, "voicemail", talk.second)
    await talk.hear(talk.caller, talk.phone)
    await talk.over()


@pytest.mark.parametrize("right", [True, False])
async def test_by_the_keys_of_a_phone(floor: FakeFloor, right: bool):
    talk = await begin(floor)
    ((extension,),) = await talk.centre.rows(
        "SELECT extension FROM users WHERE id = %(id)s", id=talk.second if right else talk.first
    )
    for key in f"##*71{extension}#":
        floor.fake.switch.far_presses(talk.phone, key)
    if right:
        await talk.gone(talk.phone)
        await speaks(talk)
        assert await ended(talk) == ("system", "answered", "ended")
        assert await owners(talk) == [talk.second]
        return

    async def wrong() -> bool:
        return any(one.media == "sound:beeperr" for one in talk.phone.operations)

    await until(wrong)
    await talk.state("talking")
    await talk.over()
