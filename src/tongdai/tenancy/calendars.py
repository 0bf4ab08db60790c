"""Is a calendar open at an instant? Pure; hours are local times of the calendar's own zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tongdai.tenancy.schemas import Closing

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class CalendarState:
    """`holiday` is the name of the day's exception when it closes the calendar ("" when it has none); `closing` is there when it
    was closed in an emergency, whatever its hours say."""

    open: bool
    holiday: str | None = None
    closing: Closing | None = None


def state_at(
    weekly: Mapping[str, Sequence[Sequence[str]]],
    exceptions: Sequence[Mapping[str, Any]],
    time_zone: str,
    at: datetime,
) -> CalendarState:
    """The state at the aware instant `at`.

    `weekly` is {"mon": [["08:00", "12:00"], …]}; a span includes its start and not its end, "24:00" ends the day, and one
    that ends before it starts runs past midnight. `exceptions` are {date: "2026-01-01" or "01-01" (every year), name, periods}
    and replace the whole day: without periods it is closed.
    """
    local = at.astimezone(ZoneInfo(time_zone))
    today, moment = local.date(), local.time()
    exception = _exception(exceptions, today)
    spans = _spans(weekly, exceptions, today)
    yesterday = date.fromordinal(today.toordinal() - 1)
    is_open = any(_within(start, end, moment) for start, end in spans) or any(
        end < start and moment < end for start, end in _spans(weekly, exceptions, yesterday)
    )
    holiday = str(exception.get("name") or "") if exception is not None and not is_open else None
    return CalendarState(is_open, holiday)


def _exception(exceptions: Sequence[Mapping[str, Any]], day: date) -> Mapping[str, Any] | None:
    exact, yearly = day.isoformat(), day.isoformat()[5:]
    by_date = {str(one.get("date")): one for one in exceptions}
    return by_date.get(exact) or by_date.get(yearly)


def _spans(
    weekly: Mapping[str, Sequence[Sequence[str]]], exceptions: Sequence[Mapping[str, Any]], day: date
) -> list[tuple[time, time]]:
    exception = _exception(exceptions, day)
    written = (
        (exception.get("periods") or ()) if exception is not None else weekly.get(DAYS[day.weekday()], ())
    )
    return [(_time(start), _time(end)) for start, end in written]


def _time(text: str) -> time:
    return time.max if text == "24:00" else time.fromisoformat(text)


def _within(start: time, end: time, moment: time) -> bool:
    if end < start:
        return moment >= start
    return start <= moment < end or end == time.max == moment


HORIZON_DAYS = 370


def next_change(
    weekly: Mapping[str, Sequence[Sequence[str]]],
    exceptions: Sequence[Mapping[str, Any]],
    time_zone: str,
    at: datetime,
) -> datetime | None:
    """The first instant after `at` when the calendar is in the other state; None when it stays so for a year.

    Only the edges of periods can change the state: they are tried in order, in the calendar's own zone.
    """
    zone = ZoneInfo(time_zone)
    now = state_at(weekly, exceptions, time_zone, at).open
    first = at.astimezone(zone).date().toordinal()
    for day in (date.fromordinal(first + offset) for offset in range(-1, HORIZON_DAYS)):
        edges: set[datetime] = {datetime.combine(day, time(), zone)}
        for start, end in _spans(weekly, exceptions, day):
            midnight = end == time.max or end < start
            edges.add(datetime.combine(day, start, zone))
            later = date.fromordinal(day.toordinal() + 1) if midnight else day
            edges.add(datetime.combine(later, time() if end == time.max else end, zone))
        for edge in sorted(edge.astimezone(UTC) for edge in edges):
            if edge > at and state_at(weekly, exceptions, time_zone, edge).open != now:
                return edge
    return None


LOOK_AGAIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Hours:
    """A calendar to reckon with. `closed`: in an emergency, whatever its hours say."""

    weekly: Mapping[str, Sequence[Sequence[str]]]
    exceptions: Sequence[Mapping[str, Any]]
    time_zone: str
    closed: bool = False

    def open_at(self, at: datetime) -> bool:
        return not self.closed and state_at(self.weekly, self.exceptions, self.time_zone, at).open

    def next_change(self, at: datetime) -> datetime | None:
        """Nobody knows when somebody ends an emergency: then it is looked at again after a while."""
        if self.closed:
            return at + LOOK_AGAIN
        return next_change(self.weekly, self.exceptions, self.time_zone, at)
