"""The event log's partitions, one a month: there are always those of this month and of the next two; old ones go."""

import asyncio
import logging
import re
from datetime import UTC, datetime

from tongdai.platform.database.session import Database, DatabaseAway
from tongdai.platform.database.transaction import Scope

log = logging.getLogger(__name__)

AHEAD = 2
LOOK_S = 6 * 3600.0
_MONTH = re.compile(r"event_log_\d{4}_\d{2}")


def months_from(now: datetime) -> list[tuple[str, str]]:
    """(name, SQL that makes it) of the partitions that there must be at an instant."""
    return [partition(now.year, now.month + later) for later in range(AHEAD + 1)]


def oldest_kept(now: datetime, months: int) -> str:
    """The name of the oldest partition that stays, where those of this month and of `months` before it do."""
    return partition(now.year, now.month - months)[0]


def partition(year: int, month: int) -> tuple[str, str]:
    """(name, SQL) of one month; a 13th is the next year's first, a 0th the last one's twelfth."""
    first = year * 12 + month - 1
    start, end = (f"{one // 12:04}-{one % 12 + 1:02}-01" for one in (first, first + 1))
    name = f"event_log_{first // 12:04}_{first % 12 + 1:02}"
    return name, (
        f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF event_log FOR VALUES FROM ('{start}') TO ('{end}')"
    )


class Months:
    """Makes the partitions that come and lets those go that are older than `kept` months before this one (0: none ever)."""

    def __init__(self, database: Database, kept: int) -> None:
        self._database = database
        self._kept = kept

    async def run(self) -> None:
        while True:
            try:
                await self.look(datetime.now(UTC))
            except DatabaseAway:
                await asyncio.sleep(5)
                continue
            except Exception:
                log.exception("the event log's months could not be made or let go; tried again in six hours")
            await asyncio.sleep(LOOK_S)

    async def look(self, now: datetime) -> None:
        """Where rows of a month went into the last partition before its own was made, it stays so: the doctor says."""
        there = await self._there()
        for name, statement in months_from(now):
            if name not in there:
                await self._database.look(statement)
        if self._kept:
            first = oldest_kept(now, self._kept)
            for name in sorted(name for name in there if name < first):
                await self._let_go(name)

    async def _there(self) -> set[str]:
        rows = await self._database.look(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'event_log'::regclass"
        )
        return {name for (name,) in rows if _MONTH.fullmatch(name)}

    async def _let_go(self, name: str) -> None:
        """Not before every durable handler has had its facts."""
        async with self._database.transaction(Scope.system()) as tx:
            await tx.execute("SET LOCAL lock_timeout = '5s'")  # who commits meanwhile waits behind us
            waiting = await tx.fetch_value(
                f"SELECT EXISTS (SELECT 1 FROM {name} e WHERE NOT EXISTS (SELECT 1 FROM event_positions p"
                " WHERE p.reader = 'handlers' AND (e.tx, e.id) <= (p.tx::text::xid8, p.id)))"
            )
            if waiting:
                log.warning("%s is kept on: a handler has not had all of its facts", name)
                return
            await tx.execute(f"DROP TABLE {name}")
        log.info("%s was let go: the event log is kept for %d months", name, self._kept)
