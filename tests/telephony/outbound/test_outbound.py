"""Agents call out, and each other: click-to-call, a desk phone that dials, dead trunks, refused numbers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.ports import free_port
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.rtp import Media, strength
from tests.telephony.sip import Scenario

from tongdai.conversations.public import my_day
from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.platform.auth import Extent, Principal
from tongdai.platform.errors import AppError
from tongdai.telephony.errors import BadNumber, NoTrunk, NumberRefused
from tongdai.telephony.events import TelephonyConfigured


async def trunk(
    floor: Floor,
    port: int,
    *,
    order: int = 0,
    max_calls: int = 10,
    transport: str = "udp",
    srtp: bool = False,
) -> None:
    """A carrier that takes our calls on a port."""
    trunk_id, name = new_id(), f"carrier-{new_id().hex}"
    async with floor.world.transaction() as tx:
        await tx.execute(
            'INSERT INTO trunks (tenant_id, id, name, sip_name, username, password, host, "order", max_calls,'
            " transport, srtp) VALUES (%(tenant)s, %(id)s, %(name)s, %(name)s, 'we', 'secret', %(host)s, %(order)s,"
            " %(max)s, %(transport)s, %(srtp)s)",
            {
                "id": trunk_id,
                "name": name,
                "host": f"127.0.0.1:{port}",
                "order": order,
                "max": max_calls,
                "transport": transport,
                "srtp": srtp,
            },
        )
        tx.emit(TelephonyConfigured(aggregate_id=trunk_id, aggregate_version=1))
    await floor.told(name)
    # SIPp would take the question whether it is there for its call.
    never: Any = [{"attribute": "qualify_frequency", "value": "0"}]
    await floor.exchange.ari.asterisk.update_object("res_pjsip", "aor", name, fields=never)


async def principal(floor: Floor, user_id: object, *permissions: str) -> Principal:
    async with floor.world.transaction() as tx:
        me = await people.principal_of_user(tx, user_id)  # type: ignore[arg-type]
    grants = dict.fromkeys(("calls.take", *permissions), Extent.TENANT)
    return Principal(me.tenant_id, me.user_id, me.name, None, grants)


async def test_click_to_call_rings_the_agent_then_the_customer(floor: Floor):
    agent, port = await floor.agent()
    carrier = free_port()
    await trunk(floor, carrier)
    me = await principal(floor, agent, "calls.dial_national")
    desk, customer = await Media.open(1000), await Media.open(600)
    await floor.phone(port, Scenario().wait_for_bye(), media_port=desk.port)
    await floor.phone(carrier, Scenario().pause(4000), hang_up=True, media_port=customer.port)
    await floor.exchange.arrivals.place(me, "0912 345 678", None)

    async def both_hear() -> bool:
        return strength(customer.heard[-4000:], 1000) > 0.5 and strength(desk.heard[-4000:], 600) > 0.5

    await until(both_hear)
    row = await floor.interaction(state="closed")
    assert (row["direction"], row["result"], row["hung_up_by"], row["peer"]) == (
        "outbound", "answered", "customer", "+84912345678",
    )  # fmt: skip
    assert row["contact_id"] is not None
    assert await floor.world.value("SELECT in_use FROM agent_loads") == 0
    await desk.close()
    await customer.close()


async def test_a_dead_trunk_is_followed_by_the_next(floor: Floor):
    agent, port = await floor.agent()
    broken, carrier = free_port(), free_port()
    await trunk(floor, broken, order=0)
    await trunk(floor, carrier, order=1)
    me = await principal(floor, agent, "calls.dial_national")
    await floor.phone(port, Scenario().wait_for_bye())
    await floor.refuse(broken, "503 Service Unavailable")
    await floor.phone(carrier, Scenario().pause(500), hang_up=True)
    await floor.exchange.arrivals.place(me, "0912345678", None)
    row = await floor.interaction(state="closed")
    assert row["result"] == "answered"


@pytest.mark.parametrize(("status", "result"), [("486 Busy Here", "busy"), ("603 Decline", "refused")])
async def test_what_the_far_side_says_is_the_result(floor: Floor, status: str, result: str):
    agent, port = await floor.agent()
    carrier = free_port()
    await trunk(floor, carrier)
    me = await principal(floor, agent, "calls.dial_national")
    await floor.phone(port, Scenario().wait_for_bye())
    await floor.refuse(carrier, status)
    await floor.exchange.arrivals.place(me, "0912345678", None)
    row = await floor.interaction(state="closed")
    assert (row["result"], row["user_id"]) == (result, str(agent))  # in the agent's own log, too


@pytest.mark.parametrize(
    ("to", "permissions", "error"),
    [
        ("+441632960000", ("calls.dial_national",), NumberRefused),
        ("0912345678", (), NumberRefused),
        ("hello", ("calls.dial_premium",), BadNumber),
        ("0912345678", ("calls.dial_national",), NoTrunk),
    ],
)
async def test_what_may_not_be_dialled(
    floor: Floor, to: str, permissions: tuple[str, ...], error: type[AppError]
):
    agent, _ = await floor.agent(register=False)
    me = await principal(floor, agent, *permissions)
    with pytest.raises(error):
        await floor.exchange.arrivals.place(me, to, None)
    assert await floor.world.value("SELECT count(*) FROM interactions") == 0


async def test_emergency_calls_pass_without_permission_and_over_a_full_trunk(floor: Floor):
    agent, port = await floor.agent()
    carrier = free_port()
    await trunk(floor, carrier, max_calls=0)
    me = await principal(floor, agent)
    await floor.phone(port, Scenario().wait_for_bye())
    await floor.phone(carrier, Scenario().pause(300), hang_up=True)
    await floor.exchange.arrivals.place(me, "113", None)
    row = await floor.interaction(state="closed")
    assert row["result"] == "answered"


async def test_colleagues_call_each_other_and_are_busy_meanwhile(floor: Floor):
    first, first_port = await floor.agent()
    second, second_port = await floor.agent()
    me = await principal(floor, first)
    await floor.phone(first_port, Scenario().wait_for_bye())
    await floor.phone(second_port, Scenario().pause(800), hang_up=True)
    extension = await floor.world.value("SELECT extension FROM users WHERE id = %(id)s", id=second)
    await floor.exchange.arrivals.place(me, extension, None)

    async def both_busy() -> object:
        return await floor.world.value("SELECT count(*) FROM agent_loads WHERE in_use = 1") == 2

    await until(both_busy)
    row = await floor.interaction(state="closed")
    assert (row["direction"], row["result"]) == ("internal", "answered")
    assert await floor.world.value("SELECT sum(in_use) FROM agent_loads") == 0
    for one in (first, second):
        async with floor.world.transaction() as tx:
            day = await my_day(tx, one, "Asia/Ho_Chi_Minh", "en", datetime.now(UTC))
        figures = day.figures
        assert (figures["handled"], figures["talk_s"], figures["internal"]) == (0, 0, 1)
        assert 0.5 < figures["internal_s"] < 10
        assert "aht_s" not in figures
