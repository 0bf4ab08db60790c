"""A caller asks to be called back, by real Asterisk: the agent first, then the customer; busy, and again; after a restart."""

from typing import Any
from uuid import UUID

from tests.ports import free_port
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.outbound.test_outbound import trunk
from tests.telephony.rtp import Media, strength
from tests.telephony.sip import Scenario
from tests.telephony.ua import Ua

from tongdai.platform.database import Jsonb

FLOW = """
flow: care
start: answer
nodes:
  answer:
    answer:
    go: queue
  queue:
    queue: {queue: Support, callback_key: "1"}
    go: {timeout: end, callback: promise}
  promise:
    callback: {queue: Support, say: {silence: 1}}
    go: {done: end, declined: queue}
  end:
    hang_up:
"""
DAY = {"first": "00:00", "last": "24:00", "retry_s": 1, "max_attempts": 3}


async def allow_calls(floor: Floor, user_id: UUID) -> None:
    await floor.world.allow(user_id, "calls.dial_national")


async def promised(floor: Floor) -> None:
    """A customer calls, presses the key for a callback and confirms the number."""
    await floor.hotline(FLOW)
    media = await Media.open()
    await floor.call(Scenario().pause(15000), media_port=media.port)

    async def waits() -> object:
        return await floor.world.value("SELECT count(*) FROM queue_entries WHERE NOT callback") == 1

    await until(waits)

    async def asked() -> object:
        phase = await floor.world.value("SELECT phase FROM interactions ORDER BY started_at LIMIT 1")
        if phase in ("wait", "flow"):
            media.press("1")
        return await floor.world.value("SELECT count(*) FROM callbacks") == 1

    await until(asked)

    async def gone() -> object:
        return await floor.world.value("SELECT result FROM interactions ORDER BY started_at LIMIT 1")

    assert await until(gone) == "callback"
    await media.close()


async def state(floor: Floor) -> dict[str, Any]:
    return await floor.world.value("SELECT to_jsonb(c) FROM callbacks c")


async def reaches(floor: Floor, wanted: str) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        row = await state(floor)
        return row if row["state"] == wanted else None

    return await until(there)


async def test_asked_by_key_called_by_the_agent_and_both_hear_each_other(floor: Floor):
    agent, port = await floor.agent()
    await allow_calls(floor, agent)
    carrier, desk, customer = free_port(), await Media.open(1000), await Media.open(600)
    # There before its trunk is known, and from then on asked by Asterisk whether it is.
    await floor.phone(carrier, Scenario().pause(4000), hang_up=True, media_port=customer.port)
    await trunk(floor, carrier)
    await floor.world.queue([agent], name="Support", callbacks=Jsonb(DAY))
    await promised(floor)
    await floor.phone(port, Scenario().wait_for_bye(), media_port=desk.port)
    await floor.world.ready(agent)

    async def both_hear() -> bool:
        return strength(customer.heard[-4000:], 1000) > 0.5 and strength(desk.heard[-4000:], 600) > 0.5

    await until(both_hear)
    row = await floor.interaction(state="closed", direction="outbound")
    assert (row["result"], row["peer"], row["user_id"]) == ("answered", "+84912345678", str(agent))
    done = await reaches(floor, "served")
    assert (done["interaction_id"], done["attempts"]) == (row["id"], 1)
    assert await floor.world.value("SELECT count(DISTINCT conversation_id) FROM interactions") == 1
    assert await floor.world.value("SELECT count(*) FROM recordings") == 1
    await floor.nothing_left()
    await desk.close()
    await customer.close()


async def test_busy_is_called_again(floor: Floor):
    agent, port = await floor.agent()
    await allow_calls(floor, agent)
    carrier = free_port()
    await floor.refuse(carrier, "486 Busy Here")
    await trunk(floor, carrier)
    await floor.world.queue([agent], name="Support", callbacks=Jsonb(DAY))
    await promised(floor)
    await floor.phone(port, Scenario().wait_for_bye())
    await floor.world.ready(agent)

    async def tried() -> object:
        row = await state(floor)
        return row["attempts"] >= 1 and row["reason"] == "busy"

    await until(tried)
    attempts = await floor.world.value(
        "SELECT array_agg(result) FROM interactions WHERE direction = 'outbound' AND state = 'closed'"
    )
    assert set(attempts) == {"busy"}


async def test_a_restart_loses_no_callback_and_dials_none_twice(floor: Floor):
    """While the customer's phone rings, the process that drives the call is no more, and another comes."""
    agent, phone = await floor.desk()
    await allow_calls(floor, agent)
    carrier = free_port()
    far = await Ua.open(floor.port, port=carrier)
    floor.uas.append(far)
    await trunk(floor, carrier)
    await floor.world.queue([agent], name="Support", callbacks=Jsonb({**DAY, "retry_s": 3600}))
    await promised(floor)
    await floor.world.ready(agent)
    (await phone.incoming(20)).answer("200 OK")
    first = await far.incoming()
    first.answer("180 Ringing")
    row = await reaches(floor, "calling")
    (call,) = floor.exchange.calls()
    await call.cancel()
    floor.exchange.forget(call)
    await floor.exchange._came_up()  # pyright: ignore[reportPrivateUsage]
    after = await until(lambda: _moved_on(floor, row["interaction_id"]))
    closed = await floor.world.value(
        "SELECT result FROM interactions WHERE id = %(id)s", id=UUID(row["interaction_id"])
    )
    assert closed == "failed"
    assert after["attempts"] == 0  # it ended with us: the customer was not tried
    await first.wait(lambda message: message.method == "CANCEL")
    (await phone.incoming(20)).answer("200 OK")
    again = await far.incoming(timeout=20)
    again.answer("200 OK", far.offer())
    assert (await reaches(floor, "served"))["attempts"] == 1


async def _moved_on(floor: Floor, attempt: str) -> dict[str, Any] | None:
    row = await state(floor)
    return (
        row
        if row["state"] in ("scheduled", "waiting", "calling") and row["interaction_id"] != attempt
        else None
    )
