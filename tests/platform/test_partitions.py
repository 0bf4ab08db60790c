import asyncio
from datetime import UTC, datetime

from tests.support import until

from tongdai.platform.database import Database
from tongdai.platform.event_stream import EventStream
from tongdai.platform.events import Subscriptions
from tongdai.platform.partitions import months_from


def test_months_go_over_the_end_of_the_year():
    names = [name for name, _ in months_from(datetime(2026, 11, 30, tzinfo=UTC))]
    assert names == ["event_log_2026_11", "event_log_2026_12", "event_log_2027_01"]
    assert "FROM ('2026-12-01') TO ('2027-01-01')" in months_from(datetime(2026, 12, 1, tzinfo=UTC))[0][1]


async def test_the_app_makes_the_months_that_come(database: Database):
    name = months_from(datetime.now(UTC))[-1][0]
    await database.look(f"DROP TABLE IF EXISTS {name}")
    stream = EventStream(database, Subscriptions())
    await stream.start()

    async def made() -> bool:
        return await database.look("SELECT to_regclass(%(name)s) IS NOT NULL", {"name": name}) == [(True,)]

    await until(made)
    await stream.stop()

    async def nothing_runs() -> bool:
        return asyncio.all_tasks() == {asyncio.current_task()}

    # The pool may be making a connection in place of one that was in the middle of a statement.
    await until(nothing_runs)
