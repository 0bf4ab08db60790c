"""A caller is found in a table and keys a PIN, by a real phone's keys: the agent sees that it was right, nothing holds it."""

from typing import Any

import pytest
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.rtp import Media
from tests.telephony.sip import Scenario
from tests.telephony.test_inbound import STRAIGHT

from tongdai.flows.public import FlowService
from tongdai.flows.tables import service
from tongdai.flows.tables.schemas import DataColumn, DataTableIn
from tongdai.platform.auth import Extent, Reach
from tongdai.telephony.together.targets import ToFlow

PIN, WRONG = "271828", "314159"
EVERYTHING = Reach(Extent.TENANT, None)
BY_PIN = """
flow: by_pin
start: answer
nodes:
  answer:
    answer:
    go: who
  who:
    look_up_table: {table: customers, key: {phone: call.from}, save: {tier: tier}}
    go: {found: pin, not_found: end}
  pin:
    label: PIN
    check_pin: {table: customers, key: {phone: call.from}, say: {silence: 1}}
    go: {verified: gold, failed: end}
  gold:
    branch: {gold: tier == 'gold' and caller.verified}
    go: {gold: queue, else: end}
  queue:
    queue: Support
    go: {timeout: end}
  end:
    hang_up:
"""


async def a_customer(floor: Floor) -> None:
    columns = [
        DataColumn(name="phone", kind="phone", key=True),
        DataColumn(name="tier"),
        DataColumn(name="pin", kind="secret"),
    ]
    async with floor.world.transaction() as tx:
        table = await service.create_table(tx, EVERYTHING, DataTableIn(name="customers", columns=columns))
        await service.add_row(tx, EVERYTHING, table.id, {"c1": "0912345678", "c2": "gold", "c3": PIN})


async def waits_for_pin(floor: Floor) -> None:
    """Once the flow of the newest run asks for keys."""

    async def asks() -> object:
        return await floor.world.value(
            "SELECT state->'waiting'->>'kind' = 'gather' FROM flow_runs WHERE ended IS NULL ORDER BY started_at DESC LIMIT 1"
        )

    await until(asks)


async def seen_nowhere(floor: Floor) -> None:
    """What was keyed is in no table and no log of Asterisk's."""
    async with floor.world.transaction() as tx:
        tables = await tx.fetch_tuples(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for (table,) in tables:
            text = await tx.fetch_value(f"SELECT string_agg(t::text, ' ') FROM \"{table}\" t") or ""
            assert PIN not in text, table
            assert WRONG not in text, table
    for path in floor.asterisk.paths.spool.parent.rglob("*log*"):
        if path.is_file():
            assert PIN not in path.read_text(errors="replace"), path


async def test_keys_prove_who_calls(floor: Floor, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    agent, phone = await floor.desk()
    await floor.world.queue([agent], name="Support")
    await a_customer(floor)
    await floor.hotline(BY_PIN)
    await floor.world.ready(agent)
    media = await Media.open()
    call = await floor.call(Scenario().pause(12000), media_port=media.port)
    await waits_for_pin(floor)
    media.press(f"{WRONG}#")

    async def counted() -> object:
        return await floor.world.value("SELECT failures FROM data_rows") == 1

    await until(counted)
    await waits_for_pin(floor)
    media.press(f"{PIN}#")
    (await phone.incoming()).answer("200 OK")
    await floor.interaction(phase="talk")
    await call.finished()
    row = await floor.interaction(state="closed")
    await media.close()
    assert row["flow_answers"] == [{"label": "PIN", "value": "pin_verified"}]
    assert await floor.world.value("SELECT failures FROM data_rows") == 0
    assert PIN not in caplog.text
    await seen_nowhere(floor)
    await floor.nothing_left()


async def test_no_recording_runs_while_a_pin_is_keyed(floor: Floor):
    """An agent sends a recorded caller to be asked: the recording has ended before the first key."""
    agent, phone = await floor.desk()
    await floor.world.queue([agent], name="Support", recording="always")
    await a_customer(floor)
    await floor.hotline(STRAIGHT)
    async with floor.world.transaction() as tx:
        asking = await floor.runtime.get(FlowService).push(
            tx, BY_PIN, at=floor.runtime.clock.now(), publish=True
        )
    await floor.world.ready(agent)
    media = await Media.open()
    call = await floor.call(Scenario().pause(15000), media_port=media.port)
    (await phone.incoming()).answer("200 OK")
    await floor.interaction(phase="talk")

    async def recorded() -> object:
        return await floor.world.value("SELECT state = 'recording' FROM recordings")

    await until(recorded)
    call_id = await floor.world.value("SELECT id FROM calls")
    await floor.exchange.order(call_id, "transfer", ToFlow(asking.flow_id), agent)
    await waits_for_pin(floor)
    recordings: Any = await floor.world.value("SELECT array_agg(ended_at IS NOT NULL) FROM recordings")
    assert recordings == [True]

    async def silent() -> bool:
        channels: Any = await floor.exchange.ari.channels.list()
        return not [one for one in channels if one["name"].startswith("Snoop")]

    await until(silent)
    media.press(f"{PIN}#")
    (await phone.incoming()).answer("200 OK")
    await floor.interaction(phase="talk")
    assert await floor.world.value("SELECT count(*) FROM recordings") == 2
    await call.finished()
    await floor.interaction(state="closed")
    await media.close()
    await seen_nowhere(floor)
