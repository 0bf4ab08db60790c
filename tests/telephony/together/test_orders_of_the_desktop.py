"""What the desktop orders, on a real Asterisk: where the customer is sent, whom an agent asks, and who is let go; by tones."""

from typing import Any
from uuid import UUID

import pytest
from tests.telephony.outbound.test_outbound import trunk
from tests.telephony.together.test_who_hears_whom import Room, room

from tongdai.flows.public import FlowService
from tongdai.telephony.together.targets import Destination

__all__ = ["room"]

BACK = """
flow: back
start: queue
nodes:
  queue:
    queue: {queue: Support, max_wait: 600}
    go: {timeout: hang_up}
  hang_up:
    hang_up:
"""
INVITING = """
flow: inviting
start: interpreter
nodes:
  interpreter:
    invite: {queue: Billing}
    go: {done: nobody, refused: hang_up}
  nobody:
    invite: {number: "+12125550123"}
    go: {done: hang_up, refused: relative}
  relative:
    invite: {number: "0912 345 678"}
    go: {done: queue, refused: hang_up}
  queue:
    queue: {queue: Support, max_wait: 600}
    go: {timeout: hang_up}
  hang_up:
    hang_up:
"""


async def publish(room: Room, flow: str) -> UUID:
    async with room.floor.world.transaction() as tx:
        service = room.floor.exchange.runtime.get(FlowService)
        pushed = await service.push(tx, flow, at=room.floor.exchange.clock.now(), publish=True)
    return pushed.flow_id


async def billing(room: Room) -> UUID:
    """A queue of the second agent, who is ready."""
    second = room.ears["second"].user
    assert second is not None
    queue = await room.floor.world.queue([second], name="Billing", wrap_up_s=0.0, recording="never")
    await room.floor.world.ready(second)
    return queue


async def sends(room: Room, command: str, kind: Any, to: UUID | str, *, by: str = "agent") -> None:
    at = (
        Destination(kind=kind, number=to) if isinstance(to, str) else Destination(kind=kind, id=to)
    ).model_dump_json()
    await room.order(command, at, by=by)


async def test_a_customer_is_sent_to_a_queue_a_flow_and_an_outside_number(room: Room):
    queue = await billing(room)
    await sends(room, "transfer", "queue", queue)
    await room.hear(customer="")
    await room.ears["second"].answers()
    await room.hear(customer="s", second="c")

    await sends(room, "transfer", "flow", await publish(room, BACK), by="second")
    await room.ears["agent"].answers()
    await room.hear(customer="a", agent="c")

    await trunk(room.floor, room.ears["third"].ua.port)
    await sends(room, "transfer", "number", "0912345678")
    await room.hear(customer="")
    await room.ears["third"].answers()
    await room.hear(customer="t", third="c")


async def test_whom_the_customer_wants_on_the_call_is_called_in_when_an_agent_has_it(room: Room):
    """An interpreter (any agent of a queue) and somebody outside; no flow calls abroad for a customer."""
    await billing(room)
    await trunk(room.floor, room.ears["third"].ua.port)
    await sends(room, "transfer", "flow", await publish(room, INVITING))
    await room.ears["agent"].answers()
    await room.ears["second"].answers()
    await room.ears["third"].answers()
    await room.hear(customer="ast", agent="cst", second="cat", third="cas")
    assert await room.floor.world.value("SELECT state = 'conference' AND invites = '' FROM calls")


@pytest.mark.parametrize("ends", ["complete", "cancel"])
async def test_any_agent_of_a_queue_is_asked(room: Room, ends: str):
    await sends(room, "consult", "queue", await billing(room))
    await room.hear(customer="")
    await room.ears["second"].answers()
    await room.hear(agent="s", second="a", customer="")
    await room.order(ends)
    if ends == "complete":
        await room.hear(customer="s", second="c")
    else:
        await room.hear(customer="a", agent="c")


async def test_who_listens_is_heard_by_nobody_until_they_lead(room: Room):
    listener = Destination(kind="colleague", id=room.ears["second"].user)
    await room.order("add_listener", listener.model_dump_json())
    await room.ears["second"].answers()
    await room.hear(customer="a", agent="c", second="ca")
    await room.call_in("add_party", "third")
    await room.hear(customer="at", agent="ct", second="cat", third="ca")
    second = await room.floor.world.value(
        "SELECT id::text FROM call_parties WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
        user=room.ears["second"].user,
    )
    await room.order("lead_party", str(second))
    await room.hear(customer="ast", agent="cst", second="cat", third="cas")
    agent = await room.floor.world.value(
        "SELECT id::text FROM call_parties WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND state = 'talking'",
        user=room.ears["agent"].user,
    )
    await room.order("listen_party", str(agent), by="second")
    await room.hear(customer="st", agent="cst", second="ct", third="cs")


async def test_of_a_conference_one_is_let_go_the_customer_waits_and_the_rest_is_left_to_another(room: Room):
    await room.call_in("add_party", "second")
    await room.call_in("add_party", "third")
    await room.hear(customer="ast", agent="cst", second="cat", third="cas")
    second = await room.floor.world.value(
        "SELECT id::text FROM call_parties WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
        user=room.ears["second"].user,
    )
    await room.order("drop_party", str(second))
    leg = room.ears["second"].leg
    assert leg is not None
    await leg.request("BYE")
    await room.hear(customer="at", agent="ct", third="ca")
    await room.order("hold")
    await room.hear(customer="", agent="t", third="a")
    await room.order("resume")
    await room.hear(customer="at", agent="ct", third="ca")
    await room.order("leave")
    await room.hear(customer="t", third="c")
