"""`emergency_switch`: has somebody turned this switch on? `emergency_switch: storm` is the short form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.commands import CheckSwitch
from tongdai.flows.errors import FlowFault
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs import closing
from tongdai.flows.verbs.fields import kind


class EmergencySwitch(Verb):
    """Independent of hours and queues: a supervisor turns the switch on where they close queues, and chooses what is said then,
    before the flow goes on by `closed`. The performer belongs to routing."""

    name = "emergency_switch"
    short = "switch"
    main = "open"
    switch: Annotated[str, Field(min_length=1, max_length=100), kind("switch")]

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"switch": value} if isinstance(value, str) else value

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("open"), Exit("closed"))

    def references(self) -> Iterable[Reference]:
        return (Reference("switch", self.switch),)

    def start(self, ctx: Context) -> Outcome:
        return ctx.ask(CheckSwitch, switch=self.switch)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if (on := closing.said(ctx)) is not None:
            return on
        if reply.result == "failed":
            raise FlowFault(f"the switch '{self.switch}' could not be asked")
        return closing.closed(ctx, reply) if reply.result == "closed" else Go("open")
