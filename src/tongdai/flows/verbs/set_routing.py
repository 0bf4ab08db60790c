"""`set_routing`: how urgent the caller is and which skills they need, for every queue that comes after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, cast

from pydantic import Field

from tongdai.flows.errors import FlowFault
from tongdai.flows.template import Template
from tongdai.flows.verb import Context, Go, Outcome, Verb
from tongdai.flows.verbs.fields import Expr, Text

VARIABLE = "routing"
MOST = 100
Level = Annotated[int, Field(ge=0, le=10)]


class SetRouting(Verb):
    """Takes the place of what an earlier step of this kind has set. A queue step adds the priority to its own, and asks for these
    skills beside its own. `priority` is an expression: `priority: contact.level * 10`, cut off at -100 and 100. `preferred`:
    extension or e-mail address of the agent for whom callers wait first, unless the queue step names one."""

    name = "set_routing"
    waits = False
    priority: Expr | None = None
    skills: dict[str, Level] = Field(default={}, max_length=20)
    preferred: Text | None = None

    def writes(self) -> Iterable[str]:
        return (VARIABLE,)

    def start(self, ctx: Context) -> Outcome:
        value = 0 if self.priority is None else self.priority.value(ctx.variables)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise FlowFault("the priority is no number")
        routing: dict[str, Any] = {"priority": _cut(round(value)), "skills": dict(self.skills)}
        if (agent := preferred(ctx.variables, self.preferred, before=False)) is not None:
            routing["preferred"] = agent
        return Go("done", {VARIABLE: routing})


def applied(
    variables: Mapping[str, Any], priority: int, skills: Mapping[str, int]
) -> tuple[int, dict[str, int]]:
    """A queue step's own priority and skills with what was set before; the higher level of a skill counts."""
    routing = variables.get(VARIABLE)
    if not isinstance(routing, dict):
        return priority, dict(skills)
    before = cast("dict[str, Any]", routing)
    asked: dict[str, int] = before.get("skills") or {}
    both = {name: max(asked.get(name, 0), skills.get(name, 0)) for name in [*asked, *skills]}
    return _cut(priority + int(before.get("priority") or 0)), both


def preferred(variables: Mapping[str, Any], own: Template | None, *, before: bool = True) -> str | None:
    """The agent whom a step names, or (`before`) an earlier step of this kind; an empty text names nobody."""
    named = own.text(variables).strip() if own is not None else ""
    routing = variables.get(VARIABLE)
    if not named and before and isinstance(routing, dict):
        named = str(cast("dict[str, Any]", routing).get("preferred") or "")
    return named or None


def _cut(priority: int) -> int:
    return max(-MOST, min(MOST, priority))
