"""`recording`: what becomes of the recordings of the talks that follow. `recording: never` is the short form."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from tongdai.flows.commands import Record
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Go, Outcome, Verb


class Recording(Verb):
    """never: the caller does not want it; always and on_demand: whatever the rules say; pause: recorded as the rules say, but
    silence until the agent, or the time that the rule allows, ends the pause; resume: takes back what was said before."""

    name = "recording"
    short = "do"
    do: Literal["never", "always", "on_demand", "pause", "resume"]

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"do": value} if isinstance(value, str) else value

    def start(self, ctx: Context) -> Outcome:
        return ctx.ask(Record, do=self.do)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        return Go("done")
