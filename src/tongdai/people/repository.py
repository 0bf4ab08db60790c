"""All SQL of module people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Read, Transaction


@dataclass(frozen=True, slots=True)
class Account:
    """What sign-in needs of a user."""

    tenant_id: UUID
    id: UUID
    name: str
    email: str
    password_hash: str | None
    failed_sign_ins: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A live session or token and whose it is. `session_id` is None for an API token; a token with `role_id` has of its owner's
    rights only those of that role."""

    tenant_id: UUID
    user_id: UUID
    name: str
    session_id: UUID | None
    role_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PresenceRow:
    """An agent's presence as stored."""

    user_id: UUID
    chosen: str
    reason_id: UUID | None
    occupancy: str
    shown: str
    since: datetime
    idle_since: datetime
    disconnected_at: datetime | None
    node: str | None
    missed_offers: int
    version: int


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission of a user with its extent."""

    permission: str
    extent: str


_PRESENCE = "user_id, chosen, reason_id, occupancy, shown, since, idle_since, disconnected_at, node, missed_offers, version"
SESSION_HOLDS = (
    "(s.expires_at > %(now)s OR (s.expires_at > %(at_work)s AND EXISTS (SELECT FROM presence p"
    " WHERE (p.tenant_id, p.user_id) = (s.tenant_id, s.user_id) AND p.occupancy <> 'idle')))"
)
"""Of the session `s`: its time is not over, or not before `at_work` while its user is busy with a contact."""
_ACCOUNT = "tenant_id, id, name, email, password_hash, failed_sign_ins, locked_until"


class Accounts:
    """Sign-in. Works in system scope: who signs in has no tenant yet."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def by_email(self, email: str) -> Account | None:
        return await self._tx.fetch_one(
            Account,
            f"SELECT {_ACCOUNT} FROM users WHERE lower(email) = lower(%(email)s) AND NOT archived FOR UPDATE",
            {"email": email},
        )

    async def record_failure(self, user_id: UUID, failures: int, locked_until: datetime | None) -> None:
        await self._tx.execute(
            "UPDATE users SET failed_sign_ins = %(failures)s, locked_until = %(until)s WHERE id = %(id)s",
            {"id": user_id, "failures": failures, "until": locked_until},
        )

    async def by_session_token(
        self, token_hash: str, now: datetime, at_work_since: datetime
    ) -> SessionRow | None:
        return await self._tx.fetch_one(
            SessionRow,
            "SELECT s.tenant_id, s.user_id, u.name, s.id AS session_id, NULL::uuid AS role_id FROM sessions s"
            " JOIN users u ON (u.tenant_id, u.id) = (s.tenant_id, s.user_id)"
            f" WHERE s.token_hash = %(hash)s AND NOT u.archived AND {SESSION_HOLDS}",
            {"hash": token_hash, "now": now, "at_work": at_work_since},
        )

    async def expired_sessions(self, now: datetime, at_work_since: datetime) -> list[tuple[UUID, UUID, UUID]]:
        """(tenant, session, user) of sessions that `by_session_token` gives no longer."""
        rows = await self._tx.fetch_tuples(
            "SELECT s.tenant_id, s.id, s.user_id FROM sessions s WHERE s.expires_at <= %(now)s"
            f" AND NOT {SESSION_HOLDS} ORDER BY s.expires_at LIMIT 200",
            {"now": now, "at_work": at_work_since},
        )
        return [(tenant, session, user) for tenant, session, user in rows]

    async def by_api_token(self, token_hash: str, now: datetime) -> SessionRow | None:
        return await self._tx.fetch_one(
            SessionRow,
            "SELECT t.tenant_id, t.user_id, u.name, NULL::uuid AS session_id, t.role_id FROM api_tokens t"
            " JOIN users u ON (u.tenant_id, u.id) = (t.tenant_id, t.user_id)"
            " WHERE t.token_hash = %(hash)s AND t.revoked_at IS NULL AND NOT u.archived"
            " AND (t.expires_at IS NULL OR t.expires_at > %(now)s)",
            {"hash": token_hash, "now": now},
        )

    async def note_token_use(self, token_hash: str, now: datetime) -> None:
        """At most one write a minute: who only reads should not write on every request."""
        await self._tx.execute(
            "UPDATE api_tokens SET last_used_at = %(now)s WHERE token_hash = %(hash)s"
            " AND (last_used_at IS NULL OR last_used_at < %(now)s::timestamptz - interval '1 minute')",
            {"hash": token_hash, "now": now},
        )


class People:
    """Users, their sessions, grants and memberships, within one tenant."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add_session(
        self, user_id: UUID, token_hash: str, expires_at: datetime, user_agent: str, address: str
    ) -> UUID:
        session_id = new_id()
        await self._tx.execute(
            "INSERT INTO sessions (tenant_id, id, user_id, token_hash, expires_at, user_agent, address)"
            " VALUES (%(tenant)s, %(id)s, %(user)s, %(hash)s, %(expires)s, %(agent)s, %(address)s)",
            {
                "id": session_id,
                "user": user_id,
                "hash": token_hash,
                "expires": expires_at,
                "agent": user_agent[:300],
                "address": address[:100],
            },
        )
        return session_id

    async def end_session(self, session_id: UUID, user_id: UUID) -> bool:
        """False when the user has no such session, or no longer."""
        return bool(
            await self._tx.execute(
                "DELETE FROM sessions WHERE tenant_id = %(tenant)s AND id = %(id)s AND user_id = %(user)s",
                {"id": session_id, "user": user_id},
            )
        )

    async def end_other_sessions(self, user_id: UUID, keep: UUID | None) -> list[UUID]:
        rows = await self._tx.fetch_tuples(
            "DELETE FROM sessions WHERE tenant_id = %(tenant)s AND user_id = %(user)s"
            " AND id IS DISTINCT FROM %(keep)s RETURNING id",
            {"user": user_id, "keep": keep},
        )
        return [row[0] for row in rows]

    async def add_api_token(
        self, user_id: UUID, name: str, token_hash: str, expires_at: datetime | None, role_id: UUID | None
    ) -> UUID:
        token_id = new_id()
        await self._tx.execute(
            "INSERT INTO api_tokens (tenant_id, id, user_id, name, token_hash, expires_at, role_id)"
            " VALUES (%(tenant)s, %(id)s, %(user)s, %(name)s, %(hash)s, %(expires)s, %(role)s)",
            {
                "id": token_id,
                "user": user_id,
                "name": name,
                "hash": token_hash,
                "expires": expires_at,
                "role": role_id,
            },
        )
        return token_id

    async def revoke_tokens(self, user_id: UUID, at: datetime, token_id: UUID | None = None) -> int:
        """Take away one API token of the user, or all."""
        return await self._tx.execute(
            "UPDATE api_tokens SET revoked_at = %(at)s WHERE tenant_id = %(tenant)s AND user_id = %(user)s"
            " AND revoked_at IS NULL AND (%(id)s::uuid IS NULL OR id = %(id)s)",
            {"user": user_id, "at": at, "id": token_id},
        )

    async def password_hash(self, user_id: UUID) -> str | None:
        return await self._tx.fetch_value(
            "SELECT password_hash FROM users WHERE tenant_id = %(tenant)s AND id = %(id)s FOR UPDATE",
            {"id": user_id},
        )

    async def set_password(self, user_id: UUID, password_hash: str) -> None:
        await self._tx.execute(
            "UPDATE users SET password_hash = %(hash)s, failed_sign_ins = 0, locked_until = NULL"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": user_id, "hash": password_hash},
        )

    async def set_preferences(self, user_id: UUID, changes: dict[str, Any]) -> None:
        allowed = {
            name: changes[name] for name in ("locale", "time_zone", "theme", "alert_sound") if name in changes
        }
        await self._tx.execute(
            f"UPDATE users SET {', '.join(f'{name} = %({name})s' for name in allowed)}"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {**allowed, "id": user_id},
        )

    async def grants(self, user_id: UUID) -> list[Grant]:
        return await self._tx.fetch_all(
            Grant,
            "SELECT g.permission, g.extent FROM user_roles r"
            " JOIN roles o ON (o.tenant_id, o.id) = (r.tenant_id, r.role_id) AND NOT o.archived"
            " JOIN role_grants g ON (g.tenant_id, g.role_id) = (r.tenant_id, r.role_id)"
            " WHERE r.tenant_id = %(tenant)s AND r.user_id = %(user)s",
            {"user": user_id},
        )

    async def grants_of_role(self, role_id: UUID) -> list[Grant]:
        """None while the role is archived."""
        return await self._tx.fetch_all(
            Grant,
            "SELECT g.permission, g.extent FROM role_grants g"
            " JOIN roles o ON (o.tenant_id, o.id) = (g.tenant_id, g.role_id) AND NOT o.archived"
            " WHERE g.tenant_id = %(tenant)s AND g.role_id = %(role)s",
            {"role": role_id},
        )

    async def team_ids(self, user_id: UUID) -> list[UUID]:
        rows = await self._tx.fetch_tuples(
            "SELECT team_id FROM team_members WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
            {"user": user_id},
        )
        return [row[0] for row in rows]

    async def project_ids(self, user_id: UUID) -> list[UUID]:
        rows = await self._tx.fetch_tuples(
            "SELECT project_id FROM user_projects WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
            {"user": user_id},
        )
        return [row[0] for row in rows]


class Presences:
    """Presence rows and agent-state segments."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    @staticmethod
    def looking(user_id: UUID) -> Read[PresenceRow]:
        """The agent's presence, without a lock."""
        return Read(
            PresenceRow,
            f"SELECT {_PRESENCE} FROM presence WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
            {"user": user_id},
        )

    def hold(self, rows: list[PresenceRow]) -> None:
        """These were read and locked in this transaction."""
        self._tx.held |= {(PresenceRow, row.user_id): row for row in rows}

    def held(self, user_id: UUID) -> PresenceRow | None:
        """The agent's presence as this transaction has locked or written it."""
        return self._tx.held.get((PresenceRow, user_id))

    async def lock(self, user_id: UUID) -> PresenceRow:
        """The agent's presence, locked until the transaction ends; made (offline) when there is none yet."""
        held = self.held(user_id)
        if held is not None:
            return held
        row = await self._locked(user_id)
        if row is None:
            await self._tx.execute(
                "INSERT INTO presence (tenant_id, user_id) VALUES (%(tenant)s, %(user)s) ON CONFLICT DO NOTHING",
                {"user": user_id},
            )
            row = await self._locked(user_id)
        assert row is not None
        return row

    async def _locked(self, user_id: UUID) -> PresenceRow | None:
        rows = await self._tx.read(self.looking(user_id).locked())
        self.hold(rows)
        return rows[0] if rows else None

    async def get(self, user_ids: list[UUID] | None = None) -> list[PresenceRow]:
        return await self._tx.fetch_all(
            PresenceRow,
            f"SELECT {_PRESENCE} FROM presence WHERE tenant_id = %(tenant)s"
            " AND (%(users)s::uuid[] IS NULL OR user_id = ANY(%(users)s))",
            {"users": user_ids},
        )

    async def save(self, row: PresenceRow) -> None:
        await self._tx.write(
            "UPDATE presence SET chosen = %(chosen)s, reason_id = %(reason_id)s, occupancy = %(occupancy)s,"
            " shown = %(shown)s, since = %(since)s, idle_since = %(idle_since)s,"
            " disconnected_at = %(disconnected_at)s, node = %(node)s, missed_offers = %(missed_offers)s, version = %(version)s"
            " WHERE tenant_id = %(tenant)s AND user_id = %(user_id)s",
            {name: getattr(row, name) for name in PresenceRow.__slots__},
            row=row.user_id,
        )
        self._tx.held[PresenceRow, row.user_id] = row

    async def add_segment(
        self, user_id: UUID, state: str, reason_id: UUID | None, started_at: datetime, ended_at: datetime
    ) -> None:
        await self._tx.write(
            "INSERT INTO agent_segments (tenant_id, id, user_id, state, reason_id, team_ids, started_at, ended_at)"
            " VALUES (%(tenant)s, %(id)s, %(user)s, %(state)s, %(reason)s, ARRAY(SELECT team_id FROM team_members"
            " WHERE tenant_id = %(tenant)s AND user_id = %(user)s), %(start)s, %(end)s)",
            {
                "id": new_id(),
                "user": user_id,
                "state": state,
                "reason": reason_id,
                "start": started_at,
                "end": ended_at,
            },
        )

    async def gone_since(self, before: datetime) -> list[tuple[UUID, UUID]]:
        """(tenant, user) of those whose browser has been away since `before`. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT tenant_id, user_id FROM presence WHERE disconnected_at < %(before)s"
            " AND chosen <> 'offline'",
            {"before": before},
        )
        return [(tenant, user) for tenant, user in rows]

    async def start_grace_of_node(self, node: str, at: datetime) -> None:
        """Whoever was connected to this node has to show up again. System scope."""
        await self._tx.execute(
            "UPDATE presence SET disconnected_at = %(at)s WHERE chosen <> 'offline' AND disconnected_at IS NULL"
            " AND node = %(node)s",
            {"at": at, "node": node},
        )

    async def system_reason(self, name: str) -> UUID | None:
        return await self._tx.fetch_value(
            "SELECT id FROM reasons WHERE tenant_id = %(tenant)s AND system = %(name)s AND NOT archived",
            {"name": name},
        )

    async def reason_exists(self, reason_id: UUID) -> bool:
        return bool(
            await self._tx.fetch_value(
                "SELECT EXISTS (SELECT FROM reasons WHERE tenant_id = %(tenant)s AND id = %(id)s AND NOT archived)",
                {"id": reason_id},
            )
        )
