"""`loop`: go round so many times, then on: `loop: 3`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from pydantic import Field, model_validator

from tongdai.flows.verb import Context, Exit, Go, Outcome, Verb
from tongdai.flows.verbs.fields import VariableName


class Loop(Verb):
    """Leaves by `again` the first `times` times, then by `done`, and begins anew. `count` is the variable that tells which round
    it is (1 is the first)."""

    name = "loop"
    short = "times"
    waits = False
    times: int = Field(ge=1, le=100)
    count: VariableName = "round"

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return cast("Any", value) if isinstance(value, dict) else {"times": value}

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("again"), Exit("done"))

    def writes(self) -> Iterable[str]:
        return (self.count,)

    def start(self, ctx: Context) -> Outcome:
        before = ctx.variables.get(self.count)
        rounds = before + 1 if isinstance(before, int) and not isinstance(before, bool) else 1
        return Go("again", {self.count: rounds}) if rounds <= self.times else Go("done", {self.count: 0})
