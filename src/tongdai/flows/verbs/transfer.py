"""`transfer`: connect the caller to an extension or an outside number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.commands import TransferTo
from tongdai.flows.errors import FlowFault
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import Text


class Transfer(Verb):
    """Either `extension` or `number`. Whether an outside number may be dialled is telephony's decision (dial class,
    spend limit): it then replies `refused`."""

    name = "transfer"
    main = "no_answer"
    extension: Text | None = None
    number: Text | None = None
    timeout: Annotated[float, Field(ge=1, le=300)] = 30
    caller_id: Text | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Transfer:
        if (self.extension is None) == (self.number is None):
            raise ValueError("a transfer needs either an extension or a number")
        return self

    def exits(self) -> tuple[Exit, ...]:
        return (
            Exit("done", required=False),
            Exit("no_answer"),
            Exit("busy", required=False, instead="no_answer"),
            Exit("refused", required=False, instead="no_answer"),
        )

    def references(self) -> Iterable[Reference]:
        if self.extension is not None and self.extension.constant is not None:
            yield Reference("extension", self.extension.constant)

    def start(self, ctx: Context) -> Outcome:
        template = self.extension or self.number
        assert template is not None
        to = "".join(c for c in template.text(ctx.variables) if c in "+0123456789*#")
        if not to:
            raise FlowFault("there is no number to transfer to")
        fields: dict[str, Any] = {"to": to, "target": "extension" if self.extension else "number"}
        caller_id = self.caller_id.text(ctx.variables) if self.caller_id else None
        return ctx.ask(TransferTo, **fields, timeout=self.timeout, caller_id=caller_id)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        return Go("no_answer" if reply.result == "failed" else reply.result)
