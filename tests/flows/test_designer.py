"""What the designer asks of the server: the verbs, places and notes that change nothing, trying a draft, tests beside a flow."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.api import Site, running_site

from tongdai.flows import yaml_format
from tongdai.flows.catalogue import catalogue
from tongdai.flows.flow_tests import Drafts
from tongdai.flows.repository import FlowRepository
from tongdai.flows.trial import attempt
from tongdai.flows.validation import check
from tongdai.flows.verbs import core_registry
from tongdai.kit.ids import new_id

REGISTRY = core_registry()
MENU = """\
flow: hotline
language: en
start: ask
nodes:
  ask:
    note: The first question
    place: {x: 40, y: -20}
    menu:
      say: For sales, press 1.
      keys: {1: sales}
    go: {sales: line, no_input: bye}

  line:
    queue: sales
    go: {timeout: bye}

  bye:
    say: Goodbye
    go: end

  end:
    hang_up:
"""


@pytest.fixture
async def site(dsn: str, tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(dsn, tmp_path) as one:
        yield one


def document(text: str = MENU) -> dict[str, Any]:
    return yaml_format.to_json(yaml_format.load(text))


def drafts(text: str = MENU) -> Drafts:
    return Drafts([yaml_format.load(text)], REGISTRY)


def test_every_short_form_is_the_one_that_the_catalogue_tells() -> None:
    values: dict[str, Any] = {
        "times": 3,
        "parts": "Hi",
        "queue": "q",
        "calendar": "c",
        "switch": "s",
        "url": "https://a.b",
        "reason": "r",
        "mailbox": "m",
        "text": "Hi",
    }
    values |= {"flow": "f", "exit": "e", "do": "never"}
    wholes: dict[str, Any] = {"values": {"x": "1"}, "conditions": {"x": "true"}}
    for card in catalogue(REGISTRY):
        verb = REGISTRY.get(card.name)
        assert verb is not None
        assert card.parameters["type"] == "object"
        if card.short is not None:
            value = wholes[card.short] if card.whole else values[card.short]
            assert verb.model_validate(value).model_fields_set == {card.short}
        if card.named is not None:
            assert card.named[0] in card.parameters["properties"]


def test_places_and_notes_are_kept_and_change_nothing() -> None:
    flow = yaml_format.load(MENU)
    assert flow.nodes["ask"].place == (40, -20)
    assert yaml_format.dump(flow) == MENU
    assert yaml_format.from_json(yaml_format.to_json(flow)) == flow
    bare = MENU.replace("    place: {x: 40, y: -20}\n", "").replace("    note: The first question\n", "")
    assert check(flow, REGISTRY).graph == check(yaml_format.load(bare), REGISTRY).graph


@pytest.mark.parametrize("place", ["{x: 1}", "{x: 1, y: true}", "{x: 1, y: 0.5}", "4", "{x: 1, y: 2, z: 3}"])
def test_a_place_is_two_numbers(place: str) -> None:
    with pytest.raises(yaml_format.YamlError) as refused:
        yaml_format.load(MENU.replace("{x: 40, y: -20}", place))
    assert refused.value.problems[0].node is None or "place" in str(refused.value)


COMMENTED = MENU.replace(
    "nodes:\n", "comments:\n- {text: 'Only in summer: see the plan', place: {x: 300, y: -20}}\nnodes:\n", 1
)


def test_comments_are_kept_and_change_nothing() -> None:
    flow = yaml_format.load(COMMENTED)
    assert [(one.text, one.place) for one in flow.comments] == [("Only in summer: see the plan", (300, -20))]
    assert yaml_format.load(yaml_format.dump(flow)) == flow
    assert yaml_format.from_json(yaml_format.to_json(flow)) == flow
    assert check(flow, REGISTRY).graph == check(yaml_format.load(MENU), REGISTRY).graph


@pytest.mark.parametrize(
    "comments",
    [
        "{a: b}",
        "[hello]",
        "[{text: hello}]",
        "[{text: hello, place: 4}]",
        "[{text: [a], place: {x: 1, y: 1}}]",
    ],
)
def test_a_comment_has_a_text_and_a_place(comments: str) -> None:
    wrong = MENU.replace("nodes:\n", f"comments: {comments}\nnodes:\n", 1)
    with pytest.raises(yaml_format.YamlError):
        yaml_format.load(wrong)
    stored = yaml_format.to_json(yaml_format.load(MENU))
    with pytest.raises(yaml_format.YamlError):
        yaml_format.from_json({**stored, "comments": yaml.safe_load(comments)})


@pytest.mark.parametrize("nodes", [None, [], {"a": 1}, {"a": None}])
def test_what_is_no_document_is_refused(nodes: Any) -> None:
    with pytest.raises(yaml_format.YamlError):
        yaml_format.from_json({"flow": "f", "start": "a", "nodes": nodes})


def test_problems_name_their_field() -> None:
    wrong = MENU.replace("timeout: bye", "timeout: by").replace("press 1.\n", "press 1.\n      retries: 99\n")
    problems = {p.code: p for p in check(yaml_format.load(wrong), REGISTRY).problems}
    assert (problems["missing_target"].field, problems["missing_target"].name) == ("go.timeout", "by")
    bad = problems["bad_parameter"]
    assert (bad.node, bad.field, bad.rule, bad.limit) == ("ask", "retries", "less_than_equal", 10)


def test_a_draft_is_tried_step_by_step() -> None:
    first = attempt("hotline", drafts(), [])
    assert (first.keys, first.way, first.answers) == (True, (("hotline", "ask"),), ())
    assert [line.text for line in first.lines if line.kind == "hears"] == ["For sales, press 1."]
    wrong = attempt("hotline", drafts(), [("press", "9")])
    assert wrong.way == (("hotline", "ask"),)
    queued = attempt("hotline", drafts(), [("press", "1")])
    assert (queued.kind, queued.way) == ("enqueue", (("hotline", "line"),))
    assert {"answered", "timeout", "overflow", "failed"} <= set(queued.answers)
    ended = attempt("hotline", drafts(), [("press", "1"), ("reply", "timeout")])
    assert (ended.ended, ended.answers) == ("hung_up", ())
    left = attempt("hotline", drafts(), [("hang_up", None)])
    assert left.ended == "left"
    refused = attempt("hotline", drafts(), [("reply", "timeout")])
    assert refused.refused is not None
    assert refused.keys


def test_a_calendar_is_answered_by_hand() -> None:
    text = (
        "flow: f\nstart: h\nnodes:\n  h:\n    hours: main\n    go: {open: a, closed: a}\n  a:\n    hang_up:\n"
    )
    assert set(attempt("f", drafts(text), []).answers) == {"open", "closed", "holiday", "failed"}
    assert attempt("f", drafts(text), [("reply", "closed")]).ended == "hung_up"


async def test_a_document_is_saved_tried_and_tested_over_http(site: Site) -> None:
    admin = await site.sign_in("admin")
    verbs = (await admin.ok("GET", "/flow-verbs"))["items"]
    assert next(verb for verb in verbs if verb["name"] == "menu")["named"] == ["keys", "values"]
    saved = await admin.ok("POST", "/flows", {"document": document(), "version": 0})
    path = f"/flows/{saved['id']}"
    again = await admin.post("/flows", document=document(), version=0)
    assert again.status_code == 422
    assert again.json()["errors"][0]["rule"] == "taken"
    source = await admin.ok("GET", path)
    assert source["document"] == document()
    assert source["yaml"] == MENU
    assert [problem["code"] for problem in source["problems"]] == ["missing_queue"]
    stale = await admin.post("/flows", document=document(MENU.replace("Goodbye", "Bye")), version=9)
    assert stale.status_code == 409
    tried = await admin.ok(
        "POST", "/flows/try", {"document": document(), "acts": [{"do": "press", "value": "1"}]}
    )
    assert tried["kind"] == "enqueue"
    broken = await admin.ok("POST", "/flows/try", {"document": document(MENU.replace("go: end", "go: nd"))})
    assert broken["problems"][0]["code"] == "missing_target"
    tests = "flow: hotline\ntests:\n  - name: sales\n    steps:\n      - press: '1'\n      - queued: sales\n"
    await admin.ok("PUT", f"{path}/tests", {"yaml": tests, "before": ""})
    assert (await admin.put(f"{path}/tests", yaml="", before="other")).status_code == 409
    assert (await admin.put(f"{path}/tests", yaml="flow: x", before=tests)).status_code == 422
    assert (await admin.ok("GET", f"{path}/tests"))["yaml"] == tests
    report = await admin.ok("POST", "/flows/test", {"document": document(), "tests": tests})
    assert report["outcomes"] == [{"name": "sales", "line": 3, "failure": None}]
    simple = document(MENU.replace("queue: sales\n    go: {timeout: bye}", "say: x\n    go: bye"))
    await admin.ok("POST", "/flows", {"document": simple, "publish": True})
    assert (await admin.ok("GET", f"{path}/versions/1"))["document"] == simple
    assert (await admin.get(f"{path}/versions/2")).status_code == 404


async def test_who_may_not_see_flows_cannot_try_them_either(site: Site) -> None:
    agent = await site.sign_in("agent")
    assert (await agent.get("/flow-verbs")).status_code == 403
    assert (await agent.post("/flows/try", document=document())).status_code == 403
    assert (await agent.post("/flows/test", document=document(), tests="")).status_code == 403


@pytest.mark.parametrize(
    "verb", [card.name for card in catalogue(REGISTRY) if card.parameters.get("required")]
)
def test_a_step_that_is_only_begun_is_told_what_it_needs(verb: str) -> None:
    checked = check(yaml_format.load(f"flow: f\nstart: a\nnodes:\n  a:\n    {verb}:\n"), REGISTRY)
    assert {problem.code for problem in checked.errors} <= {"missing_parameter", "missing_exit"}
    assert any(problem.code == "missing_parameter" for problem in checked.errors)


async def test_a_flow_to_which_callers_are_led_is_not_put_aside(site: Site) -> None:
    admin = await site.sign_in("admin")
    outer = "flow: outer\ntitle: Outer\nstart: a\nnodes:\n  a:\n    sub_flow: inner\n    go: b\n  b:\n    hang_up:\n"
    await admin.ok("POST", "/queues", {"name": "sales"})
    inner = await admin.ok("POST", "/flows", {"yaml": MENU.replace("hotline", "inner"), "publish": True})
    made = await admin.ok("POST", "/flows", {"yaml": outer, "publish": True})
    number = await admin.ok("POST", "/numbers", {"number": "19001234", "flow_id": made["id"]})
    for flow, used in ((inner["id"], "Outer"), (made["id"], "19001234")):
        refused = await admin.delete(f"/flows/{flow}")
        assert (refused.status_code, refused.json()["code"]) == (409, "flow_used")
        assert used in refused.json()["detail"]
    await admin.ok("DELETE", f"/numbers/{number['id']}")
    await admin.ok("DELETE", f"/flows/{made['id']}")
    await admin.ok("DELETE", f"/flows/{inner['id']}")
    assert (await admin.ok("GET", "/flows"))["items"] == []
    archived = (await admin.ok("GET", "/flows", archived=True))["items"]
    assert [flow["name"] for flow in archived] == ["inner", "outer"]
    await admin.ok("POST", f"/flows/{inner['id']}/restore")
    assert [flow["name"] for flow in (await admin.ok("GET", "/flows"))["items"]] == ["inner"]


async def test_ways_are_counted_by_version_and_since_when(site: Site) -> None:
    admin = await site.sign_in("admin")
    await admin.ok("POST", "/queues", {"name": "sales"})
    flow = await admin.ok("POST", "/flows", {"yaml": MENU, "publish": True})
    second = MENU.replace("press 1", "press one")
    await admin.ok("POST", "/flows", {"yaml": second, "publish": True})
    now = site.runtime.clock.now()
    async with site.world.transaction() as tx:
        for number, ages in ((1, (1, 40)), (2, (2,))):
            versions = {one.number: one.id for one in await FlowRepository(tx).versions(flow["id"])}
            version, run = versions[number], new_id()
            await tx.execute(
                "INSERT INTO flow_runs (tenant_id, id, version_id, subject_id, state, started_at, updated_at)"
                " VALUES (%(tenant)s, %(run)s, %(version)s, %(run)s, '{}', now(), now())",
                {"run": run, "version": version},
            )
            for visit, age in enumerate(ages):
                await tx.execute(
                    "INSERT INTO flow_visits (tenant_id, run_id, number, version_id, node, exit, left_at)"
                    " VALUES (%(tenant)s, %(run)s, %(visit)s, %(version)s, 'ask', 'sales', %(at)s)",
                    {"run": run, "version": version, "visit": visit, "at": now - timedelta(days=age)},
                )

    async def counted(**asked: Any) -> int:
        return (await admin.ok("GET", f"/flows/{flow['id']}/graph", **asked))["counts"].get("ask", 0)

    assert (await counted(), await counted(days=1)) == (1, 0)
    assert (await counted(number=1), await counted(number=1, days=30)) == (2, 1)
    assert (await admin.get(f"/flows/{flow['id']}/graph", days=0)).status_code == 422
    assert (await admin.get(f"/flows/{flow['id']}/graph", number=9)).status_code == 404
