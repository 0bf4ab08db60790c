"""Leaving a node because what it asked for was closed in an emergency: by the exit that was chosen, after what is to be said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongdai.flows.commands import Say
from tongdai.flows.prompts import Recording
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Context, Go, Outcome

_LEAVE_BY = "leave_by"


def closed(ctx: Context, reply: Reply, variables: Mapping[str, Any] | None = None) -> Outcome:
    """`reply` carries {exit, prompt}; both may be missing."""
    leave_by, prompt = str(reply.data.get("exit") or reply.result), reply.data.get("prompt")
    if not prompt:
        return Go(leave_by, variables or {})
    said = (Recording(name=str(prompt), language=ctx.language),)
    return ctx.ask(Say, memo={_LEAVE_BY: leave_by}, prompts=said)


def said(ctx: Context, variables: Mapping[str, Any] | None = None) -> Outcome | None:
    """The way on after `closed` had something said, however that ended; None: this reply is about something else."""
    leave_by = ctx.memo.get(_LEAVE_BY)
    return None if leave_by is None else Go(str(leave_by), variables or {})
