"""Customers call: real Asterisk, SIPp on both ends."""

from pathlib import Path

from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.sip import Scenario

STRAIGHT = """
flow: straight
start: answer
nodes:
  answer:
    answer:
    go: queue
  queue:
    queue: Support
    go: {timeout: end}
  end:
    hang_up:
"""


async def test_a_call_is_answered_recorded_and_closed(floor: Floor):
    agent, port = await floor.agent()
    await floor.world.queue([agent], name="Support", wrap_up_s=30.0)
    await floor.hotline(STRAIGHT)
    await floor.world.ready(agent)
    phone = await floor.phone(port, Scenario().wait_for_bye())
    caller = await floor.call(Scenario().pause(1500))
    row = await floor.interaction(state="closed")
    assert await caller.finished() == 0, caller.problem()
    assert await phone.finished() == 0, phone.problem()
    assert (row["result"], row["hung_up_by"], row["user_id"]) == ("answered", "customer", str(agent))
    assert row["peer"] == "+84912345678"
    assert row["talk_s"] > 0.5
    kinds = await floor.segments()
    assert [kind for kind in kinds if kind[1] == "customer"] == [
        ("wait", "customer"),
        ("talk", "customer"),
    ], "this flow answers and queues at once, so that the caller is in it for no time"
    assert await floor.world.value("SELECT shown FROM presence WHERE user_id = %(id)s", id=agent) == "wrap_up"

    async def stored() -> object:
        return await floor.world.value("SELECT path FROM recordings WHERE state = 'stored'")

    path: str = await until(stored)
    assert (floor.folder / "files" / Path(path)).stat().st_size > 500


async def test_a_caller_who_gives_up_is_an_abandon(floor: Floor):
    await floor.world.queue([], name="Support", short_abandon_s=0.0)
    await floor.hotline(STRAIGHT)
    caller = await floor.call(Scenario().pause(500))
    row = await floor.interaction(state="closed")
    assert await caller.finished() == 0, caller.problem()
    assert (row["result"], row["hung_up_by"]) == ("abandoned", "customer")


async def test_the_agent_hangs_up(floor: Floor):
    agent, port = await floor.agent()
    await floor.world.queue([agent], name="Support")
    await floor.hotline(STRAIGHT)
    await floor.world.ready(agent)
    phone = await floor.phone(port, Scenario().pause(500), hang_up=True)
    caller = await floor.call(Scenario().wait_for_bye(), hang_up=False)
    row = await floor.interaction(state="closed")
    assert await caller.finished() == 0, caller.problem()
    assert await phone.finished() == 0, phone.problem()
    assert (row["result"], row["hung_up_by"]) == ("answered", "agent")
    assert await floor.world.value("SELECT shown FROM presence WHERE user_id = %(id)s", id=agent) == "ready"
