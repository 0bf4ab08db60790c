"""`check_mood`: the angry go another way, and nothing hangs."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flows.test_engine import NOW, REGISTRY, begin, send

from tongdai.flows import engine, yaml_format
from tongdai.flows.commands import CheckMood
from tongdai.flows.flow_tests import Drafts, load_tests, run_file
from tongdai.flows.replies import TimeUp
from tongdai.flows.verbs import core_registry

YAML = """
flow: f
start: ask
nodes:
  ask:
    check_mood: {text: chat.message, languages: [en, vi]}
    go: {calm: bot, angry: person}
  bot:
    hang_up: bot
  person:
    hang_up: person
variables: {chat: {message: ''}}
"""
TESTS = """
flow: f
tests:
  - name: The angry go to a person
    with: {chat: {message: "Tệ quá!!!"}}
    steps: [{asks: {kind: check_mood, text: "Tệ quá!!!"}}, {reply: {result: angry, anger: 0.93, language: vi}},
      {passes: [ask, person]}, {variables: {mood.anger: 0.93, mood.angry: true, language: vi}}]
  - name: Others do not
    with: {chat: {message: Hello}}
    steps: [{reply: {result: calm, anger: 0.1, language: de}}, {passes: [ask, bot]}, {variables: {mood.angry: false}}]
  - name: Nothing written
    steps: [{passes: [ask, bot]}]
  - name: No model
    with: {chat: {message: Hello}}
    steps: [{reply: unavailable}, {passes: [ask, bot]}]
"""


def test_flows_are_tested_by_the_mood():
    drafts = Drafts([yaml_format.load(YAML)], core_registry())
    assert [one.failure for one in run_file(load_tests(TESTS), drafts) if one.failure] == []


@pytest.mark.parametrize(("event", "way"), [("late", "bot"), ("failed", "bot"), ("angry", "person")])
def test_it_never_hangs(event: str, way: str):
    variables: dict[str, Any] = {"chat": {"message": "x" * 5_000}}
    drafts, step = begin(yaml_format.load(YAML), **variables)
    assert isinstance(step.command, CheckMood)
    assert len(step.command.text) == 1_000
    if event == "late":
        done = engine.advance(drafts, REGISTRY, step.run, TimeUp(), NOW + timedelta(seconds=60))
    else:
        done = send(drafts, step, event)
    assert done.run.detail == way
