"""Colleagues call each other: forwarding, do not disturb and groups, on real phones; and what may be set up."""

from typing import Any
from uuid import UUID

import pytest
from tests.api import Site
from tests.ports import free_port
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.outbound.test_outbound import trunk
from tests.telephony.rtp import Media, strength
from tests.telephony.sip import Scenario
from tests.telephony.ua import Leg, Ua

from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb
from tongdai.telephony.extensions.policies import Forwarding
from tongdai.telephony.extensions.repository import Reach

TO_EXTENSION = """
flow: direct
start: answer
nodes:
  answer:
    answer:
    go: on
  on:
    transfer: {extension: "%s", timeout: 3}
    go: {no_answer: end, done: end}
  end:
    hang_up:
"""


async def extension(floor: Floor, user: UUID) -> str:
    return await floor.world.value("SELECT extension FROM users WHERE id = %(id)s", id=user)


async def forward(floor: Floor, user: UUID, **wishes: Any) -> None:
    async with floor.world.transaction() as tx:
        await Reach(tx).set_forwarding(user, Forwarding(**wishes))


async def group(floor: Floor, members: list[UUID], hunt: str = "all", **others: Any) -> None:
    values = {"ring_s": 20, "otherwise": "", **others}
    async with floor.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO extension_groups (tenant_id, id, name, extension, hunt, member_ids, ring_s, otherwise)"
            " VALUES (%(tenant)s, %(id)s, 'Sales', '600', %(hunt)s, %(members)s, %(ring_s)s, %(otherwise)s)",
            {"id": new_id(), "hunt": hunt, "members": Jsonb([str(one) for one in members]), **values},
        )


async def may_dial(floor: Floor, user: UUID) -> None:
    """Let a user call national numbers."""
    role = new_id()
    async with floor.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO roles (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, 'Dials')", {"id": role}
        )
        await tx.execute(
            "INSERT INTO role_grants (tenant_id, role_id, permission, extent)"
            " VALUES (%(tenant)s, %(role)s, 'calls.dial_national', 'tenant')",
            {"role": role},
        )
        await tx.execute(
            "INSERT INTO user_roles (tenant_id, user_id, role_id) VALUES (%(tenant)s, %(user)s, %(role)s)",
            {"user": user, "role": role},
        )


async def dials(phone: Ua, to: str) -> Leg:
    return await phone.invite(to, caller=phone.user)


async def connected(floor: Floor, caller: Leg, called: Leg) -> None:
    """The called phone answers, and so is the caller."""
    called.answer("200 OK")
    await caller.status(200)
    await called.request("ACK")


async def over(floor: Floor, caller: Leg) -> dict[str, Any]:
    await caller.hang_up()
    row = await floor.interaction(state="closed")
    await floor.nothing_left()
    return row


async def test_all_calls_go_on_to_a_colleague(floor: Floor):
    _, first = await floor.desk()
    second, _ = await floor.desk()
    third, phone = await floor.desk()
    await forward(floor, second, always=await extension(floor, third))
    caller = await dials(first, await extension(floor, second))
    await connected(floor, caller, await phone.incoming())
    row = await over(floor, caller)
    assert (row["direction"], row["result"]) == ("internal", "answered")


@pytest.mark.parametrize("how", ["busy", "no_answer", "unreachable"])
async def test_who_does_not_take_a_call_is_followed_by_whom_they_chose(floor: Floor, how: str):
    _, first = await floor.desk()
    second, phone = await floor.desk()
    third, other = await floor.desk()
    await forward(floor, second, **{how: await extension(floor, third)}, no_answer_s=1)
    if how == "unreachable":
        await phone.register(expires=0)
    caller = await dials(first, await extension(floor, second))
    if how == "busy":
        (await phone.incoming()).answer("486 Busy Here")
    elif how == "no_answer":
        ringing = await phone.incoming()
        ringing.answer("180 Ringing")
        await ringing.request("CANCEL")
    await connected(floor, caller, await other.incoming())
    assert (await over(floor, caller))["result"] == "answered"


async def test_a_call_goes_on_to_outside_by_the_colleagues_own_right(floor: Floor):
    """And not where the colleague may not dial."""
    _, first = await floor.desk()
    second, _ = await floor.desk()
    carrier = free_port()
    await trunk(floor, carrier)
    await forward(floor, second, always="0912345678")
    refused = await dials(first, await extension(floor, second))
    assert (await refused.wait(lambda m: m.status >= 400 and m.method == "INVITE")).status
    assert (await floor.interaction(state="closed"))["result"] == "failed"
    await may_dial(floor, second)
    await floor.phone(carrier, Scenario().wait_for_bye())
    caller = await dials(first, await extension(floor, second))
    await caller.status(200)
    assert await floor.world.value("SELECT trunk_id FROM calls WHERE ended_at IS NULL") is not None
    assert (await over(floor, caller))["result"] == "answered"


async def test_keys_of_a_desk_phone_set_do_not_disturb_and_forwarding(floor: Floor):
    _, first = await floor.desk()
    second, phone = await floor.desk()
    third, other = await floor.desk()

    async def dial(code: str) -> Forwarding:
        leg = await dials(phone, code)
        await leg.status(200)
        await leg.request("BYE")
        async with floor.world.transaction() as tx:
            return await Reach(tx).forwarding(second)

    assert (await dial("*78")).do_not_disturb
    refused = await dials(first, await extension(floor, second))
    await refused.wait(lambda m: m.status >= 400 and m.method == "INVITE")
    assert (await floor.interaction(state="closed"))["result"] == "busy"
    assert not (await dial("*79")).do_not_disturb
    to = await extension(floor, third)
    assert (await dial(f"*72{to}")).always == to
    # Back to oneself, and a number that nobody may dial: refused, and nothing is changed.
    assert (await dial(f"*90{await extension(floor, second)}")).busy == ""
    assert (await dial("*920912345678")).no_answer == ""
    caller = await dials(first, await extension(floor, second))
    await connected(floor, caller, await other.incoming())
    await over(floor, caller)
    assert (await dial("*73")).always == ""
    assert await floor.world.value("SELECT count(*) FROM interactions") == 2


async def test_all_of_a_group_ring_and_the_first_who_answers_has_the_call(floor: Floor):
    _, first = await floor.desk()
    second, phone = await floor.desk()
    third, other = await floor.desk()
    await group(floor, [second, third])
    caller = await dials(first, "600")
    ringing, answering = await phone.incoming(), await other.incoming()
    ringing.answer("180 Ringing")
    await connected(floor, caller, answering)
    await ringing.request("CANCEL")

    async def busy() -> bool:
        return await floor.world.value("SELECT in_use FROM agent_loads WHERE user_id = %(id)s", id=third) == 1

    await until(busy)
    assert (await over(floor, caller))["result"] == "answered"


async def test_a_hunt_rings_one_after_the_other_and_goes_on_when_nobody_answers(floor: Floor):
    _, first = await floor.desk()
    second, phone = await floor.desk()
    third, other = await floor.desk()
    fourth, last = await floor.desk()
    disturbed, quiet = await floor.desk()
    await forward(floor, disturbed, do_not_disturb=True)
    await group(
        floor, [second, disturbed, third], "in_turn", ring_s=1, otherwise=await extension(floor, fourth)
    )
    caller = await dials(first, "600")
    ringing = await phone.incoming()
    ringing.answer("180 Ringing")
    await ringing.request("CANCEL")
    (await other.incoming()).answer("486 Busy Here")
    await connected(floor, caller, await last.incoming())
    assert quiet.requests.empty()
    await over(floor, caller)


async def test_a_customer_reaches_a_group_by_the_flow_and_both_hear_each_other(floor: Floor):
    second, phone = await floor.agent()
    third, _ = await floor.agent(register=False)
    await group(floor, [third, second], "in_turn")
    await floor.hotline(TO_EXTENSION % "600")
    desk, customer = await Media.open(1000), await Media.open(600)
    await floor.phone(phone, Scenario().pause(4000), hang_up=True, media_port=desk.port)
    await floor.call(Scenario().wait_for_bye(), media_port=customer.port)

    async def both_hear() -> bool:
        return strength(customer.heard[-4000:], 1000) > 0.5 and strength(desk.heard[-4000:], 600) > 0.5

    await until(both_hear)
    assert (await floor.interaction(state="closed"))["hung_up_by"] == "agent"
    await desk.close()
    await customer.close()


async def test_a_flow_that_reaches_nobody_goes_on(floor: Floor):
    second, phone = await floor.desk()
    await floor.hotline(TO_EXTENSION % await extension(floor, second))
    customer: Ua = await floor.customer()
    leg = await customer.invite("19001234")
    await leg.status(200)
    ringing = await phone.incoming()
    ringing.answer("180 Ringing")
    await ringing.request("CANCEL")
    await leg.request("BYE")
    await floor.nothing_left()


# Over HTTP


async def test_what_may_be_set_up_is_shown_and_what_may_not_is_named(site: Site):
    first, second = await site.sign_in("agent"), await site.sign_in("agent")
    admin = await site.sign_in("admin")
    await admin.ok("PATCH", f"/users/{first.id}", {"version": first.user.version, "extension": "7001"})
    await admin.ok("PATCH", f"/users/{second.id}", {"version": second.user.version, "extension": "7002"})
    kept = await first.ok("PUT", "/phone/forwarding", {"no_answer": "70 02", "no_answer_s": 15})
    assert kept == await first.ok("GET", "/phone/forwarding")
    assert (kept["no_answer"], kept["no_answer_s"], kept["do_not_disturb"]) == ("7002", 15, False)

    async def refused(person: Any, **wishes: str) -> tuple[str, str]:
        answer = await person.put("/phone/forwarding", **wishes)
        assert answer.status_code == 422, answer.text
        return answer.json()["errors"][0]["field"], answer.json()["errors"][0]["rule"]

    assert await refused(first, busy="7001") == ("busy", "loop")
    await second.ok("PUT", "/phone/forwarding", {"always": "7001"})
    assert await refused(first, always="7002") == ("always", "loop")
    assert await refused(first, busy="+441632960000") == ("busy", "not_dialled")
    assert await refused(first, busy="113") == ("busy", "digits")
    assert await refused(first, busy="hello") == ("busy", "digits")
    shown = await admin.ok("PUT", f"/users/{first.id}/forwarding", {"do_not_disturb": True})
    assert shown["do_not_disturb"]
    assert await first.ok("GET", "/phone/forwarding") == shown
    assert await admin.ok("GET", f"/users/{first.id}/forwarding") == shown
    assert (await first.get(f"/users/{second.id}/forwarding")).status_code == 403
    assert (await admin.get(f"/users/{new_id()}/forwarding")).status_code == 404


async def test_a_group_is_made_changed_and_put_aside(site: Site):
    admin, agent = await site.sign_in("admin"), await site.sign_in("agent")
    await admin.ok("PATCH", f"/users/{agent.id}", {"version": agent.user.version, "extension": "7001"})
    wanted = {"name": "Sales", "extension": "7600", "hunt": "round_robin", "member_ids": [str(agent.id)]}
    made = await admin.ok("POST", "/ring-groups", wanted)
    assert (made["ring_s"], made["otherwise"], made["member_ids"]) == (20, "", [str(agent.id)])

    async def refused(**values: Any) -> tuple[str, str]:
        answer = await admin.post("/ring-groups", **{**wanted, "name": "Other", **values})
        assert answer.status_code == 422, answer.text
        return answer.json()["errors"][0]["field"], answer.json()["errors"][0]["rule"]

    assert await refused() == ("extension", "taken")
    assert await refused(extension="7001") == ("extension", "taken")
    assert await refused(extension="7601", member_ids=[str(new_id())]) == ("member_ids", "choose")
    changed = await admin.ok("PATCH", f"/ring-groups/{made['id']}", {"version": 1, "otherwise": "7001"})
    assert (changed["version"], changed["otherwise"], changed["hunt"]) == (2, "7001", "round_robin")
    await admin.ok("DELETE", f"/ring-groups/{made['id']}")
    assert (await admin.ok("GET", "/ring-groups"))["items"] == []
    assert not (await admin.ok("POST", f"/ring-groups/{made['id']}/restore"))["archived"]
