"""What goes to outside is counted, whoever sent it there, and ends in the books as it ends on the line."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.extensions.test_forwarding import dials, extension, forward, may_dial, over
from tests.telephony.together.test_transfer_by_flow import calls
from tests.telephony.trunks.test_trunk_answers import caller, carrier
from tests.telephony.trunks.test_trunk_answers import dials as clicks

from tongdai.telephony.outbound.legs import Dialled, OutsideLegs
from tongdai.telephony.repository import DialLimits, Lines


async def at_a_price(floor: Floor, **limits: Any) -> None:
    async with floor.world.transaction() as tx:
        await tx.execute(
            "UPDATE trunks SET price_per_minute = 1, max_spend = %(spend)s WHERE tenant_id = %(tenant)s",
            {"spend": None, **limits},
        )
    await floor.exchange.directory.refresh()


async def dialled(floor: Floor, user: UUID) -> Dialled:
    async with floor.world.transaction() as tx:
        since = await tx.fetch_value("SELECT now() - interval '1 hour'")
        return await OutsideLegs(tx).by_user(user, since)


async def still_open(floor: Floor) -> int:
    return await floor.world.value("SELECT count(*) FROM outside_legs WHERE ended_at IS NULL")


async def test_who_sends_their_calls_to_outside_answers_for_the_cost(floor: Floor):
    _, first = await floor.desk()
    second, _ = await floor.desk()
    out = await carrier(floor)
    await at_a_price(floor)
    await may_dial(floor, second)
    await forward(floor, second, always="0912345678")
    async with floor.world.transaction() as tx:
        await Lines(tx).set_dial_limits(second, DialLimits(max_spend=Decimal("0.5")))
    leg = await dials(first, await extension(floor, second))
    (await out.incoming()).answer("200 OK")
    await leg.status(200)
    await over(floor, leg)
    assert await dialled(floor, second) == Dialled(1, 1.0)
    assert await still_open(floor) == 0
    leg = await dials(first, await extension(floor, second))
    await leg.wait(lambda m: m.status >= 400 and m.method == "INVITE")
    assert (await floor.interaction(state="closed"))["result"] == "failed"


async def test_what_flows_send_to_outside_spends_the_trunks_money(floor: Floor):
    out = await carrier(floor)
    await at_a_price(floor, spend=Decimal("0.5"))
    leg = await calls(floor)
    far = await out.incoming()
    far.answer("200 OK")
    await floor.interaction(phase="talk")
    await leg.hang_up()
    await floor.interaction(state="closed")
    customer = await floor.customer()
    again = await customer.invite("19001234")
    await again.status(200)
    await floor.interaction(phase="wait")
    await again.hang_up()
    await floor.interaction(state="closed")
    assert out.requests.empty()
    await floor.nothing_left()


async def test_a_call_that_two_trunks_were_tried_for_is_one_call(floor: Floor):
    first, second = await carrier(floor, order=0), await carrier(floor, order=1)
    me, phone = await caller(floor)
    agent = await clicks(floor, me, phone)
    (await first.incoming()).answer("503 Service Unavailable")
    (await second.incoming()).answer("200 OK")
    await floor.interaction(phase="talk")
    assert await still_open(floor) == 1
    await agent.hang_up()
    await floor.interaction(state="closed")
    assert (await dialled(floor, me.user_id)).calls == 1
    assert await floor.world.value("SELECT count(*) FROM outside_legs") == 2
    assert await still_open(floor) == 0


async def test_a_leg_that_ended_while_the_app_was_away_is_closed_in_the_books(floor: Floor):
    out = await carrier(floor)
    leg = await calls(floor)
    far = await out.incoming()
    far.answer("200 OK")
    await floor.interaction(phase="talk")
    (call,) = floor.exchange.calls()
    connection = floor.exchange._connection  # pyright: ignore[reportPrivateUsage]
    assert connection is not None
    await call.cancel()
    await connection.close()
    far.send("BYE")
    await floor.interaction(state="closed")
    await until(lambda: closed(floor))
    assert leg.over or await leg.request("BYE")
    await floor.nothing_left()


async def closed(floor: Floor) -> bool:
    return await still_open(floor) == 0
