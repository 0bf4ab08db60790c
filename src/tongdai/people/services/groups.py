"""Teams, skills and reasons."""

from collections.abc import Iterable
from uuid import UUID

from tongdai.people.errors import SystemReason
from tongdai.people.events import SkillsChanged, UserChanged
from tongdai.people.records import REASONS, SKILLS, TEAMS, Links
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
from tongdai.platform.database import Transaction
from tongdai.tenancy.public import audit, changed_fields


async def create_team(tx: Transaction, new: TeamIn) -> Team:
    team_id = await TEAMS.add(tx, {"name": new.name})
    await _set_members(tx, team_id, set(), set(new.member_ids), set(new.leader_ids))
    await audit(tx, "team.created", "team", team_id)
    return await TEAMS.get(tx, team_id)


async def change_team(tx: Transaction, team_id: UUID, body: TeamChange) -> Team:
    """Leaders are members too: who leads but is not in `member_ids` is added."""
    before = await TEAMS.lock(tx, team_id, body.version)
    values = body.values()
    await TEAMS.change(tx, team_id, {"name": body.name} if "name" in values else {})
    if values.keys() & {"member_ids", "leader_ids"}:
        leaders = set(body.leader_ids if "leader_ids" in values else before.leader_ids)
        members = set(body.member_ids if "member_ids" in values else before.member_ids)
        if "member_ids" in values and "leader_ids" not in values:
            leaders &= members
        await _set_members(tx, team_id, set(before.member_ids), members, leaders)
    await audit(tx, "team.changed", "team", team_id, changed_fields(values))
    return await TEAMS.get(tx, team_id)


async def archive_team(tx: Transaction, team_id: UUID, *, archived: bool) -> Team:
    await TEAMS.archive(tx, team_id, archived=archived)
    await audit(tx, "team.archived" if archived else "team.restored", "team", team_id)
    return await TEAMS.get(tx, team_id)


async def _set_members(
    tx: Transaction, team_id: UUID, before: set[UUID], members: set[UUID], leaders: set[UUID]
) -> None:
    await Links(tx).set_members(team_id, members, leaders)
    await _touch(tx, before | members | leaders)


async def _touch(tx: Transaction, users: Iterable[UUID]) -> None:
    for user_id, version in await Links(tx).touch_users(users):
        tx.emit(UserChanged(aggregate_id=user_id, aggregate_version=version))


async def create_skill(tx: Transaction, new: SkillIn) -> Skill:
    skill_id = await SKILLS.add(tx, new.model_dump())
    await audit(tx, "skill.created", "skill", skill_id)
    return await SKILLS.get(tx, skill_id)


async def change_skill(tx: Transaction, skill_id: UUID, body: SkillChange) -> Skill:
    await SKILLS.lock(tx, skill_id, body.version)
    await SKILLS.change(tx, skill_id, body.values())
    await audit(tx, "skill.changed", "skill", skill_id, changed_fields(body.values()))
    return await SKILLS.get(tx, skill_id)


async def archive_skill(tx: Transaction, skill_id: UUID, *, archived: bool) -> Skill:
    """Agents keep their levels; a flow or queue that names the skill goes on asking for it until it is edited."""
    version = await SKILLS.archive(tx, skill_id, archived=archived)
    tx.emit(SkillsChanged(aggregate_id=skill_id, aggregate_version=version))
    await audit(tx, "skill.archived" if archived else "skill.restored", "skill", skill_id)
    return await SKILLS.get(tx, skill_id)


async def create_reason(tx: Transaction, new: ReasonIn) -> Reason:
    reason_id = await REASONS.add(tx, new.model_dump())
    await audit(tx, "reason.created", "reason", reason_id)
    return await REASONS.get(tx, reason_id)


async def change_reason(tx: Transaction, reason_id: UUID, body: ReasonChange) -> Reason:
    await REASONS.lock(tx, reason_id, body.version)
    await REASONS.change(tx, reason_id, body.values())
    await audit(tx, "reason.changed", "reason", reason_id, changed_fields(body.values()))
    return await REASONS.get(tx, reason_id)


async def archive_reason(tx: Transaction, reason_id: UUID, *, archived: bool) -> Reason:
    before = await REASONS.lock(tx, reason_id)
    if before.system and archived:
        raise SystemReason()
    await REASONS.archive(tx, reason_id, archived=archived)
    await audit(tx, "reason.archived" if archived else "reason.restored", "reason", reason_id)
    return await REASONS.get(tx, reason_id)


DEFAULT_REASONS: tuple[tuple[dict[str, str], str, bool, int | None, str | None], ...] = (
    ({"en": "Break", "vi": "Nghỉ giải lao", "uk": "Перерва"}, "coffee", True, 15, None),
    ({"en": "Lunch", "vi": "Nghỉ trưa", "uk": "Обід"}, "tools-kitchen-2", True, 60, None),
    ({"en": "Meeting", "vi": "Họp", "uk": "Нарада"}, "users", False, None, None),
    ({"en": "Training", "vi": "Đào tạo", "uk": "Навчання"}, "school", False, None, None),
    ({"en": "Back office", "vi": "Xử lý hồ sơ", "uk": "Робота з документами"}, "file-text", False, None, None),
    ({"en": "Missed offers", "vi": "Bỏ lỡ cuộc gọi", "uk": "Пропущені виклики"}, "phone", False, None, "missed_offers"),
)  # fmt: skip


async def add_default_reasons(tx: Transaction) -> None:
    """What a new centre begins with; editable like all others."""
    for position, (name, icon, is_break, minutes, system) in enumerate(DEFAULT_REASONS):
        values = {"name": name, "icon": icon, "is_break": is_break, "max_minutes": minutes}
        await REASONS.add(tx, {**values, "position": position * 10, "system": system})
