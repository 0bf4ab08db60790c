"""Who is called back is rung before the agent, by real Asterisk: they are never left with nobody, and never called twice."""

from typing import Any
from uuid import UUID

from tests.ports import free_port
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.outbound.test_outbound import trunk
from tests.telephony.test_callbacks import DAY, allow_calls, promised, reaches, state
from tests.telephony.ua import Leg, Ua

from tongdai.platform.database import Jsonb
from tongdai.telephony.calls.actor import Call

RULES = {**DAY, "customer_first": True, "retry_s": 3600}


async def customer_asks(floor: Floor, agents: list[UUID], **rules: Any) -> Ua:
    """The customer's phone, behind a trunk; they wait to be called back by these agents, who have time to come."""
    floor.exchange.grace = 60.0
    for agent in agents:
        await allow_calls(floor, agent)
    far = await Ua.open(floor.port, port=free_port())
    floor.uas.append(far)
    await trunk(floor, far.port)
    await floor.world.queue(agents, name="Support", callbacks=Jsonb(RULES | rules))
    await promised(floor)
    return far


async def rings(floor: Floor, far: Ua) -> Leg:
    leg = await rung(far)
    await reaches(floor, "calling")
    return leg


def calls_of(phone: Ua) -> list[Leg]:
    return [leg for leg in phone.legs.values() if leg.invite is not None]


async def rung(phone: Ua) -> Leg:
    leg = await phone.incoming(20)
    leg.answer("180 Ringing")
    return leg


async def shown(floor: Floor, agent: UUID) -> str:
    return await floor.world.value("SELECT shown FROM presence WHERE user_id = %(id)s", id=agent)


async def is_not_ready(floor: Floor, agent: UUID) -> None:
    async def not_ready() -> bool:
        return await shown(floor, agent) == "not_ready"

    await until(not_ready)


async def restarts(floor: Floor) -> None:
    """The process that drives the calls is no more, and another comes."""
    for call in floor.exchange.calls():
        await call.cancel()
        floor.exchange.forget(call)
    await floor.exchange._came_up()  # pyright: ignore[reportPrivateUsage]


async def the_call(floor: Floor, wanted: str) -> Call:
    async def there() -> Call | None:
        return next((call for call in floor.exchange.calls() if call.row.state == wanted), None)

    return await until(there)


async def test_the_customer_first_and_then_the_agent(floor: Floor):
    agent, phone = await floor.desk()
    far = await customer_asks(floor, [agent])
    await floor.world.ready(agent)
    leg = await rings(floor, far)
    assert calls_of(phone) == []
    assert await shown(floor, agent) == "working"
    leg.answer("200 OK")
    desk = await phone.incoming(20)
    assert desk.invite is not None
    assert desk.invite.get("x-tongdai-auto") == "1"
    assert (await state(floor))["state"] == "calling"  # nobody has talked yet
    desk.answer("200 OK")
    done = await reaches(floor, "served")
    assert (done["attempts"], done["reason"]) == (1, "answered")
    await the_call(floor, "talking")
    await leg.hang_up()
    row = await floor.interaction(state="closed", direction="outbound")
    assert (row["result"], row["user_id"], row["hung_up_by"]) == ("answered", str(agent), "customer")
    kinds = await floor.world.value(
        "SELECT array_agg(kind ORDER BY started_at, ended_at) FROM interaction_segments"
        " WHERE interaction_id = %(id)s AND participant = 'customer'",
        id=UUID(row["id"]),
    )
    assert kinds[-2:] == ["wait", "talk"]  # that they held is no talk
    assert await floor.world.value("SELECT count(*) FROM recordings") == 1
    await floor.nothing_left()


async def test_no_agent_is_rung_for_a_customer_who_is_busy(floor: Floor):
    agent, phone = await floor.desk()
    far = await customer_asks(floor, [agent])
    await floor.world.ready(agent)
    (await far.incoming(20)).answer("486 Busy Here")

    async def tried() -> bool:
        row = await state(floor)
        return (row["state"], row["attempts"], row["reason"]) == ("scheduled", 1, "busy")

    await until(tried)
    assert calls_of(phone) == []
    await floor.nothing_left()


async def test_an_agent_who_does_not_come_loses_the_customer_to_the_front(floor: Floor):
    absent, phone = await floor.desk()
    other, second = await floor.desk()
    far = await customer_asks(floor, [absent, other])
    await floor.world.ready(absent)
    leg = await rings(floor, far)
    leg.answer("200 OK")
    (await phone.incoming(20)).answer("486 Busy Here")

    await is_not_ready(floor, absent)
    assert not leg.over
    assert (await state(floor))["state"] == "calling"
    await floor.world.ready(other)
    (await second.incoming(20)).answer("200 OK")
    done = await reaches(floor, "served")
    assert (done["attempts"], leg.over) == (1, False)
    outcomes = await floor.world.value(
        "SELECT jsonb_object_agg(user_id, outcome) FROM assignments WHERE interaction_id = %(id)s",
        id=UUID(done["interaction_id"]),
    )
    assert outcomes == {str(absent): "missed", str(other): None}
    await leg.hang_up()
    assert (await floor.interaction(state="closed", direction="outbound"))["user_id"] == str(other)


async def test_an_agent_whose_phone_stays_silent_is_given_up(floor: Floor):
    agent, phone = await floor.desk()
    far = await customer_asks(floor, [agent])
    await floor.world.ready(agent)
    leg = await rings(floor, far)
    floor.exchange.grace = 1.0
    leg.answer("200 OK")
    desk = await rung(phone)
    await desk.request("CANCEL", timeout=20)  # the time of grace is over
    await is_not_ready(floor, agent)
    await the_call(floor, "waiting")
    await leg.hang_up()
    row = await floor.interaction(state="closed", direction="outbound")
    assert row["result"] in ("abandoned", "short_abandon")
    after = await reaches(floor, "scheduled")
    assert after["attempts"] == 1


async def test_a_customer_who_hangs_up_while_holding_is_called_again_later(floor: Floor):
    agent, phone = await floor.desk()
    far = await customer_asks(floor, [agent])
    await floor.world.ready(agent)
    leg = await rings(floor, far)
    leg.answer("200 OK")
    desk = await rung(phone)
    await leg.hang_up()
    after = await reaches(floor, "scheduled")
    assert (after["attempts"], after["reason"]) == (1, "abandoned")
    await desk.request("CANCEL", timeout=20)
    await floor.nothing_left()


async def test_nobody_is_called_for_an_agent_without_a_phone(floor: Floor):
    agent, _ = await floor.agent(register=False)
    far = await customer_asks(floor, [agent])
    await floor.world.ready(agent)

    async def passed() -> object:
        return await floor.world.value("SELECT count(*) FROM assignments WHERE outcome = 'failed'")

    await until(passed)
    row = await state(floor)
    assert (row["state"], row["attempts"]) == ("waiting", 0)
    assert calls_of(far) == []


async def test_after_a_restart_the_phone_rings_on_and_is_rung_once(floor: Floor):
    agent, phone = await floor.desk()
    far = await customer_asks(floor, [agent])
    await floor.world.ready(agent)
    leg = await rings(floor, far)
    await restarts(floor)
    await the_call(floor, "calling_customer")
    leg.answer("200 OK")
    (await phone.incoming(20)).answer("200 OK")
    assert (await reaches(floor, "served"))["attempts"] == 1
    assert len(calls_of(far)) == 1
    await leg.hang_up()
    await floor.nothing_left()


async def test_who_holds_during_a_restart_holds_on(floor: Floor):
    agent, phone = await floor.desk()
    far = await customer_asks(floor, [agent])
    await floor.world.ready(agent)
    leg = await rings(floor, far)
    leg.answer("200 OK")
    first = await rung(phone)
    await restarts(floor)
    await the_call(floor, "connecting_agent")
    first.answer("200 OK")
    assert (await reaches(floor, "served"))["attempts"] == 1
    assert not leg.over
    await leg.hang_up()
    await floor.nothing_left()
