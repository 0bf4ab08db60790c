"""Where flows and prompts are used: what other modules know of it, and which flows name them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Generic, TypeAlias, TypeVar
from uuid import UUID

from tongdai.flows import yaml_format
from tongdai.flows.graph import DocumentNode
from tongdai.flows.repository import FlowRepository
from tongdai.flows.verb import VerbRegistry
from tongdai.platform.database import Transaction

What = TypeVar("What")
Ask: TypeAlias = Callable[[Transaction, What], Awaitable[list[str]]]


class _Uses(Generic[What]):
    """Modules add their question: `app.ensure(FlowUses).add(…)`. It names things as people know them (a number, say)."""

    def __init__(self) -> None:
        self._asked: list[Ask[What]] = []

    def add(self, ask: Ask[What]) -> None:
        self._asked.append(ask)

    async def of(self, tx: Transaction, what: What) -> list[str]:
        """All that uses it now, from outside of flows."""
        return [found for ask in self._asked for found in await ask(tx, what)]


class FlowUses(_Uses[UUID]):
    """What leads callers to a flow."""


class PromptUses(_Uses[list[str]]):
    """What plays prompts of these names."""


def node_names(registry: VerbRegistry, node: DocumentNode, kind: str, names: Collection[str]) -> bool:
    """Whether a step names one of these; a draft's may be half done."""
    verb_type = registry.get(node.verb)
    try:
        verb = verb_type.model_validate(node.params) if verb_type else None
    except ValueError:
        return False
    return verb is not None and any(one.kind == kind and one.name in names for one in verb.references())


async def published_naming(
    tx: Transaction, registry: VerbRegistry, kind: str, names: Collection[str], but: UUID | None = None
) -> list[str]:
    """Titles of the published flows of which a step names one of these; `but` one flow."""
    repository = FlowRepository(tx)
    rows = {row.published_id: row for row in await repository.list() if row.published_id and row.id != but}
    return [
        rows[version.id].title or rows[version.id].name
        for version in await repository.versions_by_id(list(rows))
        if any(
            node_names(registry, node, kind, names)
            for node in yaml_format.from_json(version.document).nodes.values()
        )
    ]
