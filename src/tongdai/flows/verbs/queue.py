"""`queue`: wait for an agent. The performer belongs to routing; this file may move to its flow_nodes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.commands import Enqueue
from tongdai.flows.errors import FlowFault
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import Keys, Seconds
from tongdai.flows.verbs.parts import Parts, references, spoken


class Queue(Verb):
    """Ends well when an agent takes the caller: `answered` is left only when they are done and the caller is still
    there (a survey, say). `priority` 0 is normal, higher is sooner. The queue's own maximum wait counts too."""

    name = "queue"
    main = "timeout"
    queue: Annotated[str, Field(min_length=1, max_length=100)]
    priority: int = Field(default=0, ge=-100, le=100)
    skills: dict[str, Annotated[int, Field(ge=0, le=10)]] = {}
    max_wait: Seconds | None = None
    leave_key: Annotated[Keys, Field(min_length=1, max_length=1)] | None = None
    announcements: Parts | None = None
    announce_every: Annotated[float, Field(ge=5, le=3600)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"queue": value} if isinstance(value, str) else value

    def exits(self) -> tuple[Exit, ...]:
        return (
            Exit("answered", required=False),
            Exit("timeout"),
            Exit("overflow", required=False, instead="timeout"),
            Exit("no_agents", required=False, instead="timeout"),
            Exit("left", required=self.leave_key is not None, instead="timeout"),
        )

    def references(self) -> Iterable[Reference]:
        yield Reference("queue", self.queue)
        yield from references(self.announcements or ())

    def start(self, ctx: Context) -> Outcome:
        return ctx.ask(
            Enqueue,
            queue=self.queue,
            priority=self.priority,
            skills=self.skills,
            language=ctx.language,
            max_wait=self.max_wait,
            leave_key=self.leave_key,
            announcements=spoken(self.announcements or (), ctx),
            announce_every=self.announce_every,
        )

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if reply.result == "failed":
            raise FlowFault(f"the caller could not enter the queue '{self.queue}'")
        return Go(reply.result)
