"""Who is told of the states of trunks, by which node ever."""

import json
from dataclasses import replace
from typing import Any

from tests.api import Person, Site
from tests.support import until

from tongdai.kit.ids import new_id
from tongdai.people.repository import SessionRow
from tongdai.people.services.sign_in import load_principal
from tongdai.platform.realtime import Client
from tongdai.telephony.events import TrunkStateChanged
from tongdai.telephony.trunks.policies import Seen, TrunkState, next_state
from tongdai.telephony.trunks.repository import TrunkStates


async def tab(site: Site, person: Person) -> Client:
    row = SessionRow(site.world.tenant_id, person.id, person.user.name, None)
    principal = await site.do(lambda tx: load_principal(tx, row))
    client = site.runtime.hub.connect(principal)
    site.runtime.hub.subscribe(client, ["me"], None)
    return client


def told(client: Client) -> list[Any]:
    messages = [json.loads(client.outbox.get_nowait()) for _ in range(client.outbox.qsize())]
    return [event["type"] for one in messages for event in one.get("events", [])]


async def test_administrators_see_states_as_they_change_and_agents_hear_nothing(site: Site):
    """This node drives no Asterisk: what it says was written by another."""
    admin, agent = await site.sign_in("admin"), await site.sign_in("agent")
    made = await admin.ok(
        "POST", "/trunks", {"name": "Carrier", "host": "sip.example.com", "registers_out": True}
    )
    looking, other = await tab(site, admin), await tab(site, agent)
    at = site.runtime.clock.now()
    state = next_state(TrunkState(), Seen(True, "Rejected", 403, True, 12.5), at)
    async with site.world.transaction() as tx:
        version = await TrunkStates(tx).write(made["id"], state)
        assert version is not None
        tx.emit(TrunkStateChanged(aggregate_id=made["id"], aggregate_version=version))

    async def heard() -> bool:
        return "trunk.changed" in told(looking)

    await until(heard)
    assert "trunk.changed" not in told(other)
    (seen,) = await admin.ok("GET", "/trunks/states")
    assert (seen["registration"], seen["last_answer"], seen["round_trip_ms"]) == ("rejected", 403, 12.5)
    assert (await agent.get("/trunks/states")).status_code == 403

    async with site.world.transaction() as tx:
        well = replace(next_state(state, Seen(True, "Registered", 403, True), at), seen_at=at)
        assert await TrunkStates(tx).write(made["id"], well) == version + 1
        assert await TrunkStates(tx).write(new_id(), well) is None
    (seen,) = await admin.ok("GET", "/trunks/states")
    assert (seen["registration"], seen["last_answer"]) == ("registered", 403)


async def test_states_of_one_centre_are_not_seen_from_another(site: Site):
    admin = await site.sign_in("admin")
    made = await admin.ok("POST", "/trunks", {"name": "Carrier", "host": "sip.example.com"})
    async with site.world.transaction() as tx:
        await TrunkStates(tx).write(
            made["id"], next_state(TrunkState(), Seen(False, reachable=True), site.runtime.clock.now())
        )
    stranger = await (await site.another_centre()).sign_in("admin")
    assert await stranger.ok("GET", "/trunks/states") == []
