"""What trunks answer to our calls, and who may call whom by them, on a real Asterisk."""

from decimal import Decimal

import pytest
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.outbound.test_outbound import principal, trunk
from tests.telephony.ua import Leg, Ua

from tongdai.platform.auth import Principal
from tongdai.platform.errors import AppError
from tongdai.routing.public import AgentBusy
from tongdai.telephony.errors import LimitReached, NumberRefused, UserLimitReached
from tongdai.telephony.repository import DialLimits, Lines

NUMBER = "0912345678"


async def carrier(floor: Floor, *, order: int = 0, max_calls: int = 10) -> Ua:
    """A carrier that answers as the test says."""
    made = await Ua.open(floor.port)
    floor.uas.append(made)
    await trunk(floor, made.port, order=order, max_calls=max_calls)
    return made


async def caller(floor: Floor) -> tuple[Principal, Ua]:
    """An agent who may call national numbers, and the desk phone that rings first."""
    user, phone = await floor.desk()
    return await principal(floor, user, "calls.dial_national"), phone


async def dials(floor: Floor, me: Principal, phone: Ua, to: str = NUMBER) -> Leg:
    """Click-to-call, up to the agent's own phone having answered."""
    await floor.exchange.arrivals.place(me, to, None)
    leg = await phone.incoming()
    leg.answer("200 OK")
    return leg


@pytest.mark.parametrize(
    ("status", "result", "next_one"),
    [
        ("302 Moved Temporarily", "failed", True), ("404 Not Found", "failed", False),
        ("408 Request Timeout", "no_answer", True), ("480 Temporarily Unavailable", "no_answer", False),
        ("486 Busy Here", "busy", False), ("487 Request Terminated", "failed", True),
        ("488 Not Acceptable Here", "failed", True), ("500 Server Internal Error", "failed", True),
        ("503 Service Unavailable", "failed", True), ("600 Busy Everywhere", "busy", False),
        ("603 Decline", "refused", False),
    ],
)  # fmt: skip
async def test_a_refusal_is_the_result_or_the_next_trunks_chance(
    floor: Floor, status: str, result: str, next_one: bool
):
    first, second = await carrier(floor, order=0), await carrier(floor, order=1)
    me, phone = await caller(floor)
    agent = await dials(floor, me, phone)
    more = [("Contact", "<sip:1234@127.0.0.1:9>")] if status.startswith("302") else []
    (await first.incoming()).answer(status, more=more)
    if next_one:
        (await second.incoming()).answer(status, more=more)
    await agent.request("BYE")
    row = await floor.interaction(state="closed")
    assert row["result"] == result
    assert second.requests.empty()
    await floor.nothing_left()


async def test_a_trunk_that_answers_nothing_is_followed_by_the_next(floor: Floor):
    dead, alive = await carrier(floor, order=0), await carrier(floor, order=1)
    dead.deaf = True
    me, phone = await caller(floor)
    agent = await dials(floor, me, phone)
    customer = await alive.incoming(12)
    customer.answer("200 OK")
    await floor.interaction(phase="talk")
    await agent.hang_up()
    await customer.request("BYE")
    row = await floor.interaction(state="closed")
    assert (row["result"], row["hung_up_by"]) == ("answered", "agent")


@pytest.mark.parametrize("by", ["phone", "desktop"])
async def test_an_agent_who_hangs_up_while_it_rings_cancels_the_call(floor: Floor, by: str):
    out = await carrier(floor)
    me, phone = await caller(floor)
    agent = await dials(floor, me, phone)
    customer = await out.incoming()
    customer.answer("180 Ringing")
    if by == "phone":
        await agent.hang_up()
    else:
        (call,) = floor.exchange.calls()
        await floor.exchange.order(call.row.id, "hang_up", "", me.user_id)
    await customer.request("CANCEL")
    row = await floor.interaction(state="closed")
    assert (row["result"], row["hung_up_by"]) == ("no_answer", "agent")
    await floor.nothing_left()


async def test_a_refused_number_from_a_desk_phone_is_told_at_once(floor: Floor):
    await carrier(floor)
    _, phone = await floor.desk()
    leg = await phone.invite("+441632960000", caller=phone.user)
    await leg.status(403)
    assert await floor.world.value("SELECT count(*) FROM interactions") == 0
    await floor.nothing_left()


@pytest.mark.parametrize("to", ["19001234567", "+441632960000", "+8419001234"])
async def test_premium_and_foreign_numbers_need_their_dial_class(floor: Floor, to: str):
    await carrier(floor)
    me, _ = await caller(floor)
    with pytest.raises(NumberRefused):
        await floor.exchange.arrivals.place(me, to, None)


async def test_a_full_trunk_is_passed_over_and_a_full_centre_says_so(floor: Floor):
    first, second = await carrier(floor, order=0, max_calls=1), await carrier(floor, order=1, max_calls=1)
    for way in (first, second):
        me, phone = await caller(floor)
        await dials(floor, me, phone)
        (await way.incoming()).answer("200 OK")
    me, _ = await caller(floor)
    with pytest.raises(LimitReached):
        await floor.exchange.arrivals.place(me, NUMBER, None)


async def test_a_trunk_whose_money_is_spent_carries_only_emergency_calls(floor: Floor):
    out = await carrier(floor)
    async with floor.world.transaction() as tx:
        await tx.execute(
            "UPDATE trunks SET max_spend = 0, price_per_minute = 1 WHERE tenant_id = %(tenant)s AND host IS NOT NULL"
        )
    await floor.exchange.directory.refresh()
    me, phone = await caller(floor)
    with pytest.raises(LimitReached):
        await floor.exchange.arrivals.place(me, NUMBER, None)
    agent = await dials(floor, me, phone, "113")
    (await out.incoming()).answer("200 OK")
    await floor.interaction(phase="talk")
    await agent.hang_up()
    await floor.interaction(state="closed")


@pytest.mark.parametrize("limits", [DialLimits(max_calls=1), DialLimits(max_spend=Decimal("0.5"))])
async def test_a_user_reaches_the_limit_of_a_day_and_emergency_calls_go_on(floor: Floor, limits: DialLimits):
    out = await carrier(floor)
    async with floor.world.transaction() as tx:
        await tx.execute("UPDATE trunks SET price_per_minute = 1 WHERE tenant_id = %(tenant)s")
    me, phone = await caller(floor)
    async with floor.world.transaction() as tx:
        await Lines(tx).set_dial_limits(me.user_id, limits)
    agent = await dials(floor, me, phone)
    (await out.incoming()).answer("200 OK")
    await floor.interaction(phase="talk")
    await agent.hang_up()
    await floor.interaction(state="closed")
    with pytest.raises(UserLimitReached):
        await floor.exchange.arrivals.place(me, NUMBER, None)
    agent = await dials(floor, me, phone, "113")
    (await out.incoming()).answer("200 OK")
    await agent.hang_up()


async def test_an_agent_has_one_call_at_a_time(floor: Floor):
    out = await carrier(floor)
    me, phone = await caller(floor)
    agent = await dials(floor, me, phone)
    (await out.incoming()).answer("200 OK")
    await floor.interaction(phase="talk")

    async def refused() -> bool:
        try:
            await floor.exchange.arrivals.place(me, NUMBER, None)
        except AppError as error:
            return isinstance(error, AgentBusy)
        return False

    await until(refused)
    await agent.hang_up()
    await floor.interaction(state="closed")
