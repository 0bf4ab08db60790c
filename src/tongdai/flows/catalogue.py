"""What a designer must know of each verb: its parameters as JSON schema, and its exits."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from tongdai.flows.verb import Exit, Verb, VerbRegistry


@dataclass(frozen=True, slots=True)
class VerbCard:
    """`exits` are those that every node of the verb has; more are named by the author in the parameter `named`."""

    name: str
    description: str
    parameters: dict[str, Any]
    exits: tuple[Exit, ...]
    main: str
    short: str | None
    whole: bool
    named: tuple[str, str] | None


def catalogue(registry: VerbRegistry) -> list[VerbCard]:
    """All verbs in the order in which they were registered."""
    return [_card(verb) for name in registry.names if (verb := registry.get(name)) is not None]


def _card(verb: type[Verb]) -> VerbCard:
    names: dict[str, Any] = {verb.named[0]: {} if verb.named[1] != "items" else ()} if verb.named else {}
    own = verb.__doc__ if verb.__doc__ and verb.__doc__ != Verb.__doc__ else ""
    return VerbCard(
        verb.name,
        inspect.cleandoc(own) if own else "",
        verb.model_json_schema(),
        verb.model_construct(None, **names).exits(),
        verb.main,
        verb.short,
        verb.whole,
        verb.named,
    )
