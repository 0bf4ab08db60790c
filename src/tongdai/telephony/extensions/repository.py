"""SQL of how colleagues are reached: extensions, forwarding, groups."""

from dataclasses import dataclass
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.telephony.extensions.policies import Book, Forwarding, Group, Hunt
from tongdai.telephony.voicemail.repository import Boxes

_FORWARDING = {
    "always": "forward_always",
    "busy": "forward_busy",
    "no_answer": "forward_no_answer",
    "unreachable": "forward_unreachable",
    "no_answer_s": "forward_after_s",
    "do_not_disturb": "do_not_disturb",
    "listed": "listed",
}
"""Forwarding's names → columns of phone_settings."""
_READ = ", ".join(f"{column} AS {name}" for name, column in _FORWARDING.items())


@dataclass(frozen=True, slots=True)
class _Wishes:
    user_id: UUID
    always: str
    busy: str
    no_answer: str
    unreachable: str
    no_answer_s: int
    do_not_disturb: bool
    listed: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody whom callers find by their name."""

    name: str
    extension: str


@dataclass(frozen=True, slots=True)
class Place:
    """A ring group or conference room. `kind`: group, room."""

    kind: str
    id: UUID
    name: str
    extension: str


class Reach:
    """How the users of a tenant are reached."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def at(self, extension: str) -> UUID | None:
        """The user, group or conference room at an extension."""
        return await self._tx.fetch_value(
            "SELECT id FROM users WHERE tenant_id = %(tenant)s AND extension = %(ext)s AND NOT archived"
            " UNION ALL SELECT id FROM extension_groups"
            " WHERE tenant_id = %(tenant)s AND extension = %(ext)s AND NOT archived"
            " UNION ALL SELECT id FROM conference_rooms"
            " WHERE tenant_id = %(tenant)s AND extension = %(ext)s AND NOT archived LIMIT 1",
            {"ext": extension},
        )

    async def listed(self) -> list[Listed]:
        """All who have an extension and want to be found by their name."""
        return await self._tx.fetch_all(
            Listed,
            "SELECT u.name, u.extension FROM users u LEFT JOIN phone_settings s ON (s.tenant_id, s.user_id) = (u.tenant_id, u.id)"
            " WHERE u.tenant_id = %(tenant)s AND u.extension IS NOT NULL AND NOT u.archived AND coalesce(s.listed, true)"
            " ORDER BY u.name, u.extension",
        )

    async def group_names(self, extensions: list[str]) -> dict[str, str]:
        """Ring groups in use, by extension."""
        return dict(
            await self._tx.fetch_tuples(
                "SELECT extension, name FROM extension_groups"
                " WHERE tenant_id = %(tenant)s AND extension = ANY(%(extensions)s) AND NOT archived",
                {"extensions": extensions},
            )
        )

    async def places(self) -> list[Place]:
        """Ring groups and conference rooms, by name."""
        return await self._tx.fetch_all(
            Place,
            "SELECT 'group' AS kind, id, name, extension FROM extension_groups WHERE tenant_id = %(tenant)s AND NOT archived"
            " UNION ALL SELECT 'room', id, name, extension FROM conference_rooms"
            " WHERE tenant_id = %(tenant)s AND NOT archived ORDER BY 3, 4",
        )

    async def mates(self, user_id: UUID) -> set[UUID]:
        """Who is in a team or a ring group with this user."""
        rows = await self._tx.fetch_tuples(
            "SELECT m.user_id FROM team_members m JOIN team_members mine ON (mine.tenant_id, mine.team_id)"
            " = (m.tenant_id, m.team_id) WHERE mine.tenant_id = %(tenant)s AND mine.user_id = %(user)s"
            " UNION SELECT one::uuid FROM extension_groups g, jsonb_array_elements_text(g.member_ids) one"
            " WHERE g.tenant_id = %(tenant)s AND NOT g.archived AND g.member_ids ? %(user)s::uuid::text",
            {"user": user_id},
        )
        return {row[0] for row in rows} - {user_id}

    async def book(self, *, caller: UUID | None = None) -> Book:
        """All of the tenant's, as of now. Who calls is on a call."""
        rooms = await self._tx.fetch_tuples(
            "SELECT extension, id FROM conference_rooms WHERE tenant_id = %(tenant)s AND NOT archived"
        )
        extensions = await self._tx.fetch_tuples(
            "SELECT extension, id FROM extension_groups WHERE tenant_id = %(tenant)s AND NOT archived"
            " UNION ALL SELECT extension, id FROM users"
            " WHERE tenant_id = %(tenant)s AND extension IS NOT NULL AND NOT archived"
        )
        on_call = await self._tx.fetch_tuples(
            "SELECT a.user_id FROM assignments a JOIN interactions i ON (i.tenant_id, i.id) = (a.tenant_id, a.interaction_id)"
            " WHERE a.tenant_id = %(tenant)s AND a.state = 'accepted' AND i.channel = 'voice'"
        )
        groups = {group.id: group for group in await self._groups()}
        resting = [
            one for group in groups.values() if group.hunt == Hunt.LONGEST_IDLE for one in group.members
        ]
        idle = await self._tx.fetch_tuples(
            "SELECT user_id, idle_since FROM presence WHERE tenant_id = %(tenant)s AND user_id = ANY(%(users)s::uuid[])",
            {"users": resting},
        )
        return Book(
            extensions=dict([*rooms, *extensions]),
            forwarding={
                row.user_id: _forwarding(row)
                for row in await self._tx.fetch_all(
                    _Wishes,
                    f"SELECT user_id, {_READ} FROM phone_settings WHERE tenant_id = %(tenant)s",
                )
            },
            groups=groups,
            on_call=frozenset({row[0] for row in on_call} | ({caller} if caller else set())),
            boxes=await Boxes(self._tx).open(),
            idle_since=dict(idle),
            rooms=frozenset(room for _, room in rooms),
        )

    async def _groups(self) -> list[Group]:
        rows = await self._tx.fetch_tuples(
            "SELECT id, hunt, member_ids, ring_s, otherwise, turn FROM extension_groups"
            " WHERE tenant_id = %(tenant)s AND NOT archived"
        )
        return [
            Group(id_, Hunt(hunt), tuple(UUID(one) for one in members), ring_s, otherwise, turn)
            for id_, hunt, members, ring_s, otherwise, turn in rows
        ]

    async def came_to(self, groups: list[UUID]) -> None:
        """A call came to these groups: the next one begins with the member after."""
        await self._tx.execute(
            "UPDATE extension_groups SET turn = turn + 1 WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)",
            {"ids": groups},
        )

    async def forwarding(self, user_id: UUID) -> Forwarding:
        row = await self._tx.fetch_one(
            _Wishes,
            f"SELECT user_id, {_READ} FROM phone_settings WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
            {"user": user_id},
        )
        return _forwarding(row) if row else Forwarding()

    async def set_forwarding(self, user_id: UUID, wishes: Forwarding) -> tuple[UUID, int]:
        """Gives the phone setting's id and version."""
        values = {column: getattr(wishes, name) for name, column in _FORWARDING.items()}
        rows = await self._tx.fetch_tuples(
            f"INSERT INTO phone_settings (tenant_id, user_id, id, {', '.join(values)})"
            f" VALUES (%(tenant)s, %(user)s, %(id)s, {', '.join(f'%({column})s' for column in values)})"
            " ON CONFLICT (tenant_id, user_id) DO UPDATE SET"
            f" {', '.join(f'{column} = excluded.{column}' for column in values)},"
            " version = phone_settings.version + 1 RETURNING id, version",
            {"user": user_id, "id": new_id(), **values},
        )
        return rows[0][0], rows[0][1]


def _forwarding(row: _Wishes) -> Forwarding:
    return Forwarding(**{name: getattr(row, name) for name in _FORWARDING})
