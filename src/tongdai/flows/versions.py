"""Published versions, compiled once per process.

A version never changes, so its graph is kept for good (the least used go first). Which version is published does change:
that is kept per tenant and forgotten when a FlowPublished or FlowChanged fact says so.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from uuid import UUID

from tongdai.flows import yaml_format
from tongdai.flows.errors import NotPublished
from tongdai.flows.graph import Graph
from tongdai.flows.repository import FlowRepository
from tongdai.flows.validation import calls, check
from tongdai.flows.verb import VerbRegistry
from tongdai.kit.remembered import Remembered
from tongdai.platform.database import Transaction

MAX_GRAPHS = 2_000


class Versions:
    """The engine's Library. `graph` only finds what `load` has brought in."""

    def __init__(self, registry: VerbRegistry) -> None:
        self._registry = registry
        self._graphs: OrderedDict[str, tuple[Graph, tuple[str, ...]]] = OrderedDict()
        self._published = Remembered[UUID, Mapping[UUID, tuple[str, str]]]()

    def graph(self, flow: str, version: str) -> Graph:
        return self._graphs[version][0]

    def forget(self, tenant_id: UUID) -> None:
        self._published.forget(lambda tenant: tenant == tenant_id)

    async def pins(self, tx: Transaction, flow_id: UUID) -> tuple[str, dict[str, str]]:
        """(the flow's name, name → version id of it and all sub-flows that it may enter), loaded. No query when warm.

        Raises NotPublished."""

        async def ask() -> Mapping[UUID, tuple[str, str]]:
            rows = await FlowRepository(tx).published()
            return {flow: (name, str(version)) for flow, name, version in rows}

        published = await self._published.get(tx.tenant_id, ask)
        if flow_id not in published:
            raise NotPublished()
        by_name = dict(published.values())
        first, _ = published[flow_id]
        pins: dict[str, str] = {}
        todo = [first]
        while todo:
            wave = {name: by_name[name] for name in todo if name not in pins and name in by_name}
            await self.load(tx, list(wave.values()))
            pins.update(wave)
            todo = [sub for version in wave.values() for sub in self._graphs[version][1]]
        return first, pins

    async def load(self, tx: Transaction, versions: Sequence[str]) -> None:
        """Bring the graphs of these versions in, with one query for those that are not there yet."""
        missing = [version for version in versions if version not in self._graphs]
        if missing:
            for row in await FlowRepository(tx).versions_by_id([UUID(version) for version in missing]):
                document = yaml_format.from_json(row.document)
                checked = check(document, self._registry, version=str(row.id))
                if checked.graph is None:
                    raise NotPublished(
                        f"Version {row.number} of '{document.flow}' needs a verb that is not installed."
                    )
                self._graphs[str(row.id)] = (checked.graph, tuple(calls(document)))
        for version in versions:
            self._graphs.move_to_end(version)
        while len(self._graphs) > MAX_GRAPHS:
            self._graphs.popitem(last=False)
