"""SQL of callbacks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.platform.auth import WIDTH, Extent, Reach
from tongdai.platform.database import Jsonb, Read, Transaction
from tongdai.platform.database.rows import like_literal
from tongdai.routing.callbacks.policies import OPEN


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """A callback as stored."""

    id: UUID
    state: str
    queue_id: UUID | None
    user_id: UUID | None
    number: str
    contact_id: UUID | None
    project_id: UUID | None
    own_address: str
    language: str | None
    time_zone: str
    note: str
    asked_at: datetime
    asked_by: UUID | None
    asked_in: UUID | None
    place_since: datetime
    priority: int
    requirements: list[dict[str, Any]]
    flow_answers: list[dict[str, Any]]
    due_at: datetime | None
    conversation_id: UUID
    interaction_id: UUID | None
    attempts: int
    reason: str | None
    served_at: datetime | None
    closed_at: datetime | None
    version: int

    @property
    def personal(self) -> bool:
        return self.queue_id is None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list was asked for: `states` None: all; `user_id` who promised, or called last; `q` a fragment of the number; asked
    for from `since` to before `until`."""

    states: tuple[str, ...] | None = None
    queue_id: UUID | None = None
    user_id: UUID | None = None
    q: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[datetime, UUID] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """What became of callbacks that were asked for in a time, of one queue (None: personal ones). `taken`: an agent had it at
    least once; `to_callback_s` from asking until the customer was reached, on average."""

    queue_id: UUID | None
    asked: int
    taken: int
    reached: int
    failed: int
    cancelled: int
    called_again: int
    open: int
    to_callback_s: float | None


_NAMES = tuple(name for name in CallbackRow.__slots__)
_ROW = ", ".join(_NAMES)
_JSON = ("requirements", "flow_answers")
_OPEN = ", ".join(f"'{state}'" for state in OPEN)
_WITHIN = (
    "(%(all)s OR user_id = %(me)s OR asked_by = %(me)s OR user_id = ANY(%(mates)s::uuid[])"
    " OR queue_id = ANY(%(queues)s::uuid[]) OR project_id = ANY(%(projects)s::uuid[]))"
)

_WANTED = (
    f"{_WITHIN}"
    " AND (%(states)s::text[] IS NULL OR state = ANY(%(states)s::text[]))"
    " AND (%(queue)s::uuid IS NULL OR queue_id = %(queue)s::uuid)"
    " AND (%(user)s::uuid IS NULL OR user_id = %(user)s::uuid OR asked_by = %(user)s::uuid OR EXISTS (SELECT FROM"
    " assignments a WHERE (a.tenant_id, a.interaction_id) = (callbacks.tenant_id, callbacks.interaction_id)"
    " AND a.user_id = %(user)s::uuid AND a.accepted_at IS NOT NULL))"
    " AND (%(q)s::text IS NULL OR number LIKE %(q)s::text)"
    " AND (%(since)s::timestamptz IS NULL OR asked_at >= %(since)s::timestamptz)"
    " AND (%(until)s::timestamptz IS NULL OR asked_at < %(until)s::timestamptz)"
)


def within(reach: Reach, team_mates: list[UUID]) -> dict[str, Any]:
    """The values of the condition that keeps a statement within reach."""
    width = WIDTH[reach.extent]
    return {
        "all": reach.everything,
        "me": reach.user_id,
        "mates": team_mates if width >= WIDTH[Extent.TEAM] else [],
        "queues": list(reach.queue_ids) if width >= WIDTH[Extent.QUEUE] else [],
        "projects": list(reach.project_ids) if width >= WIDTH[Extent.PROJECT] else [],
    }


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "states": list(wanted.states) if wanted.states is not None else None,
        "queue": wanted.queue_id,
        "user": wanted.user_id,
        "q": f"%{like_literal(wanted.q)}%" if wanted.q else None,
        "since": wanted.since,
        "until": wanted.until,
    }


class Callbacks:
    """Customers who are to be called back."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, row: CallbackRow) -> bool:
        """False where one of this id, or an open one for this number and queue, is there already."""
        values = {name: getattr(row, name) for name in _NAMES}
        values |= {name: Jsonb(values[name]) for name in _JSON}
        added = await self._tx.fetch_value(
            f"INSERT INTO callbacks (tenant_id, {_ROW}) VALUES (%(tenant)s,"
            f" {', '.join(f'%({name})s' for name in _NAMES)}) ON CONFLICT DO NOTHING RETURNING id",
            values,
        )
        return added is not None

    async def get(self, callback_id: UUID) -> CallbackRow | None:
        return await self._one("id = %(id)s", id=callback_id)

    async def lock(self, callback_id: UUID) -> CallbackRow | None:
        return await self._one("id = %(id)s FOR UPDATE", id=callback_id)

    async def open_for(self, queue_id: UUID, number: str) -> CallbackRow | None:
        """The open one of this customer number in this queue; there is one at most. Every call asks: what else its transaction
        writes waits on (what is written of callbacks never waits)."""
        read = Read(
            CallbackRow,
            f"SELECT {_ROW} FROM callbacks WHERE tenant_id = %(tenant)s AND queue_id = %(queue)s"
            f" AND number = %(number)s AND state IN ({_OPEN})",
            {"queue": queue_id, "number": number},
        )
        ((*found,),) = await self._tx.fetch_together(read, apart=True)
        return found[0] if found else None

    async def of_interaction(self, interaction_id: UUID) -> CallbackRow | None:
        """The open one whose present attempt this interaction is."""
        return await self._one(f"interaction_id = %(id)s AND state IN ({_OPEN})", id=interaction_id)

    async def of_contacts(self, contact_ids: list[UUID]) -> list[CallbackRow]:
        """All that were ever promised to them, the first first."""
        return await self._tx.fetch_all(
            CallbackRow,
            f"SELECT {_ROW} FROM callbacks WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s)"
            " ORDER BY asked_at, id",
            {"ids": contact_ids},
        )

    async def of_interactions(self, interaction_ids: list[UUID]) -> list[CallbackRow]:
        """Those whose present or last attempt is among these."""
        return await self._tx.fetch_all(
            CallbackRow,
            f"SELECT {_ROW} FROM callbacks WHERE tenant_id = %(tenant)s AND interaction_id = ANY(%(ids)s)",
            {"ids": interaction_ids},
        )

    async def of_conversation(self, conversation_id: UUID) -> CallbackRow | None:
        return await self._one("conversation_id = %(id)s", id=conversation_id)

    async def _one(self, where: str, **values: Any) -> CallbackRow | None:
        return await self._tx.fetch_one(
            CallbackRow, f"SELECT {_ROW} FROM callbacks WHERE tenant_id = %(tenant)s AND {where}", values
        )

    async def save(self, row: CallbackRow) -> None:
        values = {name: getattr(row, name) for name in _NAMES}
        values |= {name: Jsonb(values[name]) for name in _JSON}
        sets = ", ".join(f"{name} = %({name})s" for name in _NAMES if name != "id")
        await self._tx.execute(
            f"UPDATE callbacks SET {sets} WHERE tenant_id = %(tenant)s AND id = %(id)s", values
        )

    async def page(self, wanted: Wanted, reach: dict[str, Any]) -> list[CallbackRow]:
        """Up to `limit + 1` within reach, the latest asked for first."""
        return await self._tx.fetch_all(
            CallbackRow,
            f"SELECT {_ROW} FROM callbacks WHERE tenant_id = %(tenant)s AND {_WANTED}"
            " AND (%(at)s::timestamptz IS NULL OR (asked_at, id) < (%(at)s::timestamptz, %(before)s::uuid))"
            " ORDER BY asked_at DESC, id DESC LIMIT %(limit)s",
            {
                **reach,
                **_values(wanted),
                "at": wanted.before[0] if wanted.before else None,
                "before": wanted.before[1] if wanted.before else None,
                "limit": wanted.limit + 1,
            },
        )

    async def figures(self, wanted: Wanted, reach: dict[str, Any]) -> list[FiguresRow]:
        """Of the same that the list has, by queue; personal ones last."""
        return await self._tx.fetch_all(
            FiguresRow,
            "SELECT queue_id, count(*) AS asked, count(*) FILTER (WHERE attempts > 0 OR state = 'calling') AS taken,"
            " count(*) FILTER (WHERE state = 'served') AS reached, count(*) FILTER (WHERE state = 'failed') AS failed,"
            " count(*) FILTER (WHERE state = 'cancelled') AS cancelled,"
            " count(*) FILTER (WHERE state = 'called_again') AS called_again,"
            f" count(*) FILTER (WHERE state IN ({_OPEN})) AS open,"
            " (extract(epoch FROM avg(served_at - asked_at) FILTER (WHERE state = 'served')))::float8 AS to_callback_s"
            f" FROM callbacks WHERE tenant_id = %(tenant)s AND {_WANTED}"
            " GROUP BY queue_id ORDER BY queue_id NULLS LAST",
            {**reach, **_values(wanted)},
        )

    async def callers(self, interaction_ids: list[UUID]) -> dict[UUID, UUID]:
        """Attempt → the agent who had it last."""
        rows = await self._tx.fetch_tuples(
            "SELECT DISTINCT ON (interaction_id) interaction_id, user_id FROM assignments WHERE tenant_id = %(tenant)s"
            " AND interaction_id = ANY(%(ids)s) AND accepted_at IS NOT NULL AND NOT party"
            " ORDER BY interaction_id, accepted_at DESC",
            {"ids": interaction_ids},
        )
        return dict(rows)

    async def due_for(self, user_id: UUID) -> list[CallbackRow]:
        """The personal ones of which this agent is reminded now."""
        return await self._tx.fetch_all(
            CallbackRow,
            f"SELECT {_ROW} FROM callbacks WHERE tenant_id = %(tenant)s AND user_id = %(user)s"
            " AND state = 'due' ORDER BY due_at, id",
            {"user": user_id},
        )

    async def covered(self, callback_id: UUID, reach: dict[str, Any]) -> bool:
        found = await self._tx.fetch_value(
            f"SELECT id FROM callbacks WHERE tenant_id = %(tenant)s AND id = %(id)s AND {_WITHIN}",
            {**reach, "id": callback_id},
        )
        return found is not None

    async def calls(self, conversation_id: UUID) -> list[dict[str, Any]]:
        """All calls of a matter, in order: {id, at, direction, result}."""
        rows = await self._tx.fetch_tuples(
            "SELECT id, started_at, direction, result FROM interactions"
            " WHERE tenant_id = %(tenant)s AND conversation_id = %(id)s ORDER BY started_at, id",
            {"id": conversation_id},
        )
        return [{"id": a, "at": b, "direction": c, "result": d} for a, b, c, d in rows]

    async def project_of(self, queue_id: UUID) -> UUID | None:
        return await self._tx.fetch_value(
            "SELECT project_id FROM queues WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": queue_id}
        )

    async def forget(self, contact_ids: list[UUID]) -> None:
        """Erase what says who it was; open ones are cancelled, for nobody may be called any more."""
        await self._tx.execute(
            "UPDATE callbacks SET number = '', note = '', flow_answers = '[]', version = version + 1,"
            f" state = CASE WHEN state IN ({_OPEN}) THEN 'cancelled' ELSE state END"
            " WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s)",
            {"ids": contact_ids},
        )

    async def now_due(self, at: datetime, limit: int = 100) -> list[tuple[UUID, UUID]]:
        """(tenant, callback) of those whose time has come. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT tenant_id, id FROM callbacks WHERE state = 'scheduled' AND due_at <= %(at)s"
            " ORDER BY due_at LIMIT %(limit)s",
            {"at": at, "limit": limit},
        )
        return [(tenant, callback) for tenant, callback in rows]

    async def waiting(self) -> list[tuple[UUID, UUID]]:
        """(tenant, callback) of those that wait in their queues and are not offered just now. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT c.tenant_id, c.id FROM callbacks c JOIN queue_entries e"
            " ON (e.tenant_id, e.interaction_id) = (c.tenant_id, c.interaction_id)"
            " WHERE c.state = 'waiting' AND e.state = 'waiting'"
        )
        return [(tenant, callback) for tenant, callback in rows]

    async def left_behind(self) -> list[tuple[UUID, UUID]]:
        """(tenant, interaction) of attempts whose call is over and was not reckoned with. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT c.tenant_id, c.interaction_id FROM callbacks c JOIN interactions i"
            " ON (i.tenant_id, i.id) = (c.tenant_id, c.interaction_id)"
            " WHERE c.state IN ('calling', 'waiting') AND i.state = 'closed'"
        )
        return [(tenant, interaction) for tenant, interaction in rows]

    async def offered(self) -> list[tuple[UUID, UUID]]:
        """(tenant, interaction) of those that are offered to agents now. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT tenant_id, interaction_id FROM queue_entries WHERE callback AND state = 'offered'"
        )
        return [(tenant, interaction) for tenant, interaction in rows]

    async def answered_since(self, queue_id: UUID, number: str, since: datetime) -> bool:
        """Whether this customer called the queue since then, and was served."""
        return await self._tx.fetch_value(
            "SELECT EXISTS (SELECT FROM interactions WHERE tenant_id = %(tenant)s AND peer = %(number)s"
            " AND state = 'closed' AND direction = 'inbound' AND queue_id = %(queue)s"
            " AND started_at > %(since)s AND connected_at IS NOT NULL)",
            {"queue": queue_id, "number": number, "since": since},
        )
