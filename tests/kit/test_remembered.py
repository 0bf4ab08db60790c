"""What is remembered is never older than the last change."""

import asyncio

from tongdai.kit.remembered import Remembered


async def test_an_answer_is_asked_for_once_until_something_changes():
    memory, asked = Remembered[str, int](), 0

    async def ask() -> int:
        nonlocal asked
        asked += 1
        return asked

    assert [await memory.get("a", ask), await memory.get("a", ask), await memory.get("b", ask)] == [1, 1, 2]
    memory.forget(lambda key: key == "a")
    assert [await memory.get("a", ask), await memory.get("b", ask)] == [3, 2]


async def test_what_was_read_before_a_change_is_not_kept_after_it():
    memory, stored, go_on = Remembered[str, str](), "old", asyncio.Event()

    async def ask() -> str:
        read = stored
        await go_on.wait()
        return read

    asking = asyncio.create_task(memory.get("a", ask))
    await asyncio.sleep(0)
    stored = "new"
    memory.forget(lambda _: True)
    go_on.set()
    assert await asking == "old"
    assert await memory.get("a", ask) == "new"
