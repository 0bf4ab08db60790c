"""`menu`: one choice of several by keys. Every name under `keys` is an exit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from tongdai.flows.commands import Choice, Gather
from tongdai.flows.errors import FlowFault
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import ExitName, Keys, Seconds, Text, VariableName, keys_as_texts
from tongdai.flows.verbs.parts import Part, Parts, label_of, references, spoken

_OWN = ("no_input", "invalid")


class Menu(Verb):
    """Says `say`, waits for a key; on none or a wrong one says `no_input` or `invalid` and then `say` again, `retries`
    times in all. Then it leaves by `no_input` or `invalid` (which stands in for it when only one is wired). In writing the
    choices are buttons, with the exits' names on them or what `labels` says for an exit, per language if wanted."""

    name = "menu"
    named = ("keys", "values")
    main = "no_input"
    say: Parts
    keys: Annotated[
        dict[Annotated[Keys, Field(min_length=1, max_length=8)], ExitName],
        BeforeValidator(keys_as_texts),
        Field(min_length=1, max_length=50),
    ]
    labels: dict[ExitName, Text | dict[str, Text]] = {}
    no_input: Parts | None = None
    invalid: Parts | None = None
    retries: int = Field(default=2, ge=0, le=10)
    timeout: Seconds = 5
    inter_digit: Seconds = 2
    barge_in: bool = True
    save: VariableName | None = None

    @model_validator(mode="after")
    def _names_are_free(self) -> Menu:
        taken = set(_OWN) & set(self.keys.values())
        if taken:
            raise ValueError(f"'{min(taken)}' is an exit of every menu; choose another name for the key")
        strange = set(self.labels) - set(self.keys.values())
        if strange:
            raise ValueError(f"'{min(strange)}' has a label and is no choice of this menu")
        return self

    def exits(self) -> tuple[Exit, ...]:
        chosen = tuple(Exit(name) for name in dict.fromkeys(self.keys.values()))
        return (*chosen, Exit("no_input"), Exit("invalid", required=False, instead="no_input"))

    def writes(self) -> Iterable[str]:
        return (self.save,) if self.save else ()

    def references(self) -> Iterable[Reference]:
        for parts in (self.say, self.no_input, self.invalid):
            yield from references(parts or ())

    def start(self, ctx: Context) -> Outcome:
        return self._ask(ctx, 0, ())

    def _ask(self, ctx: Context, attempt: int, before: tuple[Part, ...]) -> Outcome:
        longest = max(map(len, self.keys))
        return ctx.ask(
            Gather,
            {"attempt": attempt},
            prompts=spoken((*before, *self.say), ctx),
            max_digits=longest,
            timeout=self.timeout,
            inter_digit=self.inter_digit if longest > 1 else 0,
            barge_in=self.barge_in,
            choices=tuple(
                Choice(key=key, label=label_of(self.labels, name, ctx)) for key, name in self.keys.items()
            ),
        )

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if reply.result == "failed":
            raise FlowFault("the menu could not be offered")
        digits = str(reply.data.get("digits", "")) if reply.result == "digits" else ""
        chosen = self.keys.get(digits)
        if chosen is not None:
            return Go(chosen, {self.save: digits} if self.save else {})
        wrong = bool(digits)
        attempt = int(ctx.memo["attempt"]) + 1
        if attempt > self.retries:
            return Go("invalid" if wrong else "no_input")
        return self._ask(ctx, attempt, (self.invalid if wrong else self.no_input) or ())
