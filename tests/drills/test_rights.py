"""As whom the app runs, and that calls are recorded, kept and brought back all the same."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.drills.calls import Calls
from tests.drills.stack import CHECKOUT, Stack, running_stack
from tests.drills.test_backup import stored_recording, tongdai
from tests.support import until

from tongdai.entrypoints.simulate.agents import Floor, run_agents
from tongdai.platform.embedded.postgres import DATABASE_USER
from tongdai.platform.embedded.process import own_user, reachable


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every user may enter."""
    made = Path(tempfile.mkdtemp(prefix="tongdai-rights-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def expected() -> int:
    """The database's user where root started and that user gets to the program, else whoever we are."""
    user = own_user(DATABASE_USER)
    places = (Path(sys.executable).resolve(), Path(sys.prefix), CHECKOUT)
    return user.uid if user and all(reachable(one, user) for one in places) else os.geteuid()


def owner(stack: Stack) -> int:
    return Path(f"/proc/{stack.pid('app')}").stat().st_uid


async def plays(stack: Stack) -> bool:
    ((recording_id, path), *_) = await stored_recording(stack)
    assert (stack.data / "files" / path).stat().st_uid == owner(stack)
    async with stack.target.client(token=True) as client:
        return (await client.get(f"recordings/{recording_id}/audio")).status_code == 200


async def test_the_app_is_root_only_where_no_other_user_gets_to_it(place: Path) -> None:
    archive = place / "centre.tongdai"
    async with running_stack(place / "data") as stack:
        assert owner(stack) == expected()
        told = await asyncio.to_thread(tongdai, "doctor", "--data", str(stack.data))
        assert ("runs as root" in told.stdout) is (expected() == 0), told.stdout
        floor, calls = Floor(), Calls(stack)
        agents = asyncio.create_task(run_agents(stack.target, 1, 3, floor, talk_s=1, wrap_up_s=1))
        try:
            await calls.place(1)
            await calls.dialogs[0].media.person.wait()
            await calls.dialogs[0].hang_up()
            await until(lambda: stored_recording(stack), timeout=30)
        finally:
            await calls.hang_up()
            agents.cancel()
            await asyncio.gather(agents, return_exceptions=True)
        assert await plays(stack)
        done = await asyncio.to_thread(tongdai, "backup", str(archive), "--data", str(stack.data))
        assert done.returncode == 0, done.stderr
    done = await asyncio.to_thread(tongdai, "restore", str(archive), "--data", str(stack.data), "--replace")
    assert done.returncode == 0, done.stderr
    async with running_stack(place / "data") as stack:
        assert await plays(stack), "what root restored belongs to the app again"
