"""`check_mood`: an angry customer goes another way than a calm one. The performer is in flows/intents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from pydantic import model_validator

from tongdai.flows.commands import CheckMood as CheckMoodCommand
from tongdai.flows.expressions import as_text
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import Expr, VariableName
from tongdai.flows.verbs.intent import MAX_WRITTEN, UNDERSTANDING_S, Languages


class CheckMood(Verb):
    """Leaves by `angry` where the writer of `text` is angry, else by `calm`. `save` holds anger (0-1), angry and language.
    `languages`: in that one of them in which was written the flow goes on."""

    name = "check_mood"
    main = "calm"
    short = "text"
    text: Expr
    languages: Languages = ()
    save: VariableName = "mood"

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("calm"), Exit("angry"), Exit("unavailable", required=False, instead="calm"))

    def writes(self) -> Iterable[str]:
        return (self.save, *(("language",) if self.languages else ()))

    def references(self) -> Iterable[Reference]:
        yield Reference("language_model", "")

    def start(self, ctx: Context) -> Outcome:
        given = self.text.value(ctx.variables)
        written = "" if given is None else as_text(given).strip()
        if not written:
            return self._leave(ctx, "calm", {})
        deadline = ctx.now + timedelta(seconds=UNDERSTANDING_S)
        return ctx.ask(CheckMoodCommand, {}, deadline, text=written[:MAX_WRITTEN])

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        found = {name: reply.data[name] for name in ("anger", "language") if name in reply.data}
        way = reply.result if reply.result in ("calm", "angry") else "unavailable"
        return self._leave(ctx, way, found)

    def _leave(self, ctx: Context, way: str, found: dict[str, Any]) -> Go:
        told: dict[str, Any] = {self.save: {"anger": 0, "language": None, **found, "angry": way == "angry"}}
        if self.languages and found.get("language") in self.languages:
            told["language"] = found["language"]
        return Go(way, told)
