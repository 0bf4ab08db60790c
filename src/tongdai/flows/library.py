"""The prompts library and the flows that play from it: renaming and deleting without silencing anybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from tongdai.flows import yaml_format
from tongdai.flows.events import FlowChanged, PromptChanged
from tongdai.flows.graph import Document, DocumentNode
from tongdai.flows.repository import FlowRepository, FlowRow, PromptRow
from tongdai.flows.uses import PromptUses, node_names, published_naming
from tongdai.flows.verb import VerbRegistry
from tongdai.platform.database import Transaction
from tongdai.platform.errors import Conflict, NotFound, StaleVersion, invalid_field
from tongdai.tenancy.public import audit


@dataclass(frozen=True, slots=True)
class Renamed:
    """Titles of flows: whose drafts were `changed`, and which play it by the old name until they are `published` again."""

    name: str
    changed: list[str]
    published: list[str]


class PromptPlayed(Conflict):
    """Published flows or others (a queue, say) play this prompt, and it is its last recording."""

    code = "prompt_played"


class Library:
    """The one of the process: `runtime.get(Library)`. Every method works in the caller's transaction."""

    def __init__(self, registry: VerbRegistry, uses: PromptUses) -> None:
        self._registry, self._uses = registry, uses

    async def rename(self, tx: Transaction, prompt_id: UUID, name: str, version: int) -> Renamed:
        """In all languages. Flows that are published and calls that are under way find it by its old name, too."""
        repository = FlowRepository(tx)
        row = await self._found(tx, prompt_id)
        if row.version != version:
            raise StaleVersion(current=row.version)
        if name == row.name:
            return Renamed(name, [], [])
        if await repository.prompt_in_all_languages(name):
            raise invalid_field("name", "There is a prompt of this name already: choose another.", "taken")
        names = {row.name}
        for one in await repository.rename_prompt(row.name, name):
            tx.emit(PromptChanged(aggregate_id=one.id, aggregate_version=one.version))
            await audit(tx, "prompt.renamed", "prompt", one.id)
        changed: list[str] = []
        for flow in await repository.list():
            draft = yaml_format.from_json(flow.draft)
            if self.plays(draft, names):
                await self._save(tx, flow, self.with_prompt(draft, row.name, name))
                changed.append(flow.title or flow.name)
        return Renamed(name, changed, await self._published(tx, names))

    async def delete(self, tx: Transaction, prompt_id: UUID) -> None:
        """Raises PromptPlayed, which names what plays it."""
        repository = FlowRepository(tx)
        row = await self._found(tx, prompt_id)
        if len(await repository.prompt_in_all_languages(row.name)) == 1:
            names = [row.name, *row.formerly]
            playing = [*await self._published(tx, names), *await self._uses.of(tx, names)]
            if playing:
                those = ", ".join(playing)
                raise PromptPlayed(
                    f"It is played by {those}. Take it out of there and publish, then delete it.",
                    reason=those,
                )
        await repository.delete_prompt(prompt_id)
        tx.emit(PromptChanged(aggregate_id=prompt_id, aggregate_version=row.version + 1))
        await audit(tx, "prompt.removed", "prompt", prompt_id)

    def plays(self, document: Document, names: Collection[str]) -> bool:
        """Whether a step names one of these prompts."""
        return any(self._node_plays(node, names) for node in document.nodes.values())

    def with_prompt(self, document: Document, old: str, new: str) -> dict[str, Any]:
        """The stored form of the document with another name for a prompt."""
        nodes = {
            name: {**node, **_renamed_in(document.nodes[name], node, old, new)}
            if self._node_plays(document.nodes[name], {old})
            else node
            for name, node in yaml_format.to_json(document)["nodes"].items()
        }
        return {**yaml_format.to_json(document), "nodes": nodes}

    def _node_plays(self, node: DocumentNode, names: Collection[str]) -> bool:
        return node_names(self._registry, node, "prompt", names)

    async def _published(self, tx: Transaction, names: Collection[str]) -> list[str]:
        return await published_naming(tx, self._registry, "prompt", names)

    async def _save(self, tx: Transaction, flow: FlowRow, stored: dict[str, Any]) -> None:
        version = await FlowRepository(tx).save_draft(flow.id, flow.title, stored, flow.version)
        if version is None:
            raise StaleVersion()
        tx.emit(FlowChanged(aggregate_id=flow.id, aggregate_version=version))
        await audit(tx, "flow.changed", "flow", flow.id)

    async def _found(self, tx: Transaction, prompt_id: UUID) -> PromptRow:
        row = await FlowRepository(tx).prompt_by_id(prompt_id)
        if row is None:
            raise NotFound()
        return row


def _renamed_in(node: DocumentNode, stored: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    return {node.verb: _replaced(stored[node.verb], old, new)}


def _replaced(value: Any, old: str, new: str) -> Any:
    """The value with `{prompt: old}` as `{prompt: new}`, however deep."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {
            key: new if key == "prompt" and item == old else _replaced(item, old, new)
            for key, item in members.items()
        }
    if isinstance(value, list):
        return [_replaced(item, old, new) for item in cast("list[Any]", value)]
    return value
