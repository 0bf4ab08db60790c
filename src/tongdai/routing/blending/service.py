"""Who takes what between outbound work: read, and set for many at once."""

from uuid import UUID

from tongdai.people.public import users_within
from tongdai.platform.auth import WIDTH, Extent, Principal, Reach
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound, invalid_field
from tongdai.routing.blending.policies import Blend
from tongdai.routing.blending.schemas import (
    AgentBlend,
    Blending,
    BlendingChange,
    BlendingIn,
    BlendRule,
    HeldRule,
    TeamBlend,
)
from tongdai.routing.events import BlendingChanged
from tongdai.routing.repositories.blending import BlendingRules, HeldRow
from tongdai.tenancy.public import audit

PERMISSION = "blending.edit"


def _rule(stored: dict[str, object] | None) -> BlendRule | None:
    return BlendRule.of(Blend.read(stored)) if stored else None


def _team_within(reach: Reach, team_id: UUID) -> bool:
    return reach.everything or (WIDTH[reach.extent] >= WIDTH[Extent.TEAM] and team_id in reach.team_ids)


def _agent(row: HeldRow) -> AgentBlend:
    candidates = (("own", row.own), ("team", row.team), ("everybody", row.everybody))
    whose, counts = next(((who, rule) for who, rule in candidates if rule), ("usual", None))
    return AgentBlend(user_id=row.user_id, rule=BlendRule.of(Blend.read(counts)), whose=whose, due=row.due)


async def blending(tx: Transaction, me: Principal) -> Blending:
    """All rules within reach."""
    reach = me.reach(PERMISSION)
    wide = await BlendingRules(tx).wide()
    teams = {row.team_id: row.rule for row in wide}
    users = await users_within(tx, reach)
    return Blending(
        everybody=_rule(teams.get(None)),
        teams=[
            TeamBlend(id=team_id, name=name, rule=_rule(teams.get(team_id)))
            for team_id, name in await BlendingRules(tx).teams()
            if _team_within(reach, team_id)
        ],
        agents=[_agent(row) for row in await BlendingRules(tx).held(list(users))],
        may_all=reach.everything,
    )


async def mine(tx: Transaction, me: Principal) -> AgentBlend:
    """My own rule, whoever set it."""
    (row,) = await BlendingRules(tx).held([me.user_id])
    return _agent(row)


async def set_rules(tx: Transaction, me: Principal, wanted: BlendingIn) -> BlendingChange:
    """All of it or nothing; who waits is looked at again at once. Raises NotFound for whom is out of reach."""
    reach = me.reach(PERMISSION)
    users = [one.user_id for one in wanted.rules if one.user_id is not None]
    if len(await users_within(tx, reach, users)) < len(users):
        raise NotFound()
    known = {team_id for team_id, _ in await BlendingRules(tx).teams()}
    before: list[HeldRule] = []
    # In one order, so that two who change the same wait for each other.
    for one in sorted(wanted.rules, key=lambda held: (str(held.user_id), str(held.team_id))):
        if one.user_id is not None and one.team_id is not None:
            raise invalid_field("team_id", "A rule is of an agent or of a team, not of both.", "choose")
        if one.team_id is not None and (one.team_id not in known or not _team_within(reach, one.team_id)):
            raise NotFound()
        if one.user_id is None and one.team_id is None and not reach.everything:
            raise NotFound()
        before.append(await _set(tx, one))
    return BlendingChange(before=before)


async def _set(tx: Transaction, one: HeldRule) -> HeldRule:
    row = await BlendingRules(tx).lock(one.user_id, one.team_id)
    rule = None if one.rule is None else one.rule.stored()
    await BlendingRules(tx).put(row.id, rule)
    tx.emit(
        BlendingChanged(
            aggregate_id=row.id, aggregate_version=row.version, user_id=one.user_id, team_id=one.team_id
        )
    )
    subject = "user" if one.user_id else "team" if one.team_id else "tenant"
    details = {"fields": ["rule"], "rule": rule, "before": row.rule}
    await audit(tx, "blending.changed", subject, one.user_id or one.team_id or tx.tenant_id, details)
    return HeldRule(user_id=one.user_id, team_id=one.team_id, rule=_rule(row.rule))
