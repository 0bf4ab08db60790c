"""Work that is looked for when somebody says so."""

import asyncio

from tests.support import until

from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.woken import Woken


async def test_who_is_woken_looks_again_whatever_became_of_the_last_look():
    looks = 0
    failing: list[Exception] = [ValueError("not foreseen"), DatabaseAway()]

    async def look() -> None:
        nonlocal looks
        looks += 1
        if failing:
            raise failing.pop()

    async def looked(times: int) -> bool:
        return looks == times

    woken = Woken()
    async with woken.looking("things", look):
        for times in range(1, 5):
            await until(lambda times=times: looked(times))
            woken.wake()
        await until(lambda: looked(5))
    assert asyncio.all_tasks() == {asyncio.current_task()}
