"""One call through the verbs that no other test runs on a real Asterisk: the steps as they were stored, and what was heard."""

import asyncio
from typing import Any

from tests.support import until
from tests.telephony import callers
from tests.telephony.conftest import Floor

from tongdai.flows.commands import HttpRequest
from tongdai.flows.outside.http import HttpPerformer
from tongdai.flows.public import FlowService, Performers
from tongdai.kit.ids import new_id
from tongdai.platform.auth import Extent, Reach
from tongdai.routing import switches
from tongdai.routing.schemas import SwitchClosingIn, SwitchIn
from tongdai.tenancy import service as tenancy
from tongdai.tenancy.schemas import CalendarIn

HELLO, WARNING = 1300, 1700
PART = """
flow: part
variables: {n: 0}
start: double
nodes:
  double: {set: {twice: n * 2}, go: back}
  back: {return: good}
"""
ALL = """
flow: everything
start: answer
nodes:
  answer: {answer: , go: hello}
  hello: {say: {prompt: hello}, go: tongue}
  tongue:
    language: {keys: {1: en, 2: vi}, say: {silence: 1}}
    go: {done: first}
  first: {set: {n: 20 + 1}, go: rounds}
  rounds: {loop: {times: 2}, go: {again: breath, done: half}}
  breath: {say: {silence: 0.1}, go: rounds}
  half: {split: {shares: {left: 0, right: 1}}, go: {left: end, right: open}}
  open: {hours: always, go: {open: who, closed: end}}
  who: {look_up_caller: , go: {found: sub, unknown: end}}
  sub:
    sub_flow: {flow: part, give: {n: n}, take: {doubled: twice}, returns: [good]}
    go: {done: end, good: web}
  web:
    http: {url: "http://service.test:@PORT/tiers/{{ doubled }}", save: {tier: tier}}
    go: {done: urgent, error: end}
  urgent: {set_routing: {priority: doubled, preferred: "{{ tier }}"}, go: status}
  status: {queue_status: Support, go: {staffed: place, unstaffed: end}}
  place: {play_position: Support, go: storm}
  storm: {emergency_switch: storm, go: {open: end, closed: name}}
  name: {directory: {letters: 3, timeout: 8}, go: {found: queue, not_found: end}}
  queue: {queue: Support, go: {timeout: end}}
  end: {hang_up: }
"""
WAY = [
    ("answer", "done"), ("hello", "done"), ("tongue", "done"), ("first", "done"), ("rounds", "again"), ("rounds", "again"),
    ("rounds", "done"), ("half", "right"), ("open", "open"), ("who", "found"), ("double", "done"), ("back", "good"),
    ("web", "done"), ("urgent", "done"), ("status", "staffed"), ("place", "done"), ("storm", "closed"), ("name", "found"),
]  # fmt: skip
EVERYTHING = Reach(Extent.TENANT, None)


async def service(floor: Floor) -> tuple[asyncio.Server, int, list[str]]:
    """A web service on this machine, which this floor's flows may reach."""
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0].decode())
        body = b'{"tier": "nobody@example.com"}'
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    async def resolver(_: str, __: int) -> list[str]:
        return ["127.0.0.1"]

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    performer = HttpPerformer(resolver=resolver, allowed=lambda _: True, ports=None)
    floor.runtime.get(Performers).outside(HttpRequest, performer.perform)
    return server, server.sockets[0].getsockname()[1], asked


async def furnish(floor: Floor, name: str) -> None:
    """What the flow asks for."""
    await callers.prompt(floor, "hello", HELLO)
    await callers.prompt(floor, "warning", WARNING, language="vi")
    always = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    async with floor.world.transaction() as tx:
        calendar = CalendarIn.model_validate({"name": "always", "time_zone": "UTC", "weekly": always})
        await tenancy.add_calendar(tx, calendar.model_dump(mode="json"))
        switch = await switches.create(tx, EVERYTHING, SwitchIn(name="storm"))
        on = SwitchClosingIn(prompt="warning")
        await switches.turn(tx, EVERYTHING, switch.id, on, floor.runtime.clock.now())
        contact_id = new_id()
        await tx.execute(
            "INSERT INTO contacts (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, 'Lan')",
            {"id": contact_id},
        )
        await tx.execute(
            "INSERT INTO identities (tenant_id, id, contact_id, kind, value, raw)"
            " VALUES (%(tenant)s, %(id)s, %(contact)s, 'phone', '+84912345678', '0912345678')",
            {"id": new_id(), "contact": contact_id},
        )
        await tx.execute(
            "UPDATE users SET name = %(name)s WHERE tenant_id = %(tenant)s AND name LIKE 'Agent%%'",
            {"name": name},
        )
        await floor.runtime.get(FlowService).push(tx, PART, at=floor.runtime.clock.now(), publish=True)


async def test_a_call_through_every_verb(floor: Floor):
    server, port, asked = await service(floor)
    customer, first = await callers.customer(floor, 600), await callers.agent(floor, 1000)
    await furnish(floor, "Duc An")
    await floor.world.queue([first.who], name="Support", last_agent_s=30.0)
    await floor.hotline(ALL.replace("@PORT", str(port)))
    await floor.world.ready(first.who)

    async def waits(memo: str, value: Any) -> None:
        async def so() -> object:
            return await floor.world.value(
                "SELECT state->'waiting'->'memo'->>%(memo)s = %(value)s FROM flow_runs",
                memo=memo,
                value=value,
            )

        await until(so)

    await customer.call()
    await customer.hears(HELLO)
    await waits("attempt", "0")
    customer.media.press("2")
    await customer.hears(WARNING, timeout=25)
    await waits("step", "type")
    customer.media.press("382")
    await waits("step", "choose")
    customer.media.press("1")
    await first.answer()
    await customer.hears(1000)
    async with floor.world.transaction() as tx:
        visits = await tx.fetch_tuples(
            "SELECT node, exit FROM flow_visits WHERE tenant_id = %(tenant)s ORDER BY number"
        )
    assert [tuple(one) for one in visits if one[0] not in ("sub", "breath", "queue")] == WAY
    state = await floor.world.value("SELECT state->'variables' FROM flow_runs")
    assert (state["language"], state["n"], state["doubled"], state["contact"]["name"]) == (
        "vi",
        21,
        42,
        "Lan",
    )
    assert (state["queue"]["agents_ready"], state["queue"]["position"], state["colleague"]["name"]) == (
        1,
        1,
        "Duc An",
    )
    assert state["routing"] == {"priority": 42, "skills": {}, "preferred": "nobody@example.com"}
    assert asked == ["GET /tiers/42 HTTP/1.1"]
    await customer.hang_up()
    row = await floor.interaction(state="closed")
    assert row["result"] == "answered"
    await floor.nothing_left()
    await callers.close([customer, first])
    server.close()
