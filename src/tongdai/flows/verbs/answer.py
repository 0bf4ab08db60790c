"""`answer`: take the call. What was said before it would not be heard or would be early media."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from tongdai.flows.commands import Answer as AnswerCommand
from tongdai.flows.errors import FlowFault
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Go, Outcome, Verb


class Answer(Verb):
    name = "answer"

    @model_validator(mode="before")
    @classmethod
    def _nothing(cls, value: Any) -> Any:
        return {} if value is None else value

    def start(self, ctx: Context) -> Outcome:
        return ctx.ask(AnswerCommand)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if reply.result == "failed":
            raise FlowFault("the call could not be answered")
        return Go("done")
