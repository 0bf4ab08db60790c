"""`queue_status`: how is a queue just now? `queue_status: sales` is the short form."""

from __future__ import annotations

from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome
from tongdai.flows.verbs.about_queue import AboutQueue


class QueueStatus(AboutQueue):
    """Whether anybody is at work there (`staffed`), or it was closed in an emergency. Sets `queue.waiting`, `queue.position`
    (the place that the caller would have), `queue.expected_wait` (in seconds; null: that cannot be said), `queue.agents_ready`
    and `queue.agents_at_work`, to branch by."""

    name = "queue_status"
    main = "staffed"

    def exits(self) -> tuple[Exit, ...]:
        return (
            Exit("staffed"),
            Exit("unstaffed", required=False, instead="staffed"),
            Exit("closed", required=False, instead="unstaffed"),
        )

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        return Go(reply.result, {"queue": self.found(reply)})
