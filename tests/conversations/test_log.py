"""The interaction log over HTTP: what is in it, who sees which rows, how it pages and searches."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.api import Person, Site
from tests.support import World, until

from tongdai.conversations import public as conversations
from tongdai.crm.public import recognise
from tongdai.kit.ids import new_id


async def arrived(world: World, queue: UUID, number: str) -> UUID:
    """A caller who is recognised and queued by the product's own code."""
    interaction_id, now = new_id(), datetime.now(UTC)
    async with world.transaction() as tx:
        contact = await recognise(tx, number, name="", at=now)
        new = conversations.NewInteraction(
            interaction_id,
            "voice",
            "inbound",
            now,
            number,
            number,
            contact_id=contact.id if contact else None,
        )
        await conversations.start(tx, new)
        from tongdai.routing import public as routing

        await routing.enqueue(tx, routing.Enqueue(interaction_id, queue), now)
    return interaction_id


async def talk(site: Site, agent: UUID, queue: UUID, number: str = "+84912345678") -> UUID:
    """A whole contact through the product's own code: queued, offered, answered, ended, wrapped up."""
    world = site.world
    interaction_id = await arrived(world, queue, number)
    offer = await world.offered(interaction_id)
    assert offer.user_id == agent
    await world.accept(offer.id)
    await world.end(offer)
    return interaction_id


async def office(site: Site) -> tuple[Person, Person, dict[str, Any]]:
    admin, agent = await site.sign_in("admin"), await site.sign_in("agent")
    body = {"name": "Sales", "member_ids": [str(agent.id)], "wrap_up_s": 0}
    queue = await admin.ok("POST", "/queues", body)
    await agent.ok("PUT", "/presence/me", {"state": "ready"})
    async with site.world.transaction() as tx:
        await tx.execute("UPDATE presence SET disconnected_at = NULL WHERE tenant_id = %(tenant)s")
    return admin, agent, queue


async def test_a_contact_stands_in_the_log_with_its_segments_and_its_routing(site: Site):
    admin, agent, queue = await office(site)
    interaction_id = await talk(site, agent.id, UUID(queue["id"]))
    (row,) = (await admin.ok("GET", "/interactions"))["items"]
    assert row["id"] == str(interaction_id)
    assert (row["queue"]["name"], row["agent"]["name"], row["result"]) == (
        "Sales",
        agent.user.name,
        "answered",
    )
    assert row["number"] == {"e164": "+84912345678", "national": "0912 345 678"}
    detail = await admin.ok("GET", f"/interactions/{interaction_id}")
    kinds = [(segment["participant"], segment["kind"]) for segment in detail["segments"]]
    assert ("customer", "wait") in kinds
    assert ("customer", "talk") in kinds
    assert ("agent", "ring") in kinds
    (decision,) = detail["routing"]
    assert (decision["decision"], decision["chosen"]["id"]) == ("offered", str(agent.id))
    assert decision["candidates"][0]["verdict"] == "chosen"
    assert detail["events"][0]["type"] == "interaction_started"
    contact = (await admin.ok("GET", "/contacts", q="0912345"))["items"][0]
    assert contact["last_interaction_at"] is not None
    timeline = await admin.ok("GET", f"/contacts/{contact['id']}/timeline")
    assert timeline["items"][0]["interaction"]["id"] == str(interaction_id)
    day = await agent.ok("GET", "/my-day")
    assert day["figures"]["handled"] == 1
    assert [segment["state"] for segment in day["segments"]][-1] == "ready"
    for q, found in (("0912 345", 1), ("0912345678", 1), ("0912345679", 0), ("999999", 0), ("nobody", 0)):
        assert len((await admin.ok("GET", "/interactions", q=q))["items"]) == found
    for filters, found in (
        ({"result": "answered"}, 1),
        ({"result": "abandoned"}, 0),
        ({"queue_id": queue["id"]}, 1),
        ({"user_id": str(admin.id)}, 0),
        ({"from": "2020-01-01", "to": "2020-12-31"}, 0),
        ({"from": "2020-01-01"}, 1),
        ({"min_talk_s": 3600}, 0),
    ):
        assert len((await admin.ok("GET", "/interactions", **filters))["items"]) == found, filters
    wrong = await admin.get("/interactions", **{"from": "yesterday"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "from")
    hits = await admin.ok("GET", "/search", q="0912345")
    assert {hit["kind"] for hit in hits} == {"contact", "interaction"}
    assert [hit["kind"] for hit in await admin.ok("GET", "/search", q="sales")] == ["queue"]


async def test_each_role_sees_its_reach_of_the_log(site: Site):
    admin, agent, queue = await office(site)
    interaction_id = await talk(site, agent.id, UUID(queue["id"]))
    other, leader, alien = (
        await site.sign_in("agent"),
        await site.sign_in("team_leader"),
        await site.sign_in("team_leader"),
    )
    team = {"name": "T", "member_ids": [str(agent.id)], "leader_ids": [str(leader.id)]}
    await admin.ok("POST", "/teams", team)
    for person, sees in ((agent, True), (leader, True), (admin, True), (other, False), (alien, False)):
        rows = (await person.ok("GET", "/interactions"))["items"]
        assert [row["id"] for row in rows] == ([str(interaction_id)] if sees else []), person.user.name
        assert (await person.get(f"/interactions/{interaction_id}")).status_code == (200 if sees else 404)


async def test_notes_are_corrected_under_a_version(site: Site):
    _, agent, queue = await office(site)
    interaction_id = await talk(site, agent.id, UUID(queue["id"]))
    path = f"/interactions/{interaction_id}"
    before = await agent.ok("GET", path)
    choice = next(one for one in await agent.ok("GET", "/dispositions") if one["code"] == "information")
    after = await agent.ok(
        "PUT",
        f"{path}/notes",
        {"version": before["version"], "note": "Asked twice", "disposition_id": choice["id"]},
    )
    assert (after["notes"], after["disposition"]) == ("Asked twice", "Information given")
    stale = await agent.put(f"{path}/notes", version=before["version"], note="Late")
    assert (stale.status_code, stale.json()["current"]["notes"]) == (409, "Asked twice")
    other = await site.sign_in("agent")
    assert (await other.put(f"{path}/notes", version=after["version"], note="x")).status_code == 404


async def test_pages_join_without_gaps_or_doubles(site: Site):
    admin = await site.sign_in("admin")
    start = datetime(2026, 1, 5, tzinfo=UTC)
    ids: list[UUID] = []
    for number in range(23):
        interaction_id = new_id()
        at = start + timedelta(seconds=number // 3)  # several at one instant
        async with site.world.transaction() as tx:
            row = await conversations.start(
                tx, conversations.NewInteraction(interaction_id, "voice", "inbound", at, "0912345678")
            )
            await conversations.close(tx, row, at, hung_up_by="customer")
        ids.append(interaction_id)
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = await admin.ok("GET", "/interactions", limit=5, cursor=cursor)
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [str(one) for one in reversed(ids)]
    assert (await admin.get("/interactions", cursor="rubbish")).status_code == 422


async def test_the_tree_of_results(site: Site):
    admin, agent = await site.sign_in("admin"), await site.sign_in("agent", locale="uk")
    tree = await agent.ok("GET", "/dispositions")
    assert tree[0]["label"] == "Вирішено"
    admins = (await admin.ok("GET", "/dispositions-admin"))["items"]
    parent = next(one for one in admins if one["code"] == "resolved")
    child = next(one for one in admins if one["parent_id"] == parent["id"])
    ring = await admin.patch(f"/dispositions-admin/{parent['id']}", version=1, parent_id=child["id"])
    assert (ring.status_code, ring.json()["errors"][0]["field"]) == (422, "parent_id")
    await admin.ok("DELETE", f"/dispositions-admin/{parent['id']}")
    codes = {one["code"] for one in await agent.ok("GET", "/dispositions")}
    assert "resolved" not in codes
    assert child["code"] not in codes
    for_one: dict[str, Any] = {"label": {"en": "Special"}, "code": "special", "queue_ids": [str(new_id())]}
    await admin.ok("POST", "/dispositions-admin", for_one)
    assert "special" in {
        one["code"] for one in await agent.ok("GET", "/dispositions", queue_id=for_one["queue_ids"][0])
    }
    assert "special" not in {
        one["code"] for one in await agent.ok("GET", "/dispositions", queue_id=str(new_id()))
    }


async def test_queues_are_kept_and_followed_by_the_matcher(site: Site):
    admin, agent, queue = await office(site)
    skill = await admin.ok("POST", "/skills", {"name": "Billing"})
    for requirements, field in (
        ([{"skill_id": skill["id"], "level": 5, "relax": [{"after_s": 30, "level": 5}]}], "requirements"),
        ([{"skill_id": skill["id"], "level": 5}, {"skill_id": skill["id"], "level": 3}], "requirements"),
        ([{"skill_id": str(new_id()), "level": 5}], "requirements.0.skill_id"),
    ):
        wrong = await admin.patch(f"/queues/{queue['id']}", version=1, requirements=requirements)
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, field)
    relax = [{"after_s": 60, "level": 1}, {"after_s": 30, "level": 3}]
    changed = await admin.ok(
        "PATCH",
        f"/queues/{queue['id']}",
        {
            "version": 1,
            "member_ids": [],
            "requirements": [{"skill_id": skill["id"], "level": 5, "relax": relax}],
        },
    )
    assert [step["after_s"] for step in changed["requirements"][0]["relax"]] == [30, 60]
    waiting = await site.world.arrive(UUID(queue["id"]))
    refused = await admin.delete(f"/queues/{queue['id']}")
    assert refused.status_code == 409
    user = await admin.ok("GET", f"/users/{agent.id}")
    skills = [{"skill_id": skill["id"], "level": 9}]
    await admin.ok("PATCH", f"/users/{agent.id}", {"version": user["version"], "skills": skills})
    offer = await site.world.offered(waiting)
    assert offer.user_id == agent.id
    assert [one["id"] for one in (await agent.ok("GET", "/queues"))["items"]] == [queue["id"]]

    async def told() -> Any:
        return await site.world.value("SELECT count(*) FROM event_log WHERE type = 'routing.queue_changed'")

    assert await until(told) == 2


async def test_who_is_calling_from_a_shared_number_can_be_picked_anew(site: Site):
    admin, agent, queue = await office(site)
    number = [{"kind": "phone", "value": "0912345678"}]
    first, second = [
        await admin.ok("POST", "/contacts", {"name": name, "identities": number}) for name in ("An", "Bình")
    ]
    interaction_id = await arrived(site.world, UUID(queue["id"]), "+84912345678")
    offered = await site.world.offered(interaction_id)
    path = f"/assignments/{offered.id}/contact"

    async def shown() -> tuple[str | None, list[str]]:
        (row,) = (await agent.ok("GET", "/workspace"))["assignments"]
        return row["contact"] and row["contact"]["name"], [one["name"] for one in row["candidates"]]

    assert await shown() == (None, ["An", "Bình"])
    await agent.ok("POST", path, {"contact_id": first["id"]})
    assert await shown() == ("An", ["An", "Bình"])
    await site.world.accept(offered.id)
    await agent.ok("POST", path, {"contact_id": second["id"]})
    assert await shown() == ("Bình", ["An", "Bình"])
    assert (await admin.ok("GET", f"/interactions/{interaction_id}"))["contact"]["id"] == second["id"]
    assert (await admin.ok("GET", f"/contacts/{first['id']}/timeline"))["items"] == []
    await agent.ok("POST", path, {"contact_id": None})
    assert await shown() == (None, ["An", "Bình"])
    await agent.ok("POST", path, {"contact_id": second["id"]})
    await site.world.end(offered)
    late = await agent.post(path, contact_id=first["id"])
    assert (late.status_code, late.json()["code"]) == (409, "not_in_state"), "what is done stays"


async def test_a_withheld_number_is_no_number_and_the_networks_name_is_shown(site: Site):
    admin = await site.sign_in("admin")
    now = datetime.now(UTC)
    callers = [("anonymous", ""), ("Unavailable", ""), ("gate-7", "Gate 7"), ("", "")]
    for number, (raw, name) in enumerate(callers):
        at = now + timedelta(seconds=number)
        async with site.world.transaction() as tx:
            new = conversations.NewInteraction(new_id(), "voice", "inbound", at, raw, peer_name=name)
            row = await conversations.start(tx, new)
            await conversations.close(tx, row, at, hung_up_by="customer", short_abandon_s=0)
    rows = (await admin.ok("GET", "/interactions"))["items"]
    assert [(row["number"], row["peer_name"]) for row in reversed(rows)] == [
        (None, ""),
        (None, ""),
        ({"e164": "gate-7", "national": None}, "Gate 7"),
        (None, ""),
    ]
