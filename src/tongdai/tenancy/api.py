"""Routes of module tenancy: projects, hours, the centre's settings, the audit log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from tongdai.platform.cursors import uuid_or_invalid
from tongdai.platform.http import Me, Page, Ref, RuntimeOf, Tx
from tongdai.platform.paging import Asked, decode_cursor, encode_cursor, listed, page_of
from tongdai.tenancy import service
from tongdai.tenancy.calendars import next_change, state_at
from tongdai.tenancy.repository import CALENDARS, PROJECTS, Audit, AuditAsked, AuditRow
from tongdai.tenancy.schemas import (
    AuditEntry,
    Calendar,
    CalendarChange,
    CalendarIn,
    CalendarPreview,
    Project,
    ProjectChange,
    ProjectIn,
    SettingsChange,
    SettingsView,
)
from tongdai.tenancy.subjects import Named, Subjects

router = APIRouter(prefix="/api/v1", tags=["tenancy"])
EDIT = "settings.edit"


@router.get("/projects")
async def list_projects(me: Me, tx: Tx, asked: Asked) -> Page[Project]:
    """All projects; who sees only own ones gets those."""
    me.reach("users.see")
    return await listed(tx, PROJECTS, asked)


@router.post("/projects", status_code=201)
async def post_project(body: ProjectIn, me: Me, tx: Tx) -> Project:
    me.reach(EDIT)
    return await service.add_project(tx, body.model_dump())


@router.get("/projects/{project_id}")
async def get_project(project_id: UUID, me: Me, tx: Tx) -> Project:
    me.reach("users.see")
    return await PROJECTS.get(tx, project_id)


@router.patch("/projects/{project_id}")
async def patch_project(project_id: UUID, body: ProjectChange, me: Me, tx: Tx) -> Project:
    me.reach(EDIT)
    return await service.change_project(tx, project_id, body.version, body.values())


@router.delete("/projects/{project_id}", status_code=204)
async def delete_project(project_id: UUID, me: Me, tx: Tx) -> None:
    me.reach(EDIT)
    await service.archive_project(tx, project_id, archived=True)


@router.post("/projects/{project_id}/restore")
async def restore_project(project_id: UUID, me: Me, tx: Tx) -> Project:
    me.reach(EDIT)
    return await service.archive_project(tx, project_id, archived=False)


@router.get("/calendars")
async def list_calendars(me: Me, tx: Tx, asked: Asked) -> Page[Calendar]:
    me.reach(EDIT)
    return await listed(tx, CALENDARS, asked)


@router.post("/calendars", status_code=201)
async def post_calendar(body: CalendarIn, me: Me, tx: Tx) -> Calendar:
    me.reach(EDIT)
    return await service.add_calendar(tx, body.model_dump())


@router.get("/calendars/{calendar_id}")
async def get_calendar(calendar_id: UUID, me: Me, tx: Tx) -> Calendar:
    me.reach(EDIT)
    return await CALENDARS.get(tx, calendar_id)


@router.get("/calendars/{calendar_id}/preview")
async def preview_calendar(
    calendar_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf, at: datetime | None = None
) -> CalendarPreview:
    """Open or closed at `at` (now, unless given with its zone), and when that changes next."""
    me.reach(EDIT)
    calendar = await CALENDARS.get(tx, calendar_id)
    when = at.astimezone() if at is not None else runtime.clock.now()
    if calendar.closing is not None:
        return CalendarPreview(at=when, open=False, holiday=None, next_change=None)
    state = state_at(calendar.weekly, calendar.exceptions, calendar.time_zone, when)
    change = next_change(calendar.weekly, calendar.exceptions, calendar.time_zone, when)
    return CalendarPreview(at=when, open=state.open, holiday=state.holiday, next_change=change)


@router.patch("/calendars/{calendar_id}")
async def patch_calendar(calendar_id: UUID, body: CalendarChange, me: Me, tx: Tx) -> Calendar:
    me.reach(EDIT)
    return await service.change_calendar(tx, calendar_id, body.version, body.values())


@router.delete("/calendars/{calendar_id}", status_code=204)
async def delete_calendar(calendar_id: UUID, me: Me, tx: Tx) -> None:
    me.reach(EDIT)
    await service.archive_calendar(tx, calendar_id, archived=True)


@router.post("/calendars/{calendar_id}/restore")
async def restore_calendar(calendar_id: UUID, me: Me, tx: Tx) -> Calendar:
    me.reach(EDIT)
    return await service.archive_calendar(tx, calendar_id, archived=False)


@router.get("/settings")
async def get_settings(me: Me, tx: Tx) -> SettingsView:
    me.reach(EDIT)
    return await service.settings(tx)


@router.patch("/settings")
async def patch_settings(body: SettingsChange, me: Me, tx: Tx) -> SettingsView:
    me.reach(EDIT)
    return await service.change_settings(tx, body)


@router.get("/audit")
async def list_audit(
    me: Me,
    tx: Tx,
    runtime: RuntimeOf,
    asked: Asked,
    user_id: UUID | None = None,
    subject_id: UUID | None = None,
    kind: Annotated[str, Query(max_length=40)] = "",
    action: Annotated[str, Query(max_length=80)] = "",
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> Page[AuditEntry]:
    """Newest first, with the names of today."""
    me.reach("audit.see")
    cursor = decode_cursor(asked.cursor, 1)
    before = uuid_or_invalid(cursor[0]) if cursor else None
    wanted = AuditAsked(user_id, subject_id, kind, action, since, until)
    rows = await Audit(tx).page(wanted, before, asked.limit)
    page = page_of(rows, asked.limit, lambda row: encode_cursor(row.id))
    subjects = runtime.registry.ensure(Subjects)
    names = await subjects.named(tx, me, [(row.subject_kind, row.subject_id) for row in page.items])
    return Page(items=[_entry(row, names) for row in page.items], next_cursor=page.next_cursor)


def _entry(row: AuditRow, names: Mapping[tuple[str, UUID], Named]) -> AuditEntry:
    named = names.get((row.subject_kind, row.subject_id)) if row.subject_id else None
    return AuditEntry(
        id=row.id,
        at=row.at,
        user=Ref(id=row.user_id, name=row.user_name or "") if row.user_id else None,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        subject_name=(named and named.name) or None,
        interaction_id=named and named.interaction_id,
        details=row.details,
    )
