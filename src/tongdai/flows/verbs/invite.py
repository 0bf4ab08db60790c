"""`invite`: the caller wants somebody else on the call: whoever takes it finds them called in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, model_validator

from tongdai.flows.commands import Invite as Command
from tongdai.flows.errors import FlowFault
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import Text, kind


class Invite(Verb):
    """One of `extension`, `number` and `queue` (any agent of it, an interpreter, say). They are called when an agent has the
    caller, and all hear each other; up to three can be invited before. `refused`: there is no such extension or queue, or the
    number may not be called by a flow."""

    name = "invite"
    extension: Text | None = None
    number: Text | None = None
    queue: Annotated[str, Field(min_length=1, max_length=100), kind("queue")] | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Invite:
        if sum(one is not None for one in (self.extension, self.number, self.queue)) != 1:
            raise ValueError("name an extension, a number or a queue, and one of them only")
        return self

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("done"), Exit("refused", required=False, instead="done"))

    def references(self) -> Iterable[Reference]:
        if self.extension is not None and self.extension.constant is not None:
            yield Reference("extension", self.extension.constant)
        if self.queue is not None:
            yield Reference("queue", self.queue)

    def start(self, ctx: Context) -> Outcome:
        if self.queue is not None:
            return ctx.ask(Command, to=self.queue, target="queue")
        template = self.extension or self.number
        assert template is not None
        to = "".join(c for c in template.text(ctx.variables) if c in "+0123456789*#")
        if not to:
            raise FlowFault("there is no number to invite")
        return ctx.ask(Command, to=to, target="extension" if self.extension else "number")

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        return Go("refused" if reply.result == "failed" else reply.result)
