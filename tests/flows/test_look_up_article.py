"""`look_up_article`: an answer with its source, whether it helped, and every way out."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flows.test_engine import NOW, REGISTRY, begin, send

from tongdai.flows import engine, yaml_format
from tongdai.flows.answers import answers_of
from tongdai.flows.commands import FindArticle, Gather, Listen
from tongdai.flows.flow_tests import Drafts, load_tests, run_file
from tongdai.flows.prompts import transcript
from tongdai.flows.replies import TimeUp
from tongdai.flows.validation import check
from tongdai.flows.verbs import core_registry

YAML = """
flow: f
start: ask
nodes:
  ask:
    label: Question
    look_up_article: {question: chat.message, say: "What would you like to know?", project: Client, patience: 60}
    go: {helped: good, not_helped: person, nothing_found: nothing, no_input: silent, unavailable: away}
  good:
    hang_up: good
  person:
    hang_up: person
  nothing:
    hang_up: nothing
  silent:
    hang_up: silent
  away:
    hang_up: away
variables: {chat: {message: ''}}
"""
FOUND = {"title": "Returns", "link": "https://shop.example/r", "text": "Within 30 days.", "score": 0.9}
TESTS = """
flow: f
tests:
  - name: Told with its source, and it helped
    steps: [{hears: What would you like}, {says: may I return it},
      {asks: {kind: find_article, question: may I return it, project: Client}},
      {reply: {result: found, title: Returns, link: "https://shop.example/r", text: Within 30 days.}},
      {hears: [Within 30 days., "From: Returns https://shop.example/r", Did this help]}, {press: "1"}, {passes: [ask, good]},
      {variables: {article.title: Returns, article.question: may I return it}}]
  - name: It did not
    with: {chat: {message: may I}}
    steps: [{reply: {result: found, title: Returns, text: x}},
      {hears: "From: Returns Did this"}, {press: "2"}, {passes: [ask, person]}]
  - name: Another key is no yes
    with: {chat: {message: may I}}
    steps: [{reply: {result: found, title: Returns, text: x}}, {press: "7"},
      {passes: [ask, person]}, {variables: {article.reply: "7"}}]
  - name: Nobody says whether
    with: {chat: {message: may I}}
    steps: [{reply: {result: found, title: Returns, text: x}}, silence, {passes: [ask, silent]}]
  - name: Nothing
    steps: [{says: my cat}, {reply: nothing}, {passes: [ask, nothing]},
      {variables: {article.question: my cat, article.title: null}}]
  - name: No model
    steps: [{says: my cat}, {reply: unavailable}, {passes: [ask, away]}]
  - name: No ears
    steps: [{reply: deaf}, {passes: [ask, away]}]
  - name: Silence
    steps: [silence, {passes: [ask, silent]}]
"""


def test_flows_are_tested_by_what_articles_say():
    drafts = Drafts([yaml_format.load(YAML)], core_registry())
    assert [one.failure for one in run_file(load_tests(TESTS), drafts) if one.failure] == []


def started(**variables: Any) -> tuple[Drafts, engine.Step]:
    return begin(yaml_format.load(YAML), **variables)


def test_it_never_hangs():
    drafts, step = started()
    assert isinstance(step.command, Listen)
    quiet = engine.advance(drafts, REGISTRY, step.run, TimeUp(), NOW + timedelta(seconds=61))
    assert quiet.run.detail == "silent"
    asked = send(drafts, step, "heard", {"text": "x" * 5_000})
    assert isinstance(asked.command, FindArticle)
    assert len(asked.command.question) == 1_000
    assert asked.run.deadline is not None
    late = engine.advance(drafts, REGISTRY, asked.run, TimeUp(), asked.run.deadline)
    assert late.run.detail == "away"
    told = send(drafts, asked, "found", FOUND)
    assert told.run.deadline is not None
    forgotten = engine.advance(drafts, REGISTRY, told.run, TimeUp(), told.run.deadline)
    assert (forgotten.run.detail, forgotten.run.variables["article"]["title"]) == ("silent", "Returns")


@pytest.mark.parametrize(
    ("language", "yes", "source"),
    [("vi", "Có", "Theo: Returns"), ("uk", "Так", "Джерело: Returns"), ("de", "Yes", "From: Returns")],
)
def test_it_is_told_in_the_customers_language_with_buttons(language: str, yes: str, source: str):
    drafts, step = started(chat={"message": "may I"}, language=language)
    told = send(drafts, step, "found", FOUND)
    assert isinstance(told.command, Listen)
    assert told.command.choices[0].label == yes
    assert source in transcript(told.command.prompts)


@pytest.mark.parametrize(
    ("written", "way", "reply"),
    [
        ("Yes, thank you!", "good", None),
        ("no", "person", None),
        ("order 1 is broken", "person", "order 1 is broken"),
        ("but how?", "person", "but how?"),
    ],
)
def test_it_may_be_answered_in_words(written: str, way: str, reply: str | None):
    drafts, step = started(chat={"message": "may I"})
    told = send(drafts, step, "found", FOUND)
    done = send(drafts, told, "heard", {"text": written})
    assert (done.run.detail, done.run.variables["article"]["reply"]) == (way, reply)


def test_who_cannot_be_heard_answers_by_keys():
    drafts, step = started(chat={"message": "may I"})
    deaf = send(drafts, send(drafts, step, "found", FOUND), "deaf")
    assert isinstance(deaf.command, Gather)
    assert "Within 30 days" in transcript(deaf.command.prompts)
    assert send(drafts, deaf, "digits", {"digits": "1"}).run.detail == "good"


def test_agents_see_the_question():
    graph = Drafts([yaml_format.load(YAML)], core_registry()).graph("f", "draft")
    asked = {"article": {"question": "may I return it"}}
    assert answers_of([(graph, "ask", "not_helped")], asked) == [
        {"label": "Question", "value": "may I return it"}
    ]
    assert answers_of([(graph, "ask", "unavailable")], {"article": {"question": ""}}) == []


def test_without_a_question_there_is_nothing_to_look_for():
    checked = check(
        yaml_format.load("flow: f\nstart: a\nnodes:\n  a:\n    look_up_article: {project: x}\n"),
        core_registry(),
    )
    assert any("needs a question" in one.message for one in checked.errors)
