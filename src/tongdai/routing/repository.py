"""All SQL of module routing."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb, Read, Transaction
from tongdai.routing.policies import Agent, Entry, QueueRules, Relaxation, Requirement, Strategy


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A stay in a queue as stored."""

    tenant_id: UUID
    interaction_id: UUID
    entry_id: UUID
    queue_id: UUID
    channel: str
    state: str
    requirements: list[dict[str, Any]]
    priority: int
    preferred_user_id: UUID | None
    enqueued_at: datetime
    times_out_at: datetime | None
    rounds: int
    tried: list[tuple[str, str]]
    version: int

    def entry(self) -> Entry:
        return Entry(
            interaction_id=self.interaction_id,
            entry_id=self.entry_id,
            tenant_id=self.tenant_id,
            queue_id=self.queue_id,
            requirements=parse_requirements(self.requirements),
            priority=self.priority,
            enqueued_at=self.enqueued_at,
            preferred_user_id=self.preferred_user_id,
            times_out_at=self.times_out_at,
            passed=tuple((UUID(user), datetime.fromisoformat(until)) for user, until in self.tried),
            version=self.version,
        )


@dataclass(frozen=True, slots=True)
class RoundRow:
    """An offer round as stored."""

    id: UUID
    interaction_id: UUID
    queue_id: UUID
    opened_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    outcome: str | None


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


_ENTRY = ", ".join(EntryRow.__slots__)
_ROUND = ", ".join(RoundRow.__slots__)
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
    """How a queue's callers are looked after: what they hear, whether the talk is recorded."""

    queue_id: UUID | None
    music: str
    recording: str
    announce_recording: bool
    announce_position_s: float


class Queues:
    """Queues and their members."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def care(self, queue_id: UUID) -> QueueCare | None:
        return await self._tx.fetch_one(
            QueueCare,
            "SELECT id AS queue_id, music, recording, announce_recording, announce_position_s FROM queues"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": queue_id},
        )

    async def by_name(self, name: str) -> UUID | None:
        return await self._tx.fetch_value(
            "SELECT id FROM queues WHERE tenant_id = %(tenant)s AND name = %(name)s AND NOT archived",
            {"name": name},
        )

    async def names(self, queue_ids: list[UUID]) -> dict[UUID, str]:
        rows = await self._tx.fetch_tuples(
            "SELECT id, name FROM queues WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)",
            {"ids": queue_ids},
        )
        return {queue: str(name) for queue, name in rows}

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
        values["strategy"] = Strategy(row.strategy)
        values["requirements"] = parse_requirements(row.requirements)
        return QueueRules(**values, members=members)


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
            " coalesce((SELECT jsonb_object_agg(s.skill_id, s.level) FROM user_skills s"
            " WHERE (s.tenant_id, s.user_id) = (u.tenant_id, u.id)), '{}') AS skills"
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
                connected=row.disconnected_at is None,
                occupied=row.occupancy != "idle" or (row.in_use or 0) >= (row.capacity or 1),
                idle_since=row.idle_since or datetime.fromtimestamp(0).astimezone(),
                handled=row.handled or 0,
                busy_s=row.busy_s or 0.0,
                last_offer_at=row.last_offer_at,
                version=row.version,
            )
            for row in rows
        ]

    @staticmethod
    def locking(user_id: UUID, channel: str) -> Read[LoadRow]:
        return Read(
            LoadRow,
            "SELECT user_id, channel, in_use, capacity FROM agent_loads"
            " WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND channel = %(channel)s FOR UPDATE",
            {"user": user_id, "channel": channel},
        )

    def hold(self, rows: list[LoadRow]) -> None:
        """These were read and locked in this transaction."""
        self._tx.held |= {(LoadRow, row.user_id, row.channel): row for row in rows}

    async def take(self, user_id: UUID, channel: str, at: datetime) -> bool:
        """Use one unit of the agent's capacity; False when there is none left (also held by a constraint)."""
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
        await self._tx.write(
            "UPDATE agent_loads SET in_use = greatest(in_use - 1, 0), handled = handled + %(handled)s,"
            " busy_s = busy_s + %(busy)s"
            " WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND channel = %(channel)s",
            {"user": user_id, "channel": channel, "handled": handled, "busy": busy_s},
        )

    async def reset(self, user_id: UUID) -> None:
        """A new stretch of being ready begins: the fairness counters start again."""
        await self._tx.execute(
            "UPDATE agent_loads SET handled = 0, busy_s = 0 WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
            {"user": user_id},
        )


class Entries:
    """Contacts that wait, and their offer rounds."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, row: EntryRow) -> None:
        values = {name: getattr(row, name) for name in EntryRow.__slots__ if name != "tenant_id"}
        values |= {"requirements": Jsonb(row.requirements), "tried": Jsonb(row.tried)}
        places = ", ".join(
            "%(tenant)s" if name == "tenant_id" else f"%({name})s" for name in EntryRow.__slots__
        )
        await self._tx.write(f"INSERT INTO queue_entries ({_ENTRY}) VALUES ({places})", values)
        self.hold(row.interaction_id, row)

    async def load(self, interaction_ids: list[UUID] | None = None) -> list[EntryRow]:
        """All entries in the scope, or those asked for."""
        return await self._tx.fetch_all(
            EntryRow,
            f"SELECT {_ENTRY} FROM queue_entries"
            " WHERE (%(ids)s::uuid[] IS NULL OR interaction_id = ANY(%(ids)s))",
            {"ids": interaction_ids},
        )

    @staticmethod
    def looking(interaction_id: UUID) -> Read[EntryRow]:
        """The stay, without a lock."""
        return Read(
            EntryRow,
            f"SELECT {_ENTRY} FROM queue_entries WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s",
            {"id": interaction_id},
        )

    @classmethod
    def locking(cls, interaction_id: UUID) -> Read[EntryRow]:
        look = cls.looking(interaction_id)
        return replace(look, sql=f"{look.sql} FOR UPDATE")

    @staticmethod
    def locking_round(interaction_id: UUID) -> Read[RoundRow]:
        return Read(
            RoundRow,
            f"SELECT {_ROUND} FROM offer_rounds WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s"
            " AND closed_at IS NULL FOR UPDATE",
            {"id": interaction_id},
        )

    def hold(self, interaction_id: UUID, row: EntryRow | None) -> None:
        """This was read and locked in this transaction; None: there is no stay."""
        self._tx.held[EntryRow, interaction_id] = row

    def hold_round(self, interaction_id: UUID, row: RoundRow | None) -> None:
        self._tx.held[RoundRow, interaction_id] = row

    async def lock(self, interaction_id: UUID) -> EntryRow | None:
        if (EntryRow, interaction_id) in self._tx.held:
            return self._tx.held[EntryRow, interaction_id]
        rows = await self._tx.read(self.locking(interaction_id))
        return rows[0] if rows else None

    async def mark(
        self, interaction_id: UUID, state: str, tried: list[tuple[str, str]], version: int, rounds: int
    ) -> None:
        await self._tx.write(
            "UPDATE queue_entries SET state = %(state)s, tried = %(tried)s, version = %(version)s,"
            " rounds = %(rounds)s WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s",
            {
                "id": interaction_id,
                "state": state,
                "tried": Jsonb(tried),
                "version": version,
                "rounds": rounds,
            },
        )
        held: EntryRow | None = self._tx.held.get((EntryRow, interaction_id))
        if held is not None:
            held = replace(held, state=state, tried=tried, version=version, rounds=rounds)
            self.hold(interaction_id, held)

    async def remove(self, interaction_id: UUID) -> None:
        self.hold(interaction_id, None)
        await self._tx.write(
            "DELETE FROM queue_entries WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s",
            {"id": interaction_id},
        )

    async def count(self, queue_id: UUID) -> int:
        return await self._tx.fetch_value(
            "SELECT count(*) FROM queue_entries WHERE tenant_id = %(tenant)s AND queue_id = %(queue)s",
            {"queue": queue_id},
        )

    async def position(self, entry: EntryRow) -> int:
        """How many wait before this one, plus one. Approximate when contacts of other priorities wait too."""
        return await self._tx.fetch_value(
            "SELECT count(*) + 1 FROM queue_entries WHERE tenant_id = %(tenant)s AND queue_id = %(queue)s"
            " AND (priority, %(at)s) > (%(priority)s, enqueued_at) AND interaction_id <> %(id)s",
            {
                "queue": entry.queue_id,
                "priority": entry.priority,
                "at": entry.enqueued_at,
                "id": entry.interaction_id,
            },
        )

    async def open_round(self, row: RoundRow) -> None:
        """The commit raises UniqueViolation when the interaction has an open round already."""
        await self._tx.write(
            "INSERT INTO offer_rounds (tenant_id, id, interaction_id, queue_id, opened_at, expires_at)"
            " VALUES (%(tenant)s, %(id)s, %(interaction)s, %(queue)s, %(opened)s, %(expires)s)",
            {
                "id": row.id,
                "interaction": row.interaction_id,
                "queue": row.queue_id,
                "opened": row.opened_at,
                "expires": row.expires_at,
            },
        )

    async def lock_open_round(self, interaction_id: UUID) -> RoundRow | None:
        if (RoundRow, interaction_id) in self._tx.held:
            return self._tx.held[RoundRow, interaction_id]
        rows = await self._tx.read(self.locking_round(interaction_id))
        return rows[0] if rows else None

    async def close_round(self, interaction_id: UUID, round_id: UUID, outcome: str, at: datetime) -> None:
        self.hold_round(interaction_id, None)
        await self._tx.write(
            "UPDATE offer_rounds SET closed_at = %(at)s, outcome = %(outcome)s"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": round_id, "outcome": outcome, "at": at},
        )

    async def rounds_open(
        self, interaction_ids: list[UUID] | None = None
    ) -> list[tuple[UUID, UUID, UUID, datetime]]:
        """(tenant, interaction, round, expires) of the open rounds in the scope, or of those interactions."""
        rows = await self._tx.fetch_tuples(
            "SELECT tenant_id, interaction_id, id, expires_at FROM offer_rounds WHERE closed_at IS NULL"
            " AND (%(ids)s::uuid[] IS NULL OR interaction_id = ANY(%(ids)s))",
            {"ids": interaction_ids},
        )
        return [(tenant, interaction, number, expires) for tenant, interaction, number, expires in rows]

    async def add_decision(
        self,
        interaction_id: UUID,
        queue_id: UUID,
        round_id: UUID | None,
        at: datetime,
        decision: str,
        explanation: dict[str, Any],
    ) -> None:
        await self._tx.write(
            "INSERT INTO routing_decisions (tenant_id, id, interaction_id, queue_id, round_id, at, decision,"
            " explanation) VALUES (%(tenant)s, %(id)s, %(interaction)s, %(queue)s, %(round)s, %(at)s,"
            " %(decision)s, %(explanation)s)",
            {
                "id": new_id(),
                "interaction": interaction_id,
                "queue": queue_id,
                "round": round_id,
                "at": at,
                "decision": decision,
                "explanation": Jsonb(explanation),
            },
        )
