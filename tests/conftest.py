"""Fixtures on real parts: one throw-away PostgreSQL for the whole run, a migrated database of its own for each test that asks."""

import asyncio
import contextlib
import gc
import io
import itertools
import os
import shutil
import signal
from collections.abc import AsyncIterator, Generator, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.api import Site, running_site
from tongdai.intelligence.language.e5 import E5
from tongdai.intelligence.recognition.whisper import Whisper
from tongdai.platform.database import Database
from tongdai.platform.embedded.postgres import PostgresServer, embedded_postgres
from tongdai.platform.migrations import migrate

_HERE = Path(__file__).parent
_numbers = itertools.count()

_STACKS = ("drills", "entrypoints", "network", "simulation")
_FIRST_HALF = ("extensions", "outbound", "recording", "trunks", "voicemail")

_LONGEST_S = 600
_AGAIN_S = 30

settings.register_profile("tongdai", deadline=None, print_blob=True)
settings.load_profile("tongdai")


def _group(file: str) -> tuple[int, str]:
    """When a test file's turn comes, and which files share a worker with it.

    Tests with real calls share an Asterisk, journeys one demo, and those that start whole stacks have ports of their own: each
    kind is one group, so that they run one after the other, and they come first, because they take longest. Calls mostly wait, so
    there are two halves of them.
    """
    folder, part, *_ = [*file.removeprefix("tests/").split("/"), ""]
    if folder == "telephony":
        return 0, "telephony, first half" if part in _FIRST_HALF else folder
    if folder == "journeys":
        return 0, folder
    if folder in _STACKS:
        return 1, "stacks"
    return (2 if folder == "desktop" else 3), file


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What strangers send comes last of its group: a fuzzed demo is no longer the company that the journeys know."""
    items.sort(key=lambda item: (_group(item.nodeid)[0], "hostile" in item.path.name))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """No test, with all that it sets up and takes down, hangs for ever: it fails, and says what every task was waiting for.
    Said again and again, because what only one task hears does not end the others."""
    signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, _LONGEST_S, _AGAIN_S)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _too_long(*_: object) -> None:
    told = io.StringIO()
    tasks: list[asyncio.Task[object]] = [one for one in gc.get_objects() if isinstance(one, asyncio.Task)]
    for task in tasks:
        if not task.done():
            task.print_stack(file=told)
    pytest.fail(f"over {_LONGEST_S} s; tasks:\n{told.getvalue()}")


class Failures:
    """Tells a failure when it happens: a run that is ended from outside must not have kept it to itself."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and terminal is not None:
            terminal.write_line(f"\nFAILED {report.nodeid} ({report.when})\n{report.longreprtext}")


def pytest_configure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Failures(config))


class Groups(LoadScopeScheduling):
    """Gives each group of files to one worker. (xdist's own `loadgroup` does nothing with pytest 9.2: it writes a group into
    an attribute that pytest reads no more.)"""

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid.split("::")[0])[1]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Groups:
    config.option.loadscopereorder = False
    return Groups(config, log)


MEMORY = Path("/dev/shm")
ENOUGH = 2 * 1024**3


@contextlib.contextmanager
def _folder(otherwise: Path) -> Generator[Path]:
    """Each test's database is some hundreds of files, made and removed: in memory that takes half the time. What runs that were
    killed have left there is removed."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ENOUGH:
        yield otherwise
        return
    for left in MEMORY.glob("tongdai-tests-*"):
        if not Path("/proc", left.name.rpartition("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = MEMORY / f"tongdai-tests-{os.getpid()}"
    folder.mkdir(mode=0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def patience() -> Iterator[None]:
    """In life nobody waits longer than some seconds for a model; a machine that runs four tests at once may need more."""
    with pytest.MonkeyPatch.context() as patch:
        for model in (E5, Whisper):
            patch.setattr(model, "find", partial(model.find, 60.0))
        yield


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with _folder(tmp_path_factory.mktemp("postgres")) as folder, embedded_postgres(folder) as server:
        server.create_database("template")
        migrate(server.dsn("template"))
        yield server


@pytest.fixture
def dsn(postgres: PostgresServer) -> Iterator[str]:
    """A database of this test alone, migrated to the newest revision."""
    name = f"test_{next(_numbers)}"
    yield postgres.create_database(name, template="template")
    postgres.drop_database(name)


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    async with Database(dsn, pool_size=5) as opened:
        yield opened


@pytest.fixture
async def site(dsn: str, tmp_path: Path) -> AsyncIterator[Site]:
    """The whole app in this process with one centre; see tests/api.py."""
    async with running_site(dsn, tmp_path) as opened:
        yield opened
