"""Where a flow is used: what other modules know of it, and which published flows call it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from tongdai.flows import yaml_format
from tongdai.flows.repository import FlowRepository, FlowRow
from tongdai.flows.verb import VerbRegistry
from tongdai.platform.database import Transaction

AskUses: TypeAlias = Callable[[Transaction, UUID], Awaitable[list[str]]]
AskPlaying: TypeAlias = Callable[[Transaction, list[str]], Awaitable[list[str]]]


class PromptUses:
    """What plays prompts outside of flows, by their names; modules add their question as to `FlowUses`."""

    def __init__(self) -> None:
        self._asked: list[AskPlaying] = []

    def add(self, ask: AskPlaying) -> None:
        self._asked.append(ask)

    async def of(self, tx: Transaction, names: list[str]) -> list[str]:
        """All that plays one of these now."""
        return [found for ask in self._asked for found in await ask(tx, names)]


class FlowUses:
    """What leads to flows from outside of flows; modules add their question: `app.ensure(FlowUses).add(…)`. It names things
    as people know them (a number, say)."""

    def __init__(self) -> None:
        self._asked: list[AskUses] = []

    def add(self, ask: AskUses) -> None:
        self._asked.append(ask)

    async def of(self, tx: Transaction, flow: FlowRow, registry: VerbRegistry) -> list[str]:
        """All that leads callers to this flow now."""
        found = [name for ask in self._asked for name in await ask(tx, flow.id)]
        return found + await _calling(tx, flow, registry)


async def _calling(tx: Transaction, flow: FlowRow, registry: VerbRegistry) -> list[str]:
    """Titles of the published flows that have it as a sub-flow."""
    repository = FlowRepository(tx)
    rows = {
        row.published_id: row for row in await repository.list() if row.published_id and row.id != flow.id
    }
    calling: list[str] = []
    for version in await repository.versions_by_id(list(rows)):
        for node in yaml_format.from_json(version.document).nodes.values():
            verb_type = registry.get(node.verb)
            verb = verb_type.model_validate(node.params) if verb_type else None
            if verb and any(one.kind == "flow" and one.name == flow.name for one in verb.references()):
                calling.append(rows[version.id].title or rows[version.id].name)
                break
    return calling
