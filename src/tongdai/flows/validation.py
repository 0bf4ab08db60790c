"""Document → Graph, with everything that is wrong said at once: which node, what, and how to mend it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from pydantic import ValidationError

from tongdai.flows.graph import Document, DocumentNode, Graph, Node, wire
from tongdai.flows.missing import missing
from tongdai.flows.verb import Exit, Reference, Verb, VerbRegistry
from tongdai.flows.verbs.sub_flow import SubFlow

NAME = re.compile(r"[^\W\d][\w-]{0,62}")
BUILT_IN = frozenset({"call", "language"})
"""Variables that every run has: `call` {from, to, id}, and the language, which a flow may set."""
MAX_NODES = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """`mend` says what to do. A warning does not stop publishing. `line` 0: unknown."""

    code: str
    message: str
    mend: str
    node: str | None = None
    line: int = 0
    warning: bool = False
    field: str | None = None
    """The parameter (`keys.1`), or the exit after "go." (`go.done`)."""
    name: str | None = None
    """The word that the sentence is about: an exit, a variable, a queue …"""
    rule: str | None = None
    """Which rule a parameter breaks, as pydantic calls it; `limit` is that rule's bound."""
    limit: float | None = None

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        where = f"node '{self.node}': " if self.node else ""
        return f"{place}{'warning: ' if self.warning else ''}{where}{self.message}. {self.mend}"


class World(Protocol):
    """What exists beside the flow. None where it cannot be known here (no database at hand, say)."""

    def exists(self, reference: Reference) -> bool | None: ...

    def flow(self, name: str) -> Document | None: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """`graph` is there exactly when no problem is an error."""

    graph: Graph | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.warning)


def check(
    document: Document, registry: VerbRegistry, world: World | None = None, version: str = "draft"
) -> Checked:
    """Compile the document for a version id, or say all that keeps it from running."""
    checker = _Checker(document, registry)
    graph = checker.run(world, version)
    ordered = sorted(checker.problems, key=lambda problem: (problem.warning, problem.line))
    return Checked(None if any(not problem.warning for problem in ordered) else graph, tuple(ordered))


class _Checker:
    def __init__(self, document: Document, registry: VerbRegistry) -> None:
        self.document = document
        self.registry = registry
        self.problems: list[Problem] = []

    def add(
        self,
        code: str,
        message: str,
        mend: str,
        node: str | None = None,
        *,
        warning: bool = False,
        **about: Any,
    ) -> None:
        written = self.document.nodes.get(node) if node else None
        line = written.line if written else 0
        self.problems.append(Problem(code, message, mend, node, line, warning, **about))

    def run(self, world: World | None, version: str) -> Graph | None:
        document = self.document
        if not NAME.fullmatch(document.flow):
            self.add(
                "bad_name",
                f"'{document.flow}' is no name for a flow",
                "Use letters, digits, _ and -.",
                name=document.flow,
            )
        if not document.nodes:
            self.add("empty", "the flow has no nodes", "Add at least one node under 'nodes'.")
            return None
        if len(document.nodes) > MAX_NODES:
            self.add("too_large", f"more than {MAX_NODES} nodes", "Move a part into a sub-flow.")
            return None
        for field, node in (("start", document.start), ("on_error", document.on_error)):
            if node is not None and node not in document.nodes:
                self.add(
                    f"missing_{field}",
                    f"'{field}' names '{node}', which is no node",
                    self.similar(node),
                    name=node,
                )
        nodes = {
            node_id: node
            for node_id, written in document.nodes.items()
            if (node := self.node(node_id, written)) is not None
        }
        self.variables(nodes)
        if len(nodes) == len(document.nodes) and document.start in nodes:
            self.reachable(nodes)
            self.dead_loops(nodes)
            self.ways_out(nodes)
        self.outside(nodes, world)
        return Graph(
            document.flow,
            version,
            document.start,
            nodes,
            document.language,
            document.variables,
            document.on_error,
        )

    def similar(self, name: str) -> str:
        close = difflib.get_close_matches(name, self.document.nodes, 1)
        return f"Did you mean '{close[0]}'?" if close else f"Add a node '{name}', or name another one."

    def node(self, node_id: str, written: DocumentNode) -> Node | None:
        if not NAME.fullmatch(node_id):
            self.add(
                "bad_name",
                f"'{node_id}' is no name for a node",
                "Use letters, digits, _ and -.",
                node_id,
                name=node_id,
            )
        verb_type = self.registry.get(written.verb)
        if verb_type is None:
            close = difflib.get_close_matches(written.verb, self.registry.names, 1)
            mend = f"Did you mean '{close[0]}'?" if close else f"There are: {', '.join(self.registry.names)}."
            self.add("unknown_verb", f"there is no verb '{written.verb}'", mend, node_id, name=written.verb)
            return None
        try:
            verb = verb_type.model_validate(_given(written.params, verb_type))
        except ValidationError as exc:
            self.parameters(node_id, written.verb, exc, verb_type)
            return None
        return Node(node_id, verb, self.targets(node_id, written, verb), written.label or node_id)

    def parameters(self, node_id: str, verb: str, exc: ValidationError, verb_type: type[Verb]) -> None:
        known = [field.alias or name for name, field in verb_type.model_fields.items()]
        told: set[str] = set()
        for error in exc.errors(include_url=False, include_input=False):
            path = ".".join(str(step) for step in error["loc"] if step not in ("[key]",) and _readable(step))
            if path in told:
                continue  # the other members of a union complain about the same value
            told.add(path)
            place = f"{verb}.{path}" if path else verb
            if error["type"] == "missing":
                self.add("missing_parameter", f"{place} is missing", f"Add '{path}'.", node_id, field=path)
            elif error["type"] == "extra_forbidden":
                close = difflib.get_close_matches(path, known, 1)
                mend = f"Did you mean '{close[0]}'?" if close else f"'{verb}' knows {', '.join(known)}."
                self.add("unknown_parameter", f"{place} is not known", mend, node_id, field=path)
            else:
                message = error["msg"].removeprefix("Value error, ")
                bounds = [one for one in error.get("ctx", {}).values() if type(one) in (int, float)]
                about: dict[str, Any] = {
                    "field": path,
                    "rule": error["type"],
                    "limit": bounds[0] if bounds else None,
                }
                self.add(
                    "bad_parameter",
                    f"{place}: {message}",
                    f"Correct '{path or verb}'.",
                    node_id,
                    name=message,
                    **about,
                )

    def targets(self, node_id: str, written: DocumentNode, verb: Verb) -> dict[str, str | None]:
        exits = verb.exits()
        names = [exit_.name for exit_ in exits]
        targets = wire(written.go, verb.main, exits)
        given = {verb.main: written.go} if isinstance(written.go, str) else dict(written.go or {})
        for name, target in given.items():
            if name not in names:
                mend = f"Its exits are {', '.join(names)}." if names else "It ends here: remove 'go'."
                self.add(
                    "unknown_exit",
                    f"'{written.verb}' has no exit '{name}'",
                    mend,
                    node_id,
                    field=f"go.{name}",
                    name=name,
                )
            elif target not in self.document.nodes:
                self.add(
                    "missing_target",
                    f"exit '{name}' leads to '{target}', which is no node",
                    self.similar(target),
                    node_id,
                    field=f"go.{name}",
                    name=target,
                )
        for exit_ in exits:
            if _must_lead_on(exit_) and targets[exit_.name] is None:
                self.add(
                    "missing_exit",
                    f"exit '{exit_.name}' leads nowhere",
                    f"Add '{exit_.name}: <node>' under 'go'.",
                    node_id,
                    field=f"go.{exit_.name}",
                    name=exit_.name,
                )
        return targets

    def variables(self, nodes: Mapping[str, Node]) -> None:
        defined = {*self.document.variables, *BUILT_IN}
        for node in nodes.values():
            defined.update(node.verb.writes())
        for node in nodes.values():
            for name in sorted(node.verb.reads()):
                root = name.split(".")[0]
                if root not in defined:
                    close = difflib.get_close_matches(root, defined, 1)
                    mend = (
                        f"Did you mean '{close[0]}'?"
                        if close
                        else f"Declare '{root}' under 'variables' or set it."
                    )
                    self.add(
                        "undefined_variable", f"the variable '{root}' is never set", mend, node.id, name=root
                    )

    def reachable(self, nodes: Mapping[str, Node]) -> None:
        starts = (self.document.start, self.document.on_error)
        todo = [start for start in starts if start is not None and start in nodes]
        seen = set(todo)
        while todo:
            for target in nodes[todo.pop()].targets.values():
                if target is not None and target in nodes and target not in seen:
                    seen.add(target)
                    todo.append(target)
        for node_id in nodes:
            if node_id not in seen:
                self.add(
                    "unreachable",
                    "no way leads here from the start",
                    "Lead an exit here, or remove it.",
                    node_id,
                )

    def dead_loops(self, nodes: Mapping[str, Node]) -> None:
        """A cycle in which nobody waits for anything would spin; found by removing what has no way on inside."""
        quick = {n.id: {t for t in n.targets.values() if t} for n in nodes.values() if not n.verb.waits}
        changed = True
        while changed:
            done = [node_id for node_id, targets in quick.items() if not targets & quick.keys()]
            changed = bool(done)
            for node_id in done:
                del quick[node_id]
        entered = {t for targets in quick.values() for t in targets}
        for node_id in (n for n in quick if n in entered):
            self.add(
                "dead_loop",
                "is part of a loop in which nothing waits",
                "Put a node that waits (say, menu, …) into the loop, or lead an exit out of it.",
                node_id,
            )

    def ways_out(self, nodes: Mapping[str, Node]) -> None:
        good = {n.id for n in nodes.values() if not n.targets or None in n.targets.values()}
        changed = True
        while changed:
            more = {n.id for n in nodes.values() if n.id not in good and good & set(n.targets.values())}
            changed = bool(more)
            good |= more
        for node_id in nodes.keys() - good:
            self.add(
                "no_way_out",
                "no way leads from here to an end",
                "Lead some exit to a hang_up.",
                node_id,
                warning=True,
            )

    def outside(self, nodes: Mapping[str, Node], world: World | None) -> None:
        for node in nodes.values():
            for reference in node.verb.references():
                if world is not None and world.exists(reference) is False:
                    lack = missing(reference)
                    self.add(
                        f"missing_{reference.kind}",
                        lack.message,
                        lack.mend,
                        node.id,
                        warning=lack.warning,
                        name=reference.name,
                    )
            if isinstance(node.verb, SubFlow):
                cycle = _cycle(self.document, node.verb.flow, world)
                if cycle:
                    self.add(
                        "recursion",
                        f"the sub-flows call each other: {' → '.join(cycle)}",
                        "Take one call out.",
                        node.id,
                        name=" → ".join(cycle),
                    )


def _must_lead_on(exit_: Exit) -> bool:
    return exit_.required or exit_.instead is not None


def _readable(step: int | str) -> bool:
    """Leaves out the names that pydantic gives to members of unions and to functions."""
    return isinstance(step, int) or not re.search(r"[\[\]() ]|function-|^dict|^Template$|is-instance", step)


def _cycle(document: Document, name: str, world: World | None) -> list[str] | None:
    """The chain of flow names from `document` through `name` back to a flow of the chain."""

    def walk(current: str, chain: list[str]) -> list[str] | None:
        if current in chain:
            return [*chain, current] if current == document.flow else None
        found = world.flow(current) if world is not None else None
        for sub in calls(found) if found is not None else ():
            cycle = walk(sub, [*chain, current])
            if cycle:
                return cycle
        return None

    return walk(name, [document.flow])


def calls(document: Document) -> Iterable[str]:
    """Names of the sub-flows that the document enters."""
    for node in document.nodes.values():
        if node.verb == SubFlow.name:
            params: Any = node.params
            name = cast("Mapping[str, Any]", params).get("flow") if isinstance(params, dict) else params
            if isinstance(name, str):
                yield name


def _given(params: Any, verb_type: type[Verb]) -> Any:
    """A node that is only begun has no parameters: then each one that it needs is missing, not all of it wrong."""
    return {} if params is None and not verb_type.whole else params
