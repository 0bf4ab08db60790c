"""kill -9 with calls up: callers keep their line, what happened is in the log, and nothing is left behind."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest
from tests.drills.calls import Calls
from tests.drills.stack import Stack
from tests.support import until

from tongdai.entrypoints.simulate.agents import Floor, run_agents

CALLS = 10
AGENTS = 4


async def _served(calls: Calls, number: int) -> None:
    async def enough() -> bool:
        return len(calls.served) >= number

    await until(enough, timeout=30)


async def _command_accepted(stack: Stack, since: float) -> float:
    """Seconds from `since` to the first accepted command."""

    async with stack.target.client(token=True) as client:

        async def accepted() -> bool:
            try:
                return (await client.patch("auth/me", json={"theme": "dark"})).status_code == 200
            except httpx.HTTPError:
                return False

        await until(accepted, timeout=30)
    return time.monotonic() - since


async def _log(stack: Stack) -> list[tuple[str, str]]:
    rows = await stack.rows("SELECT peer, state, result FROM interactions ORDER BY started_at")
    return [(state, result) for _, state, result in rows]


async def _drill(stack: Stack, body: Callable[[Calls], Awaitable[None]]) -> None:
    calls, floor = Calls(stack), Floor()
    agents = asyncio.create_task(run_agents(stack.target, AGENTS, 3, floor, talk_s=3600, wrap_up_s=1))
    try:

        async def ready() -> bool:
            assert not agents.done(), agents.exception()
            return floor.signed_in == AGENTS

        await until(ready, timeout=30)
        print("agents are ready")
        await calls.place(CALLS)
        await _served(calls, AGENTS)
        print("calls are up")
        await body(calls)
    finally:
        await calls.hang_up()
        agents.cancel()
        await asyncio.gather(agents, return_exceptions=True)


async def _nothing_left(stack: Stack) -> None:
    async def closed() -> bool:
        log = await _log(stack)
        return len(log) == CALLS and all(state == "closed" for state, _ in log)

    try:
        await until(closed, timeout=20)
    except TimeoutError:
        raise AssertionError(f"the log: {await _log(stack)}") from None


@pytest.mark.parametrize("killed", ["app", "postgres"])
async def test_calls_outlive_the_app_and_the_database(stack: Stack, killed: str) -> None:
    """Who talks talks on, who waits waits on; commands are taken within 3 s; every call is in the log once."""

    async def body(calls: Calls) -> None:
        await stack.spare_waits()
        heard = [dialog.media.received for dialog in calls.served]
        started = time.monotonic()
        stack.kill(killed)
        elapsed = await _command_accepted(stack, started)
        print(f"kill -9 of {killed}: first accepted command after {elapsed:.2f} s")
        assert elapsed <= 3.0
        assert not [dialog for dialog in calls.dialogs if dialog.ended.is_set()]

        async def sound_goes_on() -> bool:
            return all(
                dialog.media.received > before + 100
                for dialog, before in zip(calls.served, heard, strict=False)
            )

        await until(sound_goes_on)
        first = calls.served[0]
        await first.hang_up()
        await _served(calls, AGENTS + 1)  # the freed agent wraps up and takes one who waited

    await _drill(stack, body)
    await _nothing_left(stack)
    results = sorted(result for _, result in await _log(stack))
    assert results.count("answered") >= AGENTS + 1


async def test_calls_of_a_killed_asterisk_are_closed_truthfully(stack: Stack) -> None:
    """Media is gone with it: the log says so, and as soon as phones register again, calls are answered again."""

    async def body(calls: Calls) -> None:
        stack.kill("asterisk")

        async def closed() -> bool:
            log = await _log(stack)
            return len(log) == CALLS and all(state == "closed" for state, _ in log)

        await until(closed, timeout=20)

    await _drill(stack, body)
