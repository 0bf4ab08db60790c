"""`look_up_table` in the engine, in tests of flows and in a trial."""

from typing import Any

import pytest
from tests.flows.test_engine import begin, flow, send

from tongdai.flows import yaml_format
from tongdai.flows.commands import LookUpRow
from tongdai.flows.flow_tests import Drafts, load_tests, run_file
from tongdai.flows.trial import attempt
from tongdai.flows.verbs import core_registry
from tongdai.flows.yaml_format import YamlError

LOOK = {"table": "customers", "key": {"phone": "call.from"}, "save": {"tier": "level", "name": "name"}}
HANG_UP = ("hang_up", None, None)
NODES: dict[str, Any] = {
    "a": ("look_up_table", LOOK, {"found": "b", "not_found": "c"}),
    "b": ("branch", {"gold": "tier == 'gold'"}, {"gold": "d", "else": "c"}),
    "c": HANG_UP,
    "d": HANG_UP,
}
YAML = """\
flow: f
start: a
nodes:
  a:
    look_up_table: {table: customers, key: {phone: call.from}, save: {tier: level}}
    go: {found: b, not_found: c}
  b:
    say: "You are {{ tier }}"
    go: c
  c:
    hang_up:
"""


def test_a_row_goes_into_variables_and_nothing_makes_them_null():
    drafts, step = begin(flow(**NODES), call={"from": "+84912345678"})
    assert step.command == LookUpRow(
        id=step.command.id if step.command else "",
        table="customers",
        key={"phone": "+84912345678"},
        columns=("level", "name"),
    )
    found = send(drafts, step, "found", {"row": {"level": "gold", "name": "Anna"}})
    assert (found.run.node, found.run.variables["name"]) == ("d", "Anna")
    missed = send(drafts, step, "not_found")
    assert (missed.run.node, missed.run.variables["tier"]) == ("c", None)
    broken = send(drafts, step, "failed", {"reason": "there is no such table"})
    assert (broken.run.ended, "no such table" in (broken.run.detail or "")) == ("fault", True)


def test_a_caller_without_a_number_looks_for_nothing():
    _, step = begin(flow(**NODES), call={"from": None})
    assert isinstance(step.command, LookUpRow)
    assert step.command.key == {"phone": ""}


@pytest.mark.parametrize(
    ("tables", "steps", "words"),
    [
        ("{customers: [{phone: '1', level: gold}]}", "[{hears: You are gold}, {ends: hung_up}]", None),
        ("{customers: []}", "[{ends: hung_up}, {variables: {tier: null}}]", None),
        ("{}", "[ends]", "the flow looks into the table 'customers': add its rows under 'tables'"),
    ],
)
def test_tests_of_flows_have_tables_of_their_own(tables: str, steps: str, words: str | None):
    text = f"flow: f\ntests:\n  - name: x\n    with: {{call: {{from: '1'}}}}\n    tables: {tables}\n    steps: {steps}\n"
    (outcome,) = run_file(load_tests(text), Drafts([yaml_format.load(YAML)], core_registry()))
    assert outcome.failure is None if words is None else words in (outcome.failure or "")


@pytest.mark.parametrize("tables", ["customers", "{customers: gold}", "{customers: [gold]}"])
def test_tables_that_are_none_are_refused(tables: str):
    with pytest.raises(YamlError, match="holds no rows"):
        load_tests(f"flow: f\ntests:\n  - name: x\n    tables: {tables}\n    steps: [ends]\n")


def test_a_trial_asks_for_the_row():
    drafts = Drafts([yaml_format.load(YAML)], core_registry())
    asked = attempt("f", drafts, [])
    assert (asked.asks, asked.answers) == (("level",), ("failed", "found", "not_found"))
    told = attempt("f", drafts, [("reply", {"result": "found", "row": {"level": "gold"}})])
    assert "You are gold" in [line.text for line in told.lines]
    assert told.asks == ()
