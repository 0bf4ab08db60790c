"""`sub_flow` enters another flow; `return` leaves it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.verb import Context, Enter, Exit, Outcome, Reference, Return, Verb
from tongdai.flows.verbs.fields import ExitName, Expr, VariableName, kind


class SubFlow(Verb):
    """The sub-flow sees only the variables that `give` names, and `call` and `language`. `take` copies its variables
    back: {mine: theirs}. `exits` are the names by which it may return besides `done`."""

    name = "sub_flow"
    short = "flow"
    named = ("returns", "items")
    flow: Annotated[str, Field(min_length=1, max_length=100), kind("flow")]
    give: dict[VariableName, Expr] = {}
    take: dict[VariableName, VariableName] = {}
    returns: tuple[ExitName, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"flow": value} if isinstance(value, str) else value

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("done"), *(Exit(name) for name in self.returns if name != "done"))

    def writes(self) -> Iterable[str]:
        return self.take

    def references(self) -> Iterable[Reference]:
        return (Reference("flow", self.flow),)

    def start(self, ctx: Context) -> Outcome:
        shared = {name: ctx.variables[name] for name in ("call", "language") if name in ctx.variables}
        return Enter(self.flow, {**shared, **{name: e.value(ctx.variables) for name, e in self.give.items()}})


class ReturnFrom(Verb):
    """Back to the flow that called this one, by `exit`; in a flow that nobody called it ends the run."""

    name = "return"
    short = "exit"
    exit: ExitName = "done"

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {} if value is None else {"exit": value} if isinstance(value, str) else value

    def exits(self) -> tuple[Exit, ...]:
        return ()

    def start(self, ctx: Context) -> Outcome:
        return Return(self.exit)
