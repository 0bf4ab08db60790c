"""All SQL of module routing."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.platform.database import Read, Transaction
from tongdai.routing.blending.policies import Blend
from tongdai.routing.callbacks.policies import CallbackRules
from tongdai.routing.capacity import VOICE, Capacity, capacity
from tongdai.routing.policies import Agent, Closed, QueueRules, Relaxation, Requirement, Ring, Strategy
from tongdai.tenancy import public as tenancy


@dataclass(frozen=True, slots=True)
class LoadRow:
    """What an agent has on a channel, and may have."""

    user_id: UUID
    channel: str
    in_use: int
    capacity: int


@dataclass(frozen=True, slots=True)
class _QueueRow:
    id: UUID
    tenant_id: UUID
    name: str
    channel: str
    strategy: str
    requirements: list[dict[str, Any]]
    priority: int
    ageing: float
    offer_timeout_s: float
    missed_limit: int
    last_agent_s: float
    auto_answer: bool
    wrap_up_s: float
    short_abandon_s: float
    max_wait_s: float | None
    max_waiting: int | None
    wrap_up_max_s: float
    wrap_up_forced: bool
    wrap_up_then: str
    closing: dict[str, Any] | None
    callbacks: dict[str, Any]
    overflow: list[dict[str, Any]]
    target_s: float
    target_share: float
    nobody_after_s: float | None


@dataclass(frozen=True, slots=True)
class _AgentRow:
    id: UUID
    tenant_id: UUID
    name: str
    skills: dict[str, int]
    chosen: str | None
    occupancy: str | None
    disconnected_at: datetime | None
    idle_since: datetime | None
    handled: int | None
    busy_s: float | None
    last_offer_at: datetime | None
    in_use: int | None
    capacity: int | None
    version: int
    blend: dict[str, Any] | None
    due: bool
    loads: dict[str, int]
    settings: dict[str, Any]

    @property
    def written(self) -> int:
        return sum(count for channel, count in self.loads.items() if channel != VOICE)

    @property
    def room(self) -> frozenset[str]:
        return capacity(tenancy.at_once(self.settings), Blend.read(self.blend)).room(self.loads)

    @property
    def occupied(self) -> bool:
        """Who has only calls is read as they are; beside what is written, a call may go."""
        if self.written:
            return VOICE not in self.room
        return self.occupancy != "idle" or (self.in_use or 0) >= (self.capacity or 1)


_QUEUE = ", ".join(_QueueRow.__slots__)


def parse_requirements(stored: list[dict[str, Any]]) -> tuple[Requirement, ...]:
    """Requirements from their JSON."""
    return tuple(
        Requirement(
            UUID(str(item["skill_id"])),
            int(item["level"]),
            tuple(Relaxation(float(step["after_s"]), int(step["level"])) for step in item.get("relax", [])),
        )
        for item in stored
    )


def dump_requirements(requirements: tuple[Requirement, ...]) -> list[dict[str, Any]]:
    return [{**asdict(item), "skill_id": str(item.skill_id)} for item in requirements]


@dataclass(frozen=True, slots=True)
class QueueCare:
    """How a queue's callers are looked after: what they hear, whether the talk is recorded. `customer_first`: who is called back
    is rung before the agent. `music_id`: None where the tenant's own plays."""

    queue_id: UUID | None
    music_id: UUID | None
    recording: str
    announce_recording: bool
    announce_position_s: float
    announce_wait: bool = False
    recording_prompt: str | None = None
    customer_first: bool = False


@dataclass(frozen=True, slots=True)
class WaitingQueue:
    """A queue that a contact can be sent to."""

    id: UUID
    name: str
    waiting: int


class Queues:
    """Queues and their members."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def care(self, queue_id: UUID) -> QueueCare | None:
        return await self._tx.fetch_one(
            QueueCare,
            "SELECT id AS queue_id, music_id, recording, announce_recording, announce_position_s,"
            " announce_wait, recording_prompt,"
            " coalesce((callbacks->>'customer_first')::boolean, false) AS customer_first FROM queues"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": queue_id},
        )

    async def by_name(self, name: str) -> UUID | None:
        return await self._tx.fetch_value(
            "SELECT id FROM queues WHERE tenant_id = %(tenant)s AND name = %(name)s AND NOT archived",
            {"name": name},
        )

    async def playing(self, prompts: list[str]) -> list[str]:
        """Queues that play one of these prompts, or are closed with it, and switches that are turned on with it."""
        rows = await self._tx.fetch_tuples(
            "SELECT name FROM queues WHERE tenant_id = %(tenant)s AND NOT archived"
            " AND (recording_prompt = ANY(%(prompts)s) OR closing->>'prompt' = ANY(%(prompts)s)) UNION ALL"
            " SELECT name FROM closure_switches WHERE tenant_id = %(tenant)s AND closing->>'prompt' = ANY(%(prompts)s)",
            {"prompts": prompts},
        )
        return [str(name) for (name,) in rows]

    async def names(self, queue_ids: list[UUID]) -> dict[UUID, str]:
        rows = await self._tx.fetch_tuples(
            "SELECT id, name FROM queues WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)",
            {"ids": queue_ids},
        )
        return {queue: str(name) for queue, name in rows}

    async def waiting(self) -> list[WaitingQueue]:
        """Queues in use with how many wait in each, by name."""
        return await self._tx.fetch_all(
            WaitingQueue,
            "SELECT q.id, q.name, (SELECT count(*) FROM queue_entries e WHERE (e.tenant_id, e.queue_id) = (q.tenant_id, q.id))"
            " AS waiting FROM queues q WHERE q.tenant_id = %(tenant)s AND NOT q.archived ORDER BY q.name",
        )

    async def skills_by_name(self, names: list[str]) -> dict[str, UUID]:
        if not names:
            return {}
        rows = await self._tx.fetch_tuples(
            "SELECT name, id FROM skills WHERE tenant_id = %(tenant)s AND name = ANY(%(names)s) AND NOT archived",
            {"names": names},
        )
        return {str(name): skill for name, skill in rows}

    async def rules(self, queue_id: UUID | None = None) -> list[QueueRules]:
        """All queues (in the scope: of the tenant, or of every tenant), or one."""
        rows = await self._tx.fetch_all(
            _QueueRow,
            f"SELECT {_QUEUE} FROM queues WHERE NOT archived AND (%(id)s::uuid IS NULL OR id = %(id)s)",
            {"id": queue_id},
        )
        named: dict[UUID, dict[UUID, int]] = {}
        for queue, user, position in await self._tx.fetch_tuples(
            "SELECT queue_id, user_id, position FROM queue_members"
            " WHERE (%(id)s::uuid IS NULL OR queue_id = %(id)s)",
            {"id": queue_id},
        ):
            named.setdefault(queue, {})[user] = position
        return [self._rules(row, named.get(row.id, {})) for row in rows]

    @staticmethod
    def _rules(row: _QueueRow, members: dict[UUID, int]) -> QueueRules:
        values = {name: getattr(row, name) for name in _QueueRow.__slots__}
        closing = values.pop("closing")
        values["closed"] = Closed(closing["exit"], closing["prompt"]) if closing else None
        values["overflow"] = tuple(
            Ring(UUID(ring["queue_id"]), ring.get("after_s"), ring.get("expected_s")) for ring in row.overflow
        )
        values["callbacks"] = CallbackRules.read(row.callbacks)
        values["strategy"] = Strategy(row.strategy)
        values["requirements"] = parse_requirements(row.requirements)
        return QueueRules(**values, members=members)


BLEND_OWN = "(SELECT b.rule FROM blending_rules b WHERE (b.tenant_id, b.user_id) = (u.tenant_id, u.id))"
BLEND_TEAM = (
    "(SELECT b.rule FROM team_members m JOIN blending_rules b ON b.tenant_id = m.tenant_id AND b.user_id IS NULL"
    " AND b.team_id = m.team_id JOIN teams t ON (t.tenant_id, t.id) = (m.tenant_id, m.team_id) AND NOT t.archived"
    " WHERE (m.tenant_id, m.user_id) = (u.tenant_id, u.id) AND b.rule IS NOT NULL ORDER BY t.name LIMIT 1)"
)
"""Of user `u`: of several teams, that of the first by name which has one."""
BLEND_ALL = "(SELECT b.rule FROM blending_rules b WHERE b.tenant_id = u.tenant_id AND b.user_id IS NULL AND b.team_id IS NULL)"

BLEND = f"coalesce({BLEND_OWN}, {BLEND_TEAM}, {BLEND_ALL})"

_GIVE_BACK = (
    "UPDATE agent_loads SET in_use = greatest(in_use - %(given)s, 0), handled = handled + %(handled)s,"
    " busy_s = busy_s + %(busy)s, last_offer_at = coalesce(%(offered)s::timestamptz, last_offer_at)"
    " WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND channel = %(channel)s"
)


class Agents:
    """Agents as the matcher sees them, and their load."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def load(self, user_ids: list[UUID] | None = None, channel: str = "voice") -> list[Agent]:
        """All agents in the scope, or those asked for."""
        rows = await self._tx.fetch_all(
            _AgentRow,
            "SELECT u.id, u.tenant_id, u.name, p.chosen, p.occupancy, p.disconnected_at, p.idle_since,"
            " l.handled, l.busy_s, l.last_offer_at, l.in_use, l.capacity, p.version,"
            f" {BLEND} AS blend, EXISTS (SELECT FROM callbacks c"
            " WHERE (c.tenant_id, c.user_id) = (u.tenant_id, u.id) AND c.state = 'due') AS due,"
            " coalesce((SELECT jsonb_object_agg(s.skill_id, s.level) FROM user_skills s"
            " WHERE (s.tenant_id, s.user_id) = (u.tenant_id, u.id)), '{}') AS skills,"
            " coalesce((SELECT jsonb_object_agg(o.channel, o.in_use) FROM agent_loads o"
            " WHERE (o.tenant_id, o.user_id) = (u.tenant_id, u.id) AND o.in_use > 0), '{}') AS loads,"
            " (SELECT t.settings FROM tenants t WHERE t.id = u.tenant_id) AS settings"
            " FROM users u JOIN presence p ON (p.tenant_id, p.user_id) = (u.tenant_id, u.id)"
            " LEFT JOIN agent_loads l ON (l.tenant_id, l.user_id, l.channel) = (u.tenant_id, u.id, %(channel)s)"
            " WHERE NOT u.archived AND (%(ids)s::uuid[] IS NULL OR u.id = ANY(%(ids)s))",
            {"ids": user_ids, "channel": channel},
        )
        return [
            Agent(
                id=row.id,
                tenant_id=row.tenant_id,
                name=row.name,
                skills={UUID(skill): level for skill, level in row.skills.items()},
                ready=row.chosen == "ready",
                offline=row.chosen == "offline",
                connected=row.disconnected_at is None,
                occupied=row.occupied,
                idle_since=row.idle_since or datetime.fromtimestamp(0).astimezone(),
                handled=row.handled or 0,
                busy_s=row.busy_s or 0.0,
                last_offer_at=row.last_offer_at,
                version=row.version,
                blend=Blend.read(row.blend),
                due=row.due,
                room=row.room - {VOICE},
                written=row.written,
            )
            for row in rows
        ]

    async def free_since(self, at: datetime, channel: str = "voice") -> list[UUID]:
        """Agents in the scope who are ready, there and without work since `at`."""
        rows = await self._tx.fetch_tuples(
            "SELECT p.user_id FROM presence p JOIN users u ON (u.tenant_id, u.id) = (p.tenant_id, p.user_id)"
            " LEFT JOIN agent_loads l ON (l.tenant_id, l.user_id, l.channel) = (p.tenant_id, p.user_id, %(channel)s)"
            " WHERE p.chosen = 'ready' AND p.occupancy = 'idle' AND p.disconnected_at IS NULL AND NOT u.archived"
            " AND p.since < %(at)s AND coalesce(l.in_use < l.capacity, true)",
            {"at": at, "channel": channel},
        )
        return [row[0] for row in rows]

    @staticmethod
    def locking(user_id: UUID, channel: str) -> Read[LoadRow]:
        return Read(
            LoadRow,
            "SELECT user_id, channel, in_use, capacity FROM agent_loads"
            " WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND channel = %(channel)s FOR NO KEY UPDATE",
            {"user": user_id, "channel": channel},
        )

    def hold(self, rows: list[LoadRow]) -> None:
        """These were read and locked in this transaction."""
        self._tx.held |= {(LoadRow, row.user_id, row.channel): row for row in rows}

    async def has_room(self, user_id: UUID, channel: str) -> bool:
        """Whether an agent who has something in hand (their presence is locked) can be offered one more of this channel."""
        rows = await self._tx.fetch_tuples(
            "SELECT channel, in_use FROM agent_loads WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND in_use > 0",
            {"user": user_id},
        )
        return channel in (await self._capacity(user_id)).room(dict(rows))

    async def _capacity(self, user_id: UUID) -> Capacity:
        ((settings, blend),) = await self._tx.fetch_tuples(
            f"SELECT t.settings, {BLEND} FROM users u JOIN tenants t ON t.id = u.tenant_id"
            " WHERE u.tenant_id = %(tenant)s AND u.id = %(user)s",
            {"user": user_id},
        )
        return capacity(tenancy.at_once(settings), Blend.read(blend))

    async def _take_of_several(self, user_id: UUID, channel: str, at: datetime) -> bool:
        limit = (await self._capacity(user_id)).limits[channel]
        taken = await self._tx.execute(
            "INSERT INTO agent_loads (tenant_id, user_id, channel, in_use, capacity, last_offer_at)"
            " VALUES (%(tenant)s, %(user)s, %(channel)s, 1, %(capacity)s, %(at)s)"
            " ON CONFLICT (tenant_id, user_id, channel) DO UPDATE SET in_use = agent_loads.in_use + 1,"
            " capacity = excluded.capacity, last_offer_at = excluded.last_offer_at"
            " WHERE agent_loads.in_use < excluded.capacity",
            {"user": user_id, "channel": channel, "capacity": limit, "at": at},
        )
        return taken == 1

    async def take(self, user_id: UUID, channel: str, at: datetime) -> bool:
        """Use one unit of the agent's capacity; False when there is none left (also held by a constraint)."""
        if channel != VOICE:
            return await self._take_of_several(user_id, channel, at)
        values = {"user": user_id, "channel": channel, "at": at}
        load: LoadRow | None = self._tx.held.pop((LoadRow, user_id, channel), None)
        if load is not None:
            if load.in_use >= load.capacity:
                return False
            await self._tx.write(
                "UPDATE agent_loads SET in_use = in_use + 1, last_offer_at = %(at)s"
                " WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND channel = %(channel)s",
                values,
            )
            return True
        if self.gave_back(user_id, channel) and self._tx.rewrite(
            _GIVE_BACK, {"given": 0, "offered": at}, (user_id, channel)
        ):
            self._tx.held.pop((_GIVE_BACK, user_id, channel))
            return True
        taken = await self._tx.execute(
            "INSERT INTO agent_loads (tenant_id, user_id, channel, in_use, last_offer_at)"
            " VALUES (%(tenant)s, %(user)s, %(channel)s, 1, %(at)s)"
            " ON CONFLICT (tenant_id, user_id, channel) DO UPDATE"
            " SET in_use = agent_loads.in_use + 1, last_offer_at = excluded.last_offer_at"
            " WHERE agent_loads.in_use < agent_loads.capacity",
            values,
        )
        return taken == 1

    async def give_back(self, user_id: UUID, channel: str, *, handled: int = 0, busy_s: float = 0.0) -> None:
        values = {"user": user_id, "channel": channel, "handled": handled, "busy": busy_s}
        row = None if self.gave_back(user_id, channel) else (user_id, channel)
        await self._tx.write(_GIVE_BACK, {**values, "given": 1, "offered": None}, row=row)
        self._tx.held[_GIVE_BACK, user_id, channel] = True

    def gave_back(self, user_id: UUID, channel: str) -> bool:
        """Whether this transaction has given a unit back, so that there is room."""
        return (_GIVE_BACK, user_id, channel) in self._tx.held

    async def reset(self, user_id: UUID) -> None:
        """A new stretch of being ready begins: the fairness counters start again."""
        await self._tx.execute(
            "UPDATE agent_loads SET handled = 0, busy_s = 0 WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
            {"user": user_id},
        )
