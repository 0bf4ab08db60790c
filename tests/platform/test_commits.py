"""The connection breaks just as a transaction commits: what was done is known, and done once."""

from uuid import UUID

import pytest
from tests.gate import gate
from tests.support import World

from tongdai.kit.ids import new_id
from tongdai.platform.database import Database, Scope, Transaction
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.facts import Fact, Recorded


class Written(Fact, type="test.written"):
    """For these tests."""


async def write(tx: Transaction, *, tell: bool = True) -> UUID:
    skill = new_id()
    await tx.execute(
        "INSERT INTO skills (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, %(name)s)",
        {"id": skill, "name": str(skill)},
    )
    if tell:
        tx.emit(Written(aggregate_id=skill, aggregate_version=1))
    return skill


async def written(world: World) -> list[UUID]:
    async with world.transaction() as tx:
        rows = await tx.fetch_tuples("SELECT id FROM skills WHERE tenant_id = %(tenant)s")
    return [one for (one,) in rows]


@pytest.mark.parametrize("arrived", [True, False])
async def test_what_is_repeated_is_done_once(dsn: str, arrived: bool):
    async with (
        gate(dsn) as (door, through),
        Database(through, pool_size=2) as database,
        Database(dsn) as ours,
    ):
        world, tried, told = await World.make(ours), list[UUID](), list[Recorded]()
        database.on_commit(told.extend)

        async def work(tx: Transaction) -> UUID:
            tried.append(await write(tx))
            if len(tried) == 1 and arrived:
                door.lost_after = b"COMMIT"
            elif len(tried) == 1:
                door.lost_before = b"COMMIT"
            return tried[-1]

        done = await database.retrying(world.scope, work)
        assert await written(world) == [done]
        assert len(tried) == (1 if arrived else 2)
        assert [event.fact.aggregate_id for event in told] == [done]


async def test_what_is_repeated_is_given_up_when_patience_ends(database: Database):
    tried: list[Transaction] = []

    async def away(tx: Transaction) -> None:
        tried.append(tx)
        raise DatabaseAway()

    async def late(_: Transaction) -> None:
        raise TimeoutError("of something else")

    with pytest.raises(DatabaseAway):
        await database.retrying(Scope.system(), away, within=0.3)
    assert len(tried) > 1
    with pytest.raises(TimeoutError, match="something else"):
        await database.retrying(Scope.system(), late, within=30)


async def test_a_commit_whose_answer_was_lost_is_a_commit(dsn: str):
    async with (
        gate(dsn) as (door, through),
        Database(through, pool_size=2) as database,
        Database(dsn) as ours,
    ):
        world, told = await World.make(ours), list[Recorded]()
        database.on_commit(told.extend)
        async with database.transaction(world.scope) as tx:
            done = await write(tx)
            door.lost_after = b"COMMIT"
        assert await written(world) == [done]
        assert len(told) == 1


@pytest.mark.parametrize("tell", [True, False])
async def test_a_commit_that_did_not_arrive_is_none(dsn: str, tell: bool):
    async with (
        gate(dsn) as (door, through),
        Database(through, pool_size=2) as database,
        Database(dsn) as ours,
    ):
        world = await World.make(ours)
        with pytest.raises(DatabaseAway):
            async with database.transaction(world.scope) as tx:
                await write(tx, tell=tell)
                door.lost_before = b"COMMIT"
        assert await written(world) == []


async def test_who_cannot_find_out_says_so_after_a_while(dsn: str):
    async with (
        gate(dsn) as (door, through),
        Database(through, pool_size=1) as database,
        Database(dsn) as ours,
    ):
        world = await World.make(ours)
        done: list[UUID] = []
        with pytest.raises(DatabaseAway):
            async with database.transaction(world.scope, sure_within=0.3) as tx:
                done.append(await write(tx))
                door.lost_after = b"COMMIT"
                door.shut_to_newcomers()
        assert await written(world) == done
        door.open()
        async with database.transaction(Scope.system()) as tx:
            assert await tx.fetch_value("SELECT 1") == 1
