"""Work under a lease while the database is away: when it goes on, and when it stops."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.gate import Gate, gate
from tests.support import until

from tongdai.platform import leases
from tongdai.platform.database import Database

SECONDS = 0.2


class Work:
    """Counts its starts; `stop` makes it end as work that was taken over."""

    def __init__(self) -> None:
        self.started = 0
        self.cancelled = 0
        self.taken_over = asyncio.Event()

    async def __call__(self, _: leases.Lease) -> None:
        self.started += 1
        try:
            await self.taken_over.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.taken_over.clear()
        raise leases.LeaseLost


@pytest.fixture
async def away(dsn: str) -> AsyncIterator[tuple[Gate, Database]]:
    async with gate(dsn) as (door, through), Database(through, pool_size=2) as database:
        yield door, database


async def _started(work: Work, times: int) -> None:
    async def enough() -> bool:
        return work.started == times

    await until(enough)


async def _asked(door: Gate) -> None:
    """Once the lease's own time is over for long, by the renewals that found nobody."""
    before = door.turned_away

    async def often() -> bool:
        return door.turned_away >= before + 20

    await until(often)


async def test_work_stops_when_its_time_is_over_and_the_database_away(away: tuple[Gate, Database]):
    door, database = away
    work = Work()
    async with leases.held(database, "a", work, seconds=SECONDS):
        await _started(work, 1)
        door.shut()

        async def stopped() -> bool:
            return work.cancelled == 1

        await until(stopped)
        door.open()
        await _started(work, 2)


async def test_work_that_notices_others_outlasts_the_databases_absence(away: tuple[Gate, Database]):
    door, database = away
    work = Work()
    async with leases.held(database, "a", work, seconds=SECONDS, outlast=60):
        await _started(work, 1)
        door.shut()
        await _asked(door)
        door.open()
        epoch = "SELECT epoch FROM leases WHERE name = 'a' AND expires_at > now()"

        async def renewed() -> bool:
            try:
                return bool(await database.look(epoch))
            except leases.DatabaseAway:
                return False

        await until(renewed)
        assert (work.started, work.cancelled) == (1, 0)


async def test_work_that_was_taken_over_is_not_begun_again_before_the_database_says_so(
    away: tuple[Gate, Database],
):
    door, database = away
    work = Work()
    async with leases.held(database, "a", work, seconds=SECONDS, outlast=60):
        await _started(work, 1)
        door.shut()
        await _asked(door)
        work.taken_over.set()
        await _asked(door)
        assert work.started == 1
        door.open()
        await _started(work, 2)


async def test_a_renewal_that_fails_for_an_unknown_reason_is_tried_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    tried = 0
    really = leases.acquire

    async def stumble(*args: Any) -> leases.Lease | None:
        nonlocal tried
        tried += 1
        if tried in (2, 3):
            raise ValueError("not foreseen")
        return await really(*args)

    monkeypatch.setattr(leases, "acquire", stumble)
    work = Work()
    async with leases.held(database, "a", work, seconds=SECONDS):

        async def renewed() -> bool:
            return tried > 4

        await until(renewed)
        assert (work.started, work.cancelled) == (1, 0)


async def test_what_is_asked_for_at_once_is_one_commit(database: Database):
    names = [f"thing {number}" for number in range(20)]
    held = await asyncio.gather(*[leases.acquire(database, name, "me", 60) for name in names])
    assert [lease and lease.name for lease in held] == names
    commits = "SELECT count(DISTINCT xmin::text) FROM leases WHERE name LIKE 'thing%'"
    assert await database.look(commits) == [(1,)]


async def test_of_two_who_ask_at_once_one_gets_it(database: Database):
    asked = [leases.acquire(database, "a", holder, 60) for holder in ("one", "two")]
    (granted,) = filter(None, await asyncio.gather(*asked))
    assert await leases.acquire(database, "a", granted.holder, 60) == granted


async def test_what_is_given_back_while_it_is_renewed_stays_given_back(database: Database):
    first = await leases.acquire(database, "a", "one", 60)
    assert first is not None
    renewal = asyncio.create_task(leases.acquire(database, "a", "one", 60))
    await asyncio.sleep(0)  # it is on its way
    renewal.cancel()
    await leases.release(database, first)
    second = await leases.acquire(database, "a", "two", 60)
    assert second is not None
    assert second.epoch == first.epoch + 1
