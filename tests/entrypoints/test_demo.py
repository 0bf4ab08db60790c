"""`tongdai demo` as a user starts it: real PostgreSQL, Asterisk and edge; only the product is a stand-in."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import httpx
import pytest
from tests.platform.embedded.waiting import wait_for, wait_for_death
from tests.ports import free_block

from tongdai.platform.embedded.apt_root import TELEPHONY, ensure_root

CHECKOUT = Path(__file__).parents[2]
APP = "tests.entrypoints.apps.standin:create_app"
PORT = free_block(200, lasting=True)
HTTP, SIP = PORT + 101, PORT + 102
SERVICES = ("postgres", "asterisk", "app", "edge")


class Demo:
    """One demo in a process of its own."""

    def __init__(self, data: Path, http_port: int, sip_port: int, *options: str) -> None:
        self.data = data
        self.http_port = http_port
        argv = [sys.executable, "-m", "tongdai.entrypoints.cli", "demo", "--data", str(data), "--app", APP]
        argv += ["--http-port", str(http_port), "--sip-port", str(sip_port), *options]
        self.output = data.with_suffix(".out")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TONGDAI_")}
        environment |= {"TONGDAI_RTP_START": str(PORT), "TONGDAI_RTP_END": str(PORT + 100)}
        with self.output.open("ab") as output:
            self.process: Popen[bytes] = Popen(
                argv, cwd=CHECKOUT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def facts(self) -> Path:
        return self.data / "demo.json"

    def wait(self) -> "Demo":
        def ready() -> bool:
            assert self.process.poll() is None, self.output.read_text()
            return self.facts.exists()

        wait_for(ready, "demo.json", 60)
        return self

    def pid(self, name: str) -> int:
        return int((self.data / "run" / f"{name}.pid").read_text().split()[0])

    def pids(self) -> list[int]:
        return [int(note.read_text().split()[0]) for note in (self.data / "run").glob("*.pid")]

    def app_pid(self) -> int:
        return int(httpx.get(f"http://127.0.0.1:{self.http_port}/pid", timeout=20).text)


@contextmanager
def demo(data: Path, http_port: int, sip_port: int, *options: str) -> Generator[Demo]:
    started = Demo(data, http_port, sip_port, *options)
    try:
        yield started.wait()
    finally:
        started.process.send_signal(signal.SIGINT)
        try:
            started.process.wait(40)
        finally:
            started.process.kill()


@pytest.fixture(scope="module", autouse=True)
def servers() -> None:
    """Fetched before anything is timed."""
    ensure_root(TELEPHONY, print)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo(tmp_path_factory.mktemp("demo") / "data", HTTP, SIP) as started:
        yield started


def test_it_tells_where_to_go(running: Demo) -> None:
    facts = json.loads(running.facts.read_text())
    assert facts["url"] == f"http://127.0.0.1:{HTTP}"
    assert facts["sip"] == {"host": "127.0.0.1", "port": SIP, "transport": "udp"}
    assert {"hotlines", "trunk", "users", "api_token"} <= facts.keys()
    assert running.facts.stat().st_mode & 0o077 == 0
    assert f"Tongdai is ready: http://127.0.0.1:{HTTP}" in running.output.read_text()


def test_the_app_sees_the_clients_address_and_scheme(running: Demo) -> None:
    answer = httpx.get(f"http://127.0.0.1:{HTTP}/client").json()
    assert answer == {"host": "127.0.0.1", "scheme": "http"}


def test_a_killed_app_is_back_before_a_waiting_request_gives_up(running: Demo) -> None:
    first = running.app_pid()
    assert first == running.pid("app")
    wait_for(lambda: (running.data / "run/app-spare.pid").exists(), "the spare")
    os.kill(first, signal.SIGKILL)
    assert running.app_pid() != first


@pytest.mark.parametrize("name", ["postgres", "asterisk", "edge"])
def test_a_killed_server_is_started_again(running: Demo, name: str) -> None:
    first = running.pid(name)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: _alive(running, name, first), f"another {name}")
    assert running.app_pid() > 0


def _alive(running: Demo, name: str, first: int) -> bool:
    try:
        return (
            running.pid(name) != first and f"{name} stopped (killed by SIGKILL)" in running.output.read_text()
        )
    except FileNotFoundError:
        return False


def test_a_second_demo_runs_beside_the_first(running: Demo, tmp_path: Path) -> None:
    before = running.app_pid()
    with demo(tmp_path / "second", PORT + 111, PORT + 112) as second:
        assert second.app_pid() != before
        assert not set(second.pids()) & set(running.pids())
    assert running.app_pid() == before


def test_the_doctor_finds_the_demo_well_apart_from_what_the_machine_lacks(running: Demo) -> None:
    argv = [sys.executable, "-m", "tongdai.entrypoints.cli", "doctor", "--data", str(running.data)]
    done = subprocess.run(argv, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for subject in ("Database role", "Schema", "Asterisk modules", "Desktop", "Clock"):
        assert f"✓ {subject}" in done.stdout


@pytest.mark.parametrize(
    ("ports", "message"),
    [
        (
            (HTTP, PORT + 122),
            f"Port {HTTP} (HTTP) is taken by another program: stop it, or choose another with --http-port.",
        ),
        (
            (PORT + 121, SIP),
            f"Port {SIP} (SIP) is taken by another program: stop it, or choose another with --sip-port.",
        ),
    ],
    ids=["http", "sip"],
)
def test_a_taken_port_is_one_sentence_and_nothing_is_left(
    running: Demo, tmp_path: Path, ports: tuple[int, int], message: str
) -> None:
    other = Demo(tmp_path / "other", *ports)
    assert other.process.wait(30) == 1
    assert other.output.read_text() == f"tongdai: {message}\n"
    assert not other.facts.exists()
    assert other.pids() == []


def test_the_same_directory_twice_is_refused(running: Demo) -> None:
    facts = running.facts.read_text()
    other = Demo(running.data, PORT + 131, PORT + 132)
    assert other.process.wait(30) == 1
    assert "choose another directory with --data DIR" in running.output.read_text()
    assert running.facts.read_text() == facts
    assert running.app_pid() > 0


def test_ctrl_c_stops_everything_and_kill_9_leaves_nothing_so_that_the_next_start_works(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with demo(data, PORT + 141, PORT + 142) as first:
        children = first.pids()
        assert len(children) >= len(SERVICES)
    assert first.process.returncode == 0
    assert not first.facts.exists()
    for pid in children:
        wait_for_death(pid, 1)

    second = Demo(data, PORT + 141, PORT + 142).wait()
    children = second.pids()
    second.process.kill()
    second.process.wait()
    for pid in children:
        wait_for_death(pid)
    second.facts.unlink()

    with demo(data, PORT + 141, PORT + 142) as third:
        assert third.app_pid() > 0


def test_an_app_that_cannot_start_takes_all_down_with_a_sentence(tmp_path: Path) -> None:
    broken = Demo(
        tmp_path / "data", PORT + 151, PORT + 152, "--app", "tests.entrypoints.apps.missing:create_app"
    )
    assert broken.process.wait(60) == 1
    assert "tongdai: app ended while it started" in broken.output.read_text()
    assert broken.pids() == []
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", PORT + 151))


def test_listening_on_an_address_serves_https_only(tmp_path: Path) -> None:
    """127.0.0.1 named outright stands for an address of the network."""
    with demo(tmp_path / "data", PORT + 161, PORT + 162, "--listen", "127.0.0.1") as started:
        facts = json.loads(started.facts.read_text())
        assert facts["url"] == f"https://127.0.0.1:{PORT + 161}"
        trust = ssl.create_default_context(cafile=str(started.data / "tls/ca.pem"))
        answer = httpx.get(f"https://127.0.0.1:{PORT + 161}/client", verify=trust)
        assert answer.json()["scheme"] == "https"
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{PORT + 161}/client")
