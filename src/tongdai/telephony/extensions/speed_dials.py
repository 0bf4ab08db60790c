"""Numbers that a user dials by one digit. And their SQL."""

from dataclasses import dataclass
from uuid import UUID

from tongdai.platform.database import Transaction

CODE = "*0"
"""What a phone dials before the digit."""
MOST = 10


@dataclass(frozen=True, slots=True)
class SpeedDial:
    """`number`: an extension or an outside number, as it is dialled."""

    digit: int
    name: str
    number: str


class SpeedDials:
    """Lists of users."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def of_user(self, user_id: UUID) -> list[SpeedDial]:
        """By digit."""
        return await self._tx.fetch_all(
            SpeedDial,
            "SELECT digit, name, number FROM speed_dials WHERE tenant_id = %(tenant)s AND user_id = %(user)s ORDER BY digit",
            {"user": user_id},
        )

    async def replace(self, user_id: UUID, dials: list[SpeedDial]) -> None:
        await self._tx.execute(
            "DELETE FROM speed_dials WHERE tenant_id = %(tenant)s AND user_id = %(user)s", {"user": user_id}
        )
        for one in dials:
            await self._tx.execute(
                "INSERT INTO speed_dials (tenant_id, user_id, digit, name, number)"
                " VALUES (%(tenant)s, %(user)s, %(digit)s, %(name)s, %(number)s)",
                {"user": user_id, "digit": one.digit, "name": one.name, "number": one.number},
            )
