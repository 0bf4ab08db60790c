"""`set`: give variables values: `set: {total: price * count}`. All see the values from before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field, model_validator

from tongdai.flows.verb import Context, Go, Outcome, Verb
from tongdai.flows.verbs.fields import Expr, VariableName


class Set(Verb):
    name = "set"
    short = "values"
    whole = True
    waits = False
    values: dict[VariableName, Expr] = Field(min_length=1, max_length=50)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {} if value is None else {"values": value}

    def writes(self) -> Iterable[str]:
        return self.values

    def start(self, ctx: Context) -> Outcome:
        return Go("done", {name: expression.value(ctx.variables) for name, expression in self.values.items()})
