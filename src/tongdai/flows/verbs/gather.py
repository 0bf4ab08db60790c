"""`gather`: digits such as an account number, checked, and confirmed by the caller if wanted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.commands import Choice
from tongdai.flows.commands import Gather as GatherCommand
from tongdai.flows.errors import FlowFault
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import Keys, Regex, Seconds, VariableName
from tongdai.flows.verbs.parts import Part, Parts, references, spoken


class Gather(Verb):
    """Saves the digits in `save` and leaves by `done`. An entry that is too short or does not fit `pattern` counts as
    `invalid`. `confirm` (1 yes, 2 again) may use the digits: they are in `save` while it is said."""

    name = "gather"
    say: Parts
    save: VariableName
    min: int = Field(default=1, ge=1, le=64)
    max: int = Field(default=20, ge=1, le=64)
    timeout: Seconds = 8
    inter_digit: Seconds = 4
    terminator: Annotated[Keys, Field(max_length=1)] = "#"
    retries: int = Field(default=2, ge=0, le=10)
    pattern: Regex | None = None
    no_input: Parts | None = None
    invalid: Parts | None = None
    confirm: Parts | None = None
    barge_in: bool = True

    @model_validator(mode="after")
    def _sizes(self) -> Gather:
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) is more than max ({self.max})")
        if self.terminator and self.terminator.isdigit():
            raise ValueError("the terminator is * or #, or none: a digit could not be entered then")
        return self

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("done"), Exit("no_input"), Exit("invalid", required=False, instead="no_input"))

    def writes(self) -> Iterable[str]:
        return (self.save,)

    def references(self) -> Iterable[Reference]:
        for parts in (self.say, self.no_input, self.invalid, self.confirm):
            yield from references(parts or ())

    def start(self, ctx: Context) -> Outcome:
        return self._ask(ctx, 0, ())

    def _ask(self, ctx: Context, attempt: int, before: tuple[Part, ...]) -> Outcome:
        return ctx.ask(
            GatherCommand,
            {"attempt": attempt},
            prompts=spoken((*before, *self.say), ctx),
            max_digits=self.max,
            timeout=self.timeout,
            inter_digit=self.inter_digit,
            terminator=self.terminator,
            barge_in=self.barge_in,
        )

    def _confirm(self, ctx: Context, attempt: int, digits: str, parts: tuple[Part, ...]) -> Outcome:
        view = Context(
            {**ctx.variables, self.save: digits}, ctx.language, ctx.now, ctx.visit_id, ctx.number, ctx.memo
        )
        return view.ask(
            GatherCommand,
            {"attempt": attempt, "digits": digits},
            prompts=spoken(parts, view),
            max_digits=1,
            timeout=self.timeout,
            inter_digit=0,
            barge_in=self.barge_in,
            choices=(Choice(key="1", label="yes"), Choice(key="2", label="no")),
        )

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if reply.result == "failed":
            raise FlowFault("the digits could not be asked for")
        attempt = int(ctx.memo["attempt"])
        entered: Any = reply.data.get("digits", "") if reply.result == "digits" else ""
        digits = str(entered)
        pending: str | None = ctx.memo.get("digits")
        if pending is not None:
            return (
                Go("done", {self.save: pending})
                if digits == "1"
                else self._again(ctx, attempt, wrong=bool(digits))
            )
        if not digits:
            return self._again(ctx, attempt, wrong=reply.result == "digits")
        fits = self.min <= len(digits) <= self.max and (self.pattern is None or self.pattern.matches(digits))
        if not fits:
            return self._again(ctx, attempt, wrong=True)
        if self.confirm is not None:
            return self._confirm(ctx, attempt, digits, self.confirm)
        return Go("done", {self.save: digits})

    def _again(self, ctx: Context, attempt: int, *, wrong: bool) -> Outcome:
        """Ask again, or give up after the last retry."""
        if attempt >= self.retries:
            return Go("invalid" if wrong else "no_input")
        confirming = "digits" in ctx.memo
        return self._ask(
            ctx, attempt + 1, () if confirming else (self.invalid if wrong else self.no_input) or ()
        )
