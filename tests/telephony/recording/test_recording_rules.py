"""The rules by which calls are recorded: kept over HTTP, with every change on record."""

from typing import Any

import pytest
from tests.api import Site

from tongdai.kit.ids import new_id


async def test_a_rule_is_made_changed_put_aside_and_brought_back(site: Site):
    admin = await site.sign_in("admin")
    queue = await admin.ok("POST", "/queues", {"name": f"Q {new_id()}"})
    body = {"queue_ids": [queue["id"]], "recording": "sample", "percent": 20, "keep_days": 90}
    made = await admin.ok("POST", "/recording-rules", body)
    assert {name: made[name] for name in body} == body
    path = f"/recording-rules/{made['id']}"
    changed = await admin.ok("PATCH", path, {"version": made["version"], "percent": 50})
    assert (changed["percent"], changed["recording"], changed["queue_ids"]) == (50, "sample", [queue["id"]])
    late = await admin.patch(path, version=made["version"], percent=10)
    assert late.status_code == 409
    await admin.ok("DELETE", path)
    assert (await admin.ok("GET", "/recording-rules"))["items"] == []
    await admin.ok("POST", f"{path}/restore")
    (back,) = (await admin.ok("GET", "/recording-rules"))["items"]
    assert (back["id"], back["percent"]) == (made["id"], 50)
    deeds = await site.world.value(
        "SELECT array_agg(action ORDER BY id) FROM audit_log WHERE subject_kind = 'recording_rule'"
    )
    assert deeds == [f"recording_rule.{deed}" for deed in ("created", "changed", "archived", "restored")]


@pytest.mark.parametrize("field", ["queue_ids", "project_ids", "number_ids"])
async def test_what_does_not_exist_is_named(site: Site, field: str):
    admin = await site.sign_in("admin")
    body: dict[str, Any] = {field: [str(new_id())]}
    answer = await admin.post("/recording-rules", **body)
    assert answer.status_code == 422
    assert [(one["field"], one["rule"]) for one in answer.json()["errors"]] == [(field, "choose")]


async def test_another_centres_queue_does_not_exist_here(site: Site):
    there = await (await site.another_centre()).sign_in("admin")
    queue = await there.ok("POST", "/queues", {"name": "Theirs"})
    admin = await site.sign_in("admin")
    answer = await admin.post("/recording-rules", queue_ids=[queue["id"]])
    assert [one["field"] for one in answer.json()["errors"]] == ["queue_ids"]


async def test_a_queue_that_was_put_aside_is_no_choice(site: Site):
    admin = await site.sign_in("admin")
    kept, gone = [await admin.ok("POST", "/queues", {"name": f"Q {new_id()}"}) for _ in range(2)]
    await admin.ok("DELETE", f"/queues/{gone['id']}")
    answer = await admin.post("/recording-rules", queue_ids=[kept["id"], gone["id"]])
    assert answer.status_code == 422
    same_twice = await admin.post("/recording-rules", queue_ids=[kept["id"], kept["id"]])
    assert same_twice.status_code == 201
