"""Two app processes on one database and one Asterisk: whoever is asked, the one that owns the Asterisk acts, and once."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.api import Person, Site, app_of, found
from tests.support import until
from tests.telephony.conftest import HOTLINE, settings_for
from tests.telephony.test_inbound import STRAIGHT
from tests.telephony.ua import Leg, Ua

from tongdai.flows.public import FlowService
from tongdai.kit.ids import new_id
from tongdai.platform.embedded.asterisk import AsteriskServer
from tongdai.telephony.events import DeviceChanged, TelephonyConfigured
from tongdai.telephony.exchange import Exchange

ROOT = Path(__file__).parents[2]


@dataclass
class Pair:
    """The owner is a process of its own; `site` is the other node, which is asked over HTTP."""

    owner: asyncio.subprocess.Process
    site: Site
    sip_port: int
    uas: list[Ua]

    @property
    def exchange(self) -> Exchange:
        return self.site.runtime.get(Exchange)

    async def ua(self, user: str, password: str) -> Ua:
        made = await Ua.open(self.sip_port, user, password)
        self.uas.append(made)
        return made


@pytest.fixture
async def pair(dsn: str, asterisk: AsteriskServer, tmp_path: Path) -> AsyncIterator[Pair]:
    first, second = (settings_for(dsn, asterisk, tmp_path, node=name) for name in ("first", "second"))
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.telephony.node", first.model_dump_json(), cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert owner.stdout is not None
    async with asyncio.timeout(30):
        assert await owner.stdout.readline() == b"owns\n"
    app = app_of(second)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        made = Pair(owner, await found(app, stack), asterisk.settings.sip_port, [])
        assert not made.exchange.owns
        yield made
        for ua in made.uas:
            ua.close()
    if owner.returncode is None:
        owner.kill()
    await owner.wait()


async def signed_in(pair: Pair) -> tuple[Person, Ua]:
    """An agent with a registered desk phone on which calls ring."""
    person = await pair.site.sign_in("agent")
    name = f"phone-{person.id.hex}"
    async with pair.site.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO devices (tenant_id, id, user_id, kind, sip_name, password)"
            " VALUES (%(tenant)s, %(id)s, %(user)s, 'sip', %(name)s, 'secret')",
            {"id": new_id(), "user": person.id, "name": name},
        )
        tx.emit(DeviceChanged(aggregate_id=new_id(), aggregate_version=1, user_id=person.id))
    await person.ok("PUT", "/phone/me", {"ring_on": "phone"})
    phone = await pair.ua(name, "secret")
    await phone.register()
    return person, phone


async def talking(pair: Pair) -> tuple[Person, Leg, Leg, str]:
    """An agent and a customer who talk: the agent's session, both ends, and the call's id."""
    person, phone = await signed_in(pair)
    world, name = pair.site.world, f"trunk-{new_id().hex}"
    await world.queue([person.id], name="Support", recording="on_demand")
    async with world.transaction() as tx:
        pushed = await pair.site.runtime.get(FlowService).push(
            tx, STRAIGHT, at=pair.site.runtime.clock.now(), publish=True
        )
        await tx.execute(
            "INSERT INTO trunks (tenant_id, id, name, sip_name, username, password)"
            " VALUES (%(tenant)s, %(id)s, 'Main', %(name)s, %(name)s, 'secret')",
            {"id": new_id(), "name": name},
        )
        await tx.execute(
            "INSERT INTO numbers (tenant_id, id, number, flow_id) VALUES (%(tenant)s, %(id)s, %(number)s, %(flow)s)",
            {"id": new_id(), "number": HOTLINE, "flow": pushed.flow_id},
        )
        tx.emit(TelephonyConfigured(aggregate_id=new_id(), aggregate_version=1))
    await world.ready(person.id)
    customer = await pair.ua(name, "secret")

    async def rings() -> Leg | None:
        caller = await customer.invite(HOTLINE)
        answer = await caller.status(200, 401, 404)
        return caller if answer.status == 200 else None

    caller = await until(rings)
    agent = await phone.incoming()
    agent.answer("200 OK")
    await until(lambda: world.value("SELECT state = 'talking' FROM calls"))
    return person, caller, agent, str(await world.value("SELECT id FROM calls"))


async def _filled_in(pair: Pair, person: Person, call_id: str) -> None:
    """Fields of contacts are filled in: one that pauses recordings, one that does not, one that there is not."""
    async with pair.site.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO contact_fields (tenant_id, id, key, label, pauses_recording) VALUES"
            " (%(tenant)s, gen_random_uuid(), 'card', '{}', true), (%(tenant)s, gen_random_uuid(), 'plan', '{}', false)"
        )
    path = f"/calls/{call_id}/recording"
    for wrong in ("plan", "nothing"):
        answer = await person.post(f"{path}/pause", field=wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "field")
    left_out = await person.ok("POST", f"{path}/pause", {"field": "card"})
    assert (left_out["recording"], left_out["recording_paused_until"] is None) == ("paused", False)
    assert (await person.ok("POST", f"{path}/resume"))["recording"] == "on"


async def test_orders_to_a_call_from_the_node_that_does_not_own_it(pair: Pair):
    person, caller, agent, call_id = await talking(pair)
    assert (await person.ok("POST", f"/calls/{call_id}/hold"))["state"] == "held"
    again = await person.post(f"/calls/{call_id}/hold")
    assert (again.status_code, again.json()["code"]) == (409, "call_not_in_state")
    assert (await person.ok("POST", f"/calls/{call_id}/resume"))["state"] == "talking"
    await person.ok("POST", f"/calls/{call_id}/dtmf", {"digits": "12"})
    assert (await person.ok("POST", f"/calls/{call_id}/recording/start"))["recording"] == "on"
    assert (await person.ok("POST", f"/calls/{call_id}/recording/pause"))["recording"] == "paused"
    longer = await person.ok("POST", f"/calls/{call_id}/recording/pause", {"seconds": 600})
    assert (longer["recording"], longer["recording_paused_until"] is None) == ("paused", False)
    assert (await person.ok("POST", f"/calls/{call_id}/recording/resume"))["recording"] == "on"
    assert (await person.post(f"/calls/{call_id}/recording/resume")).status_code == 409
    await _filled_in(pair, person, call_id)
    await person.ok("POST", f"/calls/{call_id}/hang-up")
    await caller.request("BYE")
    await agent.request("BYE")


async def test_a_call_is_placed_once_however_often_it_is_asked_for(pair: Pair):
    person, phone = await signed_in(pair)
    async with pair.site.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO trunks (tenant_id, id, name, sip_name, username, password, host)"
            " VALUES (%(tenant)s, %(id)s, 'Out', %(name)s, 'we', 'secret', %(host)s)",
            {
                "id": new_id(),
                "name": f"carrier-{new_id().hex}",
                "host": f"127.0.0.1:{(await pair.ua('c', '')).port}",
            },
        )
        tx.emit(TelephonyConfigured(aggregate_id=new_id(), aggregate_version=1))

    async def placed() -> Any:
        answer = await person.http.post(
            "/calls", json={"to": "0912345678"}, headers={"Idempotency-Key": new_id().hex}
        )
        return answer if answer.status_code == 201 else None

    first = await until(placed)
    key = first.request.headers["Idempotency-Key"]
    repeated = await asyncio.gather(
        *(
            person.http.post("/calls", json={"to": "0912345678"}, headers={"Idempotency-Key": key})
            for _ in range(3)
        )
    )
    assert {answer.json()["id"] for answer in repeated} == {first.json()["id"]}
    ringing = await phone.incoming()
    assert phone.requests.empty()
    assert await pair.site.world.value("SELECT count(*) FROM calls") == 1
    refused = await person.post("/calls", to="+441632960000")
    assert (refused.status_code, refused.json()["code"]) == (403, "number_refused")
    assert await pair.site.world.value("SELECT count(*) FROM call_commands WHERE argument <> ''") == 0
    ringing.answer("486 Busy Here")
    await until(lambda: pair.site.world.value("SELECT state = 'closed' FROM interactions"))


async def test_when_the_owner_is_killed_the_other_goes_on_with_the_call(pair: Pair):
    person, caller, agent, call_id = await talking(pair)
    pair.owner.kill()
    await pair.owner.wait()

    async def held() -> bool:
        return (await person.post(f"/calls/{call_id}/hold")).status_code == 200

    await until(held)
    assert pair.exchange.owns
    assert not caller.over
    await agent.hang_up()
    await caller.request("BYE")
    await until(lambda: pair.site.world.value("SELECT state = 'closed' FROM interactions"))
    assert UUID(call_id) is not None
