"""`voicemail`: take a message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.commands import TakeVoicemail
from tongdai.flows.errors import FlowFault
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import kind
from tongdai.flows.verbs.parts import Parts, references, spoken


class Voicemail(Verb):
    """`mailbox` is a queue's or a user's. The caller may simply hang up: the message is kept all the same."""

    name = "voicemail"
    short = "mailbox"
    mailbox: Annotated[str, Field(min_length=1, max_length=100), kind("mailbox")]
    say: Parts | None = None
    max_seconds: Annotated[float, Field(ge=5, le=1800)] = 180
    silence_seconds: Annotated[float, Field(ge=1, le=60)] = 5

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"mailbox": value} if isinstance(value, str) else value

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("done"), Exit("empty", required=False, instead="done"))

    def references(self) -> Iterable[Reference]:
        yield Reference("mailbox", self.mailbox)
        yield from references(self.say or ())

    def start(self, ctx: Context) -> Outcome:
        return ctx.ask(
            TakeVoicemail,
            prompts=spoken(self.say or (), ctx),
            mailbox=self.mailbox,
            max_seconds=self.max_seconds,
            silence_seconds=self.silence_seconds,
            language=ctx.language,
        )

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if reply.result == "failed":
            raise FlowFault("the message could not be recorded")
        return Go("empty" if reply.result == "empty" else "done")
