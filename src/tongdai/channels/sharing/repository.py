"""All SQL about shared sessions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.channels.sharing.policies import Side
from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One shared session. `user_id`: the agent; `customer_at`, `agent_at`: when that side was last connected."""

    id: UUID
    visitor_id: UUID
    interaction_id: UUID
    conversation_id: UUID
    user_id: UUID
    kind: str
    state: str
    asked_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    why: str | None
    customer_at: datetime | None
    agent_at: datetime | None
    version: int


_SHARE = ", ".join(ShareRow.__slots__)
_OPEN = "state <> 'over'"


class Shares:
    """Those of the tenant; of all tenants in the scope of the system."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, row: ShareRow) -> None:
        places = ", ".join(f"%({name})s" for name in ShareRow.__slots__)
        await self._tx.write(
            f"INSERT INTO shares (tenant_id, {_SHARE}) VALUES (%(tenant)s, {places})",
            {name: getattr(row, name) for name in ShareRow.__slots__},
        )

    async def save(self, row: ShareRow) -> None:
        """Where it stands; that a side is there is written by `seen`."""
        await self._tx.write(
            "UPDATE shares SET state = %(state)s, began_at = %(began_at)s, ended_at = %(ended_at)s, ended_by = %(ended_by)s,"
            " why = %(why)s, version = %(version)s WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {name: getattr(row, name) for name in ShareRow.__slots__},
        )

    async def get(self, share_id: UUID, *, lock: bool = False) -> ShareRow | None:
        """To lock it, its interaction is locked first."""
        return await self._tx.fetch_one(
            ShareRow,
            f"SELECT {_SHARE} FROM shares WHERE tenant_id = %(tenant)s AND id = %(id)s"
            f"{' FOR NO KEY UPDATE' if lock else ''}",
            {"id": share_id},
        )

    async def open_of(self, interaction_id: UUID) -> list[ShareRow]:
        """Those that are asked for or on."""
        return await self._tx.fetch_all(
            ShareRow,
            f"SELECT {_SHARE} FROM shares WHERE tenant_id = %(tenant)s AND interaction_id = %(interaction)s AND {_OPEN}"
            " ORDER BY asked_at",
            {"interaction": interaction_id},
        )

    async def latest_of(self, interaction_id: UUID, user_id: UUID) -> list[ShareRow]:
        """The agent's last of each kind, over or not."""
        return await self._tx.fetch_all(
            ShareRow,
            f"SELECT DISTINCT ON (kind) {_SHARE} FROM shares WHERE tenant_id = %(tenant)s"
            " AND interaction_id = %(interaction)s AND user_id = %(user)s ORDER BY kind, asked_at DESC, id DESC",
            {"interaction": interaction_id, "user": user_id},
        )

    async def seen(self, share_id: UUID, side: Side, at: datetime) -> bool:
        """That side is connected. False: the session is over."""
        return bool(
            await self._tx.execute(
                f"UPDATE shares SET {side}_at = %(at)s WHERE tenant_id = %(tenant)s AND id = %(id)s AND state = 'on'",
                {"id": share_id, "at": at},
            )
        )

    async def overdue(self, asked: datetime, seen: datetime) -> list[tuple[UUID, UUID]]:
        """(tenant, id) of those that nobody answered since `asked`, or of which a side is away since `seen`. System scope."""
        return await self._tx.fetch_tuples(
            "SELECT tenant_id, id FROM shares WHERE (state = 'asked' AND asked_at < %(asked)s) OR (state = 'on' AND"
            " least(coalesce(customer_at, began_at), coalesce(agent_at, began_at)) < %(seen)s) LIMIT 100",
            {"asked": asked, "seen": seen},
        )

    async def without_agent(self) -> list[tuple[UUID, UUID]]:
        """(tenant, id) of those whose agent has the customer no longer. System scope."""
        return await self._tx.fetch_tuples(
            f"SELECT tenant_id, id FROM shares s WHERE {_OPEN} AND NOT EXISTS (SELECT FROM assignments a WHERE"
            " (a.tenant_id, a.interaction_id, a.user_id) = (s.tenant_id, s.interaction_id, s.user_id)"
            " AND a.state = 'accepted') LIMIT 100"
        )
