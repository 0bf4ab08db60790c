"""SQL of the contacts that wait, their offer rounds, and the decisions about them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb, Read, Transaction
from tongdai.routing.policies import Entry
from tongdai.routing.repository import parse_requirements


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
    callback: bool
    version: int
    preferred_why: str | None = None

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
            callback=self.callback,
            preferred_why=self.preferred_why,
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


_ENTRY = ", ".join(EntryRow.__slots__)
_ROUND = ", ".join(RoundRow.__slots__)


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
        await self._tx.write(
            f"INSERT INTO queue_entries ({_ENTRY}) VALUES ({places})", values, row=row.interaction_id
        )
        self.hold(row.interaction_id, row)

    async def load(self, interaction_ids: list[UUID] | None = None) -> list[EntryRow]:
        """All entries in the scope, or those asked for."""
        which = "" if interaction_ids is None else " WHERE interaction_id = ANY(%(ids)s)"
        return await self._tx.fetch_all(
            EntryRow, f"SELECT {_ENTRY} FROM queue_entries{which}", {"ids": interaction_ids}
        )

    async def waiting_since(self, at: datetime) -> list[UUID]:
        """Contacts in the scope that wait and came before `at`."""
        rows = await self._tx.fetch_tuples(
            "SELECT interaction_id FROM queue_entries WHERE state = 'waiting' AND enqueued_at < %(at)s",
            {"at": at},
        )
        return [row[0] for row in rows]

    @staticmethod
    def looking(interaction_id: UUID) -> Read[EntryRow]:
        """The stay, without a lock."""
        return Read(
            EntryRow,
            f"SELECT {_ENTRY} FROM queue_entries WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s",
            {"id": interaction_id},
        )

    @staticmethod
    def locking_round(interaction_id: UUID) -> Read[RoundRow]:
        return Read(
            RoundRow,
            f"SELECT {_ROUND} FROM offer_rounds WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s"
            " AND closed_at IS NULL FOR NO KEY UPDATE",
            {"id": interaction_id},
        )

    def hold(self, interaction_id: UUID, row: EntryRow | None) -> None:
        """This was read and locked in this transaction; None: there is no stay."""
        self._tx.held[EntryRow, interaction_id] = row

    def holds(self, interaction_id: UUID) -> bool:
        """Whether the stay was read and locked, or written, in this transaction."""
        return (EntryRow, interaction_id) in self._tx.held

    def hold_round(self, interaction_id: UUID, row: RoundRow | None) -> None:
        self._tx.held[RoundRow, interaction_id] = row

    async def lock(self, interaction_id: UUID) -> EntryRow | None:
        if (EntryRow, interaction_id) in self._tx.held:
            return self._tx.held[EntryRow, interaction_id]
        rows = await self._tx.read(self.looking(interaction_id).locked())
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
            row=interaction_id,
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
        """How many are on the line; those who are called back wait elsewhere."""
        return await self._tx.fetch_value(
            "SELECT count(*) FROM queue_entries WHERE tenant_id = %(tenant)s AND queue_id = %(queue)s"
            " AND NOT callback",
            {"queue": queue_id},
        )

    async def counts(self) -> dict[UUID, int]:
        """How many are in each queue that has any."""
        rows = await self._tx.fetch_tuples(
            "SELECT queue_id, count(*) FROM queue_entries WHERE tenant_id = %(tenant)s GROUP BY queue_id"
        )
        return {queue: int(count) for queue, count in rows}

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

    async def place_for(self, queue_id: UUID, priority: int) -> int:
        """The place of who enters now with this priority, in the same approximation."""
        return await self._tx.fetch_value(
            "SELECT count(*) + 1 FROM queue_entries WHERE tenant_id = %(tenant)s AND queue_id = %(queue)s"
            " AND priority >= %(priority)s",
            {"queue": queue_id, "priority": priority},
        )

    async def open_round(self, row: RoundRow) -> None:
        """The commit raises UniqueViolation when the interaction has an open round already. It leaves together with the end of
        another's round, not of an earlier one of its own."""
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
            apart=(RoundRow, row.interaction_id) not in self._tx.held,
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

    async def rounds_open(self) -> list[tuple[UUID, UUID, UUID, datetime]]:
        """(tenant, interaction, round, expires) of the open rounds in the scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT tenant_id, interaction_id, id, expires_at FROM offer_rounds WHERE closed_at IS NULL"
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
