"""The customer hears that the talk is recorded, before it is: by a prompt that is a tone, on a real Asterisk."""

import io
from pathlib import Path
from typing import Any

import soundfile as sf  # pyright: ignore[reportMissingTypeStubs]
from tests.support import sound_of, until
from tests.telephony import callers
from tests.telephony.callers import Voice
from tests.telephony.conftest import Floor
from tests.telephony.recording.test_recording_pause import sounds
from tests.telephony.test_inbound import STRAIGHT

from tongdai.telephony.together.targets import ToQueue

NOTICE, CUSTOMER, FIRST, SECOND = 1300, 600, 1000, 1900


async def told(floor: Floor, recording: str, agents: list[Voice]) -> None:
    await callers.prompt(floor, "we-record", NOTICE, 1.0)
    users = [one.who for one in agents]
    values = {"recording": recording, "announce_recording": True, "recording_prompt": "we-record"}
    await floor.world.queue(users, name="Support", **values)
    await floor.hotline(STRAIGHT)
    await floor.world.ready(users[0])


async def recordings(floor: Floor, state: str = "recording") -> list[dict[str, Any]]:
    async with floor.world.transaction() as tx:
        rows = await tx.fetch_tuples(
            "SELECT to_jsonb(r) FROM recordings r WHERE tenant_id = %(tenant)s AND state = %(state)s"
            " ORDER BY started_at",
            {"state": state},
        )
    return [row[0] for row in rows]


async def test_a_caller_is_told_once_and_connected_and_recorded_afterwards(floor: Floor):
    customer = await callers.customer(floor, CUSTOMER)
    first, second = [await callers.agent(floor, hertz) for hertz in (FIRST, SECOND)]
    await told(floor, "always", [first, second])
    await customer.call()
    await first.answer()
    await customer.hears(NOTICE)
    assert customer.tenths(FIRST) == 0, "the agent has answered, and is not connected yet"
    assert not await recordings(floor), "nothing is recorded before the end of it"
    await customer.hears(FIRST)
    await first.hears(CUSTOMER)
    assert customer.tenths(NOTICE) >= 8, "it was heard to its end"
    assert first.tenths(NOTICE) == 0, "agents have heard it often enough"
    (row,) = await until(lambda: recordings(floor))
    assert row["announced"]

    # Somebody else takes the same call: it is told no second time, and announced all the same.
    since = customer.now()
    await floor.world.ready(second.who)
    call_id = await floor.world.value("SELECT id FROM calls")
    queue = ToQueue(await floor.world.value("SELECT id FROM queues"), "Support")
    await floor.exchange.order(call_id, "transfer", queue, first.who)
    await second.answer()
    await customer.hears(SECOND, since=since)
    assert customer.tenths(NOTICE, since) == 0
    await customer.hang_up()

    async def stored() -> Any:
        rows = await recordings(floor, "stored")
        return rows if len(rows) == 2 else None

    both = await until(stored)
    assert [one["announced"] for one in both] == [True, True]
    samples, rate = sf.read(io.BytesIO(sound_of(Path(floor.folder), both[0]["path"])))
    assert sounds(samples[:, 0], rate, CUSTOMER)
    assert not sounds(samples[:, 1], rate, NOTICE)
    await floor.nothing_left()
    await callers.close([customer, first, second])


async def test_what_the_agent_records_later_is_told_to_both_and_begins_then(floor: Floor):
    customer, first = await callers.customer(floor, CUSTOMER), await callers.agent(floor, FIRST)
    await told(floor, "on_demand", [first])
    await customer.call()
    await first.answer()
    await customer.hears(FIRST)
    assert customer.tenths(NOTICE) == 0, "nothing is recorded, so nothing is told"
    call_id = await floor.world.value("SELECT id FROM calls")
    await floor.exchange.order(call_id, "start_recording", "", first.who)
    await floor.exchange.order(call_id, "start_recording", "", first.who)
    assert not await recordings(floor)
    await customer.hears(NOTICE)
    await first.hears(NOTICE)

    async def begun() -> Any:
        return await recordings(floor)

    (row,) = await until(begun)
    assert row["announced"]
    assert customer.tenths(NOTICE) >= 8
    assert await floor.world.value("SELECT recording_told FROM calls")
    await floor.exchange.order(call_id, "stop_recording", "", first.who)
    await floor.exchange.order(call_id, "start_recording", "", first.who)
    assert len(await recordings(floor)) == 1, "told once, so that the next one begins at once"
    await customer.hang_up()
    await floor.interaction(state="closed")
    await floor.nothing_left()
    await callers.close([customer, first])
