"""Intents over HTTP, trained by the real model, and understood in a run; on a real database."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.api import Person, Site
from tests.intelligence.sentences import INTENTS
from tests.support import until

from tongdai.flows.commands import Understand
from tongdai.flows.intents.policies import form_of, lesson_of, problems_of
from tongdai.flows.intents.schemas import IntentIn
from tongdai.flows.public import Performers
from tongdai.intelligence.public import LanguageModels

TITLES = {"order_status": "Where an order is", "refund": "Money back"}


def body(**more: Any) -> dict[str, Any]:
    intents = [
        {"name": name, "title": TITLES.get(name, ""), "examples": {"en": some["en"], "vi": some["vi"]}}
        for name, some in INTENTS.items()
    ]
    return {"name": "shop", "intents": intents, "none": {"en": ["Are you a robot?"]}, **more}


async def ready(admin: Person, path: str) -> dict[str, Any]:
    """Trains a version and waits for it."""
    begun = await admin.ok("POST", f"{path}/train")
    assert begun["state"] == "training"

    async def done() -> dict[str, Any] | None:
        found = await admin.ok("GET", f"{path}/versions/{begun['number']}")
        return None if found["state"] == "training" else found

    return await until(done, timeout=120)


async def understood(site: Site, text: str, name: str = "shop") -> Any:
    command = Understand(id="r:1.1", intents=name, among=(), text=text)
    return await site.runtime.get(Performers).carry_out(site.world.tenant_id, command)


async def test_examples_become_a_version_that_flows_ask(site: Site):
    admin = await site.sign_in("admin")
    made = await admin.ok("POST", "/intent-sets", body())
    assert (made["published_number"], [one["name"] for one in made["intents"]]) == (None, list(INTENTS))
    path = f"/intent-sets/{made['id']}"
    nothing = await understood(site, "Where is my parcel?")
    assert (nothing.result, nothing.data["reason"]) == ("unavailable", "not_published")
    early = await admin.post(f"{path}/publish", number=1)
    assert (early.status_code, early.json()["code"]) == (409, "intents_not_trained")
    untried = await admin.post(f"{path}/try", text="Hi")
    assert untried.json()["code"] == "intents_not_trained"

    first = await ready(admin, path)
    assert (first["state"], first["problem"]) == ("ready", None)
    assert [one["name"] for one in first["measures"]] == list(INTENTS)
    for at, one in enumerate(first["measures"]):
        assert sum(one["taken"]) == one["examples"]
        assert len(one["taken"]) == len(INTENTS) + 1
        assert one["recall"] == pytest.approx(one["taken"][at] / one["examples"])
    assert first["shares"]["right"] == pytest.approx(first["right_share"])
    assert first["right_share"] > 0.7
    assert first["strangers"] > 60
    assert first["shares"]["threshold"] == first["threshold"]
    wrong = sum(one["examples"] - one["taken"][at] for at, one in enumerate(first["measures"]))
    assert len(first["mistaken"]) == wrong
    tried = await admin.ok("POST", f"{path}/try", {"text": "Where is my parcel?", "number": 1})
    assert (tried["intent"], tried["title"], tried["language"]) == ("order_status", "Where an order is", "en")
    assert tried["nearest"][0][0] == "order_status"

    published = await admin.ok("POST", f"{path}/publish", {"number": 1})
    assert published["published_number"] == 1
    found = await understood(site, "Where is my parcel?")
    assert (found.result, found.data["intent"], found.data["angry"]) == ("understood", "order_status", False)
    assert 0 < found.data["score"] <= 1
    strange = await understood(site, "Who wrote Hamlet?")
    assert (strange.result, strange.data["intent"]) == ("out_of_scope", None)

    # The draft goes on; what flows ask stays until it is published, and an older version can be published again.
    fewer = body()["intents"][:2]
    await admin.ok("PATCH", path, {"version": published["version"], "intents": fewer})
    assert (await understood(site, "When do you open?")).data["intent"] == "opening_hours"
    second = await ready(admin, path)
    assert [one["name"] for one in second["intents"]] == ["order_status", "refund"]
    await admin.ok("POST", f"{path}/publish", {"number": 2, "threshold": 0.96})
    assert (await understood(site, "When do you open?")).data["intent"] is None
    assert (await admin.ok("GET", f"{path}/versions/2"))["threshold"] == 0.96
    await admin.ok("POST", f"{path}/publish", {"number": 1})
    assert (await understood(site, "When do you open?")).data["intent"] == "opening_hours"
    listed = await admin.ok("GET", f"{path}/versions")
    assert [(one["number"], one["state"]) for one in listed["items"]] == [(2, "ready"), (1, "ready")]

    await admin.ok("DELETE", path)
    assert (await understood(site, "When do you open?")).result == "unavailable"
    await admin.ok("POST", f"{path}/restore")
    assert (await understood(site, "When do you open?")).result == "understood"
    deeds = [one["action"] for one in (await admin.ok("GET", "/audit"))["items"]]
    assert {f"intent_set.{one}" for one in ("created", "changed", "training", "trained", "published")} <= set(
        deeds
    )
    assert "parcel" not in str(await admin.ok("GET", "/audit"))


async def test_nobody_sees_or_asks_the_intents_of_another_centre(site: Site):
    admin = await site.sign_in("admin")
    made = await admin.ok("POST", "/intent-sets", body())
    await ready(admin, f"/intent-sets/{made['id']}")
    await admin.ok("POST", f"/intent-sets/{made['id']}/publish", {"number": 1})
    other = await site.another_centre()
    stranger = await other.sign_in("admin")
    assert (await stranger.ok("GET", "/intent-sets"))["items"] == []
    tried: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
        ("GET", "", None),
        ("PATCH", "", {"version": 1, "intents": []}),
        ("DELETE", "", None),
        ("POST", "/train", None),
        ("POST", "/publish", {"number": 1}),
        ("POST", "/try", {"text": "Where is my parcel?"}),
        ("GET", "/versions", None),
        ("GET", "/versions/1", None),
    )
    for method, path, sent in tried:
        answer = await stranger.http.request(method, f"/intent-sets/{made['id']}{path}", json=sent)
        assert answer.status_code == 404, (method, path, answer.text)
    assert (await understood(other, "Where is my parcel?")).data["reason"] == "not_published"
    agent = await site.sign_in("agent")
    assert (await agent.get("/intent-sets")).status_code == 403


async def test_who_has_projects_alone_keeps_to_them(site: Site):
    admin = await site.sign_in("admin")
    project = await admin.ok("POST", "/projects", {"name": "Client"})
    role = await admin.ok("POST", "/roles", {"name": "Author", "grants": {"intents.edit": "project"}})
    author = await site.sign_in(None, role_ids=[role["id"]], project_ids=[project["id"]])
    refused = await author.post("/intent-sets", name="all")
    assert refused.json()["errors"][0]["rule"] == "own_project"
    own = await author.ok("POST", "/intent-sets", {"name": "own", "project_id": project["id"]})
    theirs = await admin.ok("POST", "/intent-sets", {"name": "theirs"})
    assert [one["id"] for one in (await author.ok("GET", "/intent-sets"))["items"]] == [own["id"]]
    assert (await author.get(f"/intent-sets/{theirs['id']}")).status_code == 404
    assert (await author.patch(f"/intent-sets/{own['id']}", version=1, project_id=None)).status_code == 422


async def test_what_cannot_be_trained_is_named_and_two_do_not_train_at_once(site: Site):
    admin = await site.sign_in("admin")
    made = await admin.ok("POST", "/intent-sets", {"name": "shop", "intents": [{"name": "one"}]})
    path = f"/intent-sets/{made['id']}"
    answer = await admin.post(f"{path}/train")
    assert (answer.status_code, answer.json()["code"]) == (422, "examples_wrong")
    assert {one["rule"] for one in answer.json()["problems"]} == {"too_few_intents", "few_examples"}
    taken = await admin.patch(path, version=1, intents=[{"name": "no_input"}])
    assert (taken.status_code, taken.json()["errors"][0]["rule"]) == (422, "taken")
    for wrong in ({"en": ["x" * 301]}, {"en": ["!?"]}, {"de": ["Guten Tag"]}, {"en": ["a"] * 301}):
        assert (
            await admin.patch(path, version=1, intents=[{"name": "one", "examples": wrong}])
        ).status_code == 422
    changed = await admin.ok("PATCH", path, {"version": 1, "intents": body()["intents"]})
    stale = await admin.patch(path, version=1, intents=[])
    assert (stale.status_code, stale.json()["current"]["version"]) == (409, changed["version"])
    both = await asyncio.gather(admin.post(f"{path}/train"), admin.post(f"{path}/train"))
    assert sorted(one.status_code for one in both) == [202, 409]
    assert {one.json().get("code") for one in both} == {None, "intents_in_training"}


async def test_a_server_without_the_model_says_so_and_flows_go_on(site: Site):
    admin = await site.sign_in("admin")
    yaml = (
        "flow: f\nstart: a\nnodes:\n  a:\n    intent: {set: shop, intents: [order_status, other], say: Hi}\n"
        "    go: {order_status: b, other: b, out_of_scope: b}\n  b:\n    hang_up:\n"
    )
    (missing,) = await admin.ok("POST", "/flows/check", {"yaml": yaml})
    assert (missing["code"], missing["name"], missing["warning"]) == ("missing_intents", "shop", False)
    made = await admin.ok("POST", "/intent-sets", body())
    path = f"/intent-sets/{made['id']}"
    await ready(admin, path)
    await admin.ok("POST", f"{path}/publish", {"number": 1})
    (missing,) = await admin.ok("POST", "/flows/check", {"yaml": yaml})
    assert (missing["code"], missing["name"]) == ("missing_intent", "shop.other")
    models = site.runtime.get(LanguageModels)
    models.providers, kept = (), models.providers
    told = await admin.ok(
        "POST", "/flows/check", {"yaml": yaml.replace(", other]", "]").replace(" other: b,", "")}
    )
    assert [(one["code"], one["warning"]) for one in told] == [("missing_language_model", True)]
    assert "tongdai[ai]" in told[0]["mend"]
    gone = await understood(site, "Where is my parcel?")
    assert (gone.result, gone.data) == ("unavailable", {"reason": "language_model"})
    failed = await ready(admin, path)
    assert failed["state"] == "failed"
    assert "tongdai[ai]" in failed["problem"]
    tried = await admin.post(f"{path}/try", text="Hi")
    assert (tried.status_code, tried.json()["code"]) == (503, "text_not_understood")
    models.providers = kept


def intent(name: str, *texts: str) -> IntentIn:
    return IntentIn.model_validate({"name": name, "examples": {"en": list(texts)}})


MANY = tuple(f"sentence number {number}" for number in range(10))


def test_duplicates_and_contradictions_are_named():
    one = intent("a", *MANY, "Where is it?", "where is it")
    other = intent("b", *(f"other {text}" for text in MANY), "WHERE, is it!")
    found = problems_of([one, other], {"en": ["other sentence number 3"]})
    assert [(p.rule, p.intent, p.other, p.text, p.warning) for p in found] == [
        ("contradiction", "a", "b", "WHERE, is it!", False),
        ("contradiction", "b", None, "other sentence number 3", False),
        ("duplicate", "a", None, "where is it", True),
    ]
    few = problems_of([intent("a", *MANY[:7]), intent("a", *(f"x {text}" for text in MANY[:2]))], {})
    assert [(p.rule, p.intent, p.count, p.warning) for p in few] == [
        ("name_twice", "a", None, False),
        ("few_examples", "a", 7, True),
        ("few_examples", "a", 2, False),
    ]
    assert form_of("Đơn hàng?") != form_of("don hang"), "accents mean something"


@given(texts=st.lists(st.lists(st.text(min_size=1, max_size=20), max_size=8), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_each_text_is_learned_once_the_intents_first(texts: list[list[str]]):
    known: list[IntentIn] = [
        IntentIn.model_construct(name=f"i{at}", title="", examples={"en": some})
        for at, some in enumerate(texts)
    ]
    lesson = lesson_of(known, {"en": ["nothing of that"]})
    forms = [form_of(text) for text in lesson.texts]
    assert len(forms) == len(set(forms))
    assert list(lesson.intents) == sorted(lesson.intents)
    assert set(lesson.intents) <= set(range(len(texts) + 1))
