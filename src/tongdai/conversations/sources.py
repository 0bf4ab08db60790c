"""What other modules add to the interaction log. Each registers a source; conversations knows none of them by name."""

from typing import Any
from uuid import UUID

from tongdai.platform.database import Transaction


class InteractionSource:
    """The port. Override what the module has."""

    async def queue_names(self, tx: Transaction, queue_ids: list[UUID]) -> dict[UUID, str]:
        return {}

    async def with_recording(self, tx: Transaction, interaction_ids: list[UUID]) -> set[UUID]:
        """Those of which there is something to listen to."""
        return set()

    def kept(self, which: str) -> str | None:
        """SQL over the row `i` of interactions: there is something of it to listen to ("recorded"), or that is under legal
        hold ("held")."""
        return None

    async def details(self, tx: Transaction, interaction_id: UUID) -> dict[str, Any]:
        """Fields of the detail that this module owns: routing, waiting, flow_path, recordings, quality."""
        return {}


class InteractionSources:
    """The registered sources."""

    def __init__(self) -> None:
        self._all: list[InteractionSource] = []

    def add(self, source: InteractionSource) -> None:
        self._all.append(source)

    async def queue_names(self, tx: Transaction, queue_ids: set[UUID]) -> dict[UUID, str]:
        names: dict[UUID, str] = {}
        if queue_ids:
            for source in self._all:
                names |= await source.queue_names(tx, list(queue_ids))
        return names

    async def with_recording(self, tx: Transaction, interaction_ids: list[UUID]) -> set[UUID]:
        found: set[UUID] = set()
        for source in self._all:
            found |= await source.with_recording(tx, interaction_ids)
        return found

    def kept(self, which: str) -> str:
        """The condition for a list that is narrowed so: nothing where no module keeps recordings."""
        found = [sql for source in self._all if (sql := source.kept(which)) is not None]
        return f"({' OR '.join(found)})" if found else "false"

    async def details(self, tx: Transaction, interaction_id: UUID) -> dict[str, Any]:
        known: dict[str, Any] = {}
        for source in self._all:
            known |= await source.details(tx, interaction_id)
        return known
