"""What must not wait behind lists and reports."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tongdai.platform.database import Database, Scope, Transaction
from tongdai.platform.database.driver import connect


@pytest.fixture
async def both(dsn: str) -> AsyncIterator[Database]:
    async with Database(dsn, pool_size=1, prompt_size=2, name="two lanes") as database:
        yield database


async def test_calls_go_on_while_every_other_connection_is_taken(both: Database):
    taken, done = asyncio.Event(), asyncio.Event()

    async def listing() -> None:
        async with both.transaction(Scope.system()) as tx:
            assert await tx.fetch_value("SHOW plan_cache_mode") == "auto"
            taken.set()
            await done.wait()

    async def planning(tx: Transaction) -> str:
        return await tx.fetch_value("SHOW plan_cache_mode")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(listing())
        await taken.wait()
        assert await both.retrying(Scope.system(), planning) == "force_generic_plan"
        done.set()


async def test_who_keeps_no_connections_for_calls_has_them_from_the_pool(database: Database):
    await database.fill()
    async with database.transaction(Scope.system(), prompt=True) as tx:
        assert await tx.fetch_value("SHOW plan_cache_mode") == "auto"


async def test_what_is_kept_is_connected_before_it_is_needed(both: Database):
    await both.fill()
    await both.fill()
    watching = await connect(both.dsn, "watching")
    found = await watching.fetch("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'two lanes'")
    watching.terminate()
    assert found[0][0] == 3


async def test_whenever_filling_is_stopped_all_connections_are_given_back(both: Database):
    await both.fill()
    stopped = 0
    for steps in range(1, 100):
        filling = asyncio.create_task(both.fill())
        for _ in range(steps):
            await asyncio.sleep(0)
        stopped += filling.cancel()
        await asyncio.gather(filling, return_exceptions=True)
        async with asyncio.timeout(5):
            await both.fill()
    assert 3 < stopped < 99, "it was stopped in each of its steps, and the last time was over"
