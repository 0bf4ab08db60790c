"""`directory`: the caller keys a name and chooses among those who have it. The performer belongs to telephony."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field, model_validator

from tongdai.flows.commands import Choice, FindColleague
from tongdai.flows.commands import Gather as GatherCommand
from tongdai.flows.prompts import Prompt, Prompts
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.directory_words import WORDS
from tongdai.flows.verbs.fields import Seconds, VariableName
from tongdai.flows.verbs.parts import Parts, references, spoken
from tongdai.flows.verbs.words import in_words

AGAIN = "9"
MOST = 8
"""So many names are read out; of more, the caller keys more letters."""
LONGEST = 20


class Directory(Verb):
    """Asks for the first `letters` of a name, reads out who has it, and puts the chosen one into `save` (name, extension); a
    `transfer` to `{save}.extension` connects them. Only users with an extension who want to be found are."""

    name = "directory"
    main = "found"
    say: Parts | None = None
    letters: int = Field(default=3, ge=2, le=6)
    retries: int = Field(default=2, ge=0, le=10)
    timeout: Seconds = 8
    save: VariableName = "colleague"

    @model_validator(mode="before")
    @classmethod
    def _nothing(cls, value: Any) -> Any:
        return {} if value is None else value

    def exits(self) -> tuple[Exit, ...]:
        return (
            Exit("found"),
            Exit("not_found"),
            Exit("no_input", required=False, instead="not_found"),
        )

    def writes(self) -> Iterable[str]:
        yield self.save

    def references(self) -> Iterable[Reference]:
        return references(self.say or ())

    def start(self, ctx: Context) -> Outcome:
        return self._type(ctx, 0, spoken(self.say or (), ctx))

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if reply.result == "failed":
            return Go("not_found")
        attempt = int(ctx.memo["attempt"])
        keys = str(reply.data.get("digits") or "")
        match ctx.memo["step"]:
            case "type" if keys:
                memo = {"step": "found", "attempt": attempt}
                return ctx.ask(FindColleague, memo, keys=keys, most=MOST)
            case "found":
                return self._found(ctx, reply, attempt)
            case "choose" if keys:
                return self._chosen(ctx, keys, attempt)
            case _ if attempt >= self.retries:
                return Go("no_input")
            case "choose":
                return self._choose(ctx, list(ctx.memo["people"]), attempt + 1)
            case _:
                return self._type(ctx, attempt + 1)

    def _found(self, ctx: Context, reply: Reply, attempt: int) -> Outcome:
        if reply.result == "found":
            return self._choose(ctx, list(reply.data["people"]), attempt)
        if attempt >= self.retries:
            return Go("not_found")
        many = reply.result == "many"
        return self._type(ctx, attempt + 1, in_words(WORDS, ctx, "many" if many else "nobody"), more=many)

    def _chosen(self, ctx: Context, key: str, attempt: int) -> Outcome:
        people: list[dict[str, str]] = list(ctx.memo["people"])
        if key.isdecimal() and 1 <= int(key) <= len(people):
            return Go("found", {self.save: people[int(key) - 1]})
        if attempt >= self.retries:
            return Go("not_found")
        return self._type(ctx, attempt + 1) if key == AGAIN else self._choose(ctx, people, attempt + 1)

    def _type(self, ctx: Context, attempt: int, before: Prompts = (), *, more: bool = False) -> Outcome:
        """`more`: as many letters as one likes, since those asked for were not enough."""
        prompts = before if more else (*before, *in_words(WORDS, ctx, "type", count=self.letters))
        return ctx.ask(
            GatherCommand,
            {"step": "type", "attempt": attempt},
            prompts=prompts,
            max_digits=LONGEST if more else self.letters,
            timeout=self.timeout,
            inter_digit=4,
            terminator="#",
        )

    def _choose(self, ctx: Context, people: list[dict[str, str]], attempt: int) -> Outcome:
        prompts: list[Prompt] = []
        for place, person in enumerate(people, 1):
            prompts += in_words(WORDS, ctx, "choice", name=person["name"], key=place)
        keys = [str(place) for place in range(1, len(people) + 1)]
        return ctx.ask(
            GatherCommand,
            {"step": "choose", "attempt": attempt, "people": people},
            prompts=(*prompts, *in_words(WORDS, ctx, "again")),
            max_digits=1,
            timeout=self.timeout,
            inter_digit=0,
            choices=tuple(Choice(key=key, label=key) for key in [*keys, AGAIN]),
        )
