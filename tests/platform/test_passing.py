"""What is passed on without being kept reaches listeners of this process at once, and those of others in pieces."""

import random
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from tests.support import until

from tongdai.platform import passing
from tongdai.platform.database import Database
from tongdai.platform.event_stream import EventStream
from tongdai.platform.events import Subscriptions
from tongdai.platform.passing import Passing, packed


def noise_of(seed: int, length: int) -> str:
    """What cannot be packed."""
    chance = random.Random(seed)
    return "".join(chr(chance.randrange(32, 0x2FFF)) for _ in range(length))


@asynccontextmanager
async def node(database: Database) -> AsyncGenerator[tuple[Passing, EventStream]]:
    """A process of its own, as far as the database can tell."""
    subscriptions, made = Subscriptions(), Passing()
    made.listen_to(subscriptions)
    async with AsyncExitStack() as stack:
        events = EventStream(database, subscriptions)
        await events.start()
        stack.push_async_callback(events.stop)
        await stack.enter_async_context(made.running(events))
        yield made, events


async def test_texts_of_any_size_reach_other_processes_whole_and_in_their_order(database: Database):
    noise = noise_of(1, 60_000)
    texts = ["a", "Đèn lồng 🏮 \x00", noise, "", "z" * 500_000, "\ud800 half a letter", "last"]
    heard: list[str] = []
    mine: list[str] = []
    async with Database(database.dsn, pool_size=2) as other, node(database) as here, node(other) as there:

        async def know_each_other() -> bool:
            return here[1].has_others and there[1].has_others

        await until(know_each_other)
        with here[0].listening("room", mine.append), there[0].listening("room", heard.append):
            for text in texts:
                here[0].pass_on("room", text)
                here[0].pass_on("another", text)
            assert mine == texts  # at once, and not again when the database tells

            async def all_there() -> bool:
                return len(heard) == len(texts)

            await until(all_there)
        here[0].pass_on("room", "too late")
        with there[0].listening("end", heard.append):
            here[0].pass_on("end", "end")

            async def ended() -> bool:
                return heard[-1] == "end"

            await until(ended)
    assert heard == [*texts, "end"]
    assert mine == texts


def test_a_text_of_which_a_piece_is_lost_is_lost_alone():
    heard: list[str] = []
    made = Passing()
    noise = noise_of(2, 40_000)
    first, second = packed("other", 1, "room", noise), packed("other", 2, "room", "whole")
    assert len(first) > 2
    assert all(len(piece.encode()) < 8000 for piece in first)
    with made.listening("room", heard.append):
        for piece in [*first[:1], *first[2:], *second]:
            made.hear(piece)
        made.hear("something else")
        for piece in first:
            made.hear(piece)
    assert heard == ["whole", noise]


def test_a_text_too_long_for_this_way_is_not_sent_in_part(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passing, "MOST_PIECES", 1)
    noise = noise_of(3, 40_000)
    assert packed("other", 1, "room", noise) == []
