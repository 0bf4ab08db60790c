"""Routes of teams, skills and reasons."""

from uuid import UUID

from fastapi import APIRouter

from tongdai.people.records import REASONS, SKILLS, TEAMS
from tongdai.people.schemas import (
    Reason,
    ReasonChange,
    ReasonIn,
    Skill,
    SkillChange,
    SkillIn,
    Team,
    TeamChange,
    TeamIn,
)
from tongdai.people.services import groups
from tongdai.platform.http import Me, Page, Tx
from tongdai.platform.paging import Asked, listed

router = APIRouter(prefix="/api/v1", tags=["people"])


@router.get("/teams")
async def list_teams(me: Me, tx: Tx, asked: Asked) -> Page[Team]:
    me.reach("users.see")
    return await listed(tx, TEAMS, asked)


@router.post("/teams", status_code=201)
async def post_team(body: TeamIn, me: Me, tx: Tx) -> Team:
    me.reach("teams.edit")
    return await groups.create_team(tx, body)


@router.get("/teams/{team_id}")
async def get_team(team_id: UUID, me: Me, tx: Tx) -> Team:
    me.reach("users.see")
    return await TEAMS.get(tx, team_id)


@router.patch("/teams/{team_id}")
async def patch_team(team_id: UUID, body: TeamChange, me: Me, tx: Tx) -> Team:
    me.reach("teams.edit")
    return await groups.change_team(tx, team_id, body)


@router.delete("/teams/{team_id}", status_code=204)
async def delete_team(team_id: UUID, me: Me, tx: Tx) -> None:
    me.reach("teams.edit")
    await groups.archive_team(tx, team_id, archived=True)


@router.post("/teams/{team_id}/restore")
async def restore_team(team_id: UUID, me: Me, tx: Tx) -> Team:
    me.reach("teams.edit")
    return await groups.archive_team(tx, team_id, archived=False)


@router.get("/skills")
async def list_skills(me: Me, tx: Tx, asked: Asked) -> Page[Skill]:
    me.reach("users.see")
    return await listed(tx, SKILLS, asked)


@router.post("/skills", status_code=201)
async def post_skill(body: SkillIn, me: Me, tx: Tx) -> Skill:
    me.reach("skills.edit")
    return await groups.create_skill(tx, body)


@router.get("/skills/{skill_id}")
async def get_skill(skill_id: UUID, me: Me, tx: Tx) -> Skill:
    me.reach("users.see")
    return await SKILLS.get(tx, skill_id)


@router.patch("/skills/{skill_id}")
async def patch_skill(skill_id: UUID, body: SkillChange, me: Me, tx: Tx) -> Skill:
    me.reach("skills.edit")
    return await groups.change_skill(tx, skill_id, body)


@router.delete("/skills/{skill_id}", status_code=204)
async def delete_skill(skill_id: UUID, me: Me, tx: Tx) -> None:
    me.reach("skills.edit")
    await groups.archive_skill(tx, skill_id, archived=True)


@router.post("/skills/{skill_id}/restore")
async def restore_skill(skill_id: UUID, me: Me, tx: Tx) -> Skill:
    me.reach("skills.edit")
    return await groups.archive_skill(tx, skill_id, archived=False)


@router.get("/reasons")
async def list_reasons(me: Me, tx: Tx, asked: Asked) -> Page[Reason]:
    me.reach("users.see")
    return await listed(tx, REASONS, asked)


@router.post("/reasons", status_code=201)
async def post_reason(body: ReasonIn, me: Me, tx: Tx) -> Reason:
    me.reach("reasons.edit")
    return await groups.create_reason(tx, body)


@router.get("/reasons/{reason_id}")
async def get_reason(reason_id: UUID, me: Me, tx: Tx) -> Reason:
    me.reach("users.see")
    return await REASONS.get(tx, reason_id)


@router.patch("/reasons/{reason_id}")
async def patch_reason(reason_id: UUID, body: ReasonChange, me: Me, tx: Tx) -> Reason:
    me.reach("reasons.edit")
    return await groups.change_reason(tx, reason_id, body)


@router.delete("/reasons/{reason_id}", status_code=204)
async def delete_reason(reason_id: UUID, me: Me, tx: Tx) -> None:
    me.reach("reasons.edit")
    await groups.archive_reason(tx, reason_id, archived=True)


@router.post("/reasons/{reason_id}/restore")
async def restore_reason(reason_id: UUID, me: Me, tx: Tx) -> Reason:
    me.reach("reasons.edit")
    return await groups.archive_reason(tx, reason_id, archived=False)
