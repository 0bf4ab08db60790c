"""SQL of flows over text."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class TextRunRow:
    """Which run leads the customer of an interaction, and in which conversation it speaks."""

    tenant_id: UUID
    interaction_id: UUID
    conversation_id: UUID
    channel: str
    flow_run_id: UUID
    outside: bool
    due_at: datetime | None


_RUN = ", ".join(TextRunRow.__slots__)


class TextRuns:
    """Runs over text."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, row: TextRunRow) -> None:
        await self._tx.write(
            "INSERT INTO text_runs (tenant_id, interaction_id, conversation_id, channel, flow_run_id, outside, due_at) VALUES"
            " (%(tenant)s, %(interaction_id)s, %(conversation_id)s, %(channel)s, %(flow_run_id)s, %(outside)s, %(due_at)s)",
            {name: getattr(row, name) for name in TextRunRow.__slots__ if name != "tenant_id"},
            row=row.interaction_id,
        )

    async def save(self, row: TextRunRow) -> None:
        await self._tx.write(
            "UPDATE text_runs SET outside = %(outside)s, due_at = %(due_at)s"
            " WHERE tenant_id = %(tenant)s AND interaction_id = %(interaction_id)s",
            {"interaction_id": row.interaction_id, "outside": row.outside, "due_at": row.due_at},
            row=row.interaction_id,
        )

    async def get(self, interaction_id: UUID) -> TextRunRow | None:
        return await self._tx.fetch_one(
            TextRunRow,
            f"SELECT {_RUN} FROM text_runs WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s",
            {"id": interaction_id},
        )

    async def outside(self) -> list[TextRunRow]:
        """Of all tenants: what was being carried out when the process ended. System scope."""
        return await self._tx.fetch_all(TextRunRow, f"SELECT {_RUN} FROM text_runs WHERE outside")

    async def due(self, at: datetime, limit: int = 100) -> list[TextRunRow]:
        """Of all tenants: runs whose time is up. System scope."""
        return await self._tx.fetch_all(
            TextRunRow,
            f"SELECT {_RUN} FROM text_runs WHERE due_at <= %(at)s ORDER BY due_at LIMIT %(limit)s",
            {"at": at, "limit": limit},
        )
