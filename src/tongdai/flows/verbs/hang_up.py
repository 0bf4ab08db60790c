"""`hang_up`: end the run; the channel ends the call. `reason` is kept in the call log."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.verb import Context, End, Exit, Outcome, Verb


class HangUp(Verb):
    name = "hang_up"
    short = "reason"
    reason: Annotated[str, Field(max_length=200)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"reason": value} if value is None or isinstance(value, str) else value

    def exits(self) -> tuple[Exit, ...]:
        return ()

    def start(self, ctx: Context) -> Outcome:
        return End("hung_up", self.reason)
