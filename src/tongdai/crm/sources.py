"""What other modules add to the customer's record. Each registers a source; crm knows none of them by name."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.crm.schemas import Matter, TimelineEntry
from tongdai.platform.database import Transaction

Place = tuple[datetime, UUID]
"""Where a timeline was left off: newest first, by (at, id)."""


class CustomerSource:
    """The port. Override what the module has; `contact_ids` are a contact and all that were merged into it."""

    name = ""

    async def timeline(
        self, tx: Transaction, contact_ids: list[UUID], before: Place | None, limit: int
    ) -> list[TimelineEntry]:
        """Up to `limit` entries older than `before`, newest first."""
        return []

    async def last_at(self, tx: Transaction, contact_ids: list[UUID]) -> dict[UUID, datetime]:
        """When each contact was last in touch, of those who ever were."""
        return {}

    async def matters(self, tx: Transaction, contact_ids: list[UUID]) -> list[Matter]:
        """What is unfinished."""
        return []

    async def export(self, tx: Transaction, contact_ids: list[UUID]) -> list[dict[str, Any]]:
        """All that the module knows of them, for a request to see one's data."""
        return []

    async def erase(self, tx: Transaction, contact_ids: list[UUID], at: datetime) -> None:
        """Forget what is personal and keep what figures need."""


class CustomerSources:
    """The registered sources."""

    def __init__(self) -> None:
        self.all: list[CustomerSource] = []

    def add(self, source: CustomerSource) -> None:
        self.all.append(source)
