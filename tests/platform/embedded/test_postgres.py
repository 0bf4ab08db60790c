"""The embedded PostgreSQL: real binaries, a real cluster."""

import os
import select
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.embedded.postgres import PostgresServer, embedded_postgres
from tongdai.platform.embedded.process import private_directory


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with embedded_postgres(tmp_path_factory.mktemp("postgres")) as started:
        yield started


def test_the_application_is_neither_superuser_nor_exempt_from_row_security(server: PostgresServer) -> None:
    with psycopg.connect(server.dsn()) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert row == (False, False, False, False)
    assert owner == ("tongdai",)


@pytest.mark.parametrize("extension", ["pg_trgm", "btree_gist", "unaccent", "citext"])
def test_the_application_may_create_the_extensions_it_needs(server: PostgresServer, extension: str) -> None:
    with psycopg.connect(server.dsn()) as connection:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def test_nothing_listens_on_tcp_and_the_socket_is_private(server: PostgresServer) -> None:
    with psycopg.connect(server.dsn()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert server.socket.stat().st_mode & 0o077 == 0


def test_both_forms_of_the_address_lead_to_the_database(server: PostgresServer) -> None:
    for address in (server.dsn(), server.url()):
        with psycopg.connect(address) as connection:
            assert (
                connection.execute("SELECT current_database(), current_user").fetchone() == ("tongdai",) * 2
            )


def test_a_database_copied_from_a_template_holds_its_tables(server: PostgresServer) -> None:
    with psycopg.connect(server.create_database("template_here")) as connection:
        connection.execute("CREATE TABLE marker AS SELECT 7 AS value")
    with psycopg.connect(server.create_database("copy_here", template="template_here")) as connection:
        assert connection.execute("SELECT value FROM marker").fetchone() == (7,)
    server.drop_database("copy_here")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(server.dsn("copy_here"))


def test_a_committed_row_survives_kill_9(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / "cluster")
    try:
        server.start()
        with psycopg.connect(server.dsn()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS value")
        server.kill()
        server.start()
        with psycopg.connect(server.dsn()) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
    finally:
        server.stop()
        server.erase()


def test_a_deep_directory_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20) / ("er" * 20)
    with embedded_postgres(deep) as server, psycopg.connect(server.dsn()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not server.socket.exists()


def test_the_server_dies_with_a_killed_parent(tmp_path: Path) -> None:
    """kill -9 of the parent: the kernel's death signal takes the postmaster down."""
    read, write = os.pipe()
    parent = os.fork()
    if parent == 0:
        os.close(read)
        os.set_inheritable(write, True)
        server = PostgresServer(tmp_path / "cluster", durable=False)
        server.start()
        os.write(write, f"{server.pid} {server.home}\n".encode())
        threading.Event().wait()
    os.close(write)
    postmaster, home = os.read(read, 500).decode().split()
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    _await_death(int(postmaster))
    os.close(read)
    PostgresServer(Path(home), durable=False).erase()


def _await_death(pid: int) -> None:
    """Wait (at most 10 s) on the process itself."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ready, _, _ = select.select([handle], [], [], 10)
    os.close(handle)
    assert ready, f"process {pid} still runs"


def test_a_link_in_the_place_of_a_directory_is_not_followed(tmp_path: Path) -> None:
    """Whoever broke into a server may have put it there; root would give them what it leads to."""
    (tmp_path / "target").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(SetupError, match="is no directory of its own"):
        private_directory(tmp_path / "link")
    assert (tmp_path / "target").stat().st_mode & 0o777 == 0o755
