"""`queue`: wait for an agent. The performer belongs to routing; this file may move to its flow_nodes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.commands import Enqueue
from tongdai.flows.errors import FlowFault
from tongdai.flows.prompts import Prompts, Speech
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs import closing, set_routing
from tongdai.flows.verbs.callback_words import offered
from tongdai.flows.verbs.fields import Keys, Seconds, Text, kind
from tongdai.flows.verbs.parts import Parts, references, spoken


class Queue(Verb):
    """Ends well when an agent takes the caller: `answered` is left only when they are done and the caller is still
    there (a survey, say). `priority` 0 is normal, higher is sooner. The queue's own maximum wait counts too.
    `preferred`: extension or e-mail address of the agent for whom the caller waits first, as long as the queue's setting says.
    `closed`: somebody closed it in an emergency. `callback_key` leaves by `callback`, where a callback node keeps the place;
    after `callback_after` seconds it is offered, in the words of `callback_say` or in ours."""

    name = "queue"
    short = "queue"
    main = "timeout"
    queue: Annotated[str, Field(min_length=1, max_length=100), kind("queue")]
    priority: int = Field(default=0, ge=-100, le=100)
    skills: dict[str, Annotated[int, Field(ge=0, le=10)]] = {}
    preferred: Text | None = None
    max_wait: Seconds | None = None
    leave_key: Annotated[Keys, Field(min_length=1, max_length=1)] | None = None
    callback_key: Annotated[Keys, Field(min_length=1, max_length=1)] | None = None
    callback_after: Annotated[float, Field(ge=0, le=3600)] | None = None
    callback_say: Parts | None = None
    announcements: Parts | None = None
    announce_every: Annotated[float, Field(ge=5, le=3600)] | None = None

    @model_validator(mode="after")
    def _keys_differ(self) -> Queue:
        if self.callback_key is not None and self.callback_key == self.leave_key:
            raise ValueError("one key cannot both leave the queue and ask to be called back")
        return self

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
            Exit("callback", required=self.callback_key is not None, instead="timeout"),
            Exit("closed", required=False, instead="no_agents"),
        )

    def references(self) -> Iterable[Reference]:
        yield Reference("queue", self.queue)
        yield from references(self.announcements or ())
        yield from references(self.callback_say or ())

    def start(self, ctx: Context) -> Outcome:
        priority, skills = set_routing.applied(ctx.variables, self.priority, self.skills)
        return ctx.ask(
            Enqueue,
            queue=self.queue,
            priority=priority,
            skills=skills,
            preferred=set_routing.preferred(ctx.variables, self.preferred),
            language=ctx.language,
            max_wait=self.max_wait,
            leave_key=self.leave_key,
            callback_key=self.callback_key,
            callback_after=self.callback_after if self.callback_key else None,
            callback_offer=self._offer(ctx),
            announcements=spoken(self.announcements or (), ctx),
            announce_every=self.announce_every,
        )

    def _offer(self, ctx: Context) -> Prompts:
        if self.callback_key is None or self.callback_after is None:
            return ()
        if self.callback_say is not None:
            return spoken(self.callback_say, ctx)
        text, tag = offered(ctx.language, self.callback_key)
        return (Speech(text=text, language=tag),)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if (on := closing.said(ctx)) is not None:
            return on
        if reply.result == "closed":
            return closing.closed(ctx, reply)
        if reply.result == "failed":
            raise FlowFault(f"the caller could not enter the queue '{self.queue}'")
        return Go(reply.result)
