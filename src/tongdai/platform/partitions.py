"""The event log's partitions, one a month: there are always those of this month and of the next two."""

from datetime import datetime

AHEAD = 2


def months_from(now: datetime) -> list[tuple[str, str]]:
    """(name, SQL that makes it) of the partitions that there must be at an instant."""
    return [partition(now.year, now.month + later) for later in range(AHEAD + 1)]


def partition(year: int, month: int) -> tuple[str, str]:
    """(name, SQL) of one month; a 13th is the next year's first."""
    first = year * 12 + month - 1
    start, end = (f"{one // 12:04}-{one % 12 + 1:02}-01" for one in (first, first + 1))
    name = f"event_log_{first // 12:04}_{first % 12 + 1:02}"
    return name, (
        f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF event_log FOR VALUES FROM ('{start}') TO ('{end}')"
    )
