"""Many calls are up when the app comes back: soon each of them takes orders again, and one in trouble holds up nobody."""

import asyncio
import time
from pathlib import Path
from uuid import UUID

from tests.support import until
from tests.telephony.conftest import HOTLINE, Floor
from tests.telephony.fake_floor import FakeCentre, FakeFloor, fake_floor
from tests.telephony.test_on_the_fake import restart
from tests.telephony.test_sip_races import centre

from tongdai.telephony.ari.connection import AsteriskAway
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.exchange import Exchange

FLOW = """
flow: waiting
start: answer
nodes:
  answer:
    answer:
    go: queue
  queue:
    queue: {queue: Support}
    go: {timeout: end}
  end:
    hang_up:
"""
CALLS = 50
WITHIN_S = 5.0
"""About 0.2 s on two quiet cores."""


async def takes_orders(exchange: Exchange, call_id: UUID) -> bool:
    """Whether there is an actor that answers (that it knows no such order)."""
    if exchange.call(call_id) is None:
        return False
    try:
        await exchange.order(call_id, "nothing", "", call_id)
    except CallNotInState:
        return True
    except AsteriskAway:
        pass
    return False


async def all_take_orders(exchange: Exchange, call_ids: list[UUID]) -> bool:
    return all(await asyncio.gather(*[takes_orders(exchange, one) for one in call_ids]))


async def test_fifty_calls_take_orders_soon_after_a_restart(floor: Floor):
    await centre(floor, FLOW, agents=0)
    async with floor.world.transaction() as tx:
        await tx.execute("UPDATE trunks SET max_calls = 1000 WHERE tenant_id = %(tenant)s")
    await floor.exchange.directory.refresh()
    customer = await floor.customer()
    legs = [await customer.invite(HOTLINE) for _ in range(CALLS)]
    waiting = "SELECT count(*) FROM interactions WHERE phase = 'wait'"

    async def all_wait() -> bool:
        return await floor.world.value(waiting) == CALLS

    await until(all_wait, timeout=60)
    exchange = floor.exchange
    call_ids = [call.row.id for call in exchange.calls()]
    for call in exchange.calls():
        await call.cancel()
    connection = exchange._connection  # pyright: ignore[reportPrivateUsage]
    assert connection is not None
    started = time.monotonic()
    await connection.close()
    await until(lambda: all_take_orders(exchange, call_ids), timeout=WITHIN_S)
    print(f"{CALLS} calls take orders {time.monotonic() - started:.2f} s after the connection was lost")
    assert not any(leg.over for leg in legs)
    assert await all_wait()
    for leg in legs:
        leg.send("BYE")
    await floor.nothing_left()


async def two_wait(floor: FakeFloor) -> tuple[FakeCentre, UUID, UUID]:
    """Two callers in the queue: the first one's call, and the second one's."""
    made = await floor.centre(FLOW, agents=0)
    for number in (1, 2):
        made.call_in()

        async def waits(number: int = number) -> bool:
            rows = await made.rows("SELECT entry_id FROM queue_entries WHERE tenant_id = %(tenant)s")
            return len(rows) == number

        await until(waits)
    rows = await made.rows("SELECT id FROM calls WHERE tenant_id = %(tenant)s ORDER BY started_at, id")
    return made, rows[0][0], rows[1][0]


async def test_a_call_that_is_slow_to_look_at_holds_up_no_other(dsn: str, tmp_path: Path):
    async with fake_floor(dsn, tmp_path) as floor:
        made, slow, other = await two_wait(floor)
        async with made.world.transaction() as tx:
            await tx.execute(
                "SELECT 1 FROM flow_runs r JOIN calls c ON c.flow_run_id = r.id WHERE c.id = %(id)s FOR UPDATE",
                {"id": slow},
            )
            await restart(floor)
            await until(lambda: takes_orders(floor.exchange, other))
            assert not await takes_orders(floor.exchange, slow)
        await until(lambda: takes_orders(floor.exchange, slow))


async def test_a_call_that_cannot_go_on_is_ended_and_keeps_no_other_from_going_on(dsn: str, tmp_path: Path):
    async with fake_floor(dsn, tmp_path) as floor:
        made, broken, other = await two_wait(floor)
        async with made.world.transaction() as tx:
            await tx.execute(
                "UPDATE flow_runs r SET state = '{}' FROM calls c WHERE c.flow_run_id = r.id AND c.id = %(id)s",
                {"id": broken},
            )
        await restart(floor)
        await until(lambda: takes_orders(floor.exchange, other))

        async def ended() -> list[tuple[object, ...]]:
            return await made.rows(
                "SELECT hung_up_by, cause FROM calls WHERE tenant_id = %(tenant)s AND id = %(id)s"
                " AND ended_at IS NOT NULL",
                id=broken,
            )

        assert await until(ended) == [("system", 41)]
        assert [c.id for c in made.mine()] == [made.placed[1].id]
