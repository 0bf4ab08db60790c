"""Conference rooms: who is let in, who hears whom, what the books say, and a restart."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.gate import gate
from tests.support import until
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.rooms.rooms_floor import PIN, WRONG, Rooms
from tests.telephony.together.together_floor import Talk

from tongdai.flows.public import FlowService
from tongdai.telephony.ari.fake.channels import FakeChannel
from tongdai.telephony.errors import RoomFull
from tongdai.telephony.events import TelephonyConfigured
from tongdai.telephony.lost import LostCalls

INTO_ROOM = """
flow: into_room
start: answer
nodes:
  answer:
    answer:
    go: room
  room:
    transfer: {extension: "700"}
    go: {no_answer: end, busy: end, refused: queue}
  queue:
    queue: {queue: Support, max_wait: 600}
    go: {timeout: end}
  end:
    hang_up:
"""


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def into_room(talk: Talk) -> FakeChannel:
    """Another customer, whom the flow leads to the room."""
    async with talk.centre.world.transaction() as tx:
        pushed = await talk.floor.runtime.get(FlowService).push(
            tx, INTO_ROOM, at=talk.floor.clock.now(), publish=True
        )
        await tx.execute("UPDATE numbers SET flow_id = %(flow)s", {"flow": pushed.flow_id})
        tx.emit(TelephonyConfigured(aggregate_id=pushed.flow_id, aggregate_version=1))

    async def known() -> bool:
        number = talk.floor.exchange.directory.number(talk.centre.world.tenant_id, "19001234")
        return number is not None and number.flow_id == pushed.flow_id

    await until(known)
    return talk.centre.call_in()


async def hangs_up(room: Rooms, channel: FakeChannel) -> None:
    room.talk.floor.fake.switch.far_hangs_up(channel)
    await room.in_state(channel, "ended")


async def test_who_is_alone_hears_music_and_the_others_each_other(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=4)
    room = await Rooms.begin(talk)
    first = await room.dial(1)
    await talk.waits(first)
    assert room.bridge is None
    second = await room.dial(2)
    await talk.hear(first, second)
    third = await room.dial(3)
    await talk.hear(first, second, third)

    async def told_of_each() -> bool:
        return room.bridge is not None and room.bridge.played == ["sound:beep", "sound:beep"]

    await until(told_of_each)
    await hangs_up(room, second)
    await talk.hear(first, third)
    await hangs_up(room, first)
    await talk.waits(third)
    await room.gone()
    row = await room.row(first)
    assert (row["direction"], row["result"], row["hung_up_by"]) == ("internal", "answered", "agent")
    assert (row["room_id"], row["customer_channel"]) == (str(room.id), "")
    assert row["room_joined_at"] is not None
    await hangs_up(room, third)
    await talk.hear(talk.caller, talk.phone)
    await talk.over()


async def test_no_tone_is_heard_where_none_is_wanted(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    room = await Rooms.begin(talk, tone=False)
    first, second = await room.dial(1), await room.dial(2)
    await talk.hear(first, second)
    assert room.bridge is not None
    assert room.bridge.played == []


async def test_the_pin_lets_in_and_wrong_ones_are_counted(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    room = await Rooms.begin(talk, pin=True)
    first = await room.dial(1)
    await room.asked(first)
    await room.inside()
    await room.key(first, f"{WRONG}#")
    await room.failures(1)
    await room.asked(first)
    await room.key(first, PIN[:2])
    await room.key(first, PIN[2:])
    async with floor.passing():
        await room.inside(first)
    await room.failures(0)
    second = await room.dial(2)
    await room.turned_away(second)
    await talk.told(second)
    await room.in_state(second, "ended")
    await room.inside(first)
    row = await room.row(second)
    assert (row["result"], row["room_joined_at"], row["hung_up_by"]) == ("refused", None, "system")
    await talk.waits(first)


async def test_too_many_wrong_ones_lock_the_door_for_a_while_also_to_the_right_one(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    room = await Rooms.begin(talk, pin=True)
    phone = await room.dial(1)
    await room.turned_away(phone)
    await talk.told(phone)
    phone = await room.dial(1)
    await room.asked(phone)
    await room.key(phone, f"{WRONG}#")
    await room.failures(4)
    await room.asked(phone)
    await room.key(phone, f"{WRONG}#")
    await room.failures(0)
    await room.asked(phone)
    await room.key(phone, f"{PIN}#")
    await talk.told(phone)
    await room.inside()
    floor.clock.advance(timedelta(minutes=16))
    phone = await room.dial(1)
    await room.asked(phone)
    await room.key(phone, f"{PIN}#")
    await room.inside(phone)


async def test_the_desktops_keypad_keys_the_pin(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=2)
    room = await Rooms.begin(talk, pin=True)
    phone = await room.dial(1)
    await room.asked(phone)
    (call,) = [one for one in floor.exchange.calls() if one.row.agent_channel == phone.id]
    for digit in f"{PIN}#":
        await floor.exchange.order(call.row.id, "send_keys", digit, talk.second)
    await room.inside(phone)


async def test_a_full_room_says_so(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=4)
    room = await Rooms.begin(talk, most=2)
    first, second = await room.dial(1), await room.dial(2)
    await room.inside(first, second)
    third = await room.dial(3)
    await talk.told(third)
    await room.in_state(third, "ended")
    assert (await room.row(third))["result"] == "busy"
    await talk.hear(first, second)
    with pytest.raises(RoomFull):
        await talk.aim("transfer", "number", "700")
    await talk.hear(talk.caller, talk.phone)


async def test_a_flow_leads_its_caller_there(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=2)
    room = await Rooms.begin(talk, pin=True)
    phone = await room.dial(1)
    await room.asked(phone)
    await room.key(phone, f"{PIN}#")
    customer = await into_room(talk)
    await room.in_state(customer, "in_room")
    await room.asked(customer)
    await room.key(customer, f"{PIN}#")
    await talk.hear(phone, customer)
    await hangs_up(room, customer)
    row = await room.row(customer)
    assert (row["direction"], row["result"], row["hung_up_by"]) == ("inbound", "answered", "customer")
    await talk.waits(phone)


@pytest.mark.parametrize("restart", [False, True])
async def test_a_flow_goes_on_with_who_does_not_know_the_pin(floor: FakeFloor, restart: bool):
    talk = await Talk.begin(floor, agents=2)
    room = await Rooms.begin(talk, pin=True)
    customer = await into_room(talk)
    await room.in_state(customer, "in_room")
    if restart:
        await talk.restart()
    await room.turned_away(customer)
    async with floor.passing():
        await talk.centre.phase("wait")
        await talk.waits(customer)
    assert (await room.row(customer))["room_id"] is None


async def test_an_agent_sends_the_customer_there(floor: FakeFloor):
    talk = await Talk.begin(floor)
    room = await Rooms.begin(talk)
    phone = await room.dial(1)
    await talk.waits(phone)
    await talk.aim("transfer", "number", "700")
    await talk.hear(phone, talk.caller)
    await talk.gone(talk.phone)
    row = await room.row(talk.caller)
    assert (row["state"], row["user_id"], row["phase"]) == ("in_room", None, "talk")
    assert (talk.first, "wrap_up", None, False) in await talk.assignments()
    await hangs_up(room, phone)
    await talk.over()
    await room.gone()
    assert (await talk.talks())[-1] == ("talk", None)


@pytest.mark.parametrize("restart", [False, True])
async def test_a_customer_who_is_not_let_in_waits_first_in_the_queue(floor: FakeFloor, restart: bool):
    talk = await Talk.begin(floor)
    room = await Rooms.begin(talk, pin=True)
    await talk.aim("transfer", "number", "700")
    await room.in_state(talk.caller, "in_room")
    if restart:
        await talk.restart()
    await room.turned_away(talk.caller)
    async with floor.passing():
        await talk.state("waiting")
        await talk.waits(talk.caller)
    await talk.over()


async def test_who_is_inside_stays_there_over_a_restart(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=4)
    room = await Rooms.begin(talk)
    phones = [await room.dial(agent) for agent in (1, 2, 3)]
    await talk.hear(*phones)
    bridge = room.bridge
    await talk.restart()
    await talk.hear(*phones)
    assert room.bridge is bridge
    await talk.away()
    floor.fake.switch.far_hangs_up(phones[0])
    floor.fake.switch.far_hangs_up(phones[1])
    await floor.up()
    await talk.waits(phones[2])
    await room.gone()
    assert (await room.row(phones[0]))["result"] == "answered"
    await talk.restart()
    await talk.waits(phones[2])
    await talk.away()
    floor.fake.switch.far_hangs_up(phones[2])
    await floor.up()
    await room.in_state(phones[2], "ended")
    await talk.hear(talk.caller, talk.phone)


async def test_who_hangs_up_while_the_line_to_asterisk_is_cut_is_missed_by_nobody(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=4)
    room = await Rooms.begin(talk)
    phones = [await room.dial(agent) for agent in (1, 2, 3)]
    await talk.hear(*phones)
    await floor.fake.drop()
    floor.fake.switch.far_hangs_up(phones[0])
    floor.fake.switch.far_hangs_up(phones[1])
    await floor.up()
    await talk.waits(phones[2])
    await room.gone()
    await room.in_state(phones[1], "ended")


async def test_a_room_that_all_left_while_we_were_away_is_taken_away(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    room = await Rooms.begin(talk)
    phones = [await room.dial(agent) for agent in (1, 2)]
    await talk.hear(*phones)
    await talk.away()
    for phone in phones:
        floor.fake.switch.far_hangs_up(phone)
    await floor.up()
    await room.gone()
    for phone in phones:
        await room.in_state(phone, "ended")


async def test_who_stands_at_the_door_is_asked_again_after_a_restart(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    room = await Rooms.begin(talk, pin=True)
    phone, other = await room.dial(1), await room.dial(2)
    await room.asked(phone)
    await room.key(phone, PIN[:2])
    await talk.away()
    floor.fake.switch.far_hangs_up(other)
    await floor.up()
    await room.in_state(other, "ended")
    assert (await room.row(other))["result"] == "no_answer"
    await room.asked(phone)
    await room.key(phone, f"{PIN}#")
    await room.inside(phone)
    await talk.waits(phone)


async def test_a_call_that_nobody_looks_after_is_found_in_its_room(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    room = await Rooms.begin(talk)
    phones = [await room.dial(agent) for agent in (1, 2)]
    await talk.hear(*phones)
    (call,) = [one for one in floor.exchange.calls() if one.row.agent_channel == phones[0].id]
    await call.cancel()
    lost = LostCalls(floor.exchange)
    await lost.look()
    await lost.look()
    await talk.hear(*phones)
    await hangs_up(room, phones[1])
    await talk.waits(phones[0])


async def test_what_happens_while_the_database_is_away_is_done_when_it_is_back(dsn: str, tmp_path: Path):
    async with gate(dsn) as (door, through), fake_floor(through, tmp_path) as floor:
        talk = await Talk.begin(floor, agents=4)
        room = await Rooms.begin(talk, pin=True)
        first, second, third = [await room.dial(agent) for agent in (1, 2, 3)]
        for phone in (first, second, third):
            await room.asked(phone)
        for phone in (first, second):
            await room.key(phone, f"{PIN}#")
        await talk.hear(first, second)
        door.shut()
        await room.key(third, f"{PIN}#")
        floor.fake.switch.far_hangs_up(first)

        async def tried() -> bool:
            return door.turned_away > 20

        await until(tried)
        door.open()
        await talk.hear(second, third)
        await room.inside(second, third)
        await room.in_state(first, "ended")
