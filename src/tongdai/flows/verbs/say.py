"""`say`: prompts, texts and values in order. `say: Good morning` is the short form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from pydantic import model_validator

from tongdai.flows.commands import Say as SayCommand
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.parts import Parts, references, spoken


class Say(Verb):
    """`interruptible` lets any key skip the rest; the key answers the question that follows, so that who knows the menu need
    not hear the greeting. What cannot be played is skipped: a missing recording must never cost a caller the call."""

    name = "say"
    short = "parts"
    parts: Parts
    interruptible: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if isinstance(value, dict) and "parts" in value:
            return cast("Any", value)
        return {"parts": cast("Any", value)} if value else {}

    def references(self) -> Iterable[Reference]:
        return references(self.parts)

    def start(self, ctx: Context) -> Outcome:
        prompts = spoken(self.parts, ctx)
        if not prompts:
            return Go("done")
        return ctx.ask(SayCommand, prompts=prompts, interruptible=self.interruptible)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        return Go("done")
