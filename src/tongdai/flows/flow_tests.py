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

Steps — the caller: `press`, `silence` (let the wait run out, or seconds), `hang_up`, `reply` (what a queue, a transfer, a
voicemail or a web service answers). Expected: `hears`, `at` (node), `passes` (nodes, in order), `queued` / `asks` (fields
of the command that is waited for), `variables`, `ends`. Inside answers come from `calendars` and `caller`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import yaml

from tongdai.flows import engine
from tongdai.flows.commands import Answer, CheckCalendar, Command, Gather, LookUpCaller, Say
from tongdai.flows.dialogue import DigitCollector
from tongdai.flows.graph import Document, Graph
from tongdai.flows.json_path import find
from tongdai.flows.prompts import Pause, Prompts, Speech, transcript
from tongdai.flows.replies import CallerLeft, Event, Reply, TimeUp
from tongdai.flows.run import Run
from tongdai.flows.validation import Problem, check
from tongdai.flows.verb import VerbRegistry
from tongdai.flows.yaml_format import Tree, YamlError, compose

STEPS = (
    "press",
    "silence",
    "hang_up",
    "reply",
    "hears",
    "at",
    "passes",
    "queued",
    "asks",
    "variables",
    "ends",
)
DEFAULT_AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TestStep:
    __test__ = False
    do: str
    value: Any
    line: int


@dataclass(frozen=True, slots=True)
class FlowTest:
    name: str
    line: int
    steps: tuple[TestStep, ...]
    at: datetime = DEFAULT_AT
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    calendars: Mapping[str, Any] = field(default_factory=dict[str, Any])
    caller: Any = None


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
        if name not in ("name", "at", "with", "calendars", "caller", "steps"):
            tree.problem(
                item, f"'{name}' is not known", "A test has name, at, with, calendars, caller and steps."
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
        n: tree.value(members[n]) if n in members else {} for n in ("with", "calendars")
    }
    return FlowTest(
        tree.text(members.get("name"), f"line {line}"),
        line,
        tuple(steps),
        at,
        values["with"] or {},
        values["calendars"] or {},
        tree.value(members["caller"]) if "caller" in members else None,
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
    caller = _VirtualCaller(flow, test, drafts)
    try:
        caller.advance(None)
        for step in test.steps:
            caller.line = step.line
            caller.step(step)
        return None
    except _Missed as missed:
        heard = "\n".join(f"    {line}" for line in caller.log) or "    (nothing)"
        return f"line {caller.line}: {missed}\n  so far:\n{heard}"


class _Missed(AssertionError):
    pass


class _VirtualCaller:
    """Plays the world around one run: the clock, the ears and fingers of the caller, the answers from inside."""

    def __init__(self, flow: str, test: FlowTest, drafts: Drafts) -> None:
        self.test = test
        self.drafts = drafts
        self.now = test.at.astimezone(UTC)
        self.run = Run("test", flow, dict.fromkeys(drafts.documents, "draft"), {"call": {}, **test.variables})
        self.command: Command | None = None
        self.keys: DigitCollector | None = None
        self.last_keys: DigitCollector | None = None
        self.playing_until = self.now
        self.heard = ""
        self.path: list[tuple[int, str]] = []
        self.log: list[str] = []
        self.line = test.line

    def advance(self, event: Event | None) -> None:
        """Step the run, and answer at once what needs no caller."""
        for _ in range(engine.MAX_NODES):
            step = engine.advance(self.drafts, self.drafts.registry, self.run, event, self.now)
            if step.ignored:
                raise _Missed("the run does not wait for this")
            # Every wait goes through JSON, as in production: what does not survive it fails here first.
            self.run = Run.from_json(json.loads(json.dumps(step.run.to_json())))
            for passed in step.trace:
                self.path.append((passed.visit, passed.node))
                note = (
                    f" FAULT {passed.fault}" if passed.fault else f" → {passed.exit}" if passed.exit else ""
                )
                self.log.append(f"[{passed.node}]{note}")
            self.command = step.command
            self.keys = None
            event = self.immediate(step.command) if step.command is not None else None
            if event is None:
                if self.run.ended:
                    self.log.append(f"ended: {self.run.ended} {self.run.detail or ''}".rstrip())
                return

    def immediate(self, command: Command) -> Event | None:
        if isinstance(command, Answer):
            return Reply(command.id, "done")
        if isinstance(command, Say):
            self.now += self.hear(command.prompts)
            return Reply(command.id, "done")
        if isinstance(command, Gather):
            self.keys = self.last_keys = DigitCollector(command, self.last_keys)
            self.playing_until = self.now + self.hear(command.prompts)
            return None
        if isinstance(command, CheckCalendar):
            answer = self.test.calendars.get(command.calendar)
            if answer is None:
                raise _Missed(
                    f"the flow asks for the calendar '{command.calendar}': add it under 'calendars'"
                )
            return _reply(command, answer)
        if isinstance(command, LookUpCaller):
            contact = self.test.caller
            return (
                Reply(command.id, "found", {"contact": contact}) if contact else Reply(command.id, "unknown")
            )
        self.log.append(f"waits for {_show(command)}")
        return None

    def hear(self, prompts: Prompts) -> timedelta:
        """Note what is said; gives about how long it takes."""
        text = transcript(prompts)
        self.heard += " " + text
        self.log.append(f'hears "{text}"')
        length = sum(
            p.seconds if isinstance(p, Pause) else len(p.text) * 0.07 if isinstance(p, Speech) else 2.0
            for p in prompts
        )
        return timedelta(seconds=length)

    def listen_to_the_end(self) -> None:
        """A step begins after the prompts; only keys within one `press` run on into the next ones."""
        if self.keys is not None and self.keys.due is None:
            self.now = max(self.now, self.playing_until)
            self.keys.prompts_finished(self.now)

    def step(self, step: TestStep) -> None:
        getattr(self, f"do_{step.do}")(step.value)

    def do_press(self, value: Any) -> None:
        self.listen_to_the_end()
        self.log.append(f"presses {value}")
        for key in str(value):
            if self.keys is None:
                raise _Missed(f"'{key}' was pressed but no key is waited for; the run {self.where()}")
            self.now += timedelta(seconds=0.2)
            self.keys.key(key, self.now)
            self.settle()
        if self.keys is not None and self.keys.digits and self.keys.due is not None:
            self.now = self.keys.due
            self.keys.time_passed(self.now)
            self.settle()

    def settle(self) -> None:
        if self.keys is not None and self.keys.reply is not None:
            self.advance(self.keys.reply)

    def do_silence(self, value: Any) -> None:
        """Without a number: until the wait is over."""
        self.listen_to_the_end()
        self.log.append(f"is silent {value or ''}".rstrip())
        due = self.keys.due if self.keys is not None else self.run.deadline
        if due is None:
            raise _Missed(f"nothing runs out by silence; the run {self.where()}")
        until = due if value is None or value is True else self.now + timedelta(seconds=float(value))
        self.now = until
        if self.keys is not None:
            self.keys.time_passed(until)
            self.settle()
        elif until >= due:
            self.advance(TimeUp())

    def do_hang_up(self, _: Any) -> None:
        self.log.append("hangs up")
        self.advance(CallerLeft())

    def do_reply(self, value: Any) -> None:
        if self.command is None or self.keys is not None:
            raise _Missed(f"nothing waits for a reply; the run {self.where()}")
        self.log.append(f"reply {json.dumps(value, ensure_ascii=False)}")
        reply = _reply(self.command, value)
        if reply.result not in self.drafts.registry.results(self.command.kind):
            allowed = ", ".join(sorted(self.drafts.registry.results(self.command.kind)))
            raise _Missed(f"'{self.command.kind}' cannot answer '{reply.result}'; it can: {allowed}")
        self.advance(reply)

    def do_hears(self, value: Any) -> None:
        """Each text must come after the one before; what was heard in between is dropped."""
        for text in cast("Sequence[Any]", value) if isinstance(value, list) else [value]:
            wanted = " ".join(str(text).split())
            at = self.heard.casefold().find(wanted.casefold())
            if at < 0:
                raise _Missed(f'expected to hear "{wanted}"\n  but heard    "{self.heard.strip()}"')
            self.heard = self.heard[at + len(wanted) :]

    def do_at(self, value: Any) -> None:
        if self.run.node != value or self.run.ended:
            raise _Missed(f"expected to be at '{value}', but the run {self.where()}")

    def do_passes(self, value: Any) -> None:
        wanted = [str(v) for v in cast("Sequence[Any]", value)] if isinstance(value, list) else [str(value)]
        self.path.sort()
        rest = iter(self.path)
        for node in wanted:
            if not any(passed == node for _, passed in rest):
                was = " → ".join(passed for _, passed in self.path)
                raise _Missed(f"expected the path {' → '.join(wanted)}\n  but it was      {was}")
        self.path = list(rest)

    def do_asks(self, value: Any) -> None:
        wanted: Mapping[str, Any] = {"kind": value} if isinstance(value, str) else value
        if self.command is None:
            raise _Missed(f"expected the run to ask {json.dumps(wanted)}, but it {self.where()}")
        have = self.command.summary()
        wrong = [
            f"{name}: expected {json.dumps(v, ensure_ascii=False)}, got {json.dumps(have.get(name), ensure_ascii=False)}"
            for name, v in wanted.items()
            if have.get(name) != v
        ]
        if wrong:
            raise _Missed(f"it asks {_show(self.command)}\n  " + "\n  ".join(wrong))

    def do_queued(self, value: Any) -> None:
        self.do_asks({"kind": "enqueue", **({"queue": value} if isinstance(value, str) else value or {})})

    def do_variables(self, value: Any) -> None:
        for name, wanted in cast("Mapping[str, Any]", value).items():
            got = find(self.run.variables, name)
            if got != wanted:
                raise _Missed(f"variable {name}: expected {json.dumps(wanted)}, got {json.dumps(got)}")

    def do_ends(self, value: Any) -> None:
        if self.run.ended is None or (value is not None and self.run.ended != value):
            raise _Missed(f"expected the run to end ({value}), but it {self.where()}")

    def where(self) -> str:
        if self.run.ended:
            return f"has ended ({self.run.ended}{': ' + self.run.detail if self.run.detail else ''})"
        return f"waits at '{self.run.node}' for {_show(self.command) if self.command else 'nothing'}"


def _reply(command: Command, value: Any) -> Reply:
    """`timeout`, or {result: answered, status: 200, …} whose other members are the data; for http `json` is the answer's
    body, from which `save` takes its values as in production."""
    if not isinstance(value, dict):
        return Reply(command.id, str(value))
    data = dict(cast("Mapping[str, Any]", value))
    result = str(data.pop("result", "answered"))
    extract: Mapping[str, str] | None = getattr(command, "extract", None)
    if extract is not None and "json" in data:
        body = data.pop("json")
        data.setdefault("status", 200)
        data["values"] = {name: find(body, path) for name, path in extract.items()}
    return Reply(command.id, result, data)


def _show(command: Command) -> str:
    fields = {k: v for k, v in command.summary().items() if v not in (None, {}, [], ()) and k != "prompts"}
    return (
        f"{fields.pop('kind')} {json.dumps(fields, ensure_ascii=False)}" if len(fields) > 1 else command.kind
    )
