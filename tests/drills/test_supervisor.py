"""What befalls the whole stack: its supervisor killed, its disk full, its notes damaged. Nothing is left, and it starts again."""

import asyncio
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.drills.calls import Calls
from tests.drills.stack import Stack, running_stack
from tests.ports import free_block
from tests.support import until

from tongdai.platform.embedded.process import die_with


def family(pid: int) -> dict[int, str]:
    """All descendants of a process: number → start time and name, by which a number given out again is told."""
    parents: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            name, _, rest = (entry / "stat").read_text().rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        parents.setdefault(int(fields[1]), []).append(int(entry.name))
        names[int(entry.name)] = f"{fields[19]} {name}"
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        for child in parents.get(waiting.pop(), ()):
            found[child] = names[child]
            waiting.append(child)
    return found


def still_there(processes: dict[int, str]) -> dict[int, str]:
    left: dict[int, str] = {}
    for pid, name in processes.items():
        try:
            text, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        if fields[0] != "Z" and f"{fields[19]} {text}" == name:
            left[pid] = name
    return left


async def gone(processes: dict[int, str], seconds: float = 15) -> None:
    try:
        await until(lambda: asyncio.to_thread(lambda: not still_there(processes)), timeout=seconds)
    except TimeoutError:
        raise AssertionError(f"left behind: {still_there(processes)}") from None


async def test_kill_9_of_the_supervisor_leaves_no_process_and_the_next_start_has_the_same_data(
    tmp_path: Path,
) -> None:
    """With calls up, so that every server has children and work."""
    data, port = tmp_path / "data", free_block(300)
    async with running_stack(data, port=port) as first:
        calls = Calls(first)
        await calls.place(3)
        everybody = family(first.process.pid)
        names = " ".join(everybody.values())
        for program in ("postgres", "ld-linux", "haproxy", "python"):
            assert program in names or program == "haproxy"
        started = await first.rows("SELECT id FROM interactions ORDER BY id")
        users = first.target.users
        first.process.kill()
        first.process.wait()
        await gone(everybody)
        await calls.close()
    assert len(started) == 3
    async with running_stack(data, port=port) as second:
        assert second.target.users == users
        assert await second.rows("SELECT id FROM interactions ORDER BY id") == started

        async def closed() -> Any:
            return await second.rows("SELECT 1 FROM interactions HAVING bool_and(state = 'closed')")

        await until(closed)


async def test_ctrl_c_stops_every_process(tmp_path: Path) -> None:
    async with running_stack(tmp_path / "data") as stack:
        everybody = family(stack.process.pid)
        assert len(everybody) > 5
    assert stack.process.returncode == 0
    assert not still_there(everybody)
    assert not (stack.data / "demo.json").exists()


async def test_a_damaged_demo_json_is_written_anew(tmp_path: Path) -> None:
    """As a machine that lost its power may leave it. The copy of the last start still knows the passwords."""
    data = tmp_path / "data"
    async with running_stack(data) as first:
        users, everybody = first.target.users, family(first.process.pid)
        facts = (data / "demo.json").read_text()
    for damaged in ("\0" * 100, '{"url": "x"}', "[1]"):
        (data / "demo.json").write_text(damaged)
        async with running_stack(data) as again:
            assert again.target.users == users
            assert json.loads((data / "demo.json").read_text()).keys() == json.loads(facts).keys()
            assert "was damaged and is written anew" in again.output.read_text()
    await gone(everybody, 1)


async def test_a_demo_whose_passwords_are_lost_says_what_to_do(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with running_stack(data):
        pass
    (data / "run" / "demo.json").write_text("{")
    with pytest.raises(AssertionError, match="its passwords are not: choose another --data"):
        async with running_stack(data):
            pass


class SmallDisk:
    """A file system in memory that only its own programs see; it goes with the process that holds it."""

    def __init__(self, place: Path, holder: int) -> None:
        self.place = place
        self.view = Path(f"/proc/{holder}/root{place}")
        user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        self.enter = ["nsenter", "--target", str(holder), *user, "--mount", f"--wd={Path.cwd()}", "--"]
        if os.geteuid() != 0:
            ids = [f"--map-user={os.getuid()}", f"--map-group={os.getgid()}"]
            self.enter += ["unshare", "--user", *ids, "--"]

    def fill(self) -> None:
        """Until nothing more fits."""
        with (self.view / "junk").open("wb", buffering=0) as junk:
            try:
                while True:
                    junk.write(bytes(1 << 20))
            except OSError:
                return

    def free(self) -> None:
        (self.view / "junk").unlink()


@contextmanager
def small_disk(megabytes: int) -> Generator[SmallDisk]:
    place = Path(tempfile.mkdtemp(prefix="tongdai-disk-"))
    place.chmod(0o755)  # under root PostgreSQL has a user of its own, who must get there
    ready = place.with_suffix(".ready")
    mount = f'mount -t tmpfs -o size={megabytes}m,mode=0777 none "$0" && touch "$1" && exec sleep infinity'
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    argv = ["unshare", *user, "--mount", "sh", "-c", mount, str(place), str(ready)]
    holder = subprocess.Popen(argv, preexec_fn=die_with(os.getpid(), signal.SIGKILL))
    try:
        while not ready.exists():
            assert holder.poll() is None, "a file system of our own could not be made"
        yield SmallDisk(place, holder.pid)
    finally:
        holder.kill()
        holder.wait()
        for file in (ready, place.with_suffix(".out")):
            file.unlink(missing_ok=True)
        shutil.rmtree(place)


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    with small_disk(450) as made:
        yield made


async def test_a_disk_that_is_too_small_is_told_before_anything_is_written() -> None:
    with small_disk(100) as disk:
        with pytest.raises(AssertionError, match=r"is full \(\d+ MB free, 300 MB needed\): free some room"):
            async with running_stack(disk.place / "data", before=disk.enter, view=disk.view / "data"):
                pass
        assert not (disk.view / "data/postgres").exists()


async def test_a_disk_that_runs_full_costs_no_data_and_heals_when_it_has_room(disk: SmallDisk) -> None:
    async with running_stack(disk.place / "data", before=disk.enter, view=disk.view / "data") as stack:
        async with stack.target.client(token=True) as client:
            notes = f"contacts/{(await client.get('contacts')).json()['items'][0]['id']}/notes"
            assert (await client.post(notes, json={"text": "before"})).status_code == 201
            disk.fill()

            async def refused() -> bool:
                """PostgreSQL has some room of its own at first."""
                try:
                    answer = await client.post(notes, json={"text": secrets.token_hex(9_000)})
                except httpx.HTTPError:
                    return True
                assert answer.status_code != 422, answer.text
                return answer.status_code >= 500

            await until(refused, timeout=60)
            problem = await client.post(notes, json={"text": secrets.token_hex(9_000)})
            assert problem.headers["content-type"] == "application/problem+json"
            disk.free()

            async def accepted() -> bool:
                try:
                    return (await client.post(notes, json={"text": "after"})).status_code == 201
                except httpx.HTTPError:
                    return False

            await until(accepted, timeout=30)
            kept = {note["text"] for note in (await client.get(notes)).json()}
            assert {"before", "after"} <= kept
        assert stack.process.poll() is None


async def test_two_demos_side_by_side_share_nothing(tmp_path: Path) -> None:
    def places(stack: Stack) -> set[str]:
        return {os.readlink(f"/proc/{pid}/cwd") for pid in family(stack.process.pid)} - {str(Path.cwd())}

    async with running_stack(tmp_path / "a") as first, running_stack(tmp_path / "b") as second:
        assert not family(first.process.pid).keys() & family(second.process.pid).keys()
        assert not places(first) & places(second)
        for stack in (first, second):
            async with stack.target.client(token=True) as client:
                assert (await client.get("auth/me")).status_code == 200
        async with first.target.client() as client:
            client.headers["Authorization"] = f"Bearer {second.target.api_token}"
            assert (await client.get("auth/me")).status_code == 401
