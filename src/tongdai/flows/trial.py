"""Trying a draft: the caller's acts are played from the beginning on virtual time; nothing leaves this process.

The same draft and the same acts always give the same walk, so nobody keeps a state: to go on, one act more is sent; to
take one back, one less; after a change of the draft, the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongdai.flows.flow_tests import Drafts
from tongdai.flows.virtual_caller import DEFAULT_AT, FlowTest, Line, Missed, TestStep, VirtualCaller

MAX_ACTS = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """How far the walk came. `answers` are what the thing that is waited for may reply (none while keys are awaited).

    `way` leads from the outermost flow to where the run is: (flow, node) of each flow that it is inside of."""

    lines: tuple[Line, ...]
    way: tuple[tuple[str, str], ...]
    keys: bool
    secret: bool
    """The keys are a PIN: nobody need type a real one, as nothing is looked up."""
    kind: str | None
    asks: tuple[str, ...]
    """Values that its answer may bring: the columns of a row that is looked up."""
    answers: tuple[str, ...]
    buttons: tuple[tuple[str, str], ...]
    """(key, label) of what may be chosen; in writing these are buttons."""
    intents: tuple[str, ...]
    """What may be understood of what was written."""
    ended: str | None
    variables: Mapping[str, Any]
    refused: str | None
    """Why the last act did nothing."""


def attempt(
    flow: str,
    drafts: Drafts,
    acts: Sequence[tuple[str, Any]],
    *,
    variables: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Trial:
    """Play the acts. Raises YamlError when the flow, or a sub-flow that is entered, is not valid."""
    drafts.graph(flow, "draft")
    test = FlowTest("trial", 0, (), at or DEFAULT_AT, variables or {})
    caller = VirtualCaller(flow, test, drafts, drafts.registry, drafts.documents, unknown_waits=True)
    refused: str | None = None
    try:
        caller.advance(None)
        for do, value in acts:
            caller.step(TestStep(do, value, 0))
    except Missed as missed:
        refused = str(missed)
    run, command = caller.run, caller.command
    waiting = command is not None and run.ended is None
    answers = drafts.registry.results(command.kind) if command is not None and waiting else frozenset[str]()
    return Trial(
        lines=tuple(caller.log),
        way=(*((frame.flow, frame.node) for frame in run.stack), (run.flow, run.node or "")),
        keys=caller.keys is not None and waiting,
        secret=caller.keys is not None and caller.keys.gather.secret and waiting,
        kind=command.kind if command is not None and waiting else None,
        asks=getattr(command, "columns", ()) if waiting else (),
        answers=() if caller.keys is not None else tuple(sorted(answers)),
        buttons=tuple((one.key, one.label) for one in getattr(command, "choices", ())) if waiting else (),
        intents=getattr(command, "among", ()) if waiting else (),
        ended=run.ended,
        variables=run.variables,
        refused=refused,
    )
