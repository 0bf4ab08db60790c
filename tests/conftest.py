"""Fixtures on real parts: one throw-away PostgreSQL for the whole run, a migrated database of its own for each test that asks."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.api import Site, running_site
from tongdai.platform.database import Database
from tongdai.platform.embedded.postgres import PostgresServer, embedded_postgres
from tongdai.platform.migrations import migrate

_HERE = Path(__file__).parent
_numbers = itertools.count()

_CALLS = ("telephony", "journeys")
_STACKS = ("drills", "entrypoints", "network", "simulation")

settings.register_profile("tongdai", deadline=None, print_blob=True)
settings.load_profile("tongdai")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the tests over workers (pytest-xdist, --dist loadgroup): a file stays together, for its fixtures.

    Tests with real calls share one Asterisk, and those that start whole stacks have ports of their own: each kind is one
    group, so that they run one after the other, and they come first, because they take longest. What strangers send comes
    last of its group: a fuzzed demo is no longer the company that the journeys know.
    """

    def place(item: pytest.Item) -> tuple[int, str]:
        folder, *_ = item.path.relative_to(_HERE).parts
        if folder in _CALLS:
            return 0, "calls"
        return (1, "stacks") if folder in _STACKS else (2, str(item.path.relative_to(_HERE)))

    for item in items:
        item.add_marker(pytest.mark.xdist_group(place(item)[1]))
    items.sort(key=lambda item: (place(item)[0], "hostile" in item.path.name))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with embedded_postgres(Path(tmp_path_factory.mktemp("postgres"))) as server:
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
