"""The contract of a verb, and the registry that modules add theirs to.

A verb is a frozen pydantic model: it *is* its parameters, so one that exists is valid. `start` and `resume` are pure:
they see a Context and return an Outcome; all that they must remember goes through the Wait's memo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeAlias, TypeVar, cast

from pydantic import BaseModel, ConfigDict

from tongdai.flows.commands import CORE_COMMANDS, Command
from tongdai.flows.errors import FlowFault
from tongdai.flows.expressions import Expression
from tongdai.flows.replies import Reply
from tongdai.flows.template import Template

C = TypeVar("C", bound=Command)


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a node. One that is not wired takes `instead`; without it the run ends there if not `required`."""

    name: str
    required: bool = True
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a verb may see. `now` is an argument of the engine; there is no clock in here."""

    variables: Mapping[str, Any]
    language: str
    now: datetime
    visit_id: str
    number: int = 0
    """How many commands this visit has issued."""
    memo: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def ask(
        self,
        command: type[C],
        memo: Mapping[str, Any] | None = None,
        deadline: datetime | None = None,
        **fields: Any,
    ) -> Wait:
        """Wait for this command; its id follows from the visit and the count, so it is the same in every replay."""
        return Wait(command(id=f"{self.visit_id}.{self.number + 1}", **fields), memo or {}, deadline)


@dataclass(frozen=True, slots=True)
class Go:
    """Leave by this exit, with these variables set."""

    exit: str
    set: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Wait:
    command: Command
    memo: Mapping[str, Any]
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class Enter:
    """Enter a sub-flow with these variables; its `return` leaves this node by the exit that it names."""

    flow: str
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Return:
    """Leave the sub-flow; in the outermost flow it ends the run."""

    exit: str


@dataclass(frozen=True, slots=True)
class End:
    """End the run. result: finished | hung_up"""

    result: str
    detail: str | None = None


Outcome: TypeAlias = Go | Wait | Enter | Return | End


class Verb(BaseModel):
    """Base of all verbs."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    name: ClassVar[str]
    waits: ClassVar[bool] = True
    """False for verbs that always go on at once: a loop of these alone would never end."""
    main: ClassVar[str] = "done"
    """The exit meant by the short form `go: node`."""
    short: ClassVar[str | None] = None
    """The parameter meant by the short form `queue: sales`."""
    whole: ClassVar[bool] = False
    """Whether the short form is the only one: the parameter's members are the node's."""
    named: ClassVar[tuple[str, str] | None] = None
    """The parameter that names exits of the author's own, and which part of it does: keys, values or items."""

    def exits(self) -> tuple[Exit, ...]:
        return (Exit(self.main),)

    def writes(self) -> Iterable[str]:
        """Names of the variables that it may set."""
        return ()

    def start(self, ctx: Context) -> Outcome:
        raise NotImplementedError

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        """Called with each reply to the command it waits for."""
        raise FlowFault(f"'{self.name}' waits for nothing")

    def expire(self, ctx: Context) -> Outcome:
        """Called when the deadline of its Wait has passed."""
        return self.resume(ctx, Reply("", "failed", {"reason": "deadline"}))

    def reads(self) -> frozenset[str]:
        """Dotted names of the variables that its expressions and templates read."""
        return frozenset(_names(self))

    def references(self) -> Iterable[Reference]:
        """Things outside the flow that must exist: queues, calendars, prompts, sub-flows."""
        return ()


@dataclass(frozen=True, slots=True)
class Reference:
    """`kind`: queue | calendar | prompt | flow | mailbox | extension | recogniser (name: a language, "" for any) |
    language_model (name: "") | intents | intent ("set.intent") | table | column ("table.column") | key ("table.a,b": the columns
    by which rows of the table are found). `language` narrows a prompt."""

    kind: str
    name: str
    language: str | None = None


def _names(value: object) -> Iterable[str]:
    if isinstance(value, (Expression, Template)):
        yield from value.names
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _names(getattr(value, name))
    elif isinstance(value, Mapping):
        for item in cast("Mapping[object, object]", value).values():
            yield from _names(item)
    elif isinstance(value, (list, tuple)):
        for item in cast("tuple[object, ...]", value):
            yield from _names(item)


class VerbRegistry:
    """The verbs and commands that flows may use. Modules add theirs while the app is put together."""

    def __init__(self) -> None:
        self._verbs: dict[str, type[Verb]] = {}
        self._commands: dict[str, type[Command]] = {command.kind: command for command in CORE_COMMANDS}

    def add(self, verb: type[Verb], *commands: type[Command]) -> None:
        """Register a verb and the commands that only it uses. A name may be taken once."""
        if verb.name in self._verbs:
            raise ValueError(f"the verb '{verb.name}' is registered already")
        self._verbs[verb.name] = verb
        for command in commands:
            if self._commands.setdefault(command.kind, command) is not command:
                raise ValueError(f"the command '{command.kind}' is registered already")

    def get(self, name: str) -> type[Verb] | None:
        return self._verbs.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._verbs)

    def command(self, kind: str, data: Mapping[str, Any]) -> Command:
        """A command read back from a run's JSON."""
        return self._commands[kind].model_validate(data)

    def results(self, kind: str) -> frozenset[str]:
        return self._commands[kind].results | {"failed"}


Factory: TypeAlias = Callable[[], VerbRegistry]
