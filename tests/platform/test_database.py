import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.gate import gate
from tests.support import until

from tongdai.entrypoints.modules import load_models
from tongdai.kit.ids import new_id
from tongdai.platform.database import Database, Scope, forbid_inside_transaction
from tongdai.platform.database.driver import ForeignKeyViolation
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.database.tables import metadata
from tongdai.platform.event_stream import EventStream
from tongdai.platform.events import Subscriptions, log_end, read_after
from tongdai.platform.facts import Fact, Recorded
from tongdai.platform.migrations import differences


class Tried(Fact, type="test.tried"):
    """For these tests."""

    word: str = ""


async def add_tenant(database: Database, slug: str) -> UUID:
    tenant = new_id()
    async with database.transaction(Scope.system()) as tx:
        await tx.execute(
            "INSERT INTO tenants (id, slug, name, country, time_zone) VALUES (%(id)s, %(slug)s, %(slug)s, 'VN', 'UTC')",
            {"id": tenant, "slug": slug},
        )
    return tenant


def test_models_and_migrations_agree(dsn: str):
    load_models()
    assert differences(dsn) == []


async def test_every_table_of_a_tenant_is_isolated(database: Database):
    load_models()
    async with database.transaction(Scope.system()) as tx:
        rows = await tx.fetch_tuples(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        )
    isolated = {row[0] for row in rows}
    assert {name for name, table in metadata.tables.items() if not table.info.get("global")} <= isolated
    assert "tenants" in isolated


async def test_one_tenant_never_sees_or_touches_anothers_rows(database: Database):
    ours, theirs = await add_tenant(database, "ours"), await add_tenant(database, "theirs")
    skill = new_id()
    async with database.transaction(Scope(theirs)) as tx:
        await tx.execute(
            "INSERT INTO skills (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, 'x')", {"id": skill}
        )
    async with database.transaction(Scope(ours)) as tx:
        assert await tx.fetch_tuples("SELECT * FROM skills") == []
        assert await tx.execute("UPDATE skills SET name = 'stolen'") == 0
        assert await tx.fetch_value("SELECT count(*) FROM tenants") == 1
    with pytest.raises(ForeignKeyViolation):
        async with database.transaction(Scope(ours)) as tx:
            await tx.execute(
                "INSERT INTO team_members (tenant_id, team_id, user_id) VALUES (%(tenant)s, %(id)s, %(id)s)",
                {"id": skill},
            )


async def test_a_failed_transaction_leaves_nothing(database: Database):
    tenant = await add_tenant(database, "t")
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(Scope(tenant)) as tx:
            tx.emit(Tried(aggregate_id=new_id(), aggregate_version=1))
            await tx.execute(
                "INSERT INTO skills (tenant_id, id, name) VALUES (%(tenant)s, gen_random_uuid(), 'x')"
            )
            raise ZeroDivisionError
    async with database.transaction(Scope.system()) as tx:
        assert await tx.fetch_value("SELECT count(*) FROM skills") == 0
        assert await tx.fetch_value("SELECT count(*) FROM event_log") == 0


LAST_WORDS = b"SFATAL\0VFATAL\0C57P02\0Mterminating connection because of crash of another server process\0\0"


async def test_a_server_that_says_good_bye_between_two_statements_is_away(dsn: str):
    """The driver has read the word and not yet seen the connection end: it calls the next statement its own mistake."""
    async with gate(dsn) as (door, through), Database(through, pool_size=1) as database:
        with pytest.raises(DatabaseAway):
            async with database.transaction(Scope.system()) as tx:
                door.tell(b"E" + (len(LAST_WORDS) + 4).to_bytes(4) + LAST_WORDS)
                for _ in range(5):
                    await asyncio.sleep(0)
                await tx.fetch_value("SELECT 1")
        assert await database.look("SELECT 1") == [(1,)]


@pytest.mark.parametrize("begin", ["x", None])
async def test_transactions_that_ask_for_the_same_go_one_after_the_other(
    database: Database, begin: str | None
):
    ours, theirs = await add_tenant(database, "ours"), await add_tenant(database, "theirs")
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"
    )
    seen: list[str] = []
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with database.transaction(Scope(ours), alone="x"):
            begun.set()
            await may_end.wait()
            seen.append("first")

    async def second() -> None:
        await begun.wait()
        async with database.transaction(Scope(ours), alone=begin) as tx:
            await tx.keep_alone("x")
            seen.append("second")

    async def others() -> None:
        await begun.wait()
        await until(lambda: database.look(f"SELECT 1 WHERE ({waiting}) = 1"))
        async with database.transaction(Scope(theirs), alone="x"), asyncio.timeout(30):
            seen.append("another tenant")
        async with database.transaction(Scope(ours), alone="y"), asyncio.timeout(30):
            seen.append("another matter")
        may_end.set()

    await asyncio.gather(first(), second(), others())
    assert seen == ["another tenant", "another matter", "first", "second"]


async def test_no_outside_io_and_no_nesting_inside_a_transaction(database: Database):
    async with database.transaction(Scope.system()):
        with pytest.raises(RuntimeError, match="HTTP"):
            forbid_inside_transaction("HTTP")
        with pytest.raises(RuntimeError, match="already"):
            async with database.transaction(Scope.system()):
                pass
    forbid_inside_transaction("HTTP")


async def test_reader_waits_for_a_transaction_that_commits_late(database: Database):
    tenant = await add_tenant(database, "t")
    async with database.transaction(Scope.system()) as tx:
        start = await log_end(tx)
    inserted, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with database.transaction(Scope(tenant)) as tx:
            await tx.execute("SELECT pg_current_xact_id()")
            inserted.set()
            await go_on.wait()
            tx.emit(Tried(aggregate_id=new_id(), aggregate_version=1, word="early"))

    task = asyncio.create_task(slow())
    await inserted.wait()
    async with database.transaction(Scope(tenant)) as tx:
        tx.emit(Tried(aggregate_id=new_id(), aggregate_version=1, word="late"))
    async with database.transaction(Scope.system()) as tx:
        assert await read_after(tx, start) == []
    go_on.set()
    await task
    async with database.transaction(Scope.system()) as tx:
        words = [event.fact.word for event in await read_after(tx, start) if isinstance(event.fact, Tried)]
    assert words == ["early", "late"]


@pytest.mark.parametrize("hand_off", [True, False])
async def test_handlers_run_once_and_failed_ones_again(database: Database, hand_off: bool):
    tenant = await add_tenant(database, "t")
    runs: list[str] = []
    followed: list[str] = []
    heard: list[str] = []
    done = asyncio.Event()

    async def handler(_: object, event: Recorded) -> None:
        assert isinstance(event.fact, Tried)
        runs.append(event.fact.word)
        if len(runs) == 1:
            raise ValueError("the first time fails")
        done.set()

    async def follow(batch: Sequence[Recorded]) -> None:
        followed.extend(event.fact.word for event in batch if isinstance(event.fact, Tried))

    subscriptions = Subscriptions()
    subscriptions.handle(Tried, "test", handler)
    subscriptions.on_fact(Tried, lambda event: heard.append(getattr(event.fact, "word", "")))
    subscriptions.follow(follow)
    stream = EventStream(database, subscriptions, hand_off=hand_off)
    await stream.start()
    await stream.redeliver_once()
    async with database.transaction(Scope(tenant)) as tx:
        tx.emit(Tried(aggregate_id=new_id(), aggregate_version=1, word="a"))
    while not done.is_set():
        await stream.redeliver_once()
    while not followed or not heard:
        await asyncio.sleep(0)
    await stream.stop()
    assert runs == ["a", "a"]
    assert followed == ["a"]
    assert heard == ["a"]
    async with database.transaction(Scope.system()) as tx:
        assert await tx.fetch_value("SELECT count(*) FROM event_marks") == 1


async def test_facts_name_their_time_and_place(database: Database):
    tenant = await add_tenant(database, "t")
    seen: list[Recorded] = []
    database.on_commit(seen.extend)
    before = datetime.now(UTC)
    async with database.transaction(Scope(tenant)) as tx:
        tx.emit(Tried(aggregate_id=new_id(), aggregate_version=1, word="a"))
        tx.emit(Tried(aggregate_id=new_id(), aggregate_version=1, word="b"))
    assert [event.fact.word for event in seen if isinstance(event.fact, Tried)] == ["a", "b"]
    assert seen[0].position < seen[1].position
    assert abs((seen[0].at - before).total_seconds()) < 60


@pytest.mark.parametrize("table", ["assignments", "calls", "contacts", "interactions"])
async def test_rows_of_tables_that_were_never_analysed_are_found_by_their_key(database: Database, table: str):
    """Not by reading all rows of the tenant, in plans that are kept while the table grows."""
    async with database.transaction(Scope(new_id())) as tx:
        plan = await tx.fetch_tuples(
            f"EXPLAIN SELECT * FROM {table} WHERE tenant_id = %(tenant)s::uuid AND id = %(id)s::uuid",
            {"id": new_id()},
        )
    assert f"{table}_pkey" in str(plan)
