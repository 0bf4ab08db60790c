"""Moving agents between queues: many at once, all or nothing, within reach, on the record, and undone exactly."""

from typing import Any
from uuid import UUID

import pytest
from tests.api import Person, Site
from tests.support import until


async def queue(site: Site, admin: Person, name: str, members: list[UUID], **rules: Any) -> str:
    body = {"name": name, "member_ids": [str(one) for one in members], **rules}
    return (await admin.ok("POST", "/queues", body))["id"]


def places(queue_id: str, *users: UUID) -> list[dict[str, Any]]:
    return [{"queue_id": queue_id, "user_id": str(user)} for user in users]


async def staff(admin: Person) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in await admin.ok("GET", "/queues/staff")}


async def test_several_agents_move_in_one_request_and_back_to_their_places(site: Site):
    admin = await site.sign_in("admin")
    one, two, three = [(await site.person()).id for _ in range(3)]
    sales = await queue(site, admin, "Sales", [one, two, three], strategy="sequential")
    support = await queue(site, admin, "Support", [])
    moved = await admin.ok(
        "POST",
        "/queues/staff",
        {"add": places(support, one, two), "remove": places(sales, one, two)},
    )
    rows = await staff(admin)
    assert [UUID(user) for user in rows["Sales"]["named"]] == [three]
    assert {UUID(user) for user in rows["Support"]["named"]} == {one, two}
    await admin.ok("POST", "/queues/staff", {"add": moved["removed"], "remove": moved["added"]})
    found = await admin.ok("GET", f"/queues/{sales}")
    assert [UUID(user) for user in found["member_ids"]] == [one, two, three]
    assert (await staff(admin))["Support"]["named"] == []


async def test_what_is_so_already_changes_nothing(site: Site):
    admin = await site.sign_in("admin")
    agent = (await site.person()).id
    sales = await queue(site, admin, "Sales", [agent])
    before = await admin.ok("GET", f"/queues/{sales}")
    moved = await admin.ok("POST", "/queues/staff", {"add": places(sales, agent)})
    assert moved == {"added": [], "removed": []}
    assert await admin.ok("GET", f"/queues/{sales}") == before


async def test_one_who_is_out_of_reach_stops_all(site: Site):
    admin = await site.sign_in("admin")
    team = (await admin.ok("POST", "/teams", {"name": "Mine"}))["id"]
    leader = await site.sign_in("team_leader", team_ids=[team])
    mine, other = await site.person("agent", team_ids=[team]), await site.person("agent")
    sales = await queue(site, admin, "Sales", [leader.id])
    hidden = await queue(site, admin, "Hidden", [other.id])
    assert (await leader.post("/queues/staff", add=places(sales, mine.id, other.id))).status_code == 404
    assert (await leader.post("/queues/staff", add=places(hidden, mine.id))).status_code == 404
    assert (await staff(admin))["Sales"]["named"] == [str(leader.id)]
    moved = await leader.ok("POST", "/queues/staff", {"add": places(sales, mine.id)})
    assert [one["user_id"] for one in moved["added"]] == [str(mine.id)]
    assert list(await staff(leader)) == ["Sales"]
    entry = (await admin.ok("GET", "/audit", action="queue.staffed"))["items"][0]
    assert (entry["user"]["id"], entry["details"]["added"]) == (str(leader.id), [str(mine.id)])


async def test_who_is_in_a_queue_by_skills_is_told_apart(site: Site):
    admin = await site.sign_in("admin")
    skill = (await admin.ok("POST", "/skills", {"name": "Billing"}))["id"]
    able = await site.person("agent", skills=[{"skill_id": skill, "level": 5}])
    named = await site.person("agent")
    wide = [{"skill_id": skill, "level": 8, "relax": [{"after_s": 30, "level": 5}]}]
    billing = await queue(site, admin, "Billing", [named.id], requirements=wide)
    row = (await staff(admin))["Billing"]
    assert (row["named"], row["by_skills"]) == ([str(named.id)], [str(able.id)])
    moved = await admin.ok("POST", "/queues/staff", {"remove": places(billing, able.id)})
    assert moved["removed"] == []
    assert (await staff(admin))["Billing"]["by_skills"] == [str(able.id)]


async def test_an_archived_queue_takes_nobody(site: Site):
    admin = await site.sign_in("admin")
    agent = (await site.person()).id
    sales = await queue(site, admin, "Sales", [])
    await admin.delete(f"/queues/{sales}")
    answer = await admin.post("/queues/staff", add=places(sales, agent))
    assert answer.status_code == 409


@pytest.mark.parametrize("role", ["agent", "analyst", "workforce"])
async def test_who_may_not_move_agents_does_not(site: Site, role: str):
    person = await site.sign_in(role)
    assert (await person.post("/queues/staff")).status_code == 403


async def test_who_waits_is_offered_to_an_agent_who_has_just_been_put_in(site: Site):
    admin = await site.sign_in("admin")
    agent = await site.person()
    await site.world.ready(agent.id)
    sales = await queue(site, admin, "Sales", [])
    interaction = await site.world.arrive(UUID(sales))
    await admin.ok("POST", "/queues/staff", {"add": places(sales, agent.id)})

    async def offered() -> Any:
        return await site.do(
            lambda tx: tx.fetch_value(
                "SELECT user_id FROM assignments WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s",
                {"id": interaction},
            )
        )

    assert await until(offered) == agent.id
