"""SQL of how fast queues go and of how they are staffed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.routing.waits import Pace, expected_wait


@dataclass(frozen=True, slots=True)
class PaceRow:
    """A queue's pace as the matcher kept it last, with its agents at work: `staff` by heads, the `free` ones among them, and
    `agents`, the parts of them that are for this queue."""

    queue_id: UUID
    at: datetime
    finished: float
    worked_s: float
    abandoned: float
    waited_s: float
    last_wait_s: float | None
    staff: int
    free: int
    agents: float
    counted: float = 0.0
    in_time: float = 0.0

    @classmethod
    def of(cls, queue_id: UUID, pace: Pace, staff: int, free: int, agents: float) -> "PaceRow":
        return cls(
            queue_id,
            pace.at,
            pace.finished,
            pace.worked_s,
            pace.abandoned,
            pace.waited_s,
            pace.last_wait_s,
            staff,
            free,
            agents,
            pace.counted,
            pace.in_time,
        )

    def expected_wait(self, ahead: int) -> float | None:
        """Seconds that who comes when `ahead` wait will wait; None: that cannot be said."""
        return expected_wait(self.pace, self.agents, ahead, free=self.free > ahead)

    @property
    def pace(self) -> Pace:
        return Pace(
            self.at,
            self.finished,
            self.worked_s,
            self.abandoned,
            self.waited_s,
            self.last_wait_s,
            self.counted,
            self.in_time,
        )


@dataclass(frozen=True, slots=True)
class Staffing:
    """A queue's agents by heads: at work, and of those the free ones; and how many wait."""

    at_work: int
    free: int
    waiting: int


_PACE = ", ".join(PaceRow.__slots__)

IS_MEMBER = """(EXISTS (SELECT FROM queue_members m
      WHERE m.tenant_id = %(tenant)s AND m.queue_id = q.id AND m.user_id = u.id)
    OR q.requirements <> '[]' AND NOT EXISTS (SELECT FROM jsonb_array_elements(q.requirements) r
      WHERE coalesce((SELECT level FROM user_skills s WHERE s.tenant_id = %(tenant)s AND s.user_id = u.id
        AND s.skill_id = (r ->> 'skill_id')::uuid), 0)
      < least((r ->> 'level')::int, (SELECT min((step ->> 'level')::int)
        FROM jsonb_array_elements(r -> 'relax') step))))"""
"""Whether the user `u` is an agent of queue `q`, at its demands at their widest."""

_STAFFING = f"""
SELECT count(*) AS at_work,
  count(*) FILTER (WHERE p.occupancy = 'idle' AND coalesce(l.in_use < l.capacity, true)) AS free,
  (SELECT count(*) FROM queue_entries e WHERE e.tenant_id = %(tenant)s AND e.queue_id = %(queue)s) AS waiting
FROM presence p JOIN users u ON (u.tenant_id, u.id) = (p.tenant_id, p.user_id)
JOIN queues q ON q.tenant_id = %(tenant)s AND q.id = %(queue)s
LEFT JOIN agent_loads l ON (l.tenant_id, l.user_id, l.channel) = (p.tenant_id, p.user_id, q.channel)
WHERE p.tenant_id = %(tenant)s AND p.chosen = 'ready' AND p.disconnected_at IS NULL AND NOT u.archived
  AND {IS_MEMBER}
"""


class PaceRows:
    """The paces that the matcher keeps, and who is there for a queue."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def load(self, queue_id: UUID | None = None) -> list[PaceRow]:
        """All queues in the scope, or one."""
        return await self._tx.fetch_all(
            PaceRow,
            f"SELECT {_PACE} FROM queue_paces WHERE (%(id)s::uuid IS NULL OR queue_id = %(id)s)",
            {"id": queue_id},
        )

    async def keep(self, rows: list[PaceRow]) -> None:
        await self._tx.execute_many(
            "INSERT INTO queue_paces (tenant_id, queue_id, at, finished, worked_s, abandoned, waited_s, last_wait_s,"
            " staff, free, agents, counted, in_time) SELECT %(tenant)s, id, %(at)s, %(finished)s, %(worked_s)s,"
            " %(abandoned)s, %(waited_s)s, %(last_wait_s)s, %(staff)s, %(free)s, %(agents)s, %(counted)s, %(in_time)s"
            " FROM queues WHERE tenant_id = %(tenant)s AND id = %(queue_id)s"
            " ON CONFLICT (tenant_id, queue_id) DO UPDATE SET at = excluded.at, finished = excluded.finished,"
            " worked_s = excluded.worked_s, abandoned = excluded.abandoned, waited_s = excluded.waited_s,"
            " last_wait_s = excluded.last_wait_s, staff = excluded.staff, free = excluded.free, agents = excluded.agents,"
            " counted = excluded.counted, in_time = excluded.in_time",
            [{name: getattr(row, name) for name in PaceRow.__slots__} for row in rows],
        )

    async def signed_in(self, queue_ids: list[UUID]) -> bool:
        """Whether an agent of one of these queues is signed in: ready, busy, on a break, or away for a moment."""
        found = await self._tx.fetch_value(
            "SELECT true FROM presence p JOIN users u ON (u.tenant_id, u.id) = (p.tenant_id, p.user_id)"
            " JOIN queues q ON q.tenant_id = %(tenant)s AND q.id = ANY(%(queues)s)"
            f" WHERE p.tenant_id = %(tenant)s AND p.chosen <> 'offline' AND NOT u.archived AND {IS_MEMBER} LIMIT 1",
            {"queues": queue_ids},
        )
        return found is not None

    async def agents_among(self, queue_id: UUID, user_ids: list[UUID]) -> dict[UUID, bool]:
        """Those of the users who are the queue's agents, with whether they are signed in."""
        rows = await self._tx.fetch_tuples(
            "SELECT u.id, coalesce(p.chosen, 'offline') <> 'offline' FROM users u LEFT JOIN presence p"
            " ON (p.tenant_id, p.user_id) = (u.tenant_id, u.id)"
            " JOIN queues q ON q.tenant_id = %(tenant)s AND q.id = %(queue)s"
            f" WHERE u.tenant_id = %(tenant)s AND u.id = ANY(%(users)s) AND NOT u.archived AND {IS_MEMBER}",
            {"queue": queue_id, "users": user_ids},
        )
        return dict(rows)

    async def staffing(self, queue_id: UUID) -> Staffing:
        rows = await self._tx.fetch_all(Staffing, _STAFFING, {"queue": queue_id})
        return rows[0]
