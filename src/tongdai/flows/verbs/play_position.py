"""`play_position`: tell the caller their place in a queue and the wait. `play_position: sales` is the short form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.commands import AskQueue, Say
from tongdai.flows.errors import FlowFault
from tongdai.flows.replies import Reply
from tongdai.flows.spoken_wait import waiting_prompts
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs import set_routing
from tongdai.flows.verbs.fields import kind

_SAYING = "saying"


class PlayPosition(Verb):
    """As the queue is now, for a caller who has not entered it yet; who waits is told by the queue's own setting. Says nothing
    of a wait that cannot be known, and nothing at all when nobody would serve the caller: `unstaffed` and `closed` are for that.
    Sets `queue` as `queue_status` does. Any key skips the rest, and answers the question that follows."""

    name = "play_position"
    short = "queue"
    queue: Annotated[str, Field(min_length=1, max_length=100), kind("queue")]
    position: bool = True
    wait: bool = True

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"queue": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _something(self) -> PlayPosition:
        if not self.position and not self.wait:
            raise ValueError("say the position, the wait, or both")
        return self

    def exits(self) -> tuple[Exit, ...]:
        return (
            Exit("done"),
            Exit("unstaffed", required=False, instead="done"),
            Exit("closed", required=False, instead="unstaffed"),
        )

    def writes(self) -> Iterable[str]:
        return ("queue",)

    def references(self) -> Iterable[Reference]:
        return (Reference("queue", self.queue),)

    def start(self, ctx: Context) -> Outcome:
        priority, _ = set_routing.applied(ctx.variables, 0, {})
        return ctx.ask(AskQueue, queue=self.queue, priority=priority)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if _SAYING in ctx.memo:
            return Go("done", {"queue": ctx.memo[_SAYING]})
        if reply.result == "failed":
            raise FlowFault(f"the queue '{self.queue}' could not be asked")
        found = dict(reply.data)
        if reply.result != "staffed":
            return Go(reply.result, {"queue": found})
        place = int(found.get("position") or 1) if self.position else None
        wait = found.get("expected_wait") if self.wait else None
        prompts = waiting_prompts(place, wait, ctx.language)
        if not prompts:
            return Go("done", {"queue": found})
        return ctx.ask(Say, memo={_SAYING: found}, prompts=prompts, interruptible=True)
