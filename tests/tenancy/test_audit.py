"""The audit log over HTTP: who did what to which thing, by name, and quickly found."""

from datetime import UTC, datetime, timedelta

from tests.api import Site

from tongdai.flows.public import FlowService
from tongdai.kit.ids import first_id, new_id

YAML = """
flow: hello
title: Hello there
start: bye
nodes:
  bye: {hang_up: {}}
"""


async def test_things_are_told_by_the_names_that_they_have_now(site: Site):
    admin = await site.sign_in("admin")
    team = await admin.ok("POST", "/teams", {"name": "Morning"})
    await admin.ok("PATCH", f"/teams/{team['id']}", {"version": 1, "name": "Evening"})
    reason = await admin.ok("POST", "/reasons", {"name": {"en": "Lunch", "uk": "Обід"}})
    contact = {"name": "", "identities": [{"kind": "phone", "value": "0912345678"}]}
    unnamed = await admin.ok("POST", "/contacts", contact)
    entries = (await admin.ok("GET", "/audit", limit=4))["items"]
    assert [(one["action"], one["subject_id"], one["subject_name"]) for one in entries] == [
        ("contact.created", unnamed["id"], "+84912345678"),
        ("reason.created", reason["id"], {"en": "Lunch", "uk": "Обід"}),
        ("team.changed", team["id"], "Evening"),
        ("team.created", team["id"], "Evening"),
    ]


async def test_names_of_customers_are_for_those_who_may_see_customers(site: Site):
    admin = await site.sign_in("admin")
    await admin.ok("POST", "/contacts", {"name": "Secret"})
    role = await admin.ok("POST", "/roles", {"name": "Auditor", "grants": {"audit.see": "tenant"}})
    auditor = await site.sign_in(None, role_ids=[role["id"]])
    (entry,) = (await auditor.ok("GET", "/audit", kind="contact"))["items"]
    assert (entry["action"], entry["subject_name"]) == ("contact.created", None)
    grants = {"audit.see": "tenant", "contacts.see": "project"}
    role = await admin.ok("POST", "/roles", {"name": "Client", "grants": grants})
    client = await site.sign_in(None, role_ids=[role["id"]])
    assert [one["subject_name"] for one in (await client.ok("GET", "/audit", kind="contact"))["items"]] == [
        None
    ]


async def test_a_call_is_told_by_its_number_and_led_to(site: Site):
    admin = await site.sign_in("admin")
    queue = await admin.ok("POST", "/queues", {"name": "Sales"})
    interaction = str(await site.world.arrive(queue["id"]))
    await site.do(
        lambda tx: tx.execute(
            "INSERT INTO audit_log (tenant_id, id, action, subject_kind, subject_id) VALUES"
            " (%(tenant)s, %(id)s, 'interaction.notes_corrected', 'interaction', %(of)s)",
            {"id": new_id(), "of": interaction},
        )
    )
    entry = (await admin.ok("GET", "/audit", limit=1))["items"][0]
    assert entry["interaction_id"] == interaction
    assert entry["subject_name"]


async def test_the_log_is_narrowed_by_person_kind_action_and_time(site: Site):
    admin, manager = await site.sign_in("admin"), await site.sign_in("manager")
    await admin.ok("POST", "/teams", {"name": "One"})
    between = datetime.now(UTC) + timedelta(milliseconds=1)
    while datetime.now(UTC) <= between:
        pass
    await manager.ok("POST", "/teams", {"name": "Two"})
    await manager.ok("POST", "/skills", {"name": "Two"})

    async def found(**asked: str) -> list[tuple[str, str]]:
        items = (await admin.ok("GET", "/audit", **asked))["items"]
        return [(one["action"], one["subject_name"]) for one in items]

    assert await found(user_id=str(manager.id)) == [("skill.created", "Two"), ("team.created", "Two")]
    assert await found(kind="team") == [("team.created", "Two"), ("team.created", "One")]
    assert await found(action="skill.created") == [("skill.created", "Two")]
    assert await found(kind="team", since=between.isoformat()) == [("team.created", "Two")]
    assert await found(kind="team", until=between.isoformat()) == [("team.created", "One")]
    assert await found(user_id=str(manager.id), kind="user") == []
    assert (await admin.get("/audit", since="yesterday")).status_code == 422


async def test_pages_of_a_narrowed_log_join(site: Site):
    admin = await site.sign_in("admin")
    for number in range(5):
        await admin.ok("POST", "/teams", {"name": f"Team {number}"})
        await admin.ok("POST", "/skills", {"name": f"Skill {number}"})
    names, cursor = list[str](), ""
    while cursor is not None:
        page = await admin.ok("GET", "/audit", kind="team", limit=2, cursor=cursor)
        names += [one["subject_name"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert names == [f"Team {number}" for number in (4, 3, 2, 1, 0)]


async def test_what_is_done_to_flows_and_prompts_is_written_down(site: Site):
    admin = await site.sign_in("admin")
    flow = await admin.ok("POST", "/flows", {"yaml": YAML, "publish": True})
    await admin.ok("POST", "/flows", {"yaml": YAML, "publish": True})
    await admin.ok("POST", "/flows", {"yaml": YAML.replace("Hello there", "Good day")})
    await admin.ok("POST", f"/flows/{flow['id']}/publish", {})
    await admin.ok("POST", f"/flows/{flow['id']}/roll-back", {"number": 1})
    await admin.ok("DELETE", f"/flows/{flow['id']}")
    await admin.ok("POST", f"/flows/{flow['id']}/restore")
    for _ in range(2):
        form = {"name": "welcome", "language": "en", "text": "Welcome."}
        assert (await admin.http.post("/prompts", data=form)).status_code == 201
    entries = (await admin.ok("GET", "/audit", user_id=str(admin.id)))["items"]
    told = [(one["action"], one["subject_name"], one["details"]) for one in reversed(entries)]
    assert told == [
        ("flow.created", "Good day", {}),
        ("flow.published", "Good day", {"number": 1}),
        ("flow.changed", "Good day", {}),
        ("flow.published", "Good day", {"number": 2}),
        ("flow.rolled_back", "Good day", {"number": 1}),
        ("flow.archived", "Good day", {}),
        ("flow.restored", "Good day", {}),
        ("prompt.created", "welcome", {}),
        ("prompt.changed", "welcome", {}),
    ], "publishing what is published already is no deed"


async def test_a_push_from_the_command_line_is_the_systems_own(site: Site):
    service, at = site.runtime.get(FlowService), datetime.now(UTC)
    await site.do(lambda tx: service.push(tx, YAML, at=at, publish=True))
    admin = await site.sign_in("admin")
    entries = (await admin.ok("GET", "/audit", kind="flow"))["items"]
    assert [(one["action"], one["user"]) for one in entries] == [
        ("flow.published", None),
        ("flow.created", None),
    ]


def test_the_first_id_of_an_instant_parts_what_was_made_before_and_after():
    now = datetime.now(UTC)
    assert first_id(now - timedelta(seconds=1)) < new_id() < first_id(now + timedelta(seconds=60))
    assert first_id(now).version == 7
