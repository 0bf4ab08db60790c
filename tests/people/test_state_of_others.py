"""A supervisor changes an agent's state or signs them out: within reach, on the record, and the agent is told by whom."""

import json
from typing import Any

from tests.api import Person, Site
from tests.support import until

from tongdai.people.repository import SessionRow
from tongdai.people.services.sign_in import load_principal
from tongdai.platform.realtime import Client


async def tab(site: Site, person: Person) -> Client:
    """A browser tab of this person."""
    row = SessionRow(site.world.tenant_id, person.id, person.user.name, None)
    client = site.runtime.hub.connect(await site.do(lambda tx: load_principal(tx, row)))
    site.runtime.hub.subscribe(client, ["me"], None)
    return client


async def told(client: Client, kind: str) -> Any:
    """The data of the first event of this type that reaches the tab."""
    while True:
        message = json.loads(await client.outbox.get())
        for event in message.get("events", []):
            if event["type"] == kind:
                return event["data"]


async def test_the_agent_is_told_who_changed_their_state(site: Site):
    supervisor, agent = await site.sign_in("supervisor"), await site.sign_in("agent")
    client = await tab(site, agent)
    await agent.ok("PUT", "/presence/me", {"state": "ready"})
    await supervisor.ok("PUT", f"/users/{agent.id}/presence", {"state": "not_ready"})
    notice = await told(client, "presence.forced")
    assert notice["by"] == {"id": str(supervisor.id), "name": supervisor.user.name}
    assert notice["presence"]["state"] == "not_ready"


async def test_what_agents_choose_themselves_is_nobodys_doing(site: Site):
    agent, supervisor = await site.sign_in("agent"), await site.sign_in("supervisor")
    client = await tab(site, agent)
    await agent.ok("PUT", "/presence/me", {"state": "ready"})
    await agent.ok("PUT", "/presence/me", {"state": "not_ready"})
    await supervisor.ok("PUT", f"/users/{agent.id}/presence", {"state": "offline"})
    kinds = list[str]()
    while "presence.forced" not in kinds:
        message = json.loads(await client.outbox.get())
        kinds += [event["type"] for event in message.get("events", [])]
    assert kinds.count("presence.forced") == 1


async def test_signed_out_everywhere_and_offline(site: Site):
    supervisor, agent = await site.sign_in("supervisor"), await site.sign_in("agent")
    again = await site.sign_in_as(agent.user)
    await agent.ok("PUT", "/presence/me", {"state": "ready"})
    await supervisor.ok("POST", f"/users/{agent.id}/sign-out")
    for person in (agent, again):
        assert (await person.get("/auth/me")).status_code == 401
    state = await supervisor.ok("GET", f"/users/{agent.id}/presence")
    assert state["state"] == "offline"
    admin = await site.sign_in("admin")

    async def written() -> Any:
        return (await admin.ok("GET", "/audit", action="user.signed_out"))["items"]

    entry = (await until(written))[0]
    assert (entry["user"]["id"], entry["subject_id"]) == (str(supervisor.id), str(agent.id))


async def test_nobody_signs_out_who_holds_more_or_is_out_of_reach(site: Site):
    admin = await site.sign_in("admin")
    team = (await admin.ok("POST", "/teams", {"name": "Mine"}))["id"]
    leader = await site.sign_in("team_leader", team_ids=[team])
    chief = await site.sign_in("supervisor", team_ids=[team])
    other = await site.sign_in("agent")
    refused = await leader.post(f"/users/{chief.id}/sign-out")
    assert (refused.status_code, refused.json()["code"]) == (403, "more_than_you_hold")
    assert (await leader.post(f"/users/{other.id}/sign-out")).status_code == 404
    for person in (chief, other):
        assert (await person.get("/auth/me")).status_code == 200
