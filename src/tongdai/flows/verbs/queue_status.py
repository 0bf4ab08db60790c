"""`queue_status`: how is a queue just now? `queue_status: sales` is the short form. The performer belongs to routing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.commands import AskQueue
from tongdai.flows.errors import FlowFault
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs import set_routing
from tongdai.flows.verbs.fields import kind


class QueueStatus(Verb):
    """Whether anybody is at work there (`staffed`), or it was closed in an emergency. Sets `queue.waiting`, `queue.position`
    (the place that the caller would have), `queue.expected_wait` (in seconds; null: that cannot be said), `queue.agents_ready`
    and `queue.agents_at_work`, to branch by."""

    name = "queue_status"
    main = "staffed"
    queue: Annotated[str, Field(min_length=1, max_length=100), kind("queue")]

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"queue": value} if isinstance(value, str) else value

    def exits(self) -> tuple[Exit, ...]:
        return (
            Exit("staffed"),
            Exit("unstaffed", required=False, instead="staffed"),
            Exit("closed", required=False, instead="unstaffed"),
        )

    def writes(self) -> Iterable[str]:
        return ("queue",)

    def references(self) -> Iterable[Reference]:
        return (Reference("queue", self.queue),)

    def start(self, ctx: Context) -> Outcome:
        return ctx.ask(AskQueue, queue=self.queue, priority=set_routing.applied(ctx.variables, 0, {})[0])

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if reply.result == "failed":
            raise FlowFault(f"the queue '{self.queue}' could not be asked")
        return Go(reply.result, {"queue": dict(reply.data)})
