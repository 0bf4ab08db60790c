"""What other modules may use of tenancy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongdai.platform.database import Transaction
from tongdai.tenancy.calendars import CalendarState, state_at
from tongdai.tenancy.founding import Founding, NewTenant, create_tenant
from tongdai.tenancy.repository import Tenants
from tongdai.tenancy.service import audit, changed_fields, recorded, settings
from tongdai.tenancy.subjects import Subject, Subjects

__all__ = [
    "CalendarState",
    "Founding",
    "NewTenant",
    "Subject",
    "Subjects",
    "audit",
    "calendar_exists",
    "calendar_state",
    "changed_fields",
    "country_of",
    "create_tenant",
    "recorded",
    "settings",
]


@dataclass(frozen=True, slots=True)
class _Calendar:
    weekly: dict[str, Any]
    exceptions: list[Any]
    time_zone: str


_ONE = (
    "SELECT weekly, exceptions, time_zone FROM calendars"
    " WHERE tenant_id = %(tenant)s AND name = %(name)s AND NOT archived"
)


async def calendar_state(tx: Transaction, name: str, at: datetime) -> CalendarState | None:
    """Whether the calendar is open at `at`; None when there is no such calendar."""
    calendar = await tx.fetch_one(_Calendar, _ONE, {"name": name})
    return calendar and state_at(calendar.weekly, calendar.exceptions, calendar.time_zone, at)


async def calendar_exists(tx: Transaction, name: str) -> bool:
    return await tx.fetch_one(_Calendar, _ONE, {"name": name}) is not None


async def country_of(tx: Transaction) -> str:
    """The tenant's country: national numbers are read in it."""
    return (await Tenants(tx).get()).country
