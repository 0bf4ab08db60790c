"""`look_up_caller`: the caller's contact as the variable `contact`. The performer belongs to crm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from pydantic import model_validator

from tongdai.flows.commands import LookUpCaller as LookUpCommand
from tongdai.flows.expressions import parse
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Verb
from tongdai.flows.verbs.fields import Expr, VariableName

CALLERS_NUMBER = parse("call.from")


class LookUpCaller(Verb):
    """Looks for `number` (the caller's when it is not given; of a letter its sender's address). Unknown callers are no error."""

    name = "look_up_caller"
    main = "found"
    number: Expr | None = None
    save: VariableName = "contact"

    @model_validator(mode="before")
    @classmethod
    def _nothing(cls, value: Any) -> Any:
        return {} if value is None else value

    def exits(self) -> tuple[Exit, ...]:
        return (
            Exit("found"),
            Exit("several", required=False, instead="unknown"),
            Exit("unknown", required=False, instead="found"),
        )

    def writes(self) -> Iterable[str]:
        return (self.save,)

    def start(self, ctx: Context) -> Outcome:
        letter: Any = ctx.variables.get("email")
        if self.number is None and isinstance(letter, Mapping):
            sender = cast("Mapping[str, Any]", letter).get("from")
            return ctx.ask(LookUpCommand, number=None, email=str(sender) if sender else None)
        number = (
            self.number.value(ctx.variables)
            if self.number is not None
            else CALLERS_NUMBER.value(ctx.variables)
        )
        return ctx.ask(LookUpCommand, number=str(number) if number else None)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        result = "unknown" if reply.result == "failed" else reply.result
        return Go(result, {self.save: reply.data.get("contact") if result == "found" else None})
