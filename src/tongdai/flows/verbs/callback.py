"""`callback`: the customer need not wait on the line. The performer belongs to routing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, cast

from pydantic import Field, model_validator

from tongdai.flows.commands import AskCallback, Choice
from tongdai.flows.commands import Gather as GatherCommand
from tongdai.flows.prompts import Prompt, Prompts, Speech
from tongdai.flows.replies import Reply
from tongdai.flows.spoken import en_sounds, language, say_digits
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs import set_routing
from tongdai.flows.verbs.callback_words import WORDS
from tongdai.flows.verbs.fields import Seconds, VariableName, kind
from tongdai.flows.verbs.parts import Parts, references, spoken
from tongdai.flows.verbs.words import in_words

CONFIRM, ANOTHER, LATER, NO = "1", "2", "3", "9"
LONGEST = 15
"""Digits of the longest number (E.164)."""


class Callback(Verb):
    """Says the caller's number and asks: 1 call me there, 2 another number, 3 later (with `later`), 9 no. The place in the queue
    is kept. `done`: promised, or promised before; `save` holds what was agreed. `declined`: not wanted, or no number that can
    be called."""

    name = "callback"
    short = "queue"
    queue: Annotated[str, Field(min_length=1, max_length=100), kind("queue")]
    say: Parts | None = None
    later: bool = False
    priority: int = Field(default=0, ge=-100, le=100)
    skills: dict[str, Annotated[int, Field(ge=0, le=10)]] = {}
    retries: int = Field(default=2, ge=0, le=10)
    timeout: Seconds = 6
    save: VariableName = "callback"

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"queue": value} if isinstance(value, str) else value

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("done"), Exit("declined"))

    def writes(self) -> Iterable[str]:
        yield self.save

    def references(self) -> Iterable[Reference]:
        yield Reference("queue", self.queue)
        yield from references(self.say or ())

    def start(self, ctx: Context) -> Outcome:
        call: Any = ctx.variables.get("call")
        known = cast("dict[str, Any]", call) if isinstance(call, dict) else {}
        number = str(known.get("from") or "")
        before = spoken(self.say or (), ctx)
        return self._confirm(ctx, number, 0, before) if number else self._type(ctx, 0, before)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if reply.result == "failed":
            return Go("declined")
        step, attempt = str(ctx.memo["step"]), int(ctx.memo["attempt"])
        number = str(ctx.memo.get("number") or "")
        keys = str(reply.data.get("digits") or "") if reply.result == "digits" else ""
        match step:
            case "confirm":
                return self._confirmed(ctx, number, attempt, keys)
            case "number":
                return self._confirm(ctx, keys, attempt) if keys else self._again(ctx, "number", "", attempt)
            case "time":
                return (
                    self._ask(ctx, number, attempt, keys)
                    if keys
                    else self._again(ctx, "time", number, attempt)
                )
            case _:
                return self._asked(ctx, reply, number, attempt)

    def _confirmed(self, ctx: Context, number: str, attempt: int, key: str) -> Outcome:
        if key == CONFIRM:
            return self._ask(ctx, number, attempt, None)
        if key == ANOTHER:
            return self._type(ctx, attempt)
        if key == LATER and self.later:
            return self._time(ctx, number, attempt)
        return Go("declined") if key == NO else self._again(ctx, "confirm", number, attempt)

    def _asked(self, ctx: Context, reply: Reply, number: str, attempt: int) -> Outcome:
        if reply.result in ("promised", "already"):
            return Go("done", {self.save: {"result": reply.result, **reply.data}})
        reason = str(reply.data.get("reason") or "number")
        if reason == "closed":
            return Go("declined")
        sorry = in_words(
            WORDS, ctx, f"refused_{reason}" if f"refused_{reason}" in WORDS["en"] else "refused_number"
        )
        return self._again(ctx, "time" if reason in ("hours", "time") else "number", number, attempt, sorry)

    def _again(self, ctx: Context, step: str, number: str, attempt: int, before: Prompts = ()) -> Outcome:
        """Ask once more, or give up after the last retry."""
        if attempt >= self.retries:
            return Go("declined")
        match step:
            case "confirm":
                return self._confirm(ctx, number, attempt + 1, before)
            case "time" if self.later:
                return self._time(ctx, number, attempt + 1, before)
            case _:
                return self._type(ctx, attempt + 1, before)

    def _confirm(self, ctx: Context, number: str, attempt: int, before: Prompts = ()) -> Outcome:
        keys = [CONFIRM, ANOTHER, *([LATER] if self.later else []), NO]
        prompts: list[Prompt] = [*before, *in_words(WORDS, ctx, "confirm"), self._digits(ctx, number)]
        for key in keys:
            prompts += in_words(WORDS, ctx, f"key_{key}")
        return ctx.ask(
            GatherCommand,
            {"step": "confirm", "attempt": attempt, "number": number},
            prompts=tuple(prompts),
            max_digits=1,
            timeout=self.timeout,
            inter_digit=0,
            choices=tuple(Choice(key=key, label=key) for key in keys),
        )

    def _type(self, ctx: Context, attempt: int, before: Prompts = ()) -> Outcome:
        return ctx.ask(
            GatherCommand,
            {"step": "number", "attempt": attempt},
            prompts=(*before, *in_words(WORDS, ctx, "type_number")),
            max_digits=LONGEST,
            timeout=self.timeout,
            inter_digit=4,
            terminator="#",
        )

    def _time(self, ctx: Context, number: str, attempt: int, before: Prompts = ()) -> Outcome:
        return ctx.ask(
            GatherCommand,
            {"step": "time", "attempt": attempt, "number": number},
            prompts=(*before, *in_words(WORDS, ctx, "type_time")),
            max_digits=4,
            timeout=self.timeout,
            inter_digit=4,
            terminator="#",
        )

    def _ask(self, ctx: Context, number: str, attempt: int, time: str | None) -> Outcome:
        priority, skills = set_routing.applied(ctx.variables, self.priority, self.skills)
        return ctx.ask(
            AskCallback,
            {"step": "asked", "attempt": attempt, "number": number},
            queue=self.queue,
            number=number,
            time=time,
            language=ctx.language,
            priority=priority,
            skills=skills,
        )

    @staticmethod
    def _digits(ctx: Context, number: str) -> Speech:
        tag = ctx.language if language(ctx.language) is not None else "en"
        said = language(tag)
        assert said is not None
        bare = number.removeprefix("+")
        sounds = en_sounds.digits(bare) if said.code == "en" else ()
        return Speech(text=say_digits(said, bare), language=tag, sounds=sounds)
