"""Who takes what between outbound work, on a real database with a real matcher: within reach, on the record, undone."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.api import Person, Site
from tests.support import until

from tongdai.kit.ids import new_id
from tongdai.routing.events import CallbackChanged

AS_THE_CENTRE_SAYS = {"chats_at_once": None, "emails_at_once": None}
OUTBOUND_FIRST = {"mode": "outbound_first", "after_s": None, "under_level": False, **AS_THE_CENTRE_SAYS}


async def put(who: Person, *rules: dict[str, Any]) -> Any:
    return await who.ok("PUT", "/blending", {"rules": list(rules)})


def of(user: UUID, mode: str | None, **more: Any) -> dict[str, Any]:
    return {"user_id": str(user), "rule": mode and {"mode": mode, **more}}


async def rules(who: Person) -> dict[str, tuple[str, str]]:
    found = await who.ok("GET", "/blending")
    return {one["user_id"]: (one["rule"]["mode"], one["whose"]) for one in found["agents"]}


async def reads(site: Site, caller: UUID) -> Any:
    """The explanation of the last decision about a contact."""
    return await site.world.value(
        "SELECT explanation FROM routing_decisions WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s"
        " ORDER BY at DESC LIMIT 1",
        id=caller,
    )


async def promise(site: Site, user: UUID, state: str) -> UUID:
    """A promised callback, as the keeper leaves it once its time has come."""
    callback, now = new_id(), datetime.now(UTC)
    async with site.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO callbacks (tenant_id, id, state, user_id, number, time_zone, asked_at, place_since,"
            " conversation_id, due_at) VALUES (%(tenant)s, %(id)s, %(state)s, %(user)s, '+84912345678', 'UTC', %(at)s,"
            " %(at)s, %(id)s, %(at)s)",
            {"id": callback, "state": state, "user": user, "at": now},
        )
        tx.emit(
            CallbackChanged(
                aggregate_id=callback, aggregate_version=1, at=now, state=state, asked_at=now, user_id=user
            )
        )
    return callback


async def settle(site: Site, callback: UUID, user: UUID) -> None:
    now = datetime.now(UTC)
    async with site.world.transaction() as tx:
        await tx.execute(
            "UPDATE callbacks SET state = 'served', closed_at = %(at)s, version = 2"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": callback, "at": now},
        )
        tx.emit(
            CallbackChanged(
                aggregate_id=callback, aggregate_version=2, at=now, state="served", asked_at=now, user_id=user
            )
        )


async def test_the_nearest_rule_counts_and_says_whose_it_is(site: Site):
    admin = await site.sign_in("admin")
    team = (await admin.ok("POST", "/teams", {"name": "Sales"}))["id"]
    one, two, three = (
        await site.person(team_ids=[team]),
        await site.person(team_ids=[team]),
        await site.person(),
    )
    assert (await rules(admin))[str(one.id)] == ("as_they_come", "usual")
    await put(
        admin,
        {"rule": {"mode": "inbound_first"}},
        {"team_id": team, "rule": {"mode": "outbound_only"}},
        of(one.id, "inbound_only"),
    )
    found = await rules(admin)
    assert found[str(one.id)] == ("inbound_only", "own")
    assert found[str(two.id)] == ("outbound_only", "team")
    assert found[str(three.id)] == ("inbound_first", "everybody")
    await put(admin, of(one.id, None))
    assert (await rules(admin))[str(one.id)] == ("outbound_only", "team")
    await admin.delete(f"/teams/{team}")
    assert (await rules(admin))[str(one.id)] == ("inbound_first", "everybody")


async def test_many_at_once_are_undone_exactly_and_written_down(site: Site):
    admin = await site.sign_in("admin")
    one, two = (await site.person()).id, (await site.person()).id
    await put(admin, of(one, "inbound_only"))
    changed = await put(admin, of(one, "outbound_first", after_s=45), of(two, "outbound_first", after_s=45))
    entry = (await admin.ok("GET", "/audit", action="blending.changed"))["items"][0]
    assert entry["details"]["rule"] == {"mode": "outbound_first", "after_s": 45, "under_level": False}
    await put(admin, *changed["before"])
    found = await rules(admin)
    assert (found[str(one)], found[str(two)]) == (("inbound_only", "own"), ("as_they_come", "usual"))


async def test_what_a_mode_does_not_ask_for_is_not_kept(site: Site):
    admin = await site.sign_in("admin")
    agent = (await site.person()).id
    await put(admin, of(agent, "inbound_only", after_s=45, under_level=True))
    (row,) = [one for one in (await admin.ok("GET", "/blending"))["agents"] if one["user_id"] == str(agent)]
    assert row["rule"] == {
        "mode": "inbound_only",
        "after_s": None,
        "under_level": False,
        **AS_THE_CENTRE_SAYS,
    }


@pytest.mark.parametrize(
    "body",
    [
        {"rules": []},
        {"rules": [{"rule": {"mode": "never"}}]},
        {"rules": [{"rule": {"mode": "outbound_first", "after_s": -1}}]},
        {"rules": [{"rule": None}, {"rule": None}]},
        {"rules": [{"user_id": str(UUID(int=1)), "team_id": str(UUID(int=1)), "rule": None}]},
    ],
)
async def test_bad_input_is_said_so(site: Site, body: dict[str, Any]):
    admin = await site.sign_in("admin")
    answer = await admin.put("/blending", **body)
    assert answer.status_code in (404, 422)


async def test_one_who_is_out_of_reach_stops_all(site: Site):
    admin = await site.sign_in("admin")
    team = (await admin.ok("POST", "/teams", {"name": "Mine"}))["id"]
    theirs = (await admin.ok("POST", "/teams", {"name": "Theirs"}))["id"]
    leader = await site.sign_in("team_leader", team_ids=[team])
    mine, other = await site.person(team_ids=[team]), await site.person(team_ids=[theirs])
    for wanted in (
        [of(mine.id, "inbound_only"), of(other.id, "inbound_only")],
        [of(mine.id, "inbound_only"), {"team_id": theirs, "rule": {"mode": "inbound_only"}}],
        [of(mine.id, "inbound_only"), {"rule": {"mode": "inbound_only"}}],
    ):
        assert (await leader.put("/blending", rules=wanted)).status_code == 404
    assert (await rules(admin))[str(mine.id)] == ("as_they_come", "usual")
    await put(leader, of(mine.id, "inbound_only"), {"team_id": team, "rule": {"mode": "outbound_only"}})
    seen = await leader.ok("GET", "/blending")
    assert [one["name"] for one in seen["teams"]] == ["Mine"]
    assert str(other.id) not in {one["user_id"] for one in seen["agents"]}
    assert not seen["may_all"]
    assert (await leader.get("/blending/mine")).json()["whose"] == "team"


@pytest.mark.parametrize("role", ["agent", "analyst", "workforce"])
async def test_who_may_not_decide_does_not(site: Site, role: str):
    person = await site.sign_in(role)
    assert (await person.put("/blending", rules=[{"rule": None}])).status_code == 403
    assert (await person.get("/blending")).status_code == 403


async def test_an_agent_with_promised_callbacks_due_gets_no_caller_until_they_are_made(site: Site):
    admin, agent = await site.sign_in("admin"), await site.sign_in("agent")
    queue = await site.world.queue([agent.id])
    await put(admin, of(agent.id, "outbound_first"))
    callback = await promise(site, agent.id, "due")
    mine = await agent.ok("GET", "/blending/mine")
    assert (mine["rule"], mine["whose"], mine["due"]) == (OUTBOUND_FIRST, "own", 1)
    await site.world.ready(agent.id)
    caller = await site.world.arrive(queue)
    other = await site.person()
    third = await site.world.queue([agent.id, other.id])
    await site.world.ready(other.id)
    elsewhere = await site.world.arrive(third)
    assert (await site.world.offered(elsewhere)).user_id == other.id
    why = {one["user_id"]: one["verdict"] for one in (await reads(site, elsewhere))["candidates"]}
    assert why == {str(agent.id): "outbound_due", str(other.id): "chosen"}
    assert await site.world.offers(caller) == []
    await settle(site, callback, agent.id)
    assert (await site.world.offered(caller)).user_id == agent.id


async def test_a_rule_of_the_team_that_changes_is_obeyed_at_once(site: Site):
    admin = await site.sign_in("admin")
    team = (await admin.ok("POST", "/teams", {"name": "Sales"}))["id"]
    agent, other = await site.person(team_ids=[team]), await site.person()
    await put(admin, {"team_id": team, "rule": {"mode": "outbound_only"}})
    queue = await site.world.queue([agent.id])
    both = await site.world.queue([agent.id, other.id])
    await site.world.ready(agent.id)
    await site.world.ready(other.id)
    caller = await site.world.arrive(queue)
    assert (await site.world.offered(await site.world.arrive(both))).user_id == other.id
    assert await site.world.offers(caller) == []
    await put(admin, {"team_id": team, "rule": None})
    assert (await site.world.offered(caller)).user_id == agent.id


async def test_callers_are_taken_once_they_have_waited_long_enough(site: Site):
    admin, agent = await site.sign_in("admin"), await site.person()
    queue = await site.world.queue([agent.id])
    await put(admin, of(agent.id, "outbound_first", after_s=0.4))
    await site.world.ready(agent.id)
    caller = await site.world.arrive(queue)
    offer = await site.world.offered(caller)
    waited = await site.world.value(
        "SELECT extract(epoch FROM a.offered_at - e.enqueued_at) FROM queue_entries e JOIN assignments a"
        " USING (interaction_id) WHERE a.id = %(id)s",
        id=offer.id,
    )
    assert waited >= 0.4


async def test_callers_are_taken_while_their_queue_is_under_its_service_level(site: Site):
    admin, agent = await site.sign_in("admin"), await site.person()
    queue = await site.world.queue([agent.id], target_s=0.2, target_share=0.5)
    await put(admin, of(agent.id, "outbound_first", under_level=True))
    await site.world.ready(agent.id)
    first = await site.world.arrive(queue)
    assert await site.world.offers(first) == []
    assert (await site.world.offered(first)).user_id == agent.id

    async def kept() -> Any:
        return await site.world.value(
            "SELECT counted FROM queue_paces WHERE tenant_id = %(tenant)s AND queue_id = %(id)s AND counted > 0",
            id=queue,
        )

    (offer,) = await site.world.offers(first)
    await site.world.accept(offer.id)
    assert await until(kept) == pytest.approx(1, abs=0.01)
