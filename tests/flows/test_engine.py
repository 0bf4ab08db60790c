"""The engine: pure, restart-safe at every step, and never stuck."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongdai.flows import engine
from tongdai.flows.flow_tests import Drafts
from tongdai.flows.graph import Document, DocumentNode
from tongdai.flows.replies import CallerLeft, Event, Reply, TimeUp
from tongdai.flows.run import Run
from tongdai.flows.validation import check
from tongdai.flows.verb import VerbRegistry
from tongdai.flows.verbs import core_registry
from tongdai.flows.verbs.menu import Menu

REGISTRY = core_registry()
NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)


def flow(
    name: str = "f", *, start: str = "a", on_error: str | None = None, **nodes: tuple[str, Any, Any]
) -> Document:
    return Document(
        name,
        start,
        {n: DocumentNode(verb, params, go) for n, (verb, params, go) in nodes.items()},
        on_error=on_error,
    )


def begin(*documents: Document, **variables: Any) -> tuple[Drafts, engine.Step]:
    drafts = _Unchecked(documents)
    run = Run("r", documents[0].flow, {d.flow: "v1" for d in documents}, variables)
    return drafts, engine.advance(drafts, REGISTRY, run, None, NOW)


def send(
    drafts: Drafts, step: engine.Step, result: str, data: Mapping[str, Any] | None = None
) -> engine.Step:
    assert step.command is not None
    return engine.advance(drafts, REGISTRY, step.run, Reply(step.command.id, result, data or {}), NOW)


def test_a_run_goes_from_wait_to_wait_with_stable_command_ids() -> None:
    drafts, step = begin(
        flow(a=("set", {"n": "1 + 1"}, "b"), b=("say", "You have {{ n }}", "c"), c=("hang_up", "bye", None)),
    )
    assert step.command is not None
    assert step.command.id == "r:2.1"
    assert step.run.variables["n"] == 2
    again = engine.advance(drafts, REGISTRY, step.run, None, NOW + timedelta(hours=1))
    assert again.command == step.command
    assert again.run == step.run
    end = send(drafts, step, "done")
    assert (end.run.ended, end.run.detail) == ("hung_up", "bye")
    assert [(p.node, p.exit) for p in end.trace] == [("b", "done"), ("c", "")]


def test_events_that_do_not_fit_change_nothing() -> None:
    drafts, step = begin(flow(a=("say", "x", "b"), b=("hang_up", None, None)))
    for event in (Reply("r:1.9", "done"), Reply("r:1.1", "nonsense"), TimeUp()):
        after = engine.advance(drafts, REGISTRY, step.run, event, NOW + timedelta(days=1))
        assert after.ignored
        assert after.run is step.run
    end = send(drafts, step, "done")
    assert engine.advance(drafts, REGISTRY, end.run, Reply("r:1.1", "done"), NOW).ignored
    assert engine.advance(drafts, REGISTRY, end.run, CallerLeft(), NOW).ignored


def test_the_caller_may_leave_at_any_time() -> None:
    drafts, step = begin(flow(a=("say", "x", "a")))
    left = engine.advance(drafts, REGISTRY, step.run, CallerLeft(), NOW)
    assert left.run.ended == "left"
    assert [p.node for p in left.trace] == ["a"]


def test_deadline_belongs_to_the_run() -> None:
    drafts, step = begin(
        flow(
            a=(
                "http",
                {"url": "https://x.example/", "timeout": 2},
                {"done": "b", "error": "b", "timeout": "c"},
            ),
            b=("hang_up", "b", None),
            c=("hang_up", "c", None),
        )
    )
    assert step.run.deadline == NOW + timedelta(seconds=7)
    assert engine.advance(drafts, REGISTRY, step.run, TimeUp(), NOW + timedelta(seconds=6)).ignored
    late = engine.advance(drafts, REGISTRY, step.run, TimeUp(), NOW + timedelta(seconds=7))
    assert late.run.detail == "c"


def test_a_loop_without_waits_ends_in_a_fault_even_if_it_was_never_validated() -> None:
    _, step = begin(flow(a=("say", "{{ nothing }}", "b"), b=("say", "{{ nothing }}", "a")), nothing="")
    assert step.run.ended == "fault"
    assert "without waiting" in (step.run.detail or "")


def test_faults_go_to_on_error_and_then_give_up() -> None:
    _, step = begin(
        flow(
            a=("set", {"x": "1 / 0"}, "b"),
            b=("hang_up", None, None),
            sorry=("say", "sorry", "a"),
            on_error="sorry",
        )
    )
    assert step.run.node == "sorry"
    assert step.trace[0].fault == "division by zero"
    _, step = begin(
        flow(
            a=("set", {"x": "1 / 0"}, "b"),
            b=("hang_up", None, None),
            sorry=("set", {"x": "1"}, "a"),
            on_error="sorry",
        )
    )
    assert step.run.ended == "fault"
    assert step.run.faults == engine.MAX_FAULTS + 1
    _, step = begin(flow(a=("set", {"x": "'a' < 1"}, "b"), b=("hang_up", None, None)))
    assert step.run.ended == "fault"
    assert "needs a number" in (step.run.detail or "")


def test_sub_flows_have_their_own_variables() -> None:
    outer = flow(
        a=("set", {"x": "1", "secret": "5"}, "b"),
        b=(
            "sub_flow",
            {"flow": "inner", "give": {"y": "x + 1"}, "take": {"got": "z"}, "returns": ["odd"]},
            {"done": "c", "odd": "d"},
        ),
        c=("hang_up", "even", None),
        d=("hang_up", "odd", None),
    )
    inner = flow(
        "inner",
        a=("set", {"z": "y * 10", "leak": "secret"}, "say"),
        say=("say", "{{ z }}", "b"),
        b=("branch", {"big": "z > 15"}, {"big": "c", "else": "d"}),
        c=("return", "odd", None),
        d=("return", None, None),
    )
    drafts, step = begin(outer, inner)
    assert step.run.flow == "inner"
    assert step.run.variables["leak"] is None
    end = send(drafts, replace(step, run=Run.from_json(json.loads(json.dumps(step.run.to_json())))), "done")
    assert end.run.detail == "odd"
    assert end.run.variables["got"] == 20
    assert "z" not in end.run.variables
    assert [(p.flow, p.node) for p in end.trace][-2:] == [("f", "b"), ("f", "d")]


def test_a_fault_in_a_sub_flow_reaches_the_callers_on_error() -> None:
    outer = flow(
        a=("sub_flow", "inner", "b"),
        b=("hang_up", None, None),
        err=("hang_up", "caught", None),
        on_error="err",
    )
    _, step = begin(outer, flow("inner", a=("set", {"x": "1 / 0"}, "b"), b=("return", None, None)))
    assert step.run.detail == "caught"
    assert step.run.stack == ()


def test_endless_recursion_is_stopped() -> None:
    _, step = begin(flow(a=("sub_flow", "f", "b"), b=("hang_up", None, None)))
    assert step.run.ended == "fault"


def test_verbs_of_other_modules_can_be_added() -> None:
    registry = core_registry()
    assert "menu" in registry.names
    with pytest.raises(ValueError, match="registered already"):
        registry.add(Menu)


# Random graphs and random events ------------------------------------------------------------------------------------

_NODES = ["n0", "n1", "n2", "n3", "n4"]
_target = st.sampled_from(_NODES)


@st.composite
def _node(draw: st.DrawFn) -> DocumentNode:
    verb, params, exits = draw(
        st.sampled_from(
            [
                ("answer", None, ["done"]),
                ("say", "Hello {{ x }}", ["done"]),
                ("say", [{"number": "x"}], ["done"]),
                ("set", {"x": "x + 1"}, ["done"]),
                ("set", {"x": "1 / (x - 2)"}, ["done"]),
                ("branch", {"big": "x > 3", "bad": "x < 'a'"}, ["big", "bad", "else"]),
                (
                    "menu",
                    {"say": "?", "keys": {"1": "one", "12": "two"}, "retries": 1},
                    ["one", "two", "no_input"],
                ),
                (
                    "gather",
                    {"say": "?", "save": "x", "pattern": "[0-4]+", "confirm": "ok {{ x }}?"},
                    ["done", "no_input"],
                ),
                ("hours", "main", ["open", "closed"]),
                ("look_up_caller", None, ["found"]),
                ("http", {"url": "https://h.example/{{ x }}", "save": {"x": "a.b"}}, ["done", "error"]),
                ("queue", "q", ["timeout"]),
                ("transfer", {"number": "+1{{ x }}"}, ["no_answer"]),
                ("voicemail", "m", ["done"]),
                (
                    "sub_flow",
                    {"flow": "sub", "give": {"x": "x"}, "take": {"x": "x"}, "returns": ["other"]},
                    ["done", "other"],
                ),
                ("hang_up", None, []),
                ("return", "other", []),
            ]
        )
    )
    go = {exit_: draw(_target) for exit_ in exits} or None
    return DocumentNode(verb, params, go)


@st.composite
def _documents(draw: st.DrawFn) -> tuple[Document, ...]:
    def one(name: str) -> Document:
        nodes = {node: draw(_node()) for node in _NODES}
        return Document(name, "n0", nodes, variables={"x": 0}, on_error=draw(st.none() | _target))

    return one("main"), one("sub")


_events = st.lists(
    st.tuples(
        st.sampled_from(["reply"] * 6 + ["stale", "time", "leave", "none"]),
        st.integers(0, 10),
        st.sampled_from(["1", "12", "2", "44", "9", ""]),
        st.integers(0, 40),
    ),
    max_size=25,
)


def _event(kind: str, pick: int, digits: str, step: engine.Step, registry: VerbRegistry) -> Event | None:
    if kind == "reply" and step.command is not None:
        results = sorted(registry.results(step.command.kind))
        data = {"digits": digits, "status": 200 + pick * 40, "values": {"x": pick}, "contact": {"x": 1}}
        return Reply(step.command.id, results[pick % len(results)], data)
    return {"stale": Reply("r:0.0", "done"), "time": TimeUp(), "leave": CallerLeft()}.get(kind)


@settings(max_examples=80, deadline=None)
@given(_documents(), _events)
def test_any_flow_waits_or_ends_and_a_restart_changes_nothing(
    documents: tuple[Document, ...], events: list[tuple[str, int, str, int]]
) -> None:
    unchecked = _Unchecked(documents)
    now = NOW
    run = Run("r", "main", {"main": "v1", "sub": "v1"}, {"call": {"from": "+84"}})
    step = engine.advance(unchecked, REGISTRY, run, None, now)
    command_ids: list[str] = []
    for kind, pick, digits, seconds in events:
        assert (step.run.waiting is None) != (step.run.ended is None)
        now += timedelta(seconds=seconds)
        event = _event(kind, pick, digits, step, REGISTRY)
        restarted = Run.from_json(json.loads(json.dumps(step.run.to_json())))
        assert restarted == step.run
        after = engine.advance(unchecked, REGISTRY, step.run, event, now)
        assert engine.advance(unchecked, REGISTRY, restarted, event, now) == after
        if after.ignored:
            assert after.run is step.run
            continue
        assert after.run.visits >= step.run.visits
        assert len(after.run.stack) <= engine.MAX_DEPTH
        if after.command is not None and event is not None:
            assert after.command.id not in command_ids
            command_ids.append(after.command.id)
        step = after
    assert step.run.ended or step.run.waiting


class _Unchecked(Drafts):
    """Random graphs hardly ever pass validation; the engine must stand them all the same."""

    def __init__(self, documents: tuple[Document, ...]) -> None:
        super().__init__(documents, REGISTRY)
        for document in documents:
            checked = check(document, REGISTRY)
            hard = {"dead_loop", "unreachable", "undefined_variable", "recursion"}
            assert {problem.code for problem in checked.errors} <= hard
            self._graphs[document.flow] = check_anyway(document)


def check_anyway(document: Document) -> Any:
    from tongdai.flows.validation import _Checker  # pyright: ignore[reportPrivateUsage]

    graph = _Checker(document, REGISTRY).run(None, "v1")
    assert graph is not None
    return graph
