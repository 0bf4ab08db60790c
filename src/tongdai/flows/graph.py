"""A flow in its two forms: the Document that people edit and store, and the compiled Graph that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tongdai.flows.verb import Exit, Verb


@dataclass(frozen=True, slots=True)
class DocumentNode:
    """One node as written: `params` are JSON, `go` leads from exits to nodes."""

    verb: str
    params: Any = None
    go: Mapping[str, str] | str | None = None
    label: str | None = None
    note: str | None = None
    place: tuple[int, int] | None = None
    """Where the designer draws it (x, y). Nothing that runs reads it."""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Comment:
    """What its authors tell each other about a part of the drawing. Nothing that runs reads it."""

    text: str
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """A flow as people write it. Order is kept; lines (0 when unknown) only serve messages."""

    flow: str
    start: str
    nodes: Mapping[str, DocumentNode]
    title: str = ""
    note: str | None = None
    language: str = "en"
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    on_error: str | None = None
    comments: Sequence[Comment] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A node ready to run: a constructed verb and the target of every exit that it has (None: the run ends there)."""

    id: str
    verb: Verb
    targets: Mapping[str, str | None]
    label: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A compiled flow version. Invariant: `start`, `on_error` and all targets are nodes of it."""

    flow: str
    version: str
    start: str
    nodes: Mapping[str, Node]
    language: str
    variables: Mapping[str, Any]
    on_error: str | None


@dataclass(frozen=True, slots=True)
class Edge:
    """For drawing: `to` is None where the run ends."""

    origin: str
    exit: str
    to: str | None


def edges(graph: Graph) -> list[Edge]:
    return [
        Edge(node.id, name, target) for node in graph.nodes.values() for name, target in node.targets.items()
    ]


def wire(go: Mapping[str, str] | str | None, main: str, exits: tuple[Exit, ...]) -> dict[str, str | None]:
    """Exit → target, with the short form and the stand-ins of unwired exits resolved."""
    written: Mapping[str, str] = {main: go} if isinstance(go, str) else go or {}
    by_name = {exit_.name: exit_ for exit_ in exits}
    targets: dict[str, str | None] = {}
    for exit_ in exits:
        seen: set[str] = set()
        step: Exit | None = exit_
        while step is not None and step.name not in written and step.instead and step.name not in seen:
            seen.add(step.name)
            step = by_name.get(step.instead)
        targets[exit_.name] = written.get(step.name) if step else None
    return targets
