"""Queues as administrators keep them."""

from typing import Any
from uuid import UUID

from tongdai.flows.public import prompt_names
from tongdai.platform.auth import WIDTH, Extent, Reach
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited
from tongdai.platform.errors import Conflict, invalid_field
from tongdai.routing.events import QueueChanged
from tongdai.routing.music.repository import Music
from tongdai.routing.schemas import Queue, QueueChange, QueueIn
from tongdai.tenancy.public import calendar_exists, recorded

QUEUES = Edited(
    "queues",
    Queue,
    computed={
        "member_ids": "ARRAY(SELECT user_id FROM queue_members x WHERE (x.tenant_id, x.queue_id)"
        " = (t.tenant_id, t.id) ORDER BY x.position, x.user_id)"
    },
    json=frozenset({"requirements", "overflow", "callbacks", "closing"}),
)

WITHIN = "AND (%(all)s OR t.id = ANY(%(queues)s) OR t.project_id = ANY(%(projects)s))"


def within(reach: Reach) -> dict[str, Any]:
    width = WIDTH[reach.extent]
    return {
        "all": reach.everything,
        "queues": list(reach.queue_ids) if width >= WIDTH[Extent.QUEUE] else [],
        "projects": list(reach.project_ids) if width >= WIDTH[Extent.PROJECT] else [],
    }


async def create(tx: Transaction, reach: Reach, new: QueueIn) -> Queue:
    if not reach.everything and new.project_id not in reach.project_ids:
        raise invalid_field("project_id", "Choose one of your projects.", "own_project")
    values = new.model_dump(mode="json", exclude={"member_ids"})
    await _check_skills(tx, new)
    await _check_overflow(tx, new, None)
    await _check_calendar(tx, new)
    await check_prompt(tx, "recording_prompt", new.recording_prompt)
    await _check_music(tx, new)
    queue_id = await QUEUES.add(tx, values)
    await _set_members(tx, queue_id, new.member_ids)
    await recorded(tx, QueueChanged, "queue.created", queue_id, 1, values)
    return await QUEUES.get(tx, queue_id)


async def change(tx: Transaction, reach: Reach, queue_id: UUID, body: QueueChange) -> Queue:
    """Contacts that wait are looked at again under the new rules at once. Raises StaleVersion."""
    await QUEUES.lock(tx, queue_id, body.version, WITHIN, **within(reach))
    values = body.model_dump(mode="json", exclude_unset=True, exclude={"version", "member_ids"})
    await _check_skills(tx, body)
    await _check_overflow(tx, body, queue_id)
    await _check_calendar(tx, body)
    await check_prompt(tx, "recording_prompt", body.recording_prompt)
    await _check_music(tx, body)
    version = await QUEUES.change(tx, queue_id, values)
    if "member_ids" in body.model_fields_set:
        await _set_members(tx, queue_id, body.member_ids)
        values["member_ids"] = True
    await recorded(tx, QueueChanged, "queue.changed", queue_id, version, values)
    return await QUEUES.get(tx, queue_id)


async def archive(tx: Transaction, reach: Reach, queue_id: UUID, *, archived: bool) -> Queue:
    """A queue in which somebody waits cannot be archived: they would wait for ever."""
    await QUEUES.lock(tx, queue_id, None, WITHIN, **within(reach))
    waiting = await tx.fetch_value(
        "SELECT count(*) FROM queue_entries WHERE tenant_id = %(tenant)s AND queue_id = %(id)s",
        {"id": queue_id},
    )
    if archived and waiting:
        raise Conflict(
            f"{waiting} still wait in this queue. Lead new contacts elsewhere first, then archive it."
        )
    version = await QUEUES.archive(tx, queue_id, archived=archived)
    action = "queue.archived" if archived else "queue.restored"
    await recorded(tx, QueueChanged, action, queue_id, version, {})
    return await QUEUES.get(tx, queue_id)


async def _check_skills(tx: Transaction, body: QueueIn | QueueChange) -> None:
    """Requirements are JSON, so the database does not check that their skills exist."""
    wanted = [one.skill_id for one in body.requirements]
    if not wanted:
        return
    known = {
        row[0]
        for row in await tx.fetch_tuples(
            "SELECT id FROM skills WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) AND NOT archived",
            {"ids": wanted},
        )
    }
    for index, skill_id in enumerate(wanted):
        if skill_id not in known:
            raise invalid_field(
                f"requirements.{index}.skill_id",
                "There is no such skill: choose one from the list.",
                "choose",
            )


async def _check_overflow(tx: Transaction, body: QueueIn | QueueChange, own_id: UUID | None) -> None:
    """Rings are JSON, too."""
    if not body.overflow:
        return
    known = {
        row[0]
        for row in await tx.fetch_tuples(
            "SELECT id FROM queues WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) AND NOT archived",
            {"ids": [ring.queue_id for ring in body.overflow]},
        )
    }
    for index, ring in enumerate(body.overflow):
        field = f"overflow.{index}.queue_id"
        if ring.queue_id == own_id:
            raise invalid_field(field, "A queue does not help itself out: choose another.", "other")
        if ring.queue_id not in known:
            raise invalid_field(field, "There is no such queue: choose one from the list.", "choose")


async def _check_calendar(tx: Transaction, body: QueueIn | QueueChange) -> None:
    name = body.callbacks.calendar
    if name is not None and not await calendar_exists(tx, name):
        raise invalid_field("callbacks.calendar", "There are no such hours: choose from the list.", "choose")


async def check_prompt(tx: Transaction, field: str, name: str | None) -> None:
    if name is not None and name not in await prompt_names(tx):
        raise invalid_field(field, "There is no such prompt: choose one from the list.", "choose")


async def _check_music(tx: Transaction, body: QueueIn | QueueChange) -> None:
    if body.music_id is not None and await Music(tx).get(body.music_id) is None:
        raise invalid_field("music_id", "There is no such music: choose from the list.", "choose")


async def _set_members(tx: Transaction, queue_id: UUID, member_ids: list[UUID]) -> None:
    await tx.execute(
        "DELETE FROM queue_members WHERE tenant_id = %(tenant)s AND queue_id = %(id)s", {"id": queue_id}
    )
    await tx.execute(
        "INSERT INTO queue_members (tenant_id, queue_id, user_id, position)"
        " SELECT %(tenant)s, %(id)s, * FROM unnest(%(users)s::uuid[], %(places)s::int[])",
        {
            "id": queue_id,
            "users": list(dict.fromkeys(member_ids)),
            "places": list(range(len(set(member_ids)))),
        },
    )
