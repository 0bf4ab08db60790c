"""`check_pin`: who calls proves it by a PIN that is kept with a row of a data table. The performer is in flows/tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field, SecretStr, model_validator

from tongdai.flows.commands import CheckPin as CheckCommand
from tongdai.flows.commands import Gather
from tongdai.flows.errors import FlowFault
from tongdai.flows.expressions import as_text, parse
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import Keys, Seconds
from tongdai.flows.verbs.look_up_table import Column, Key, TableName, looked_for, table_references
from tongdai.flows.verbs.parts import Part, Parts, references, spoken

CALLERS_NUMBER = parse("call.from")
VERIFIED: Mapping[str, Any] = {"caller": {"verified": True, "by": "pin"}}
NOT_VERIFIED: Mapping[str, Any] = {"caller": {"verified": False, "by": None}}


class CheckPin(Verb):
    """Asks for the PIN in `column` of the row of `table` that `key` finds, `attempts` times at most, and sets `caller.verified`.
    A key that no row has is asked the same, so that nobody learns which there are. What is keyed goes into no variable or log."""

    name = "check_pin"
    main = "verified"
    table: TableName
    key: Key
    column: Column = "pin"
    say: Parts
    attempts: int = Field(default=3, ge=1, le=5)
    min: int = Field(default=4, ge=4, le=12)
    max: int = Field(default=12, ge=4, le=12)
    timeout: Seconds = 8
    inter_digit: Seconds = 4
    terminator: Annotated[Keys, Field(max_length=1)] = "#"
    no_input: Parts | None = None
    invalid: Parts | None = None
    barge_in: bool = True

    @model_validator(mode="after")
    def _sizes(self) -> CheckPin:
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) is more than max ({self.max})")
        if self.terminator.isdigit():
            raise ValueError("the terminator is * or #, or none: a digit could not be entered then")
        return self

    def exits(self) -> tuple[Exit, ...]:
        return (
            Exit("verified"),
            Exit("failed"),
            Exit("locked", required=False, instead="failed"),
            Exit("no_input", required=False, instead="failed"),
        )

    def writes(self) -> Iterable[str]:
        return ("caller",)

    def references(self) -> Iterable[Reference]:
        yield from table_references(self.table, self.key, (self.column,))
        yield Reference("secret_column", f"{self.table}.{self.column}")
        for parts in (self.say, self.no_input, self.invalid):
            yield from references(parts or ())

    def start(self, ctx: Context) -> Outcome:
        return self._ask(ctx, 1, ())

    def _ask(self, ctx: Context, attempt: int, before: tuple[Part, ...]) -> Outcome:
        return ctx.ask(
            Gather,
            {"attempt": attempt},
            prompts=spoken((*before, *self.say), ctx),
            max_digits=self.max,
            timeout=self.timeout,
            inter_digit=self.inter_digit,
            terminator=self.terminator,
            barge_in=self.barge_in,
            secret=True,
        )

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        attempt = int(ctx.memo["attempt"])
        match reply.result:
            case "verified":
                return Go("verified", VERIFIED)
            case "locked":
                return Go("locked", NOT_VERIFIED)
            case "wrong":
                return self._again(ctx, attempt, wrong=True)
            case "no_input":
                return self._again(ctx, attempt, wrong=False)
            case "digits":
                return self._check(ctx, attempt, reply.data.get("digits", ""))
            case _:
                raise FlowFault(f"the PIN cannot be checked: {reply.data.get('reason', 'no reason')}")

    def _check(self, ctx: Context, attempt: int, entered: SecretStr | str) -> Outcome:
        pin = entered if isinstance(entered, SecretStr) else SecretStr(entered)
        if not self.min <= len(pin.get_secret_value()) <= self.max:
            return self._again(ctx, attempt, wrong=True)
        number = CALLERS_NUMBER.value(ctx.variables)
        return ctx.ask(
            CheckCommand,
            {"attempt": attempt},
            table=self.table,
            key=looked_for(self.key, ctx),
            column=self.column,
            pin=pin,
            caller="" if number is None else as_text(number),
        )

    def _again(self, ctx: Context, attempt: int, *, wrong: bool) -> Outcome:
        if attempt >= self.attempts:
            return Go("failed" if wrong else "no_input", NOT_VERIFIED)
        return self._ask(ctx, attempt + 1, (self.invalid if wrong else self.no_input) or ())
