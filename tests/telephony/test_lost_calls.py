"""Whatever fails at the end of a call, nobody is held up by it until the next start."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeCentre, FakeFloor, fake_floor
from tests.telephony.test_on_the_fake import FLOW, connected

from tongdai.telephony.calls.inbound import Waiting
from tongdai.telephony.calls.messages import LegGone


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def closed(centre: FakeCentre) -> None:
    async def all_of_it() -> bool:
        rows = await centre.rows(
            "SELECT (SELECT count(*) FROM calls WHERE tenant_id = %(tenant)s AND ended_at IS NULL),"
            " (SELECT count(*) FROM interactions WHERE tenant_id = %(tenant)s AND state <> 'closed'),"
            " (SELECT count(*) FROM queue_entries WHERE tenant_id = %(tenant)s)"
        )
        return rows == [(0, 0, 0)]

    await until(all_of_it)


async def test_a_call_whose_end_could_not_be_written_is_ended(
    floor: FakeFloor, monkeypatch: pytest.MonkeyPatch
):
    centre, caller, _ = await connected(floor)

    async def fails(*_: object) -> None:
        raise RuntimeError("for this test")

    with monkeypatch.context() as patch:
        patch.setattr(floor.exchange.recorder, "closed", fails)
        floor.fake.switch.far_hangs_up(caller)

        async def given_up() -> bool:
            return not floor.exchange.calls()

        await until(given_up)
    await floor.exchange.lost.look()
    assert not floor.exchange.calls(), "it might just be beginning"
    await floor.exchange.lost.look()
    await closed(centre)


async def test_a_caller_whose_end_was_lost_waits_no_longer(floor: FakeFloor, monkeypatch: pytest.MonkeyPatch):
    centre = await floor.centre(FLOW, agents=0)
    caller = centre.call_in()

    async def waits() -> bool:
        return [type(call.state) for call in floor.exchange.calls()] == [Waiting]

    await until(waits)  # the books say so a moment earlier
    failed: list[LegGone] = []

    async def fails(_: Waiting, message: LegGone) -> None:
        failed.append(message)
        raise RuntimeError("for this test")

    with monkeypatch.context() as patch:
        patch.setattr(Waiting, "on_leg_gone", fails)
        floor.fake.switch.far_hangs_up(caller)

        async def tried() -> bool:
            return bool(failed)

        await until(tried)
    for _ in range(2):
        await floor.exchange.lost.look()
    await closed(centre)


async def test_who_is_there_is_left_alone(floor: FakeFloor):
    centre, *_ = await connected(floor)
    waiting = centre.call_in()
    await centre.phase("wait")
    for _ in range(3):
        await floor.exchange.lost.look()
    assert len(floor.exchange.calls()) == 2
    assert waiting.id in floor.fake.switch.channels


async def test_who_hangs_up_while_arriving_is_not_forgotten_by_a_reconciliation(
    floor: FakeFloor, monkeypatch: pytest.MonkeyPatch
):
    flow = FLOW.replace("start: answer", "start: queue").replace(
        "  answer:\n    answer:\n    go: queue\n", ""
    )
    centre = await floor.centre(flow, agents=0)
    exchange, let_in = floor.exchange, asyncio.Event()
    arrive = exchange.arrivals.arrive

    async def slowly(*arrival: Any) -> None:
        await let_in.wait()
        await arrive(*arrival)

    monkeypatch.setattr(exchange.arrivals, "arrive", slowly)
    with exchange.reconciling():
        caller = centre.call_in()

        async def arriving() -> bool:
            return exchange.knows(caller.id)

        await until(arriving)
        floor.fake.switch.far_hangs_up(caller)

        async def gone() -> bool:
            return caller.id not in floor.fake.switch.channels

        await until(gone)
        await exchange.ari.channels.list()  # what came before this answer has been heard
    let_in.set()

    async def over() -> bool:
        rows = await centre.rows("SELECT state FROM interactions WHERE tenant_id = %(tenant)s")
        return rows == [("closed",)]

    await until(over)
    await closed(centre)
