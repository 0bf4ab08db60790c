"""`send_email`: a letter to the customer, or to an address that the flow was told. Module channels performs it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from tongdai.flows.commands import SendEmail as SendCommand
from tongdai.flows.expressions import as_text
from tongdai.flows.replies import Reply
from tongdai.flows.template import Template
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import Expr, Letter, Text, kind
from tongdai.flows.verbs.parts import in_language

LONGEST_SUBJECT, LONGEST_TEXT = 200, 10_000


class SendEmail(Verb):
    """Writes `body` under `subject` from the mailbox with this address, to the customer's own address or to `to`. It is on its
    way when the flow goes on, once, whatever restarts. Left by `no_address` where none is known, by `not_sent` where it may not
    be: to machines, to who refused letters for this `purpose`, too many in a day."""

    name = "send_email"
    mailbox: Annotated[str, Field(min_length=3, max_length=200), kind("sender")]
    subject: Text | Annotated[dict[str, Text], Field(min_length=1)]
    body: Letter | Annotated[dict[str, Letter], Field(min_length=1)]
    to: Expr | None = None
    purpose: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] = "service"

    def exits(self) -> tuple[Exit, ...]:
        return (
            Exit("done"),
            Exit("not_sent", required=False, instead="done"),
            Exit("no_address", required=False, instead="not_sent"),
        )

    def references(self) -> Iterable[Reference]:
        yield Reference("sender", self.mailbox)

    def start(self, ctx: Context) -> Outcome:
        to = None if self.to is None else self.to.value(ctx.variables)
        return ctx.ask(
            SendCommand,
            mailbox=self.mailbox,
            subject=" ".join(_written(self.subject, ctx).split())[:LONGEST_SUBJECT],
            text=_written(self.body, ctx).strip()[:LONGEST_TEXT],
            to=None if self.to is None else "" if to is None else as_text(to).strip(),
            purpose=self.purpose,
            language=ctx.language,
        )

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        way = {"sent": "done", "no_address": "no_address"}.get(reply.result, "not_sent")
        return Go(way)


def _written(given: Template | dict[str, Template], ctx: Context) -> str:
    template = given if isinstance(given, Template) else in_language(given, ctx.language)[1]
    return template.text(ctx.variables)
