"""`language`: the caller chooses the language of all that follows: `language: {keys: {1: vi, 2: en, 3: uk}}`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from tongdai.flows.commands import Choice, Gather
from tongdai.flows.errors import FlowFault
from tongdai.flows.prompts import Prompt, Speech
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import Keys, Seconds, keys_as_texts
from tongdai.flows.verbs.parts import Parts, references, spoken

_OFFERS = {
    "en": "For English, press {key}.",
    "vi": "Để nghe tiếng Việt, bấm phím {key}.",
    "uk": "Щоб слухати українською, натисніть {key}.",
}
Tag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class Language(Verb):
    """Each language is offered in itself, or by `say` when that is given (needed for others than en, vi, uk). Sets `language`,
    which prompts, spoken values and the queue go by. Who presses nothing, or a wrong key, keeps the language that was, and
    leaves by `no_input` when it is wired."""

    name = "language"
    keys: Annotated[
        dict[Annotated[Keys, Field(min_length=1, max_length=1)], Tag],
        BeforeValidator(keys_as_texts),
        Field(min_length=1, max_length=12),
    ]
    say: Parts | None = None
    timeout: Seconds = 5
    retries: int = Field(default=1, ge=0, le=10)

    @model_validator(mode="after")
    def _can_be_offered(self) -> Language:
        silent = [tag for tag in self.keys.values() if tag not in _OFFERS]
        if silent and self.say is None:
            raise ValueError(f"there are no words to offer '{silent[0]}' with: write them under say")
        return self

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("done"), Exit("no_input", required=False, instead="done"))

    def writes(self) -> Iterable[str]:
        return ("language",)

    def references(self) -> Iterable[Reference]:
        return references(self.say or ())

    def start(self, ctx: Context) -> Outcome:
        return self._ask(ctx, 0)

    def _ask(self, ctx: Context, attempt: int) -> Outcome:
        return ctx.ask(
            Gather,
            {"attempt": attempt},
            prompts=spoken(self.say, ctx) if self.say is not None else tuple(self._offers()),
            max_digits=1,
            timeout=self.timeout,
            inter_digit=0,
            choices=tuple(Choice(key=key, label=tag) for key, tag in self.keys.items()),
        )

    def _offers(self) -> Iterable[Prompt]:
        for key, tag in self.keys.items():
            yield Speech(text=_OFFERS[tag].format(key=key), language=tag)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if reply.result == "failed":
            raise FlowFault("the languages could not be offered")
        chosen = self.keys.get(str(reply.data.get("digits", "")))
        if chosen is not None:
            return Go("done", {"language": chosen})
        attempt = int(ctx.memo["attempt"]) + 1
        return (
            self._ask(ctx, attempt) if attempt <= self.retries else Go("no_input", {"language": ctx.language})
        )
