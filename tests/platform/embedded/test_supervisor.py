"""The supervisor, with small real programs as its children."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.platform.embedded.waiting import wait_for, wait_for_death

from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.embedded.leftovers import end_leftovers, remember
from tongdai.platform.embedded.lock import directory_lock
from tongdai.platform.embedded.logs import LogFile
from tongdai.platform.embedded.process import Command
from tongdai.platform.embedded.supervisor import Service, Supervisor

SLEEPER = "import os, signal; open({mark!r}, 'a').write(f'{{os.getpid()}}\\n'); print('up', flush=True); signal.pause()"


class Program:
    """A Python one-liner that appends its id to `mark` when it is up."""

    def __init__(self, folder: Path, name: str, code: str = SLEEPER) -> None:
        self.mark = folder / f"{name}.pids"
        self._code = code.format(mark=str(self.mark))
        self._folder = folder

    def prepare(self) -> None:
        return None

    def command(self) -> Command:
        return Command([sys.executable, "-c", self._code], self._folder)

    def ready(self, pid: int) -> bool:
        return str(pid) in self.pids()

    def pids(self) -> list[str]:
        return self.mark.read_text().split() if self.mark.exists() else []


def test_a_killed_child_is_started_again_and_told(tmp_path: Path) -> None:
    program = Program(tmp_path, "one")
    said: list[str] = []

    async def drill() -> None:
        supervisor = Supervisor(tmp_path, [Service("one", program)], said.append)

        async def kill_once() -> None:
            os.kill(int(program.pids()[0]), signal.SIGKILL)
            await asyncio.to_thread(wait_for, lambda: len(program.pids()) == 2, "the second start")
            supervisor.stop()

        await supervisor.run(kill_once)

    asyncio.run(drill())
    assert said == ["one stopped (killed by SIGKILL); starting it again"]
    for pid in program.pids():
        wait_for_death(int(pid), 0.1)


def test_a_service_starts_after_what_it_needs_and_stops_before_it(tmp_path: Path) -> None:
    noisy = (
        "import os, signal, sys\n"
        "def leave(*_):\n    open({mark!r} + '.end', 'w').write('x'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave)\n"
        "open({mark!r}, 'a').write(f'{{os.getpid()}}\\n')\nsignal.pause()"
    )
    below, above = Program(tmp_path, "below", noisy), Program(tmp_path, "above", noisy)

    async def drill() -> None:
        services = [Service("above", above, needs=("below",)), Service("below", below)]
        supervisor = Supervisor(tmp_path, services, print)

        async def stop() -> None:
            supervisor.stop()

        await supervisor.run(stop)

    asyncio.run(drill())
    assert below.mark.stat().st_mtime_ns < above.mark.stat().st_mtime_ns
    ends = [Path(f"{program.mark}.end").stat().st_mtime_ns for program in (above, below)]
    assert ends == sorted(ends)


def test_a_first_start_that_fails_takes_everything_down(tmp_path: Path) -> None:
    good = Program(tmp_path, "good")
    bad = Program(tmp_path, "bad", "raise SystemExit('no such luck')")

    async def never() -> None:
        pytest.fail("it was not ready")

    with pytest.raises(SetupError, match=r"bad ended while it started.*no such luck"):
        asyncio.run(Supervisor(tmp_path, [Service("good", good), Service("bad", bad)], print).run(never))
    for pid in good.pids():
        wait_for_death(int(pid), 0.1)
    assert not list((tmp_path / "run").glob("*.pid"))


def test_one_directory_has_one_owner_at_a_time(tmp_path: Path) -> None:
    with (
        directory_lock(tmp_path),
        pytest.raises(SetupError, match=rf"process {os.getpid()}.*choose another directory"),
    ):
        directory_lock(tmp_path).__enter__()
    with directory_lock(tmp_path):
        pass


def test_kill_9_of_the_supervisor_leaves_no_child(tmp_path: Path) -> None:
    code = (
        "import asyncio, pathlib\n"
        "from tests.platform.embedded.test_supervisor import Program\n"
        "from tongdai.platform.embedded.supervisor import Service, Supervisor\n"
        f"folder = pathlib.Path({str(tmp_path)!r})\n"
        "async def ready(): pass\n"
        "services = [Service(name, Program(folder, name)) for name in ('one', 'two')]\n"
        "asyncio.run(Supervisor(folder, services, print).run(ready))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[3])
    marks = [tmp_path / "one.pids", tmp_path / "two.pids"]
    wait_for(lambda: all(mark.exists() and mark.read_text() for mark in marks), "both children")
    parent.kill()
    parent.wait()
    for mark in marks:
        wait_for_death(int(mark.read_text()))


def test_leftovers_are_ended_but_a_stranger_with_the_same_id_is_not(tmp_path: Path) -> None:
    with (
        subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as left,
        subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as stranger,
    ):
        remember(tmp_path, "left", left.pid)
        (tmp_path / "stranger.pid").write_text(f"{stranger.pid} 1\n")
        end_leftovers(tmp_path)
        assert left.wait(5) == -signal.SIGTERM
        assert stranger.poll() is None
        assert not list(tmp_path.glob("*.pid"))
        stranger.kill()


def test_a_log_is_rotated_while_it_is_written(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "app.log", largest=100)
    with log.open() as file:
        for content in (b"first " * 30, b"second " * 30, b"third"):
            file.write(content)
            file.flush()
            log.rotate()
    assert log.path.read_bytes() == b"third"
    assert (tmp_path / "app.log.1").read_bytes().startswith(b"second")
    assert (tmp_path / "app.log.2").read_bytes().startswith(b"first")
