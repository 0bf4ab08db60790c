"""Who waits is told in time, and can always be stopped."""

import asyncio

import pytest

from tongdai.kit.waiting import is_set_within


async def test_it_says_whether_the_event_came():
    event = asyncio.Event()
    assert not await is_set_within(event, 0.01)
    asyncio.get_running_loop().call_soon(event.set)
    assert await is_set_within(event, None)
    assert await is_set_within(event, 0)


@pytest.mark.parametrize("steps", range(4))
async def test_a_cancellation_counts_even_at_the_moment_of_the_event(steps: int):
    event = asyncio.Event()

    async def work() -> None:
        while True:
            await is_set_within(event, 60)
            event.clear()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    event.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=5)
    assert done
    assert task.cancelled()
