"""The engine: one pure function that takes a run from one wait to the next.

No clock, no randomness, no I/O: the same run, event and instant give the same step, on any machine and after any
restart. Whoever calls it persists the step and then carries out its commands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from tongdai.flows.commands import Command
from tongdai.flows.errors import ExpressionError, FlowFault, SpokenError
from tongdai.flows.graph import Graph, Node
from tongdai.flows.replies import CallerLeft, Event, Reply
from tongdai.flows.run import Frame, Run, Waiting
from tongdai.flows.verb import Context, End, Enter, Go, Outcome, Return, VerbRegistry, Wait

MAX_NODES = 200
"""Nodes that one step may pass without waiting; more is a loop that no caller would ever leave."""
MAX_DEPTH = 10
"""Sub-flows inside each other."""
MAX_FAULTS = 3
"""Faults after which a run gives up instead of going to `on_error` again."""


class Library(Protocol):
    """Finds a compiled version; a run only asks for versions that it has pinned."""

    def graph(self, flow: str, version: str) -> Graph: ...


@dataclass(frozen=True, slots=True)
class Passed:
    """A finished node visit: by which exit it was left ("" when the run ended inside it), or its fault."""

    flow: str
    node: str
    visit: int
    exit: str
    at: datetime
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """`command` is what the run now waits for, None when it ended or when the event was ignored."""

    run: Run
    command: Command | None = None
    trace: tuple[Passed, ...] = ()
    ignored: bool = False


def advance(library: Library, registry: VerbRegistry, run: Run, event: Event | None, now: datetime) -> Step:
    """Take the run to its next wait or its end.

    `event` None starts a new run, and gives a waiting one its command again (after a restart). Events that do not
    fit (replies to other commands, deadlines that lie ahead, anything after the end) change nothing.
    """
    if run.ended is not None:
        return Step(run, ignored=True)
    walk = _Walk(library, run, now)
    if isinstance(event, CallerLeft):
        return walk.ended("left", None)
    waiting = run.waiting
    if waiting is None:
        if event is not None:
            return Step(run, ignored=True)
        walk.enter_first()
        return walk.onward(walk.attempt(None))
    if event is None:
        return Step(run, registry.command(waiting.kind, waiting.command))
    if isinstance(event, Reply):
        if event.command_id != waiting.command_id or event.result not in registry.results(waiting.kind):
            return Step(run, ignored=True)
    elif waiting.deadline is None or now < waiting.deadline:
        return Step(run, ignored=True)
    return walk.onward(walk.attempt(event))


class _Walk:
    """The mutable middle of one step; nothing of it outlives `advance`."""

    def __init__(self, library: Library, run: Run, now: datetime) -> None:
        self.library = library
        self.run = run
        self.now = now
        self.graph = library.graph(run.flow, run.versions[run.flow])
        self.node = run.node
        self.visit = run.visit
        self.visits = run.visits
        self.variables: dict[str, Any] = dict(run.variables)
        self.stack = list(run.stack)
        self.waiting = run.waiting
        self.faults = run.faults
        self.trace: list[Passed] = []

    def enter_first(self) -> None:
        self.variables = {**self.graph.variables, **self.variables}
        self.move(self.graph.start)

    def move(self, node: str) -> None:
        self.node = node
        self.visits += 1
        self.visit = self.visits
        self.waiting = None

    def current(self) -> Node:
        return self.graph.nodes[self.node or self.graph.start]

    def context(self) -> Context:
        language = self.variables.get("language")
        waiting = self.waiting
        return Context(
            self.variables,
            language if isinstance(language, str) and language else self.graph.language,
            self.now,
            f"{self.run.id}:{self.visit}",
            waiting.number if waiting else 0,
            waiting.memo if waiting else {},
        )

    def attempt(self, event: Event | None) -> Outcome | str:
        """The verb's outcome, or its fault in words: no flow can raise out of the engine."""
        verb = self.current().verb
        try:
            if event is None:
                return verb.start(self.context())
            if isinstance(event, Reply):
                return verb.resume(self.context(), event)
            return verb.expire(self.context())
        except (ExpressionError, SpokenError, FlowFault) as exc:
            return str(exc)

    def onward(self, outcome: Outcome | str) -> Step:
        for _ in range(MAX_NODES):
            if isinstance(outcome, Wait):
                return self.wait(outcome)
            if isinstance(outcome, End):
                self.passed("")
                return self.ended(outcome.result, outcome.detail)
            end = self.follow(outcome)
            if end is not None:
                return end
            outcome = self.attempt(None)
        return self.ended("fault", f"{MAX_NODES} nodes passed without waiting for anything")

    def follow(self, outcome: Go | Enter | Return | str) -> Step | None:
        """Move to the next node; a Step when the run ends instead."""
        if isinstance(outcome, Enter):
            if len(self.stack) >= MAX_DEPTH or outcome.flow not in self.run.versions:
                return self.fault(f"the sub-flow '{outcome.flow}' cannot be entered here")
            self.stack.append(Frame(self.graph.flow, self.node or "", self.visit, self.variables))
            self.graph = self.library.graph(outcome.flow, self.run.versions[outcome.flow])
            self.variables = {**self.graph.variables, **outcome.variables}
            self.move(self.graph.start)
            return None
        if isinstance(outcome, Return):
            self.passed(outcome.exit)
            if not self.stack:
                return self.ended("finished", None)
            inner = self.variables
            self.pop()
            taken = self.current().verb
            take: Mapping[str, str] = getattr(taken, "take", {})
            outcome = Go(outcome.exit, {mine: inner.get(theirs) for mine, theirs in take.items()})
        if isinstance(outcome, str):
            return self.fault(outcome)
        return self.leave(outcome)

    def leave(self, outcome: Go) -> Step | None:
        targets = self.current().targets
        if outcome.exit not in targets:
            return self.fault(f"there is no exit '{outcome.exit}'")
        self.variables.update(outcome.set)
        self.passed(outcome.exit)
        target = targets[outcome.exit]
        if target is None:
            return self.ended("finished", None)
        self.move(target)
        return None

    def fault(self, message: str) -> Step | None:
        """Go to the nearest `on_error`, of this flow or of those that called it; end the run where there is none."""
        self.passed("", message)
        self.faults += 1
        while self.faults <= MAX_FAULTS:
            handler = self.graph.on_error
            if handler is not None:
                self.move(handler)
                return None
            if not self.stack:
                break
            self.pop()
        return self.ended("fault", message)

    def pop(self) -> None:
        frame = self.stack.pop()
        self.graph = self.library.graph(frame.flow, self.run.versions[frame.flow])
        self.node, self.visit, self.variables = frame.node, frame.visit, dict(frame.variables)
        self.waiting = None

    def passed(self, exit_: str, fault: str | None = None) -> None:
        self.trace.append(Passed(self.graph.flow, self.node or "", self.visit, exit_, self.now, fault))

    def wait(self, outcome: Wait) -> Step:
        number = (self.waiting.number if self.waiting else 0) + 1
        command = outcome.command
        waiting = Waiting(
            command.kind, command.model_dump(mode="json"), number, outcome.memo, outcome.deadline
        )
        return Step(self.snapshot(waiting, None, None), command, tuple(self.trace))

    def ended(self, result: str, detail: str | None) -> Step:
        if result == "left" and self.node is not None:
            self.passed("")
        return Step(self.snapshot(None, result, detail), None, tuple(self.trace))

    def snapshot(self, waiting: Waiting | None, ended: str | None, detail: str | None) -> Run:
        return replace(
            self.run,
            flow=self.graph.flow,
            variables=self.variables,
            node=self.node,
            visit=self.visit,
            visits=self.visits,
            stack=tuple(self.stack),
            waiting=waiting,
            ended=ended,
            detail=detail,
            faults=self.faults,
        )
