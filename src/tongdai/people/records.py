"""The SQL of people's edited rows: users, teams, skills, roles, reasons, and what joins them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.people.repository import SESSION_HOLDS
from tongdai.people.schemas import Reason, Role, SessionView, Skill, SkillLevel, Team, Token, User
from tongdai.platform.auth import WIDTH, Extent, Reach
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited

_OF_USER = "(x.tenant_id, x.user_id) = (t.tenant_id, t.id)"
_OF_TEAM = "(x.tenant_id, x.team_id) = (t.tenant_id, t.id)"

USERS = Edited(
    "users",
    User,
    order="t.name_sort",
    search="t.name_fold",
    computed={
        "role_ids": f"ARRAY(SELECT role_id FROM user_roles x WHERE {_OF_USER} ORDER BY 1)",
        "team_ids": f"ARRAY(SELECT team_id FROM team_members x WHERE {_OF_USER} ORDER BY 1)",
        "project_ids": f"ARRAY(SELECT project_id FROM user_projects x WHERE {_OF_USER} ORDER BY 1)",
        "skills": "(SELECT coalesce(jsonb_agg(jsonb_build_object('skill_id', x.skill_id, 'level', x.level)"
        f" ORDER BY x.skill_id), '[]') FROM user_skills x WHERE {_OF_USER})",
    },
    unique={"users_tenant_id_extension_key": "extension", "users_email_key": "email"},
)
TEAMS = Edited(
    "teams",
    Team,
    computed={
        "member_ids": f"ARRAY(SELECT user_id FROM team_members x WHERE {_OF_TEAM} ORDER BY 1)",
        "leader_ids": f"ARRAY(SELECT user_id FROM team_members x WHERE {_OF_TEAM} AND x.leads ORDER BY 1)",
    },
)
SKILLS = Edited("skills", Skill)
ROLES = Edited(
    "roles",
    Role,
    computed={
        "grants": "(SELECT coalesce(jsonb_object_agg(x.permission, x.extent), '{}') FROM role_grants x"
        " WHERE (x.tenant_id, x.role_id) = (t.tenant_id, t.id))",
    },
)
REASONS = Edited("reasons", Reason, order="lpad(t.position::text, 9, '0')", json=frozenset({"name"}))

WITHIN = (
    "AND (%(all)s OR t.id = %(me)s OR EXISTS (SELECT FROM team_members x"
    f" WHERE {_OF_USER} AND x.team_id = ANY(%(teams)s)) OR EXISTS (SELECT FROM user_projects x"
    f" WHERE {_OF_USER} AND x.project_id = ANY(%(projects)s)))"
)
"""Narrows users to those within a reach; its parameters come from `within`."""


def within(reach: Reach) -> dict[str, Any]:
    width = WIDTH[reach.extent]
    return {
        "all": reach.everything,
        "me": reach.user_id,
        "teams": list(reach.team_ids) if width >= WIDTH[Extent.TEAM] else [],
        "projects": list(reach.project_ids) if width >= WIDTH[Extent.PROJECT] else [],
    }


class Links:
    """What belongs to a user, a team or a role: written as whole sets."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def set_roles(self, user_id: UUID, role_ids: Iterable[UUID]) -> None:
        await self._replace("user_roles", "user_id", user_id, "role_id", role_ids)

    async def set_projects(self, user_id: UUID, project_ids: Iterable[UUID]) -> None:
        await self._replace("user_projects", "user_id", user_id, "project_id", project_ids)

    async def set_teams(self, user_id: UUID, team_ids: Iterable[UUID]) -> None:
        """Keeps who leads."""
        wanted = list(set(team_ids))
        await self._tx.execute(
            "DELETE FROM team_members WHERE tenant_id = %(tenant)s AND user_id = %(id)s"
            " AND NOT team_id = ANY(%(ids)s)",
            {"id": user_id, "ids": wanted},
        )
        await self._tx.execute(
            "INSERT INTO team_members (tenant_id, team_id, user_id) SELECT %(tenant)s, unnest(%(ids)s::uuid[]),"
            " %(id)s ON CONFLICT DO NOTHING",
            {"id": user_id, "ids": wanted},
        )

    async def set_skills(self, user_id: UUID, skills: Iterable[SkillLevel]) -> None:
        levels = {skill.skill_id: skill.level for skill in skills}
        await self._tx.execute(
            "DELETE FROM user_skills WHERE tenant_id = %(tenant)s AND user_id = %(id)s", {"id": user_id}
        )
        await self._tx.execute(
            "INSERT INTO user_skills (tenant_id, user_id, skill_id, level)"
            " SELECT %(tenant)s, %(id)s, * FROM unnest(%(skills)s::uuid[], %(levels)s::int[])",
            {"id": user_id, "skills": list(levels), "levels": list(levels.values())},
        )

    async def set_members(self, team_id: UUID, members: set[UUID], leaders: set[UUID]) -> None:
        everyone = list(members | leaders)
        await self._tx.execute(
            "DELETE FROM team_members WHERE tenant_id = %(tenant)s AND team_id = %(id)s", {"id": team_id}
        )
        await self._tx.execute(
            "INSERT INTO team_members (tenant_id, team_id, user_id, leads)"
            " SELECT %(tenant)s, %(id)s, u, u = ANY(%(leaders)s::uuid[]) FROM unnest(%(users)s::uuid[]) u",
            {"id": team_id, "users": everyone, "leaders": list(leaders)},
        )

    async def set_grants(self, role_id: UUID, grants: Mapping[str, Extent]) -> None:
        await self._tx.execute(
            "DELETE FROM role_grants WHERE tenant_id = %(tenant)s AND role_id = %(id)s", {"id": role_id}
        )
        await self._tx.execute(
            "INSERT INTO role_grants (tenant_id, role_id, permission, extent)"
            " SELECT %(tenant)s, %(id)s, * FROM unnest(%(names)s::text[], %(extents)s::text[])",
            {"id": role_id, "names": list(grants), "extents": [extent.value for extent in grants.values()]},
        )

    async def _replace(
        self, table: str, key: str, row_id: UUID, other: str, other_ids: Iterable[UUID]
    ) -> None:
        await self._tx.execute(
            f"DELETE FROM {table} WHERE tenant_id = %(tenant)s AND {key} = %(id)s", {"id": row_id}
        )
        await self._tx.execute(
            f"INSERT INTO {table} (tenant_id, {key}, {other}) SELECT %(tenant)s, %(id)s, unnest(%(ids)s::uuid[])",
            {"id": row_id, "ids": list(set(other_ids))},
        )

    async def grants_of_roles(self, role_ids: Iterable[UUID]) -> list[tuple[str, Extent]]:
        rows = await self._tx.fetch_tuples(
            "SELECT permission, extent FROM role_grants WHERE tenant_id = %(tenant)s AND role_id = ANY(%(ids)s)",
            {"ids": list(role_ids)},
        )
        return [(str(name), Extent(extent)) for name, extent in rows]

    async def users_of_role(self, role_id: UUID) -> list[UUID]:
        rows = await self._tx.fetch_tuples(
            "SELECT user_id FROM user_roles WHERE tenant_id = %(tenant)s AND role_id = %(id)s",
            {"id": role_id},
        )
        return [row[0] for row in rows]

    async def touch_users(self, user_ids: Iterable[UUID]) -> list[tuple[UUID, int]]:
        """Count up the versions of users whose links changed; gives (user, version)."""
        rows = await self._tx.fetch_tuples(
            "UPDATE users SET version = version + 1 WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)"
            " RETURNING id, version",
            {"ids": sorted(user_ids)},
        )
        return [(user_id, version) for user_id, version in rows]

    async def serialise_guardianship(self) -> None:
        """Changes of who administers wait for each other, so that two cannot remove the last two at once."""
        await self._tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(tenant)s::uuid::text, 4711))")

    async def guardians(self) -> int:
        """How many can sign in and mend everything: users and roles, over the whole tenant."""
        return await self._tx.fetch_value(
            "SELECT count(*) FROM users u WHERE u.tenant_id = %(tenant)s AND NOT u.archived"
            " AND u.password_hash IS NOT NULL AND 2 = (SELECT count(DISTINCT g.permission) FROM user_roles r"
            " JOIN roles o ON (o.tenant_id, o.id) = (r.tenant_id, r.role_id) AND NOT o.archived"
            " JOIN role_grants g ON (g.tenant_id, g.role_id) = (o.tenant_id, o.id)"
            " WHERE (r.tenant_id, r.user_id) = (u.tenant_id, u.id) AND g.extent = 'tenant'"
            " AND g.permission IN ('users.edit', 'roles.edit'))"
        )


_TOKENS = (
    "SELECT k.id, (SELECT jsonb_build_object('id', o.id, 'name', o.name) FROM roles o"
    " WHERE (o.tenant_id, o.id) = (k.tenant_id, k.role_id)) AS role,"
    " k.name, jsonb_build_object('id', t.id, 'name', t.name) AS \"user\", k.created_at,"
    " k.last_used_at, k.expires_at, ARRAY(SELECT role_id FROM user_roles x"
    " WHERE (x.tenant_id, x.user_id) = (t.tenant_id, t.id) ORDER BY 1) AS role_ids"
    " FROM api_tokens k JOIN users t ON (t.tenant_id, t.id) = (k.tenant_id, k.user_id)"
    " WHERE k.tenant_id = %(tenant)s AND k.revoked_at IS NULL"
)


class Tokens:
    """API tokens that are not revoked, as they are shown: the newest first."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def of_user(self, user_id: UUID) -> list[Token]:
        return await self._tx.fetch_all(
            Token, f"{_TOKENS} AND k.user_id = %(user)s ORDER BY k.id DESC", {"user": user_id}
        )

    async def page(self, reach: Reach, before: UUID | None, limit: int) -> list[Token]:
        """Those of the users within a reach; one more than asked for when there are more."""
        return await self._tx.fetch_all(
            Token,
            f"{_TOKENS} {WITHIN} AND (%(before)s::uuid IS NULL OR k.id < %(before)s)"
            " ORDER BY k.id DESC LIMIT %(limit)s + 1",
            {**within(reach), "before": before, "limit": limit},
        )

    async def may_have(self, role_id: UUID) -> bool:
        """Whether there is such a role to narrow a token to."""
        return await self._tx.fetch_value(
            "SELECT EXISTS (SELECT FROM roles WHERE tenant_id = %(tenant)s AND id = %(id)s AND NOT archived)",
            {"id": role_id},
        )

    async def owner(self, token_id: UUID) -> UUID | None:
        return await self._tx.fetch_value(
            "SELECT user_id FROM api_tokens WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": token_id}
        )


class Sessions:
    """Where users are signed in, as it is shown."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def of_user(
        self, user_id: UUID, mine: UUID | None, now: datetime, at_work_since: datetime
    ) -> list[SessionView]:
        """Those that still hold, the newest first; `mine` is the one that asks."""
        return await self._tx.fetch_all(
            SessionView,
            "SELECT s.id, s.created_at, s.expires_at, s.user_agent, s.address,"
            " s.id IS NOT DISTINCT FROM %(mine)s AS current FROM sessions s"
            f" WHERE s.tenant_id = %(tenant)s AND s.user_id = %(user)s AND {SESSION_HOLDS}"
            " ORDER BY s.created_at DESC, s.id DESC",
            {"user": user_id, "mine": mine, "now": now, "at_work": at_work_since},
        )
