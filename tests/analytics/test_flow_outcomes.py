"""What became of those whom a flow led: chats that end in every way, counted once each."""

from typing import Any

from tests.api import Site
from tests.channels.shop import Shop
from tests.support import until

from tongdai.analytics.flow_outcomes import outcomes_of
from tongdai.analytics.repositories.flow_outcomes import Ended

FLOW = """
flow: chat
start: topic
nodes:
  topic:
    label: What about
    menu:
      say: What is it about?
      keys: {1: orders, 2: person, 3: broken}
    go: {orders: done, person: queue, broken: fails, no_input: queue}
  done:
    say: It is on its way.
    go: end
  fails:
    set: {x: number(wish)}
    go: end
  queue:
    queue: {queue: Chats}
    go: {timeout: end}
  end:
    hang_up:
variables: {wish: nothing}
"""


async def test_each_chat_is_counted_once_by_what_became_of_it(site: Site):
    shop = await Shop.open(site, flow=FLOW)
    (agent,) = shop.agents
    admin = await site.sign_in("admin")
    (flow,) = (await admin.ok("GET", "/flows"))["items"]
    path = f"/flow-outcomes/{flow['id']}"

    async def outcomes(**query: Any) -> dict[str, Any]:
        return await admin.ok("GET", path, **query)

    assert (await outcomes())["contacts"] == 0
    for pressed in ("1", "1", "3"):
        visitor = await shop.visitor()
        await visitor.write("Hi")
        await visitor.write("x", pressed=pressed)
    for _ in range(2):
        leaving = await shop.visitor()
        await leaving.write("Hi")
        assert (await leaving.post("end")).status_code == 204
    served = await shop.visitor()
    await served.write("Hi")
    await served.write("person", pressed="2")
    offer = await shop.offer(agent)
    card = await agent.ok("POST", f"/assignments/{offer['id']}/accept")
    await agent.ok("POST", f"/assignments/{card['id']}/end")
    await agent.ok("POST", f"/assignments/{card['id']}/done", {})
    await site.world.not_ready(agent.id)
    waiting = await shop.visitor()
    await waiting.write("Hi")
    await waiting.write("person", pressed="2")
    assert (await waiting.post("end")).status_code == 204
    here = await shop.visitor()
    await here.write("Hi")  # still being led: not counted yet

    async def all_ended() -> dict[str, Any] | None:
        found = await outcomes()
        return found if found["contacts"] == 7 else None

    found = await until(all_ended)
    assert found == {
        "contacts": 7,
        "contained": 2,
        "agent": 1,
        "gave_up": 1,
        "left": 2,
        "failed": 1,
        "drop_offs": [{"node": "topic", "label": "What about", "count": 2}],
    }
    assert (await outcomes(number=1, days=1))["contacts"] == 7
    assert (await outcomes(number=2))["contacts"] == 0
    stranger = await (await site.another_centre()).sign_in("admin")
    assert (await stranger.get(path)).status_code == 404


def test_steps_are_told_by_how_many_left_there():
    rows = [
        Ended("left", False, False, "a", "A", 2),
        Ended("left", False, False, "b", "B", 5),
        Ended("left", True, False, "q", "Q", 3),
        Ended("left", True, True, "q", "Q", 4),
        Ended("hung_up", False, False, "e", "E", 1),
        Ended("finished", True, False, "v", "V", 1),
        Ended("fault", False, False, "x", "X", 1),
    ]
    found = outcomes_of(rows)
    assert [(one.node, one.count) for one in found.drop_offs] == [("b", 5), ("a", 2)]
    assert (found.contacts, found.contained, found.agent, found.gave_up, found.left, found.failed) == (
        17,
        1,
        4,
        4,
        7,
        1,
    )
