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
