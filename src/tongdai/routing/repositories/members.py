"""Who is in a queue by name."""

from collections.abc import Sequence
from typing import Any

from tongdai.platform.database import Transaction
from tongdai.routing.schemas import Place


class Members:
    """Named members of queues."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, places: Sequence[Place]) -> list[Place]:
        """Gives those who were not there before. Who has no place of their own comes last."""
        rows = await self._tx.fetch_tuples(
            "INSERT INTO queue_members (tenant_id, queue_id, user_id, position)"
            " SELECT %(tenant)s, w.queue_id, w.user_id, coalesce(w.place, w.number + (SELECT coalesce(max(m.position), 0)"
            " FROM queue_members m WHERE m.tenant_id = %(tenant)s AND m.queue_id = w.queue_id))"
            " FROM unnest(%(queues)s::uuid[], %(users)s::uuid[], %(places)s::int[])"
            " WITH ORDINALITY w (queue_id, user_id, place, number)"
            " ON CONFLICT DO NOTHING RETURNING queue_id, user_id, position",
            {**_columns(places), "places": [place.position for place in places]},
        )
        return [Place(queue_id=queue, user_id=user, position=position) for queue, user, position in rows]

    async def remove(self, places: Sequence[Place]) -> list[Place]:
        """Gives those who were there, with the places that they had."""
        rows = await self._tx.fetch_tuples(
            "DELETE FROM queue_members m USING unnest(%(queues)s::uuid[], %(users)s::uuid[]) w (queue_id, user_id)"
            " WHERE m.tenant_id = %(tenant)s AND (m.queue_id, m.user_id) = (w.queue_id, w.user_id)"
            " RETURNING m.queue_id, m.user_id, m.position",
            _columns(places),
        )
        return [Place(queue_id=queue, user_id=user, position=position) for queue, user, position in rows]


def _columns(places: Sequence[Place]) -> dict[str, Any]:
    return {
        "queues": [place.queue_id for place in places],
        "users": [place.user_id for place in places],
    }
