"""Which browsers hear of a push, and what those hear who come later."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tongdai.kit.ids import new_id
from tongdai.platform.auth import Principal
from tongdai.platform.database import Database, Transaction
from tongdai.platform.event_stream import EventStream
from tongdai.platform.events import Subscriptions
from tongdai.platform.facts import Fact, Recorded
from tongdai.platform.realtime import Client, Hub, Push

TENANT = new_id()


class Happened(Fact):
    type = "test.happened"


class Told:
    """A hub that makes pushes of `Happened`, and what its publishers were asked."""

    def __init__(self, database: Database) -> None:
        self.hub, self.asked = Hub(), 0
        self.hub.publish([Happened], self._publish, topics=lambda _: {"log"})
        self.subscriptions = Subscriptions()
        self.events = EventStream(database, self.subscriptions)

    async def _publish(self, _: Transaction, events: Sequence[Recorded]) -> list[Push]:
        self.asked += 1
        return [Push("log", "log.changed", str(event.fact.aggregate_id)) for event in events]

    async def happens(self, number: int) -> UUID:
        fact = Happened(aggregate_id=new_id(), aggregate_version=1)
        for follow in self.subscriptions.followers:
            await follow([Recorded((number, number), datetime.now(UTC), TENANT, fact)])
        return fact.aggregate_id


@pytest.fixture
async def told(database: Database) -> AsyncIterator[Told]:
    made = Told(database)
    async with made.hub.running(database, made.subscriptions, made.events):
        yield made


def connected(hub: Hub, *topics: str, user: UUID | None = None) -> Client:
    client = hub.connect(Principal(TENANT, user or new_id(), "Anna", None))
    hub.subscribe(client, topics, None)
    return client


def heard(client: Client) -> list[Any]:
    messages = [json.loads(client.outbox.get_nowait()) for _ in range(client.outbox.qsize())]
    return [message for message in messages if message["op"] != "ready"]


def data(client: Client) -> list[Any]:
    return [event["data"] for message in heard(client) for event in message["events"]]


async def test_a_push_reaches_those_who_subscribed_and_is_kept_for_who_comes_back(told: Told):
    client, other = connected(told.hub, "log"), connected(told.hub, "me")
    since = told.hub.seq
    happened = await told.happens(1)
    assert data(client) == [str(happened)]
    assert heard(other) == []
    late = told.hub.connect(Principal(TENANT, new_id(), "Binh", None))
    told.hub.subscribe(late, ["log"], since)
    messages = [json.loads(late.outbox.get_nowait()) for _ in range(late.outbox.qsize())]
    assert [message["op"] for message in messages] == ["events", "ready"]
    assert [event["data"] for event in messages[0]["events"]] == [str(happened)]
    told.hub.disconnect(client)
    await told.happens(2)
    assert heard(client) == []


async def test_what_nobody_had_subscribed_to_is_not_made_and_who_subscribes_later_fetches_it(told: Told):
    client = connected(told.hub, "me")
    since = told.hub.seq
    await told.happens(1)
    assert told.asked == 0
    told.hub.subscribe(client, ["me", "log"], since)
    assert heard(client) == [{"op": "resync", "topics": ["log"]}]
    told.hub.subscribe(client, ["me", "log"], told.hub.seq)
    assert heard(client) == []
    await told.happens(2)
    assert told.asked == 1
    assert len(heard(client)) == 1


async def test_a_push_to_a_person_reaches_all_their_tabs_and_nobody_elses(told: Told):
    user = new_id()
    tabs = [connected(told.hub, "me", user=user) for _ in range(2)]
    elsewhere, other = connected(told.hub, "board", user=user), connected(told.hub, "me")
    pushes = [Push("me", "hello", 1, frozenset({user})), Push("me", "hello", 2), Push("board", "hello", 3)]
    told.hub.push(TENANT, pushes)
    assert [len(one.outbox._queue) for one in (*tabs, elsewhere, other)] == [2] * 4  # pyright: ignore
    assert [data(one) for one in (*tabs, elsewhere, other)] == [[1, 2], [1, 2], [3], [2]]
    assert told.hub.is_connected(TENANT, user)
    for tab in (*tabs, elsewhere):
        told.hub.disconnect(tab)
    assert not told.hub.is_connected(TENANT, user)
