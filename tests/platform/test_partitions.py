import asyncio
from datetime import UTC, datetime

from tests.support import until

from tongdai.kit.ids import new_id
from tongdai.platform.database import Database, Scope
from tongdai.platform.event_stream import EventStream
from tongdai.platform.events import Subscriptions
from tongdai.platform.partitions import Months, months_from, oldest_kept, partition


def test_months_go_over_the_end_of_the_year():
    names = [name for name, _ in months_from(datetime(2026, 11, 30, tzinfo=UTC))]
    assert names == ["event_log_2026_11", "event_log_2026_12", "event_log_2027_01"]
    assert "FROM ('2026-12-01') TO ('2027-01-01')" in months_from(datetime(2026, 12, 1, tzinfo=UTC))[0][1]


def test_what_is_kept_goes_over_the_beginning_of_a_year():
    assert oldest_kept(datetime(2026, 3, 31, tzinfo=UTC), 2) == "event_log_2026_01"
    assert oldest_kept(datetime(2026, 3, 31, tzinfo=UTC), 3) == "event_log_2025_12"
    assert oldest_kept(datetime(2026, 12, 1, tzinfo=UTC), 25) == "event_log_2024_11"


async def _there(database: Database) -> list[str]:
    rows = await database.look(
        "SELECT relname FROM pg_class WHERE relname ~ '^event_log_20' AND relkind = 'r'"
    )
    return sorted(name for (name,) in rows)


async def test_months_that_are_kept_no_longer_go_once_every_handler_is_past_them(database: Database):
    made = sorted(await _there(database))
    for month in (1, 2, 3):
        await database.look(partition(2024, month)[1])
    tenant = new_id()
    async with database.transaction(Scope.system()) as tx:
        await tx.execute(
            "INSERT INTO event_log (tenant_id, at, type, aggregate_id, aggregate_version, body)"
            " SELECT %(id)s, day::timestamptz, 'x.Y', %(id)s, 1, '{}' FROM unnest(%(days)s::text[]) day",
            {"id": tenant, "days": ["2024-01-31", "2024-03-01"]},
        )
    months = Months(database, 1)
    await months.look(datetime(2024, 3, 15, tzinfo=UTC))
    kept = await _there(database)
    assert set(kept) - set(made) >= {
        "event_log_2024_01",
        "event_log_2024_02",
        "event_log_2024_03",
    }  # nobody read it
    async with database.transaction(Scope.system()) as tx:
        await tx.execute(
            "INSERT INTO event_positions (reader, tx, id) SELECT 'handlers', max(tx::text::bigint), max(id) FROM event_log"
            " ON CONFLICT (reader) DO UPDATE SET tx = excluded.tx, id = excluded.id"
        )
    await Months(database, 0).look(datetime(2024, 3, 15, tzinfo=UTC))
    assert await _there(database) == kept
    await months.look(datetime(2024, 3, 15, tzinfo=UTC))
    assert "event_log_2024_01" not in await _there(database)
    assert {"event_log_2024_02", "event_log_2024_03"} <= set(await _there(database))
    assert await database.look("SELECT count(*) FROM event_log WHERE tenant_id = %(id)s", {"id": tenant}) == [
        (1,)
    ]


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
