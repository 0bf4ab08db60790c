"""`hours`: is the centre open now? `hours: main` is the short form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.commands import CheckCalendar
from tongdai.flows.errors import FlowFault
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs import closing
from tongdai.flows.verbs.fields import kind


class Hours(Verb):
    """The calendar (hours, holidays, time zone) belongs to tenancy. A holiday's name is put into `holiday`.
    Hours that were closed in an emergency are left by the exit that was chosen then."""

    name = "hours"
    short = "calendar"
    main = "open"
    calendar: Annotated[str, Field(min_length=1, max_length=100), kind("calendar")]

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"calendar": value} if isinstance(value, str) else value

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("open"), Exit("closed"), Exit("holiday", required=False, instead="closed"))

    def writes(self) -> Iterable[str]:
        return ("holiday",)

    def references(self) -> Iterable[Reference]:
        return (Reference("calendar", self.calendar),)

    def start(self, ctx: Context) -> Outcome:
        return ctx.ask(CheckCalendar, calendar=self.calendar, at=ctx.now.isoformat())

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if (on := closing.said(ctx, {"holiday": None})) is not None:
            return on
        if "exit" in reply.data:
            return closing.closed(ctx, reply, {"holiday": None})
        if reply.result == "failed":
            raise FlowFault(f"the calendar '{self.calendar}' could not be asked")
        return Go(reply.result, {"holiday": reply.data.get("name")})
