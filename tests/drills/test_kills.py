"""kill -9 with fifty calls up: callers keep their line and their place, what happened is in the log, nothing is left behind."""

import time

import pytest
from tests.drills.calls import AGENTS, CALLS, WITHIN_S, Drill
from tests.drills.stack import Stack
from tests.support import until


@pytest.mark.parametrize("killed", ["app", "postgres"])
async def test_calls_outlive_the_app_and_the_database(stack: Stack, killed: str) -> None:
    """Who talks talks on, who waits waits on in the same order; either side can hang up; each call is in the log once."""
    async with Drill(stack) as drill:
        await drill.place(CALLS)
        await drill.are_served(AGENTS)
        await stack.spare_waits()
        order = await drill.queue()
        assert len(order) == CALLS - AGENTS
        started = time.monotonic()
        stack.kill(killed)
        elapsed = await drill.command_accepted(started)
        print(f"kill -9 of {killed} with {CALLS} calls: first accepted command after {elapsed:.2f} s")
        assert len(drill.up) == CALLS
        await drill.hear()
        assert await drill.queue() == order
        await drill.either_side_ends_both()
        await drill.are_served(AGENTS)  # both agents took the next who waited
        assert await drill.queue() == order[2:]
        await drill.hang_up()
        await drill.is_over()
        assert elapsed <= WITHIN_S
        await drill.recordings_are_whole()
    results = [result for _, _, result, _, _ in await drill.log()]
    assert results.count("answered") == AGENTS + 2
    assert results.count("abandoned") + results.count("short_abandon") == CALLS - AGENTS - 2


async def test_calls_of_a_killed_asterisk_are_closed_truthfully(stack: Stack) -> None:
    """Media is gone with it: the log says so, phones and lines are known to the new one, and calls are answered again."""
    async with Drill(stack) as drill:
        await drill.place(CALLS)
        await drill.are_served(AGENTS)
        await drill.hear()
        await until(drill.recorded_on_disk)
        stack.kill("asterisk")
        for dialog in [*drill.dialogs, *drill.floor.on_the_line]:
            dialog.close()  # the line is dead on both ends; nobody answers a BYE any more
        await drill.is_over()
        by = {hung_up_by for _, _, _, hung_up_by, _ in await drill.log()}
        assert by == {"system"}
        await stack.phones_registered(AGENTS)
        await until(drill.try_to_place)
        await drill.are_served(1, timeout=60)
        await drill.hear()
        await drill.hang_up()
        await drill.is_over()
        await drill.recordings_are_kept()
    results = [result for _, _, result, _, _ in await drill.log()]
    assert results.count("answered") == AGENTS + 1
