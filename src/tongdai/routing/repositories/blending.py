"""SQL of what agents take between outbound work."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb, Transaction
from tongdai.routing.repository import BLEND_ALL, BLEND_OWN, BLEND_TEAM


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as stored; `rule` None: what is wider counts. Without user and team: everybody's."""

    id: UUID
    user_id: UUID | None
    team_id: UUID | None
    rule: dict[str, Any] | None
    version: int


@dataclass(frozen=True, slots=True)
class HeldRow:
    """An agent's own rule, their team's and everybody's, the first of which counts; and how many promised callbacks they are to
    make now."""

    user_id: UUID
    own: dict[str, Any] | None
    team: dict[str, Any] | None
    everybody: dict[str, Any] | None
    due: int


_ROW = ", ".join(RuleRow.__slots__)


class BlendingRules:
    """What agents, teams and everybody take."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def wide(self) -> list[RuleRow]:
        """Those of teams and of everybody."""
        return await self._tx.fetch_all(
            RuleRow, f"SELECT {_ROW} FROM blending_rules WHERE tenant_id = %(tenant)s AND user_id IS NULL"
        )

    async def lock(self, user_id: UUID | None, team_id: UUID | None) -> RuleRow:
        """The rule of a user, a team or (neither) everybody; one that says nothing is made if there was none."""
        row = await self._tx.fetch_one(
            RuleRow,
            "INSERT INTO blending_rules (tenant_id, id, user_id, team_id) VALUES (%(tenant)s, %(id)s, %(user)s, %(team)s)"
            " ON CONFLICT (tenant_id, user_id, team_id) DO UPDATE SET version = blending_rules.version + 1"
            f" RETURNING {_ROW}",
            {"id": new_id(), "user": user_id, "team": team_id},
        )
        assert row is not None
        return row

    async def put(self, rule_id: UUID, rule: dict[str, Any] | None) -> None:
        await self._tx.execute(
            "UPDATE blending_rules SET rule = %(rule)s WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": rule_id, "rule": None if rule is None else Jsonb(rule)},
        )

    async def held(self, user_ids: list[UUID]) -> list[HeldRow]:
        """Of these users, by name."""
        return await self._tx.fetch_all(
            HeldRow,
            f"SELECT u.id AS user_id, {BLEND_OWN} AS own, {BLEND_TEAM} AS team, {BLEND_ALL} AS everybody,"
            " (SELECT count(*) FROM callbacks c WHERE (c.tenant_id, c.user_id) = (u.tenant_id, u.id)"
            " AND c.state = 'due') AS due FROM users u"
            " WHERE u.tenant_id = %(tenant)s AND u.id = ANY(%(ids)s) ORDER BY u.name_sort",
            {"ids": user_ids},
        )

    async def teams(self) -> list[tuple[UUID, str]]:
        """Teams in use, by name."""
        rows = await self._tx.fetch_tuples(
            "SELECT id, name FROM teams WHERE tenant_id = %(tenant)s AND NOT archived ORDER BY name"
        )
        return [(team, str(name)) for team, name in rows]
