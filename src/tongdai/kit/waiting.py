"""Waiting for something, but not for ever."""

import asyncio


async def is_set_within(event: asyncio.Event, seconds: float | None) -> bool:
    """Whether the event is set before the time (None: as long as it takes) is over.

    Not `asyncio.wait_for`: before Python 3.12 it swallows a cancellation that comes together with what it waited for, and who
    asked for the end then waits for ever.
    """
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
