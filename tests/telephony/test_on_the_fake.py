"""Moments of a call that a real Asterisk does not repeat on demand, on the fake and in virtual time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeCentre, FakeFloor, fake_floor

from tongdai.platform.database import Transaction
from tongdai.telephony.ari.fake.channels import FakeChannel
from tongdai.telephony.phones import directory
from tongdai.telephony.policies import RecordingRule
from tongdai.telephony.recording.rules import all_recording_rules

FLOW = """
flow: anything
start: answer
nodes:
  answer:
    answer:
    go: queue
  queue:
    queue: {queue: Support, max_wait: 60, leave_key: "9", announcements: {silence: 9}, announce_every: 8}
    go: {timeout: end, left: end}
  end:
    say: {silence: 2}
    go: hang_up
  hang_up:
    hang_up:
"""

MESSAGE = """
flow: message
start: answer
nodes:
  answer: {answer: , go: message}
  message: {voicemail: {mailbox: main, say: {silence: 1}, max_seconds: 6, silence_seconds: 2}, go: end}
  end: {hang_up: }
"""


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def bridged(centre: FakeCentre) -> None:
    """Caller and agent hear each other, without any time passing."""

    async def together() -> bool:
        bridges = centre.floor.fake.switch.bridges.values()
        return any(bridge.kind == "mixing" and len(bridge.channels) == 2 for bridge in bridges)

    await until(together)


async def restart(floor: FakeFloor) -> None:
    """The app is killed and comes back: the actors are built from the rows."""
    await floor.fake.drop()
    for call in floor.exchange.calls():
        await call.cancel()
    await floor.up()


def void(_: object) -> None:
    """For a lambda that gives something where nothing is wanted."""


async def result(centre: FakeCentre) -> str:
    async def closed() -> str | None:
        rows = await centre.rows(
            "SELECT result FROM interactions WHERE tenant_id = %(tenant)s AND state = 'closed'"
            " ORDER BY started_at DESC LIMIT 1"
        )
        return rows[0][0] if rows else None

    return await until(closed)


async def test_an_agent_who_answers_in_the_middle_of_an_announcement_is_connected_at_once(floor: FakeFloor):
    centre = await floor.centre(FLOW, agents=1)
    await centre.world.not_ready(centre.agents[0])
    caller = centre.call_in()
    await centre.phase("wait")

    async def announces() -> bool:
        await floor.pass_time(1)
        return bool(caller.operations)

    await until(announces)
    await centre.world.ready(centre.agents[0])
    floor.fake.switch.far_answers(await centre.rings())
    await bridged(centre)


async def test_an_announcement_that_ends_while_asterisk_cannot_be_heard_is_over(floor: FakeFloor):
    centre = await floor.centre(FLOW, agents=0)
    caller = centre.call_in()
    await centre.phase("wait")

    async def announces() -> bool:
        await floor.pass_time(1)
        return bool(caller.operations)

    async def music() -> bool:
        return caller.bridge == "music-default"

    for _ in range(2):
        await until(announces)
        floor.fake.shut()
        await floor.fake.drop()
        await floor.pass_time(10)
        assert not caller.operations
        floor.fake.shut(False)
        await until(music)
    floor.fake.switch.far_hangs_up(caller)
    assert await result(centre) == "abandoned"


async def test_a_message_that_ends_while_asterisk_cannot_be_heard_is_taken(floor: FakeFloor):
    centre = await floor.centre(MESSAGE, agents=0)
    centre.call_in()

    async def takes() -> bool:
        await floor.pass_time(1)
        return any(call.state and call.state.message_under_way() for call in floor.exchange.calls())

    await until(takes)
    floor.fake.shut()
    await floor.fake.drop()
    await floor.pass_time(15)
    floor.fake.shut(False)

    async def goes_on() -> bool:
        await floor.pass_time(1)
        return not centre.mine()

    await until(goes_on)
    assert await result(centre) == "voicemail"


async def test_a_caller_with_an_announcement_in_the_ear_keeps_music_and_place_over_a_restart(
    floor: FakeFloor,
):
    centre = await floor.centre(FLOW, agents=0)
    caller = centre.call_in()
    await centre.phase("wait")

    async def announces() -> bool:
        await floor.pass_time(1)
        return bool(caller.operations)

    await until(announces)
    await restart(floor)

    async def music() -> bool:
        return caller.bridge == "music-default"

    await until(music)


async def test_a_caller_who_leaves_before_the_first_step_is_in_the_log_as_one_who_left(floor: FakeFloor):
    centre = await floor.centre(FLOW, agents=0)
    caller = centre.call_in()
    floor.fake.switch.far_hangs_up(caller, 127)
    assert await result(centre) in ("self_service", "short_abandon")
    rows = await centre.rows("SELECT hung_up_by FROM interactions WHERE tenant_id = %(tenant)s")
    assert rows == [("customer",)]


async def connected(floor: FakeFloor) -> tuple[FakeCentre, FakeChannel, FakeChannel]:
    """A caller and an agent who talk."""
    centre = await floor.centre(FLOW, agents=1)
    caller = centre.call_in()
    phone = await centre.rings()
    floor.fake.switch.far_answers(phone)
    await bridged(centre)
    return centre, caller, phone


async def test_an_agent_who_hangs_up_while_the_app_looks_what_is_left_ends_the_call(floor: FakeFloor):
    centre, _, phone = await connected(floor)
    floor.fake.after["GET", "/channels"] = lambda: floor.fake.switch.far_hangs_up(phone)
    await restart(floor)
    assert await result(centre) == "answered"
    rows = await centre.rows("SELECT hung_up_by FROM interactions WHERE tenant_id = %(tenant)s")
    assert rows == [("agent",)]


async def test_a_phone_that_is_answered_while_the_calls_are_built_anew_is_connected(floor: FakeFloor):
    centre = await floor.centre(FLOW, agents=1)
    centre.call_in()
    phone = await centre.rings()
    floor.fake.after["GET", "/channels"] = lambda: floor.fake.switch.far_answers(phone)
    await restart(floor)
    await bridged(centre)
    assert [one.id for one in centre.talking()] == [phone.id]


async def test_a_phone_that_was_answered_while_nobody_was_there_to_hear_of_it_rings_again(floor: FakeFloor):
    """Asterisk hangs up: an originated channel is answered into an application that is there, or not at all."""
    centre = await floor.centre(FLOW, agents=1)
    centre.call_in()
    phone = await centre.rings()
    await floor.fake.drop()
    assert not floor.fake.switch.far_answers(phone)
    for call in floor.exchange.calls():
        await call.cancel()
    await floor.up()
    again = await centre.rings()
    floor.fake.switch.far_answers(again)
    await bridged(centre)
    assert [one.id for one in centre.talking()] == [again.id]


async def test_a_phone_that_rings_while_the_app_restarts_rings_on(floor: FakeFloor):
    centre = await floor.centre(FLOW, agents=1)
    centre.call_in()
    phone = await centre.rings()
    await restart(floor)

    async def looked_at() -> bool:
        return any(phone.id in call.legs for call in floor.exchange.calls())

    await until(looked_at)
    floor.fake.switch.far_answers(phone)
    await bridged(centre)
    floor.fake.switch.far_hangs_up(phone)
    assert await result(centre) == "answered"
    assert await centre.rows("SELECT outcome FROM assignments WHERE tenant_id = %(tenant)s") == [
        ("completed",)
    ]


async def test_an_agents_leg_that_nobody_learnt_of_is_ended(floor: FakeFloor):
    """The connection broke after Asterisk was asked to ring the agent, who answered before we were back."""
    centre = await floor.centre(FLOW, agents=1)
    fake, ask = floor.fake, floor.fake.rest.answer

    async def answered_unheard(method: str, path: str, query: Any, body: Any) -> tuple[int, Any]:
        answer = await ask(method, path, query, body)
        if method == "POST" and path.startswith("/channels/agent-"):
            fake.rest.answer = ask
            fake.switch.disconnect()
            fake.switch.far_answers(fake.switch.channels[path.removeprefix("/channels/")])
            await fake.drop()
        return answer

    fake.rest.answer = answered_unheard
    caller = centre.call_in()

    async def alone() -> bool:
        answered = fake.rest.answer == ask
        return answered and floor.exchange.owns and [one.id for one in centre.mine()] == [caller.id]

    await until(alone)


async def test_a_hang_up_that_could_not_be_said_is_said_again(floor: FakeFloor):
    """All ring, one takes the call, and the connection breaks before the others' phones are told."""
    centre = await floor.centre(FLOW, agents=2, strategy="ring_all")
    fake, ask = floor.fake, floor.fake.rest.answer
    centre.call_in()

    async def both_ring() -> bool:
        return len(centre.ringing()) == 2

    await until(both_ring)
    first, second = centre.ringing()

    async def lost(method: str, path: str, query: Any, body: Any) -> tuple[int, Any]:
        if (method, path) == ("DELETE", f"/channels/{second.id}"):
            fake.rest.answer = ask
            await fake.drop()
            return 503, None
        return await ask(method, path, query, body)

    fake.rest.answer = lost
    fake.switch.far_answers(first)

    async def ended() -> bool:
        return second.id not in [one.id for one in centre.mine()]

    await until(ended)
    assert fake.rest.answer == ask


async def test_a_talk_that_was_written_down_and_not_begun_begins_after_the_restart(floor: FakeFloor):
    """The app was killed between the commit of the answer and the first word to Asterisk."""
    centre, caller, phone = await connected(floor)
    switch = floor.fake.switch

    async def recorded() -> bool:
        return sum(bool(c.operations) for c in switch.channels.values() if c.snoops_on == caller.id) == 2

    await until(recorded)
    for snoop in [c for c in switch.channels.values() if c.snoops_on == caller.id]:
        switch.disconnect()
        switch.hang_up(snoop, 16)
    switch.destroy(switch.bridges[caller.bridge or ""])
    await restart(floor)
    await bridged(centre)
    await until(recorded)
    switch.far_hangs_up(phone)
    assert await result(centre) == "answered"


async def test_a_caller_who_comes_while_the_app_looks_what_is_left_is_taken_once(floor: FakeFloor):
    centre, _, _ = await connected(floor)
    floor.fake.after["PUT", "/applications/tongdai/eventFilter"] = lambda: void(centre.call_in())
    await restart(floor)
    await centre.phase("wait")
    assert len(await centre.rows("SELECT id FROM interactions WHERE tenant_id = %(tenant)s")) == 2


async def test_calls_of_an_asterisk_that_was_killed_were_ended_by_nobody(floor: FakeFloor):
    centre, _, _ = await connected(floor)
    await floor.fake.crash()
    assert await result(centre) == "answered"
    rows = await centre.rows("SELECT hung_up_by, cause FROM calls WHERE tenant_id = %(tenant)s")
    assert rows == [("system", 41)]


async def test_a_call_that_comes_before_we_look_does_not_speak_for_those_that_died(floor: FakeFloor):
    centre, _, _ = await connected(floor)
    floor.fake.after["PUT", "/applications/tongdai/eventFilter"] = lambda: void(centre.call_in())
    await floor.fake.crash()
    await result(centre)
    rows = await centre.rows(
        "SELECT hung_up_by, cause FROM calls WHERE tenant_id = %(tenant)s AND ended_at IS NOT NULL"
    )
    assert rows == [("system", 41)]


async def test_a_customer_who_hung_up_while_the_app_was_away_did_so_themselves(floor: FakeFloor):
    centre, caller, _ = await connected(floor)
    await floor.fake.drop()
    for call in floor.exchange.calls():
        await call.cancel()
    floor.fake.switch.far_hangs_up(caller)
    await floor.up()
    assert await result(centre) == "answered"
    rows = await centre.rows("SELECT hung_up_by, cause FROM calls WHERE tenant_id = %(tenant)s")
    assert rows == [("customer", 16)]


async def test_a_refused_caller_is_told_so_and_leaves_no_channel(floor: FakeFloor):
    centre = await floor.centre(FLOW, agents=1)
    unknown = floor.fake.switch.call_in(f"PJSIP/{centre.trunk}", "19009999")
    stranger = floor.fake.switch.call_in("PJSIP/stranger", "19001234", context="from-agent")
    forbidden = floor.fake.switch.call_in(centre.phones[centre.agents[0]], "+4420", context="from-agent")

    async def told() -> bool:
        return None not in (unknown.told, stranger.told, forbidden.told)

    await until(told)
    assert (unknown.told, stranger.told, forbidden.told) == (404, 403, 403)
    assert not floor.fake.switch.channels


async def test_a_line_made_while_asterisk_is_told_everything_is_not_lost(
    floor: FakeFloor, monkeypatch: pytest.MonkeyPatch
):
    """What was read before it was made must not be kept after it."""
    lines = floor.exchange.directory
    centre = await floor.centre(FLOW, agents=0)
    read, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: Transaction) -> dict[UUID, list[RecordingRule]]:
        if not read.is_set():
            read.set()
            await go_on.wait()
        return await all_recording_rules(tx)

    monkeypatch.setattr(directory, "all_recording_rules", slow)
    telling = asyncio.create_task(lines.tell_all())
    await read.wait()
    async with centre.world.transaction() as tx:
        await tx.execute("UPDATE trunks SET max_calls = 77 WHERE tenant_id = %(tenant)s")
    refreshing = asyncio.create_task(lines.refresh())
    await asyncio.wait({refreshing}, timeout=0.3)
    go_on.set()
    await asyncio.gather(telling, refreshing)
    line = lines.trunk_of(f"PJSIP/{centre.trunk}-1")
    assert line is not None
    assert line.max_calls == 77
