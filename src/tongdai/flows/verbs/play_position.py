"""`play_position`: tell the caller their place in a queue and the wait. `play_position: sales` is the short form."""

from __future__ import annotations

from pydantic import model_validator

from tongdai.flows.commands import Say
from tongdai.flows.replies import Reply
from tongdai.flows.spoken_wait import waiting_prompts
from tongdai.flows.verb import Context, Exit, Go, Outcome
from tongdai.flows.verbs.about_queue import AboutQueue

_SAYING = "saying"


class PlayPosition(AboutQueue):
    """As the queue is now, for a caller who has not entered it yet; who waits is told by the queue's own setting. Says nothing
    of a wait that cannot be known, and nothing at all when nobody would serve the caller: `unstaffed` and `closed` are for that.
    Sets `queue` as `queue_status` does. Any key skips the rest, and answers the question that follows."""

    name = "play_position"
    short = "queue"
    position: bool = True
    wait: bool = True

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

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if _SAYING in ctx.memo:
            return Go("done", {"queue": ctx.memo[_SAYING]})
        found = self.found(reply)
        if reply.result != "staffed":
            return Go(reply.result, {"queue": found})
        place = int(found.get("position") or 1) if self.position else None
        wait = found.get("expected_wait") if self.wait else None
        prompts = waiting_prompts(place, wait, ctx.language)
        if not prompts:
            return Go("done", {"queue": found})
        return ctx.ask(Say, memo={_SAYING: found}, prompts=prompts, interruptible=True)
