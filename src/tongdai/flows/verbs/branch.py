"""`branch`: the first condition that holds decides. Every name is an exit; `else` is the last one."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from tongdai.flows.expressions import truth
from tongdai.flows.verb import Context, Exit, Go, Outcome, Verb
from tongdai.flows.verbs.fields import ExitName, Expr


class Branch(Verb):
    name = "branch"
    short = "conditions"
    whole = True
    named = ("conditions", "keys")
    waits = False
    main = "else"
    conditions: dict[ExitName, Expr] = Field(min_length=1, max_length=50)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {} if value is None else {"conditions": value}

    @model_validator(mode="after")
    def _else_is_free(self) -> Branch:
        if "else" in self.conditions:
            raise ValueError("'else' needs no condition: wire it under 'go'")
        return self

    def exits(self) -> tuple[Exit, ...]:
        return (*(Exit(name) for name in self.conditions), Exit("else"))

    def start(self, ctx: Context) -> Outcome:
        for name, condition in self.conditions.items():
            if truth(condition.value(ctx.variables)):
                return Go(name)
        return Go("else")
