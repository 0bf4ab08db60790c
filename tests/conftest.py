"""Fixtures on real parts: one throw-away PostgreSQL for the whole run, a migrated database of its own for each test that asks."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tongdai.platform.database import Database
from tongdai.platform.embedded.postgres import PostgresServer, embedded_postgres
from tongdai.platform.migrations import migrate

_numbers = itertools.count()


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
