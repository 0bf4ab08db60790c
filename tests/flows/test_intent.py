"""`intent`: what customers want in their own words, every way out, and what agents see of it."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flows.test_engine import NOW, REGISTRY, begin, send

from tongdai.flows import engine, yaml_format
from tongdai.flows.answers import answers_of
from tongdai.flows.commands import Gather, Listen, Understand
from tongdai.flows.flow_tests import Drafts, load_tests, run_file
from tongdai.flows.prompts import transcript
from tongdai.flows.replies import TimeUp
from tongdai.flows.trial import attempt
from tongdai.flows.validation import check
from tongdai.flows.verbs import core_registry

SAY = '{text: {en: "How can we help?", vi: "Tôi giúp gì được?"}}'
YAML = """
flow: f
language: en
start: ask
nodes:
  ask:
    label: What for
    intent:
      set: shop
      intents: [order, refund]
      say: {text: {en: "How can we help?", vi: "Tôi giúp gì được?"}}
      text: chat.message
      keys: {1: order, 2: refund}
      labels: {order: {en: My order, vi: Đơn hàng}}
      languages: [en, vi]
      patience: 300
    go: {order: order, refund: refund, out_of_scope: person, no_input: silent, unavailable: away}
  order:
    branch: {angry: understood.angry}
    go: {angry: person, else: done}
  refund:
    hang_up: refund
  done:
    hang_up: order
  person:
    hang_up: person
  silent:
    hang_up: silent
  away:
    hang_up: away
variables: {chat: {message: ''}}
"""
TESTS = """
flow: f
tests:
  - name: What was written is understood
    intents: {where is it: order}
    steps: [{hears: How can we help}, {says: where is it}, {passes: [ask, order, done]}, {variables: {understood.intent: order,
      understood.text: where is it}}]
  - name: What was written before is looked at first
    with: {chat: {message: money back}}
    intents: {money back: refund}
    steps: [{passes: [ask, refund]}]
  - name: What was written before and is nothing leads to the question, without an apology
    with: {chat: {message: hello}}
    intents: {hello: null, money back: refund}
    steps: [{asks: listen}, {hears: How can we help}, {says: money back}, {passes: [ask, refund]}]
  - name: Who is angry goes to a person
    intents: {where is it!!!: {intent: order, score: 0.9, angry: true}}
    steps: [{says: where is it!!!}, {passes: [ask, order, person]}]
  - name: Who is angry is not asked again
    intents: {liars!: {intent: null, angry: true}}
    steps: [{says: liars!}, {passes: [ask, person]}, {variables: {understood.angry: true}}]
  - name: Nothing twice
    intents: {my cat: null, my dog: null}
    steps: [{says: my cat}, {hears: did not understand}, {says: my dog}, {passes: [ask, person]}]
  - name: A button does, at any time
    intents: {my cat: null}
    steps: [{says: my cat}, {press: "2"}, {passes: [ask, refund]}, {variables: {understood.intent: refund, understood.score: 1}}]
  - name: Nobody writes
    steps: [silence, silence, {passes: [ask, silent]}]
  - name: No model
    steps: [{says: where is it}, {reply: unavailable}, {passes: [ask, away]}]
  - name: An intent that this step has no way for
    intents: {the bill: invoice}
    steps: [{says: the bill}, {hears: did not understand}, {says: the bill}, {passes: [ask, person]},
      {variables: {understood.intent: invoice}}]
  - name: The flow goes on in their language
    intents: {con mèo: {intent: null, language: vi}, hàng đâu: {intent: order, language: vi}}
    steps: [{says: con mèo}, {hears: [tôi chưa hiểu, Tôi giúp gì]}, {says: hàng đâu}, {variables: {language: vi}}]
  - name: Another language than the flow has leaves it
    intents: {wo ist es: {intent: order, language: de}}
    steps: [{says: wo ist es}, {variables: {language: en}}]
  - name: On the telephone, without ears, by keys
    steps: [{reply: deaf}, {asks: gather}, {press: "1"}, {passes: [ask, order]}]
  - name: They go
    steps: [hang_up, {ends: left}]
"""


def test_flows_are_tested_by_what_is_understood():
    drafts = Drafts([yaml_format.load(YAML)], core_registry())
    assert [one.failure for one in run_file(load_tests(TESTS), drafts) if one.failure] == []


def started(yaml: str = YAML, **variables: Any) -> tuple[Drafts, engine.Step]:
    return begin(yaml_format.load(yaml), **variables)


def test_it_never_hangs_on_a_model_that_does_not_answer():
    drafts, step = started()
    assert isinstance(step.command, Listen)
    assert step.run.deadline == NOW + timedelta(seconds=300)
    asked = send(drafts, step, "heard", {"text": " where is it "})
    assert isinstance(asked.command, Understand)
    assert (asked.command.intents, asked.command.text) == ("shop", "where is it")
    assert asked.run.deadline is not None
    late = engine.advance(drafts, REGISTRY, asked.run, TimeUp(), asked.run.deadline)
    assert late.run.detail == "away"
    assert late.run.variables["understood"]["text"] == "where is it"
    failed = send(drafts, asked, "failed", {"reason": "uncertain"})
    assert failed.run.detail == "away"


def test_who_writes_nothing_within_the_patience_leaves_by_no_input():
    drafts, step = started()
    later = engine.advance(drafts, REGISTRY, step.run, TimeUp(), NOW + timedelta(seconds=301))
    assert later.run.detail == "silent"


def test_buttons_are_in_their_language_and_keys_stand_in_for_ears():
    drafts, step = started(language="vi")
    assert isinstance(step.command, Listen)
    assert [(one.key, one.label) for one in step.command.choices] == [("1", "Đơn hàng"), ("2", "refund")]
    deaf = send(drafts, step, "deaf")
    assert isinstance(deaf.command, Gather)
    wrong = send(drafts, deaf, "digits", {"digits": "7"})
    assert isinstance(wrong.command, Gather)
    assert "tôi chưa hiểu" in transcript(wrong.command.prompts)
    assert send(drafts, wrong, "digits", {"digits": "8"}).run.detail == "person"
    without = YAML.replace("      keys: {1: order, 2: refund}\n", "")
    drafts, step = started(without)
    assert send(drafts, step, "deaf").run.detail == "away"


def test_a_text_alone_needs_no_question():
    yaml = YAML.replace("      say: " + SAY + "\n", "")
    drafts, step = started(yaml, chat={"message": "x" * 5_000})
    assert isinstance(step.command, Understand)
    assert len(step.command.text) == 1_000
    assert send(drafts, step, "out_of_scope", {"score": 0.2}).run.detail == "person"
    _, nothing = started(yaml, chat={"message": "  "})
    assert nothing.run.detail == "silent"


def test_agents_see_what_was_understood_and_how_surely():
    graph = Drafts([yaml_format.load(YAML)], core_registry()).graph("f", "draft")
    kept: dict[str, Any] = {"intent": "order", "title": "Where an order is", "score": 0.873, "text": "where"}
    assert answers_of([(graph, "ask", "order")], {"understood": kept}) == [
        {"label": "What for", "value": "Where an order is (87%)"}
    ]
    assert answers_of([(graph, "ask", "out_of_scope")], {"understood": {**kept, "text": "my cat"}}) == [
        {"label": "What for", "value": "my cat"}
    ]
    assert answers_of([(graph, "ask", "refund")], {"understood": kept})[0]["value"] == "refund"
    assert answers_of([(graph, "ask", "refund")], {"understood": "theirs"})[0]["value"] == "refund"
    assert answers_of([(graph, "ask", "no_input")], {}) == []


def test_the_designer_shows_buttons_and_lets_one_choose_what_is_understood():
    drafts = Drafts([yaml_format.load(YAML)], core_registry())
    asked = attempt("f", drafts, [])
    assert (asked.kind, asked.buttons) == ("listen", (("1", "My order"), ("2", "refund")))
    understanding = attempt("f", drafts, [("says", "where")])
    assert (understanding.kind, understanding.intents) == ("understand", ("order", "refund"))
    reply = {"result": "understood", "intent": "refund", "score": 1}
    done = attempt("f", drafts, [("says", "where"), ("reply", reply)])
    assert (done.ended, done.variables["understood"]["intent"]) == ("hung_up", "refund")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("[order, refund]", "[order, unavailable]"), "is an exit of every intent"),
        (("keys: {1: order, 2: refund}", "keys: {1: sales}"), "none of the intents of this step"),
        (("labels: {order:", "labels: {sales:"), "none of the intents of this step"),
        (("[order, refund]", "[]"), "at least 1"),
        (("set: shop", "sets: shop"), "set is missing"),
        (("patience: 300", "patience: 0"), "greater than 0"),
        (("languages: [en, vi]", "languages: [English]"), "match pattern"),
    ],
)
def test_mistakes_are_named(change: tuple[str, str], says: str):
    assert change[0] in YAML
    checked = check(yaml_format.load(YAML.replace(*change)), core_registry())
    assert any(says in problem.message for problem in checked.errors), checked.problems


def test_a_step_without_question_and_text_is_a_mistake():
    checked = check(
        yaml_format.load("flow: f\nstart: a\nnodes:\n  a:\n    intent: {set: x, intents: [b]}\n"),
        core_registry(),
    )
    assert any("needs a question" in problem.message for problem in checked.errors)
