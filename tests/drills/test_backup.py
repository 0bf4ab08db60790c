"""A backup taken while people talk, restored elsewhere: the log is there, the recording plays, the demo starts with it."""

import asyncio
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import soundfile as sf  # pyright: ignore[reportMissingTypeStubs]
from tests.drills.calls import Calls
from tests.drills.stack import CHECKOUT, Stack, running_stack
from tests.support import until

from tongdai.entrypoints.simulate.agents import Floor, run_agents


def tongdai(*arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "tongdai.entrypoints.cli", *arguments]
    return subprocess.run(argv, cwd=CHECKOUT, capture_output=True, text=True, check=False)


async def stored_recording(stack: Stack) -> Any:
    return await stack.rows("SELECT id, path FROM recordings WHERE state = 'stored'")


async def test_a_backup_of_a_running_demo_brings_back_calls_and_recordings_elsewhere(tmp_path: Path) -> None:
    archive = tmp_path / "centre.tongdai"
    async with running_stack(tmp_path / "first") as first:
        floor = Floor()
        agents = asyncio.create_task(run_agents(first.target, 2, 3, floor, talk_s=8, wrap_up_s=1))
        calls = Calls(first)
        try:
            await calls.place(2)
            recorded = await until(lambda: stored_recording(first), timeout=60)
            done = await asyncio.to_thread(tongdai, "backup", str(archive), "--data", str(first.data))
            assert done.returncode == 0, done.stdout + done.stderr
            again = await asyncio.to_thread(tongdai, "backup", str(archive), "--data", str(first.data))
            assert "There is a file of this name already" in again.stderr
            taken = await asyncio.to_thread(
                tongdai, "restore", str(archive), "--data", str(first.data), "--replace"
            )
            assert "stop it" in taken.stderr, "a running demo is not replaced"
        finally:
            await calls.close()
            agents.cancel()
            await asyncio.gather(agents, return_exceptions=True)
    assert archive.stat().st_mode & 0o077 == 0

    second = tmp_path / "second"
    done = await asyncio.to_thread(tongdai, "restore", str(archive), "--data", str(second))
    assert done.returncode == 0, done.stdout + done.stderr
    refused = await asyncio.to_thread(tongdai, "restore", str(archive), "--data", str(second))
    assert refused.returncode == 1
    assert "holds data already" in refused.stderr
    async with running_stack(second) as stack, stack.target.client(token=True) as client:
        await until(lambda: stack.rows("SELECT 1 FROM interactions HAVING bool_and(state = 'closed')"))
        log = (await client.get("interactions")).json()["items"]
        assert len(log) == 2
        audio = await client.get(f"recordings/{recorded[0][0]}/audio")
        assert audio.status_code == 200
        samples, rate = sf.read(io.BytesIO(audio.content))
        assert len(samples) > rate / 2
        assert abs(samples).max() > 0.01
        me = await client.get("auth/me")
        assert me.status_code == 200, "the token of demo.json still works"
