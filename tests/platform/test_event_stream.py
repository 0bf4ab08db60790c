"""A fact is heard once in a process, whether the end of its commit is heard first or its line in the log is read first."""

from collections.abc import Sequence

import pytest
from tests.platform.test_database import Tried, add_tenant
from tests.support import until

from tongdai.kit.ids import new_id
from tongdai.platform.database import Database, Scope
from tongdai.platform.event_stream import EventStream
from tongdai.platform.events import Subscriptions
from tongdai.platform.facts import Recorded


@pytest.mark.parametrize("read_first", [True, False])
async def test_a_fact_is_heard_once_whoever_is_first(database: Database, read_first: bool):
    tenant = await add_tenant(database, "t")
    heard: list[str] = []
    followed: list[str] = []
    refusals = 1

    async def follow(batch: Sequence[Recorded]) -> None:
        nonlocal refusals
        if refusals:
            refusals -= 1
            raise ValueError("the first batch fails and comes again")
        followed.extend(event.fact.word for event in batch if isinstance(event.fact, Tried))

    subscriptions = Subscriptions()
    subscriptions.on_fact(Tried, lambda event: heard.append(getattr(event.fact, "word", "")))
    subscriptions.follow(follow)
    stream = EventStream(database, subscriptions)
    await stream.start()
    committed: list[Recorded] = []
    async with Database(database.dsn, pool_size=2) as another:
        another.on_commit(committed.extend)
        committing = another if read_first else database
        for word in ("a", "b"):
            async with committing.transaction(Scope(tenant)) as tx:
                tx.emit(Tried(aggregate_id=new_id(), aggregate_version=1, word=word))

    async def caught_up() -> bool:
        return followed == ["a", "b"]

    await until(caught_up)
    for listener in database._on_commit:  # pyright: ignore[reportPrivateUsage]
        listener(committed)
    await stream.stop()
    assert heard == ["a", "b"]
    assert followed == ["a", "b"]
    assert not any(stream._told.values())  # pyright: ignore[reportPrivateUsage]


async def test_marks_are_forgotten_when_no_redelivery_will_ask_for_them(database: Database):
    tenant = await add_tenant(database, "t")
    stream = EventStream(database, Subscriptions())
    places: list[tuple[int, int]] = []
    database.on_commit(lambda recorded: places.extend(event.position for event in recorded))
    for word in ("passed", "passed today", "to come"):
        async with database.transaction(Scope(tenant)) as tx:
            tx.emit(Tried(aggregate_id=new_id(), aggregate_version=1, word=word))
    async with database.transaction(Scope.system()) as tx:
        await tx.execute(
            "INSERT INTO event_positions VALUES ('handlers', %(tx)s, %(id)s)",
            dict(zip(("tx", "id"), places[1], strict=True)),
        )
        for (_, number), age in zip(places, ("2 days", "1 hour", "2 days"), strict=True):
            await tx.execute(
                "INSERT INTO event_marks (handler, event_id, at) VALUES ('h', %(id)s, now() - %(age)s::text::interval)",
                {"id": number, "age": age},
            )
    assert await stream.forget_marks() == 1
    assert await stream.forget_marks() == 0
    async with database.transaction(Scope.system()) as tx:
        marks = await tx.fetch_tuples("SELECT event_id FROM event_marks ORDER BY event_id")
    assert marks == [(number,) for _, number in places[1:]]
