"""Articles over HTTP, read and found by the real model; on a real database."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.api import Person, Site
from tests.support import until

from tongdai.flows.commands import FindArticle
from tongdai.flows.public import Performers
from tongdai.intelligence.public import LanguageModels
from tongdai.knowledge.policies import LENGTH, passages_of

ARTICLES: list[dict[str, Any]] = [
    {
        "title": "Returning goods",
        "body": "You can send anything back within 30 days, unworn and in its box.\n\n"
        "The money is on your account within a week.",
        "link": "https://shop.example/returns",
    },
    {
        "title": "Delivery",
        "body": "Parcels arrive within two days. You can follow yours by the number in our mail.",
    },
    {"title": "Opening hours", "body": "The shop is open from 8 to 20, on Sundays from 10 to 16."},
    {
        "title": "Gửi trả hàng",
        "language": "vi",
        "body": "Quý khách có thể trả hàng trong 30 ngày, còn nguyên hộp.",
    },
]


async def written(admin: Person, articles: list[dict[str, Any]], **more: Any) -> list[dict[str, Any]]:
    """They stand there, and have been read."""
    made = [await admin.ok("POST", "/articles", {"public": True, **one, **more}) for one in articles]

    async def read() -> bool:
        return all([(await admin.ok("GET", f"/articles/{one['id']}"))["read"] for one in made])

    await until(read, timeout=60)
    return made


async def asked(site: Site, question: str, **more: Any) -> Any:
    command = FindArticle(id="r:1.1", question=question, language="en", **more)
    return await site.runtime.get(Performers).carry_out(site.world.tenant_id, command)


QUESTIONS = {
    "Can I return the shoes?": "Returning goods",
    "When do I get my money back?": "Returning goods",
    "How long does delivery take?": "Delivery",
    "Are you open on Sunday?": "Opening hours",
    "Có được trả lại hàng không?": "Gửi trả hàng",
    "Скільки йде доставка?": "Delivery",
    "Who wrote Hamlet?": None,
    "My cat is ill": None,
    "Hôm nay trời đẹp quá": None,
}


async def test_questions_find_the_passage_that_answers_and_others_find_nothing(site: Site):
    admin = await site.sign_in("admin")
    await written(admin, ARTICLES)
    found = {question: await asked(site, question) for question in QUESTIONS}
    assert {question: reply.data.get("title") for question, reply in found.items()} == QUESTIONS
    assert [reply.result for reply in found.values()] == ["found"] * 6 + ["nothing"] * 3


async def test_only_what_is_public_and_of_the_right_project_is_told(site: Site):
    admin = await site.sign_in("admin")
    nothing = await asked(site, "Can I return the shoes?")
    assert nothing.result == "nothing"
    (first,) = await written(admin, ARTICLES[:1], public=False)
    assert (await asked(site, "Can I return the shoes?")).result == "nothing"
    await admin.ok("PATCH", f"/articles/{first['id']}", {"version": 1, "public": True})

    async def told() -> Any:
        found = await asked(site, "Can I return the shoes?")
        return found if found.result == "found" else None

    found = await until(told, timeout=30)
    assert found.data["link"] == "https://shop.example/returns"
    client = await admin.ok("POST", "/projects", {"name": "Client"})
    await admin.ok("PATCH", f"/articles/{first['id']}", {"version": 2, "project_id": client["id"]})

    async def theirs_alone() -> bool:
        return (await asked(site, "Can I return the shoes?")).result == "nothing"

    await until(theirs_alone, timeout=30)

    async def with_project() -> bool:
        return (await asked(site, "Can I return the shoes?", project="Client")).result == "found"

    await until(with_project, timeout=30)
    assert (await asked(site, "Can I return the shoes?", project="Another")).result == "nothing"
    other = await site.another_centre()
    assert (await asked(other, "Can I return the shoes?", project="Client")).result == "nothing"
    stranger = await other.sign_in("admin")
    assert (await stranger.get(f"/articles/{first['id']}")).status_code == 404
    assert (await stranger.ok("GET", "/articles"))["items"] == []
    await admin.ok("DELETE", f"/articles/{first['id']}")
    assert (await asked(site, "Can I return the shoes?", project="Client")).result == "nothing"


async def test_articles_are_searched_and_changed_under_a_version(site: Site):
    admin = await site.sign_in("admin")
    made = await admin.ok("POST", "/articles", ARTICLES[0])
    assert (made["public"], made["language"]) == (False, "en")
    assert [one["id"] for one in (await admin.ok("GET", "/articles", q="unworn"))["items"]] == [made["id"]]
    assert (await admin.ok("GET", "/articles", q="parcel"))["items"] == []
    stale = await admin.patch(f"/articles/{made['id']}", version=7, title="x")
    assert stale.status_code == 409
    for wrong in (
        {"link": "javascript:alert(1)"},
        {"language": "tlh"},
        {"title": " "},
        {"body": "x" * 20_001},
    ):
        assert (await admin.patch(f"/articles/{made['id']}", version=1, **wrong)).status_code == 422, wrong
    agent = await site.sign_in("agent")
    assert (await agent.get("/articles")).status_code == 403


async def test_without_the_model_flows_go_on(site: Site):
    admin = await site.sign_in("admin")
    models = site.runtime.get(LanguageModels)
    models.providers, kept = (), models.providers
    await admin.ok("POST", "/articles", ARTICLES[0])
    found = await asked(site, "Can I return the shoes?")
    assert (found.result, found.data) == ("unavailable", {"reason": "language_model"})
    models.providers = kept
    yaml = (
        "flow: f\nstart: a\nnodes:\n  a:\n    look_up_article: {say: Hi, project: Nowhere}\n"
        "    go: {helped: b, not_helped: b, nothing_found: b}\n  b:\n    hang_up:\n"
    )
    (missing,) = await admin.ok("POST", "/flows/check", {"yaml": yaml})
    assert (missing["code"], missing["name"]) == ("missing_project", "Nowhere")


@given(body=st.text(alphabet=st.sampled_from("ab .!?\n"), max_size=3_000))
@settings(max_examples=100, deadline=None)
def test_passages_hold_every_word_in_order_and_are_short(body: str):
    passages = passages_of(body)
    assert all(0 < len(one) <= LENGTH for one in passages)
    assert "".join("".join(passages).split()) == "".join(body.split())


def test_passages_are_cut_where_a_reader_would():
    body = "First answer. It is short.\n\n" + "A sentence that goes on. " * 40 + "\n\nLast answer."
    passages = passages_of(body)
    assert passages[0] == "First answer. It is short."
    assert all(one.endswith(".") for one in passages)
    assert passages[-1].endswith("Last answer.")
