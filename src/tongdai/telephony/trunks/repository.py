"""SQL of the states of trunks."""

from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.telephony.trunks.policies import TrunkState

_STATE = ", ".join(TrunkState.__slots__)


class TrunkStates:
    """One row for each trunk that was looked at."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def all(self) -> dict[UUID, TrunkState]:
        """Of the trunks in the scope, by the trunk."""
        rows = await self._tx.fetch_tuples(f"SELECT id, {_STATE} FROM trunk_states")
        return {row[0]: TrunkState(*row[1:]) for row in rows}

    async def write(self, trunk_id: UUID, state: TrunkState) -> int | None:
        """Gives the new version; None when the trunk is gone."""
        values = {name: getattr(state, name) for name in TrunkState.__slots__}
        changes = ", ".join(f"{name} = excluded.{name}" for name in TrunkState.__slots__)
        casts = {"answer": "::smallint", "round_trip_ms": "::real"}
        places = ", ".join(f"%({name})s{casts.get(name, '')}" for name in TrunkState.__slots__)
        return await self._tx.fetch_value(
            f"INSERT INTO trunk_states (tenant_id, id, {_STATE}) SELECT tenant_id, id, {places} FROM trunks"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s"
            f" ON CONFLICT (tenant_id, id) DO UPDATE SET {changes}, version = trunk_states.version + 1"
            " RETURNING version",
            {"id": trunk_id, **values},
        )
