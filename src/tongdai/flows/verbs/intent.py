"""`intent`: what the customer wants, in their own words. Every name under `intents` is an exit; flows/intents performs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from tongdai.flows.commands import Choice, Gather, Listen, Understand
from tongdai.flows.errors import FlowFault
from tongdai.flows.expressions import as_text
from tongdai.flows.prompts import Prompts
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import ExitName, Expr, Keys, Seconds, Text, VariableName, keys_as_texts, kind
from tongdai.flows.verbs.intent_words import WORDS
from tongdai.flows.verbs.parts import Parts, label_of, references, spoken
from tongdai.flows.verbs.words import in_words

OWN_EXITS = ("out_of_scope", "no_input", "unavailable")
MAX_WRITTEN = 1_000
UNDERSTANDING_S = 30
"""After so long without an answer the flow goes on by `unavailable`; the model's and the assistant's deadlines are shorter."""
Languages: TypeAlias = Annotated[
    tuple[Annotated[str, Field(pattern="^[a-z]{2,3}$")], ...], Field(max_length=20)
]
_NOTHING: Mapping[str, Any] = {
    "intent": None,
    "title": None,
    "score": 0,
    "text": "",
    "language": None,
    "anger": 0,
    "angry": False,
    "by": None,
}


class Intent(Verb):
    """Understands what was written (`text`, or the answer to `say`) by the intents of a set, and leaves by the exit of that name.
    What it does not understand it asks again, `retries` times, unless the writer is angry. `keys` are buttons beside writing, or
    keys on the telephone. `save` holds intent, title, score, text, language, anger, angry and by (`assistant`, where that chose).
    `languages`: in that one of them in which was written the flow goes on."""

    name = "intent"
    named = ("intents", "items")
    main = "out_of_scope"
    set: Annotated[str, Field(min_length=1, max_length=63), kind("intents")]
    intents: Annotated[tuple[ExitName, ...], Field(min_length=1, max_length=50)]
    say: Parts | None = None
    text: Expr | None = None
    keys: Annotated[
        dict[Annotated[Keys, Field(min_length=1, max_length=8)], ExitName],
        BeforeValidator(keys_as_texts),
        Field(max_length=50),
    ] = {}
    labels: dict[ExitName, Text | dict[str, Text]] = {}
    again: Parts | None = None
    retries: int = Field(default=1, ge=0, le=10)
    languages: Languages = ()
    patience: Annotated[Seconds, Field(gt=0)] | None = None
    save: VariableName = "understood"
    timeout: Annotated[Seconds, Field(gt=0, le=30)] = 8
    pause: Annotated[float, Field(ge=0.3, le=5)] = 0.8
    longest: Annotated[float, Field(ge=1, le=20)] = 8
    inter_digit: Seconds = 2
    barge_in: bool = True

    @model_validator(mode="after")
    def _names_fit(self) -> Intent:
        names = [*self.intents, *self.keys.values()]
        for taken in OWN_EXITS:
            if taken in names:
                raise ValueError(f"'{taken}' is an exit of every intent; choose another name")
        for name in (*self.keys.values(), *self.labels):
            if name not in self.intents:
                raise ValueError(f"'{name}' is none of the intents of this step")
        if self.say is None and self.text is None:
            raise ValueError("it needs a question (say), or a text to look at")
        return self

    def exits(self) -> tuple[Exit, ...]:
        return (
            *(Exit(name) for name in dict.fromkeys(self.intents)),
            Exit("out_of_scope"),
            Exit("no_input", required=False, instead="out_of_scope"),
            Exit("unavailable", required=False, instead="out_of_scope"),
        )

    def writes(self) -> Iterable[str]:
        return (self.save, *(("language",) if self.languages else ()))

    def references(self) -> Iterable[Reference]:
        yield Reference("language_model", "")
        yield Reference("intents", self.set)
        for name in self.intents:
            yield Reference("intent", f"{self.set}.{name}")
        for parts in (self.say, self.again):
            yield from references(parts or ())

    def start(self, ctx: Context) -> Outcome:
        given = None if self.text is None else self.text.value(ctx.variables)
        written = "" if given is None else as_text(given).strip()
        return self._understand(ctx, -1, written) if written else self._ask(ctx, 0, ())

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        ctx = replace(ctx, language=ctx.memo["language"])
        return self._answered(ctx, reply) if ctx.memo["asking"] else self._understood(ctx, reply)

    def expire(self, ctx: Context) -> Outcome:
        if ctx.memo["asking"]:
            return self._leave(ctx, "no_input", {})
        return self._leave(ctx, "unavailable", {"text": ctx.memo["text"]})

    def _ask(self, ctx: Context, attempt: int, before: Prompts, *, deaf: bool = False) -> Outcome:
        if self.say is None:
            return self._leave(ctx, "no_input", {})
        asked: dict[str, Any] = {
            "prompts": (*before, *spoken(self.say, ctx)),
            "choices": tuple(
                Choice(key=key, label=label_of(self.labels, name, ctx)) for key, name in self.keys.items()
            ),
            "max_digits": max(map(len, self.keys), default=1),
            "timeout": self.timeout,
            "inter_digit": self.inter_digit,
            "barge_in": self.barge_in,
        }
        memo = {"attempt": attempt, "asking": True, "deaf": deaf, "language": ctx.language}
        deadline = ctx.now + timedelta(seconds=self.patience) if self.patience is not None else None
        if deaf:
            return ctx.ask(Gather, memo, deadline, **asked)
        more = {"language": ctx.language, "pause": self.pause, "max_seconds": self.longest, "phrases": ()}
        return ctx.ask(Listen, memo, deadline, **asked, **more)

    def _answered(self, ctx: Context, reply: Reply) -> Outcome:
        attempt, deaf = int(ctx.memo["attempt"]), bool(ctx.memo["deaf"])
        if reply.result == "failed":
            raise FlowFault("the customer could not be asked")
        if reply.result == "deaf":
            return (
                self._ask(ctx, attempt, (), deaf=True) if self.keys else self._leave(ctx, "unavailable", {})
            )
        if reply.result == "heard" and (written := str(reply.data.get("text", "")).strip()):
            return self._understand(ctx, attempt, written)
        digits = str(reply.data.get("digits", "")) if reply.result == "digits" else ""
        chosen = self.keys.get(digits)
        if chosen is not None:
            return self._leave(ctx, chosen, {"intent": chosen, "score": 1, "text": digits})
        if attempt < self.retries:
            return self._ask(ctx, attempt + 1, self._sorry(ctx) if digits else (), deaf=deaf)
        return self._leave(ctx, "out_of_scope" if digits else "no_input", {})

    def _understand(self, ctx: Context, attempt: int, written: str) -> Outcome:
        written = written[:MAX_WRITTEN]
        memo = {"attempt": attempt, "asking": False, "text": written, "language": ctx.language}
        deadline = ctx.now + timedelta(seconds=UNDERSTANDING_S)
        return ctx.ask(Understand, memo, deadline, intents=self.set, among=self.intents, text=written)

    def _understood(self, ctx: Context, reply: Reply) -> Outcome:
        attempt = int(ctx.memo["attempt"])
        found = {name: reply.data[name] for name in _NOTHING if name in reply.data}
        found["text"] = str(ctx.memo["text"])
        if reply.result in ("unavailable", "failed"):
            return self._leave(ctx, "unavailable", found)
        if found.get("language") in self.languages:
            ctx = replace(ctx, language=str(found["language"]))
        intent = found.get("intent")
        if reply.result == "understood" and intent in self.intents:
            return self._leave(ctx, str(intent), found)
        if attempt < self.retries and self.say is not None and not found.get("angry"):
            # Who wrote before being asked anything is asked now, without an apology.
            return self._ask(ctx, attempt + 1, self._sorry(ctx) if attempt >= 0 else ())
        return self._leave(ctx, "out_of_scope", found)

    def _leave(self, ctx: Context, way: str, found: Mapping[str, Any]) -> Go:
        told: dict[str, Any] = {self.save: {**_NOTHING, **found}}
        if self.languages:
            told["language"] = ctx.language
        return Go(way, told)

    def _sorry(self, ctx: Context) -> Prompts:
        return spoken(self.again, ctx) if self.again else in_words(WORDS, ctx, "again")
