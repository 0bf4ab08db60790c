"""Unit tests of flows: a YAML of what the caller does and what is expected, run on virtual time.

    flow: hotline
    tests:
      - name: A caller reaches sales
        at: 2026-11-23T10:00:00+07:00
        calendars: {main: open}
        steps:
          - hears: press 1
          - press: "1"
          - queued: {queue: sales}
          - reply: timeout
          - ends: hung_up

Steps — the caller: `press`, `says`, `silence` (let the wait run out, or seconds), `hang_up`, `reply` (what a queue, a transfer, a
voicemail or a web service answers). Expected: `hears`, `at` (node), `passes` (nodes, in order), `queued` / `asks` (fields
of the command that is waited for), `variables`, `ends`. Inside answers come from `calendars`, `switches` (name → closed; others
are open), `caller`, `tables` (name → rows, each {column: value}) and `intents` (sentence → what is understood; null: nothing).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import yaml

from tongdai.flows.graph import Document, Graph
from tongdai.flows.validation import Problem, check
from tongdai.flows.verb import VerbRegistry
from tongdai.flows.virtual_caller import DEFAULT_AT, STEPS, FlowTest, Missed, TestStep, VirtualCaller
from tongdai.flows.yaml_format import Tree, YamlError, compose


@dataclass(frozen=True, slots=True)
class TestFile:
    __test__ = False
    flow: str
    tests: tuple[FlowTest, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`failure` is None when the test passed; else it says what was expected, what came, and all that was heard."""

    test: FlowTest
    failure: str | None


def load_tests(text: str) -> TestFile:
    """Raises YamlError with lines."""
    root, tree = compose(text), Tree()
    members = tree.mapping(root)
    for name, node in members.items():
        if name not in ("flow", "tests"):
            tree.problem(node, f"'{name}' is not known", "A test file has flow and tests.")
    tests: list[FlowTest] = []
    listed = members.get("tests")
    if "flow" not in members or not isinstance(listed, yaml.SequenceNode):
        tree.problem(root, "'flow' and a list of 'tests' are needed", "See docs/guide/flows.md.")
    else:
        tests = [_test(tree, node) for node in cast("list[yaml.Node]", listed.value)]
    if tree.problems:
        raise YamlError(tree.problems)
    return TestFile(tree.text(members["flow"]), tuple(tests))


def _test(tree: Tree, node: yaml.Node) -> FlowTest:
    members = tree.mapping(node)
    line = node.start_mark.line + 1
    for name, item in members.items():
        if name not in (
            "name",
            "at",
            "with",
            "calendars",
            "switches",
            "caller",
            "tables",
            "intents",
            "steps",
        ):
            tree.problem(
                item,
                f"'{name}' is not known",
                "A test has name, at, with, calendars, switches, caller, tables, intents and steps.",
            )
    at = DEFAULT_AT
    if "at" in members:
        try:
            at = datetime.fromisoformat(tree.text(members["at"]))
            if at.tzinfo is None:
                raise ValueError
        except ValueError:
            tree.problem(
                members["at"], "an instant with its zone is needed", "Write 2026-11-23T10:00:00+07:00."
            )
    steps: list[TestStep] = []
    listed = members.get("steps")
    items = cast("list[yaml.Node]", listed.value) if isinstance(listed, yaml.SequenceNode) else []
    if not items:
        tree.problem(node, "a test needs 'steps'", "Add a list of steps.")
    for item in items:
        if isinstance(item, yaml.ScalarNode):
            do, value = tree.text(item), None
        else:
            pairs = tree.mapping(item)
            do = next(iter(pairs), "")
            value = tree.value(pairs[do]) if do else None
            if len(pairs) != 1:
                tree.problem(item, "a step is one thing", "Write one step per '-'.")
        if do not in STEPS:
            tree.problem(item, f"there is no step '{do}'", f"There are {', '.join(STEPS)}.")
        steps.append(TestStep(do, value, item.start_mark.line + 1))
    values: dict[str, Any] = {
        n: tree.value(members[n]) if n in members else {}
        for n in ("with", "calendars", "switches", "tables", "intents")
    }
    if "tables" in members and not _are_tables(values["tables"]):
        tree.problem(
            members["tables"], "'tables' holds no rows", "Write {customers: [{phone: '0912…', tier: gold}]}."
        )
    return FlowTest(
        tree.text(members.get("name"), f"line {line}"),
        line,
        tuple(steps),
        at,
        values["with"] or {},
        values["calendars"] or {},
        values["switches"] or {},
        tree.value(members["caller"]) if "caller" in members else None,
        values["tables"] or {},
        values["intents"] or {},
    )


def _are_tables(value: Any) -> bool:
    """{name: [{column: value}]}"""
    if not isinstance(value, dict):
        return False
    tables = cast("dict[Any, Any]", value)
    return all(
        isinstance(rows, list) and all(isinstance(row, dict) for row in cast("list[Any]", rows))
        for rows in tables.values()
    )


class Drafts:
    """A library of documents compiled on first use; also the World of the check command, as far as it goes."""

    def __init__(self, documents: Iterable[Document], registry: VerbRegistry) -> None:
        self.documents = {document.flow: document for document in documents}
        self.registry = registry
        self._graphs: dict[str, Graph] = {}

    def graph(self, flow: str, version: str) -> Graph:
        if flow not in self._graphs:
            checked = check(self.documents[flow], self.registry, version=version)
            if checked.graph is None:
                raise YamlError(list(checked.errors))
            self._graphs[flow] = checked.graph
        return self._graphs[flow]


def run_file(file: TestFile, drafts: Drafts) -> list[Outcome]:
    """Run all tests of a file. Raises YamlError when the flow is not there or not valid."""
    if file.flow not in drafts.documents:
        raise YamlError([Problem("missing_flow", f"there is no flow '{file.flow}'", "Give its file too.")])
    drafts.graph(file.flow, "draft")
    return [Outcome(test, run_test(file.flow, test, drafts)) for test in file.tests]


def run_test(flow: str, test: FlowTest, drafts: Drafts) -> str | None:
    """The failure in words, None when the test passes."""
    caller = VirtualCaller(flow, test, drafts, drafts.registry, drafts.documents)
    try:
        caller.advance(None)
        for step in test.steps:
            caller.line = step.line
            caller.step(step)
        return None
    except Missed as missed:
        heard = "\n".join(f"    {line}" for line in caller.log) or "    (nothing)"
        return f"line {caller.line}: {missed}\n  so far:\n{heard}"
