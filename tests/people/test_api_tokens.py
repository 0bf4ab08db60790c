"""API tokens over HTTP: one's own, and those of the users whom one may edit."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.api import Site


async def test_a_token_works_until_it_expires(site: Site):
    agent = await site.sign_in("agent")
    soon = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    made = await agent.ok("POST", "/auth/tokens", {"name": "Reports", "expires_at": soon})
    (listed,) = await agent.ok("GET", "/auth/tokens")
    assert listed["user"] == {"id": str(agent.id), "name": agent.user.name}
    assert listed["role_ids"] == [str(site.roles["agent"])]
    assert datetime.fromisoformat(listed["expires_at"]) == datetime.fromisoformat(soon)
    async with site.client() as client:
        client.headers["authorization"] = f"Bearer {made['token']}"
        assert (await client.get("/auth/me")).status_code == 200
        past = "UPDATE api_tokens SET expires_at = now() WHERE tenant_id = %(tenant)s"
        await site.do(lambda tx: tx.execute(past))
        assert (await client.get("/auth/me")).status_code == 401


async def test_a_token_cannot_expire_before_it_begins(site: Site):
    agent = await site.sign_in("agent")
    answer = await agent.post("/auth/tokens", name="Late", expires_at="2020-01-01T00:00:00Z")
    assert answer.status_code == 422
    assert [(error["field"], error["rule"]) for error in answer.json()["errors"]] == [("expires_at", "past")]
    unzoned = await agent.post("/auth/tokens", name="Where", expires_at="2099-01-01T00:00:00")
    assert [error["field"] for error in unzoned.json()["errors"]] == ["expires_at"]


async def test_an_administrator_sees_and_revokes_what_others_made(site: Site):
    admin, manager, agent = [await site.sign_in(role) for role in ("admin", "manager", "agent")]
    made = [await one.ok("POST", "/auth/tokens", {"name": one.user.name}) for one in (agent, admin)]
    page = await manager.ok("GET", "/tokens", limit=1)
    rest = await manager.ok("GET", "/tokens", limit=1, cursor=page["next_cursor"])
    assert [one["name"] for one in page["items"] + rest["items"]] == [admin.user.name, agent.user.name]
    assert rest["next_cursor"] is None
    assert (await agent.get("/tokens")).status_code == 403
    refused = await manager.delete(f"/tokens/{made[1]['id']}")
    assert (refused.status_code, refused.json()["code"]) == (403, "more_than_you_hold")
    await manager.ok("DELETE", f"/tokens/{made[0]['id']}")
    assert (await manager.delete(f"/tokens/{made[0]['id']}")).status_code == 404
    async with site.client() as client:
        client.headers["authorization"] = f"Bearer {made[0]['token']}"
        assert (await client.get("/auth/me")).status_code == 401
    newest = (await admin.ok("GET", "/audit"))["items"][0]
    assert (newest["action"], newest["subject_id"]) == ("token.revoked", made[0]["id"])


async def test_a_leader_sees_the_tokens_of_the_own_team_only(site: Site):
    admin = await site.sign_in("admin")
    role = await admin.ok("POST", "/roles", {"name": "Keeper", "grants": {"users.edit": "team"}})
    team = await admin.ok("POST", "/teams", {"name": "Ours"})
    keeper = await site.sign_in(None, role_ids=[role["id"]], team_ids=[team["id"]])
    near, far = await site.sign_in(None, team_ids=[team["id"]]), await site.sign_in("agent")
    token = await far.ok("POST", "/auth/tokens", {"name": "Far"})
    version = (await admin.ok("GET", f"/users/{near.id}"))["version"]
    maker = await admin.ok("POST", "/roles", {"name": "Maker", "grants": {"tokens.edit": "tenant"}})
    await admin.ok("PATCH", f"/users/{near.id}", {"version": version, "role_ids": [maker["id"]]})
    await near.ok("POST", "/auth/tokens", {"name": "Near"})
    assert [one["name"] for one in (await keeper.ok("GET", "/tokens"))["items"]] == ["Near"]
    assert (await keeper.delete(f"/tokens/{token['id']}")).status_code == 404


async def test_a_token_of_a_role_may_do_what_both_the_role_and_its_owner_may(site: Site):
    admin, leader = await site.sign_in("admin"), await site.sign_in("team_leader")
    grants = {"interactions.see": "tenant", "users.edit": "tenant", "contacts.see": "project"}
    role = await admin.ok("POST", "/roles", {"name": "Reports", "grants": grants})
    body = {"name": "Reports", "role_id": role["id"]}
    made = {who.id: await who.ok("POST", "/auth/tokens", body) for who in (admin, leader)}
    (listed,) = await leader.ok("GET", "/auth/tokens")
    assert listed["role"] == {"id": role["id"], "name": "Reports"}
    allowed: dict[UUID, dict[str, str]] = {}
    for who in (admin, leader):
        async with site.client() as client:
            client.headers["authorization"] = f"Bearer {made[who.id]['token']}"
            allowed[who.id] = (await client.get("/auth/me")).json()["permissions"]
            assert (await client.get("/interactions")).status_code == 200
            assert (await client.get("/queues")).status_code == 403
            renamed = await client.patch(f"/users/{leader.id}", json={"version": 1, "name": "x"})
            assert renamed.status_code == 403  # whoever holds less does not edit who holds more
    assert allowed[admin.id] == grants
    assert allowed[leader.id] == {"interactions.see": "queue", "contacts.see": "project"}
    await admin.ok("DELETE", f"/roles/{role['id']}")
    async with site.client() as client:
        client.headers["authorization"] = f"Bearer {made[admin.id]['token']}"
        assert (await client.get("/interactions")).status_code == 403


async def test_a_token_is_narrowed_to_a_role_that_there_is(site: Site):
    agent, stranger = await site.sign_in("agent"), await site.sign_in("agent")
    for role_id in (str(stranger.id), "x"):
        answer = await agent.post("/auth/tokens", name="Narrow", role_id=role_id)
        assert [(one["field"], one["rule"]) for one in answer.json()["errors"]] == [("role_id", "choose")]
