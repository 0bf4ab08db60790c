"""Use cases of module tenancy."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any
from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.platform.errors import StaleVersion
from tongdai.platform.facts import Fact
from tongdai.tenancy.at_once import AtOnce, at_once
from tongdai.tenancy.events import CalendarChanged, ProjectChanged, SettingsChanged
from tongdai.tenancy.repository import CALENDARS, PROJECTS, Audit, TenantRow, Tenants
from tongdai.tenancy.schemas import Calendar, Closing, Project, SettingsChange, SettingsView
from tongdai.tenancy.undoing import UndoSeconds, undo_of

DEFAULT_RETENTION_DAYS = 365
RETENTION = "recording_retention_days"
OUTBOUND_WRAP_UP = "outbound_wrap_up_s"
ALERT_RETENTION = "alert_retention_days"
ALERTS_KEPT_DAYS = 365
PHONE_KEYS = "phone_keys"
WATCH_NOTICE, WATCH_NOTICE_TO = "watch_notice", "watch_notice_to"
FALLBACK_LANGUAGE = "fallback_language"
_KEPT = frozenset(
    {
        FALLBACK_LANGUAGE,
        RETENTION,
        PHONE_KEYS,
        OUTBOUND_WRAP_UP,
        *(field.name for field in fields(AtOnce)),
        *(field.name for field in fields(UndoSeconds)),
        ALERT_RETENTION,
        WATCH_NOTICE,
        WATCH_NOTICE_TO,
    }
)
"""What stands in `settings`; the rest has columns of its own."""


async def audit(
    tx: Transaction,
    action: str,
    subject_kind: str,
    subject_id: UUID | None,
    details: Mapping[str, Any] | None = None,
    *,
    by: UUID | None = None,
) -> None:
    """Write down who did what to which thing, in the same transaction. Details: ids and field names, no personal values.

    `by`: who asked, where another than the transaction's user carries it out (the owner of a call, say).
    """
    await Audit(tx).add(action, subject_kind, subject_id, dict(details or {}), by)


def changed_fields(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """The details of an edit: the names of the fields that were written."""
    return {"fields": sorted(values)}


async def settings(tx: Transaction) -> SettingsView:
    return _view(await Tenants(tx).get())


async def undo_seconds(tx: Transaction) -> UndoSeconds:
    """For how long what agents send can be taken back."""
    return undo_of((await Tenants(tx).get()).settings)


async def change_settings(tx: Transaction, change: SettingsChange) -> SettingsView:
    """Raises StaleVersion with the `current` settings."""
    row = await Tenants(tx).get(lock=True)
    if row.version != change.version:
        raise StaleVersion(current=_view(row).model_dump(mode="json"))
    values = change.values()
    own = {name: value for name, value in values.items() if name not in _KEPT}
    kept = row.settings | {name: value for name, value in values.items() if name in _KEPT}
    row = replace(row, **own, settings=kept, version=row.version + 1)
    await Tenants(tx).save(row)
    tx.emit(SettingsChanged(aggregate_id=row.id, aggregate_version=row.version))
    await audit(tx, "settings.changed", "tenant", row.id, changed_fields(values))
    return _view(row)


async def project_names(tx: Transaction, project_ids: list[UUID]) -> dict[UUID, str]:
    """Of projects in use, by name."""
    rows = await tx.fetch_tuples(
        "SELECT id, name FROM projects WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) AND NOT archived ORDER BY name",
        {"ids": project_ids},
    )
    return {project: str(name) for project, name in rows}


def _view(row: TenantRow) -> SettingsView:
    return SettingsView(
        name=row.name,
        slug=row.slug,
        country=row.country,
        time_zone=row.time_zone,
        locale=row.locale,
        recording_retention_days=int(row.settings.get(RETENTION, DEFAULT_RETENTION_DAYS)),
        alert_retention_days=int(row.settings.get(ALERT_RETENTION, ALERTS_KEPT_DAYS)),
        outbound_wrap_up_s=float(row.settings.get(OUTBOUND_WRAP_UP, 0)),
        **asdict(at_once(row.settings)),
        **asdict(undo_of(row.settings)),
        phone_keys=bool(row.settings.get(PHONE_KEYS, True)),
        watch_notice=str(row.settings.get(WATCH_NOTICE, "off")),
        watch_notice_to=str(row.settings.get(WATCH_NOTICE_TO, "both")),
        fallback_language=str(row.settings.get(FALLBACK_LANGUAGE, row.locale)),
        version=row.version,
    )


async def recorded(
    tx: Transaction, fact: type[Fact], action: str, row_id: UUID, version: int, values: Mapping[str, Any]
) -> None:
    """What every edit of configuration leaves behind: a fact for those who follow, and a line in the audit log."""
    tx.emit(fact(aggregate_id=row_id, aggregate_version=version))
    await audit(tx, action, action.partition(".")[0], row_id, changed_fields(values))


async def add_project(tx: Transaction, values: Mapping[str, Any]) -> Project:
    row_id = await PROJECTS.add(tx, values)
    await recorded(tx, ProjectChanged, "project.created", row_id, 1, values)
    return await PROJECTS.get(tx, row_id)


async def change_project(
    tx: Transaction, project_id: UUID, version: int, values: Mapping[str, Any]
) -> Project:
    await PROJECTS.lock(tx, project_id, version)
    after = await PROJECTS.change(tx, project_id, values)
    await recorded(tx, ProjectChanged, "project.changed", project_id, after, values)
    return await PROJECTS.get(tx, project_id)


async def archive_project(tx: Transaction, project_id: UUID, *, archived: bool) -> Project:
    after = await PROJECTS.archive(tx, project_id, archived=archived)
    action = "project.archived" if archived else "project.restored"
    await recorded(tx, ProjectChanged, action, project_id, after, {})
    return await PROJECTS.get(tx, project_id)


async def add_calendar(tx: Transaction, values: Mapping[str, Any]) -> Calendar:
    row_id = await CALENDARS.add(tx, values)
    await recorded(tx, CalendarChanged, "calendar.created", row_id, 1, values)
    return await CALENDARS.get(tx, row_id)


async def change_calendar(
    tx: Transaction, calendar_id: UUID, version: int, values: Mapping[str, Any]
) -> Calendar:
    await CALENDARS.lock(tx, calendar_id, version)
    after = await CALENDARS.change(tx, calendar_id, values)
    await recorded(tx, CalendarChanged, "calendar.changed", calendar_id, after, values)
    return await CALENDARS.get(tx, calendar_id)


async def close_calendar(tx: Transaction, calendar_id: UUID, closing: Closing | None) -> Calendar:
    """Close it at once, whatever its hours say; None opens it again. Raises NotFound."""
    await CALENDARS.lock(tx, calendar_id)
    values = {"closing": closing and closing.model_dump(mode="json")}
    after = await CALENDARS.change(tx, calendar_id, values)
    action = "calendar.closed" if closing else "calendar.reopened"
    await recorded(tx, CalendarChanged, action, calendar_id, after, {})
    return await CALENDARS.get(tx, calendar_id)


async def archive_calendar(tx: Transaction, calendar_id: UUID, *, archived: bool) -> Calendar:
    after = await CALENDARS.archive(tx, calendar_id, archived=archived)
    action = "calendar.archived" if archived else "calendar.restored"
    await recorded(tx, CalendarChanged, action, calendar_id, after, {})
    return await CALENDARS.get(tx, calendar_id)
