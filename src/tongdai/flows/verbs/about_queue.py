"""What steps share that ask how a queue is just now. The performer belongs to routing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.commands import AskQueue
from tongdai.flows.errors import FlowFault
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Outcome, Reference, Verb
from tongdai.flows.verbs import set_routing
from tongdai.flows.verbs.fields import kind


class AboutQueue(Verb):
    """Sets `queue` to what is found. Its name alone is the short form."""

    queue: Annotated[str, Field(min_length=1, max_length=100), kind("queue")]

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"queue": value} if isinstance(value, str) else value

    def writes(self) -> Iterable[str]:
        return ("queue",)

    def references(self) -> Iterable[Reference]:
        return (Reference("queue", self.queue),)

    def start(self, ctx: Context) -> Outcome:
        return ctx.ask(AskQueue, queue=self.queue, priority=set_routing.applied(ctx.variables, 0, {})[0])

    def found(self, reply: Reply) -> dict[str, Any]:
        """Raises FlowFault where the queue could not be asked."""
        if reply.result == "failed":
            raise FlowFault(f"the queue '{self.queue}' could not be asked")
        return dict(reply.data)
