"""What other modules may use of people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.kit.text import fold
from tongdai.people.extensions import Extensions
from tongdai.people.policies import Chosen, Occupancy, Shown
from tongdai.people.records import WITHIN, within
from tongdai.people.repository import PresenceRow, Presences, SessionRow
from tongdai.people.schemas import SkillLevel, User, UserIn
from tongdai.people.services.presence import choose, connect, disconnect, lock_presence, miss_offer, occupy
from tongdai.people.services.roles import install_builtin_roles
from tongdai.people.services.sign_in import (
    PrincipalSources,
    hash_password,
    hash_pin,
    issue_api_token,
    load_principal,
    verify_password,
)
from tongdai.people.services.users import create as create_user
from tongdai.people.services.users import made_up_password
from tongdai.people.views import PresenceView, locale_of
from tongdai.people.views import presence as presence_view
from tongdai.platform.auth import Principal, Reach
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import like_literal

__all__ = [
    "Chosen",
    "Colleague",
    "Extensions",
    "Occupancy",
    "Person",
    "PresenceRow",
    "PresenceView",
    "Presences",
    "PrincipalSources",
    "Reader",
    "Shown",
    "SkillLevel",
    "User",
    "UserIn",
    "agent_spans",
    "choose",
    "colleagues",
    "connect",
    "create_user",
    "disconnect",
    "find_user",
    "hash_password",
    "hash_pin",
    "install_builtin_roles",
    "is_user",
    "issue_api_token",
    "list_people",
    "list_presence",
    "locale_of",
    "lock_presence",
    "made_up_password",
    "miss_offer",
    "occupy",
    "presence_view",
    "principal_of_user",
    "reader_of",
    "skill_levels",
    "team_mates",
    "teams_of",
    "users_within",
    "verify_password",
]


@dataclass(frozen=True, slots=True)
class Person:
    """A user as others show and route to them."""

    id: UUID
    name: str
    extension: str | None
    locale: str
    team_ids: list[UUID]


async def principal_of_user(
    tx: Transaction, user_id: UUID, sources: PrincipalSources | None = None
) -> Principal:
    """What a user may do, for acts that reach us by another way than HTTP (a phone that dials). `sources`: where it matters which
    queues they serve."""
    (person,) = await list_people(tx, [user_id])
    return await load_principal(tx, SessionRow(tx.tenant_id, user_id, person.name, None), sources)


async def is_user(tx: Transaction, user_id: UUID) -> bool:
    """Whether there is such a user, who is not archived."""
    found = await tx.fetch_value(
        "SELECT true FROM users WHERE tenant_id = %(tenant)s AND id = %(id)s AND NOT archived",
        {"id": user_id},
    )
    return found is not None


async def find_user(tx: Transaction, address: str) -> UUID | None:
    """The user, not archived, who has this extension or e-mail address."""
    return await tx.fetch_value(
        "SELECT id FROM users WHERE tenant_id = %(tenant)s AND NOT archived"
        " AND (extension = %(address)s OR lower(email) = lower(%(address)s))",
        {"address": address.strip()},
    )


async def list_people(tx: Transaction, user_ids: list[UUID] | None = None) -> list[Person]:
    """Users who are not archived (or just those asked for, archived or not), by name."""
    return await tx.fetch_all(
        Person,
        "SELECT id, name, extension, locale, ARRAY(SELECT team_id FROM team_members m"
        " WHERE (m.tenant_id, m.user_id) = (u.tenant_id, u.id)) AS team_ids FROM users u"
        " WHERE tenant_id = %(tenant)s AND CASE WHEN %(ids)s::uuid[] IS NULL THEN NOT archived"
        " ELSE id = ANY(%(ids)s) END ORDER BY name_sort",
        {"ids": user_ids},
    )


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who could be asked or given a contact, with what they do now and since when."""

    id: UUID
    name: str
    extension: str | None
    shown: str
    since: datetime | None


async def colleagues(tx: Transaction, q: str, *, limit: int) -> list[Colleague]:
    """By a part of the name or the beginning of the extension: the ready ones first, then by name."""
    return await tx.fetch_all(
        Colleague,
        "SELECT u.id, u.name, u.extension, coalesce(p.shown, 'offline') AS shown, p.since FROM users u"
        " LEFT JOIN presence p ON (p.tenant_id, p.user_id) = (u.tenant_id, u.id)"
        " WHERE u.tenant_id = %(tenant)s AND NOT u.archived"
        " AND (u.name_fold LIKE %(name)s OR u.extension LIKE %(extension)s)"
        " ORDER BY p.shown IS DISTINCT FROM 'ready', p.shown IS NULL OR p.shown = 'offline', u.name_sort LIMIT %(limit)s",
        {"name": f"%{like_literal(fold(q))}%", "extension": f"{like_literal(q)}%", "limit": limit},
    )


async def list_presence(tx: Transaction, user_ids: list[UUID] | None = None) -> list[PresenceRow]:
    """Presence rows; users who never signed in have none (they are offline)."""
    return await Presences(tx).get(user_ids)


async def skill_levels(tx: Transaction, user_id: UUID | None = None) -> dict[UUID, dict[UUID, int]]:
    """user → skill → level (1–10), of one user or of all."""
    rows = await tx.fetch_tuples(
        "SELECT user_id, skill_id, level FROM user_skills WHERE tenant_id = %(tenant)s"
        " AND (%(user)s::uuid IS NULL OR user_id = %(user)s)",
        {"user": user_id},
    )
    levels: dict[UUID, dict[UUID, int]] = {}
    for user, skill, level in rows:
        levels.setdefault(user, {})[skill] = level
    return levels


@dataclass(frozen=True, slots=True)
class Reader:
    """In which language and time zone somebody reads."""

    locale: str
    time_zone: str


async def reader_of(tx: Transaction, user_id: UUID) -> Reader:
    found = await tx.fetch_one(
        Reader,
        "SELECT locale, time_zone FROM users WHERE tenant_id = %(tenant)s AND id = %(id)s",
        {"id": user_id},
    )
    return found or Reader("en", "UTC")


async def team_mates(tx: Transaction, team_ids: Iterable[UUID]) -> list[UUID]:
    """Everybody in these teams."""
    rows = await tx.fetch_tuples(
        "SELECT DISTINCT user_id FROM team_members WHERE tenant_id = %(tenant)s AND team_id = ANY(%(ids)s)",
        {"ids": list(team_ids)},
    )
    return [row[0] for row in rows]


async def teams_of(tx: Transaction, user_ids: list[UUID]) -> dict[UUID, frozenset[UUID]]:
    """user → teams, of those who are in any."""
    rows = await tx.fetch_tuples(
        "SELECT user_id, array_agg(team_id) FROM team_members WHERE tenant_id = %(tenant)s"
        " AND user_id = ANY(%(ids)s) GROUP BY user_id",
        {"ids": user_ids},
    )
    return {user_id: frozenset(teams) for user_id, teams in rows}


async def users_within(tx: Transaction, reach: Reach, user_ids: list[UUID] | None = None) -> frozenset[UUID]:
    """The users within reach who are not archived: all, or of those asked for."""
    rows = await tx.fetch_tuples(
        "SELECT t.id FROM users t WHERE t.tenant_id = %(tenant)s AND NOT t.archived"
        f" AND (%(ids)s::uuid[] IS NULL OR t.id = ANY(%(ids)s)) {WITHIN}",
        {"ids": user_ids, **within(reach)},
    )
    return frozenset(row[0] for row in rows)


async def agent_spans(
    tx: Transaction, user_id: UUID, since: datetime, locale: str
) -> list[tuple[str, datetime, datetime | None, str | None]]:
    """(state, start, end, reason) of an agent since then, in order; the last one lasts. Reasons in `locale`."""
    reason = "coalesce(r.name ->> %(locale)s, r.name ->> 'en')"
    rows = await tx.fetch_tuples(
        f"SELECT s.state, s.started_at, s.ended_at, {reason} FROM agent_segments s"
        " LEFT JOIN reasons r ON (r.tenant_id, r.id) = (s.tenant_id, s.reason_id)"
        " WHERE s.tenant_id = %(tenant)s AND s.user_id = %(user)s AND s.ended_at > %(since)s"
        f" UNION ALL SELECT CASE p.shown WHEN 'offered' THEN 'ready' ELSE p.shown END, p.since, NULL, {reason}"
        " FROM presence p LEFT JOIN reasons r ON (r.tenant_id, r.id) = (p.tenant_id, p.reason_id)"
        " WHERE p.tenant_id = %(tenant)s AND p.user_id = %(user)s ORDER BY 2",
        {"user": user_id, "since": since, "locale": locale},
    )
    return [(state, start, end, name) for state, start, end, name in rows]
