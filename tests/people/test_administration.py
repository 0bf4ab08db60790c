"""Administration of people over HTTP, on a real database."""

import pytest
from tests.api import PASSWORD, Site


async def test_a_user_is_made_changed_archived_and_restored(site: Site):
    admin = await site.sign_in("admin")
    skill = await admin.ok("POST", "/skills", {"name": "Billing"})
    team = await admin.ok("POST", "/teams", {"name": "Day shift"})
    made = await admin.ok(
        "POST",
        "/users",
        {
            "name": "Nguyễn Văn Đức",
            "email": "duc@example.com",
            "extension": "2001",
            "role_ids": [str(site.roles["agent"])],
            "team_ids": [team["id"]],
            "skills": [{"skill_id": skill["id"], "level": 7}],
        },
    )
    assert len(made["generated_password"]) >= 10
    assert made["skills"] == [{"skill_id": skill["id"], "level": 7}]
    found = await admin.ok("GET", "/users", q="van duc")
    assert [one["id"] for one in found["items"]] == [made["id"]]
    changed = await admin.ok(
        "PATCH", f"/users/{made['id']}", {"version": 1, "extension": "2002", "skills": []}
    )
    assert (changed["extension"], changed["skills"], changed["team_ids"]) == ("2002", [], [team["id"]])
    stale = await admin.patch(f"/users/{made['id']}", version=1, name="Too late")
    assert stale.status_code == 409
    assert stale.json()["code"] == "stale_version"
    assert stale.json()["current"]["extension"] == "2002"
    assert (await admin.delete(f"/users/{made['id']}")).status_code == 204
    assert made["id"] not in {one["id"] for one in (await admin.ok("GET", "/users"))["items"]}
    client = site.client()
    wrong = await client.post(
        "/auth/sign-in", json={"email": "duc@example.com", "password": made["generated_password"]}
    )
    assert wrong.status_code == 401
    await admin.ok("POST", f"/users/{made['id']}/restore")
    right = await client.post(
        "/auth/sign-in", json={"email": "duc@example.com", "password": made["generated_password"]}
    )
    assert right.status_code == 200
    actions = [entry["action"] for entry in (await admin.ok("GET", "/audit"))["items"]]
    assert actions[:4] == ["user.restored", "user.archived", "user.changed", "user.created"]
    await client.aclose()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not an address"),
        ("extension", "12x"),
        ("time_zone", "Mars/Olympus"),
        ("name", "  "),
        ("password", "short"),
        ("locale", "de"),
        ("nonsense", 1),
    ],
)
async def test_a_wrong_field_is_named(site: Site, field: str, value: object):
    admin = await site.sign_in("admin")
    body = {"name": "A", "email": "a@example.com", field: value}
    answer = await admin.post("/users", **body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_what_must_be_unique_is_named(site: Site):
    admin = await site.sign_in("admin")
    await admin.ok("POST", "/users", {"name": "A", "email": "a@example.com", "extension": "3001"})
    taken = await admin.post("/users", name="B", email="b@example.com", extension="3001")
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (422, "extension")
    taken = await admin.post("/users", name="B", email="A@example.com")
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (422, "email")
    await admin.ok("POST", "/teams", {"name": "One"})
    taken = await admin.post("/teams", name="One")
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (422, "name")


async def test_nobody_gives_more_than_they_hold(site: Site):
    manager, admin = await site.sign_in("manager"), await site.sign_in("admin")
    up = await manager.post("/users", name="X", email="x@example.com", role_ids=[str(site.roles["admin"])])
    assert (up.status_code, up.json()["code"]) == (403, "more_than_you_hold")
    me = await manager.ok("GET", f"/users/{manager.id}")
    up = await manager.patch(
        f"/users/{manager.id}", version=me["version"], role_ids=[str(site.roles["admin"])]
    )
    assert up.status_code == 403
    reset = await manager.post(f"/users/{admin.id}/password", password="a new password")
    assert (reset.status_code, reset.json()["code"]) == (403, "more_than_you_hold")
    assert (await manager.delete(f"/users/{admin.id}")).status_code == 403
    grants = {"roles.edit": "tenant", "users.edit": "team", "users.see": "tenant", "tokens.edit": "tenant"}
    own = await admin.ok("POST", "/roles", {"name": "Role maker", "grants": grants})
    maker = await site.sign_in(None, role_ids=[own["id"]])
    held = (await maker.ok("GET", "/auth/me"))["permissions"]
    for permission in await admin.ok("GET", "/permissions"):
        for extent in permission["scopes"]:
            wanted = {permission["name"]: extent}
            role = await maker.post("/roles", name=f"{permission['name']} {extent}", grants=wanted)
            order = ["own", "team", "queue", "project", "tenant"]
            may = permission["name"] in held and order.index(held[permission["name"]]) >= order.index(extent)
            assert role.status_code == (201 if may else 403), wanted


async def test_the_last_administrator_stays(site: Site):
    admin = await site.sign_in("admin")
    me = await admin.ok("GET", f"/users/{admin.id}")
    gone = await admin.patch(f"/users/{admin.id}", version=me["version"], role_ids=[])
    assert (gone.status_code, gone.json()["code"]) == (409, "last_administrator")
    assert (await admin.delete(f"/users/{admin.id}")).status_code == 409
    await site.sign_in("admin")
    assert (await admin.patch(f"/users/{admin.id}", version=me["version"], role_ids=[])).status_code == 200


async def test_builtin_roles_stay_and_own_ones_are_made(site: Site):
    admin = await site.sign_in("admin")
    role = await admin.patch(f"/roles/{site.roles['agent']}", version=1, name="Mine")
    assert (role.status_code, role.json()["code"]) == (409, "builtin_role")
    own = await admin.ok("POST", "/roles", {"name": "Night", "grants": {"calls.listen": "team"}})
    wrong = await admin.patch(f"/roles/{own['id']}", version=1, grants={"no.such": "own"})
    assert wrong.json()["errors"][0]["field"] == "grants.no.such"
    wrong = await admin.patch(f"/roles/{own['id']}", version=1, grants={"settings.edit": "own"})
    assert wrong.json()["errors"][0]["field"] == "grants.settings.edit"
    night = await site.sign_in(None, role_ids=[own["id"]])
    assert (await night.ok("GET", "/auth/me"))["permissions"] == {"calls.listen": "team"}
    await admin.ok("DELETE", f"/roles/{own['id']}")
    assert (await night.ok("GET", "/auth/me"))["permissions"] == {}


async def test_teams_have_members_and_leaders(site: Site):
    admin = await site.sign_in("admin")
    one, two = await site.person(), await site.person()
    team = await admin.ok(
        "POST", "/teams", {"name": "T", "member_ids": [str(one.id)], "leader_ids": [str(two.id)]}
    )
    assert set(team["member_ids"]) == {str(one.id), str(two.id)}
    assert team["leader_ids"] == [str(two.id)]
    team = await admin.ok("PATCH", f"/teams/{team['id']}", {"version": 1, "member_ids": [str(one.id)]})
    assert (team["member_ids"], team["leader_ids"]) == ([str(one.id)], [])
    unknown = await admin.patch(
        f"/teams/{team['id']}", version=2, member_ids=["00000000-0000-7000-8000-000000000000"]
    )
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "user_id")


async def test_a_team_leader_sees_only_the_team_and_may_force_its_presence(site: Site):
    admin = await site.sign_in("admin")
    leader, mine, other = await site.sign_in("team_leader"), await site.person(), await site.person()
    await admin.ok(
        "POST", "/teams", {"name": "T", "member_ids": [str(mine.id)], "leader_ids": [str(leader.id)]}
    )
    seen = {user["id"] for user in (await leader.ok("GET", "/users"))["items"]}
    assert seen == {str(leader.id), str(mine.id)}
    assert (await leader.get(f"/users/{other.id}")).status_code == 404
    reasons = await leader.ok("GET", "/presence/reasons")
    forced = await leader.ok(
        "PUT", f"/users/{mine.id}/presence", {"state": "not_ready", "reason_id": reasons[0]["id"]}
    )
    assert (forced["state"], forced["reason"]["name"]) == ("not_ready", "Break")
    assert (await leader.put(f"/users/{other.id}/presence", state="offline")).status_code == 404
    entry = (await admin.ok("GET", "/audit", action="presence.forced"))["items"][0]
    assert (entry["user"]["id"], entry["subject_id"]) == (str(leader.id), str(mine.id))


async def test_reasons_speak_the_readers_language(site: Site):
    agent = await site.sign_in("agent", locale="vi")
    names = [reason["name"] for reason in await agent.ok("GET", "/presence/reasons")]
    assert names[:2] == ["Nghỉ giải lao", "Nghỉ trưa"]
    admin = await site.sign_in("admin")
    system = next(r for r in (await admin.ok("GET", "/reasons"))["items"] if r["system"] == "missed_offers")
    assert (await admin.delete(f"/reasons/{system['id']}")).status_code == 409


async def test_sessions_are_listed_and_ended(site: Site):
    admin, agent = await site.sign_in("admin"), await site.sign_in("agent")
    again = await site.sign_in_as(agent.user)
    sessions = await agent.ok("GET", "/auth/sessions")
    assert [session["current"] for session in sessions].count(True) == 1
    other = next(session for session in sessions if not session["current"])
    await agent.ok("DELETE", f"/auth/sessions/{other['id']}")
    assert (await again.get("/auth/me")).status_code == 401
    mine = (await admin.ok("GET", "/auth/sessions"))[0]
    assert (await agent.delete(f"/auth/sessions/{mine['id']}")).status_code == 404
    await admin.ok(
        "DELETE",
        f"/users/{agent.id}/sessions/{sessions[0]['id'] if sessions[0]['current'] else sessions[1]['id']}",
    )
    assert (await agent.get("/auth/me")).status_code == 401


async def test_api_tokens_are_shown_once_and_revoked(site: Site):
    agent = await site.sign_in("agent")
    made = await agent.ok("POST", "/auth/tokens", {"name": "Reports"})
    async with site.client() as client:
        client.headers["authorization"] = f"Bearer {made['token']}"
        assert (await client.get("/auth/me")).json()["user"]["id"] == str(agent.id)
        assert (await client.post("/auth/tokens", json={"name": "Child"})).status_code == 403
        listed = await agent.ok("GET", "/auth/tokens")
        assert [(token["name"], "token" in token) for token in listed] == [("Reports", False)]
        assert listed[0]["last_used_at"] is not None
        await agent.ok("DELETE", f"/auth/tokens/{made['id']}")
        assert (await client.get("/auth/me")).status_code == 401


async def test_a_password_set_by_an_administrator_ends_all_sessions_and_unlocks(site: Site):
    admin, agent = await site.sign_in("admin"), await site.sign_in("agent")
    async with site.client() as client:
        credentials = {"email": agent.user.email, "password": "wrong"}
        for _ in range(5):
            await client.post("/auth/sign-in", json=credentials)
        credentials["password"] = PASSWORD
        assert (await client.post("/auth/sign-in", json=credentials)).status_code == 423
        await admin.ok("POST", f"/users/{agent.id}/unlock")
        assert (await client.post("/auth/sign-in", json=credentials)).status_code == 200
    given = await admin.ok("POST", f"/users/{agent.id}/password", {})
    assert given["generated_password"]
    assert (await agent.get("/auth/me")).status_code == 401
