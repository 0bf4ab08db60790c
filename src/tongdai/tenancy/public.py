"""What other modules may use of tenancy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongdai.platform.database import Transaction
from tongdai.tenancy.at_once import AtOnce, at_once
from tongdai.tenancy.calendars import CalendarState, Hours, state_at
from tongdai.tenancy.founding import Founding, NewTenant, create_tenant
from tongdai.tenancy.repository import CALENDARS, Tenants
from tongdai.tenancy.schemas import Calendar, ChatsAtOnce, Closing, EmailsAtOnce, Weekly
from tongdai.tenancy.service import (
    ALERTS_KEPT_DAYS,
    audit,
    changed_fields,
    close_calendar,
    project_names,
    recorded,
    settings,
    undo_seconds,
)
from tongdai.tenancy.subjects import Subject, Subjects

__all__ = [
    "ALERTS_KEPT_DAYS",
    "AtOnce",
    "Calendar",
    "CalendarState",
    "ChatsAtOnce",
    "Closing",
    "EmailsAtOnce",
    "Founding",
    "Hours",
    "NewTenant",
    "Subject",
    "Subjects",
    "Weekly",
    "at_once",
    "audit",
    "calendar_exists",
    "calendar_state",
    "calendars",
    "changed_fields",
    "close_calendar",
    "country_of",
    "create_tenant",
    "hours_of",
    "project_names",
    "recorded",
    "settings",
    "state_at",
    "undo_seconds",
]


@dataclass(frozen=True, slots=True)
class _Calendar:
    weekly: dict[str, Any]
    exceptions: list[Any]
    time_zone: str
    closing: dict[str, Any] | None


_ONE = (
    "SELECT weekly, exceptions, time_zone, closing FROM calendars"
    " WHERE tenant_id = %(tenant)s AND name = %(name)s AND NOT archived"
)


async def calendar_state(tx: Transaction, name: str, at: datetime) -> CalendarState | None:
    """Whether the calendar is open at `at`; None when there is no such calendar."""
    calendar = await tx.fetch_one(_Calendar, _ONE, {"name": name})
    if calendar is not None and calendar.closing is not None:
        return CalendarState(False, closing=Closing.model_validate(calendar.closing))
    return calendar and state_at(calendar.weekly, calendar.exceptions, calendar.time_zone, at)


async def hours_of(tx: Transaction, name: str) -> Hours | None:
    """The calendar to reckon with; None when there is no such calendar."""
    found = await tx.fetch_one(_Calendar, _ONE, {"name": name})
    return found and Hours(found.weekly, found.exceptions, found.time_zone, found.closing is not None)


async def calendar_exists(tx: Transaction, name: str) -> bool:
    return await tx.fetch_one(_Calendar, _ONE, {"name": name}) is not None


async def calendars(tx: Transaction) -> list[Calendar]:
    """The calendars in use, by name."""
    return await CALENDARS.page(tx, limit=1000)


async def country_of(tx: Transaction) -> str:
    """The tenant's country: national numbers are read in it."""
    return (await Tenants(tx).get()).country
