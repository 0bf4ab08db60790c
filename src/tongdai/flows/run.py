"""The state of one run. The Run alone holds the position: written out and read back it goes on the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MAX_VARIABLE_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a waiting run waits for: the command as JSON (to issue it again after a restart), the verb's own
    memory (attempts, half-entered digits), and the instant at which waiting is over."""

    kind: str
    command: Mapping[str, Any]
    number: int
    memo: Mapping[str, Any] = field(default_factory=dict[str, Any])
    deadline: datetime | None = None

    @property
    def command_id(self) -> str:
        return str(self.command["id"])


@dataclass(frozen=True, slots=True)
class Frame:
    """A flow that called a sub-flow: where it goes on, and its variables."""

    flow: str
    node: str
    visit: int
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """`versions` pins the version of every flow that this run may enter, by the flow's name.

    `visits` counts node visits; a visit's id is "<run id>:<number>". Exactly one of `waiting` and `ended` is set
    once the run has begun.
    """

    id: str
    flow: str
    versions: Mapping[str, str]
    variables: Mapping[str, Any]
    node: str | None = None
    visit: int = 0
    visits: int = 0
    stack: tuple[Frame, ...] = ()
    waiting: Waiting | None = None
    ended: str | None = None
    """finished | hung_up | left | fault"""
    detail: str | None = None
    """The reason of hanging up, or the fault in words."""
    faults: int = 0

    @property
    def deadline(self) -> datetime | None:
        return self.waiting.deadline if self.waiting else None

    def to_json(self) -> dict[str, Any]:
        waiting = self.waiting
        return {
            "id": self.id,
            "flow": self.flow,
            "versions": dict(self.versions),
            "variables": self.variables,
            "node": self.node,
            "visit": self.visit,
            "visits": self.visits,
            "stack": [
                {"flow": f.flow, "node": f.node, "visit": f.visit, "variables": f.variables}
                for f in self.stack
            ],
            "waiting": waiting
            and {
                "kind": waiting.kind,
                "command": waiting.command,
                "number": waiting.number,
                "memo": waiting.memo,
                "deadline": waiting.deadline and waiting.deadline.isoformat(),
            },
            "ended": self.ended,
            "detail": self.detail,
            "faults": self.faults,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Run:
        fields: dict[str, Any] = dict(data)
        fields["stack"] = tuple(Frame(**frame) for frame in data["stack"])
        if data["waiting"] is not None:
            waiting: dict[str, Any] = dict(data["waiting"])
            waiting["deadline"] = waiting["deadline"] and datetime.fromisoformat(waiting["deadline"])
            fields["waiting"] = Waiting(**waiting)
        return cls(**fields)
