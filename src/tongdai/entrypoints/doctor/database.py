"""The database: reachable, of the right kind, not held up."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo

from tongdai.entrypoints.doctor.finding import Finding
from tongdai.platform.config import Settings
from tongdai.platform.schema import is_current

_OLDEST = 15
_LONG_TRANSACTION_S = 5
_LARGEST_SKEW_S = 2
_FULL = 0.8
_STARTING_S = 20.0


def database(settings: Settings) -> Iterator[Finding]:
    try:
        connection = _connect(settings.database_dsn)
    except psycopg.Error as error:
        text = (
            f"it cannot be reached ({str(error).strip().splitlines()[0]}): start it, or correct DATABASE_URL."
        )
        yield Finding("wrong", "Database", text)
        return
    with connection:
        yield Finding("ok", "Database", f"PostgreSQL {connection.info.server_version // 10000} answers")
        yield _role(connection)
        yield _version(connection)
        yield _room(connection)
        yield from _long_transactions(connection)
        row = connection.execute("SELECT clock_timestamp()").fetchone()
        yield _clock(row[0] if row else datetime.now(UTC))
        current = is_current(settings.database_dsn)
        if not current:
            text = "the schema is not the one that this program wants: run `tongdai migrate`, then start the app again."
            yield Finding("wrong", "Schema", text)
            return
        yield Finding("ok", "Schema", "current")
        connection.execute("SET tongdai.tenant = '*'")
        yield _facts_set_aside(connection)


def _connect(dsn: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A server that was killed and recovers refuses whoever comes: it needs no mend but a moment. Raises psycopg.Error."""
    conninfo, deadline = make_conninfo(dsn, connect_timeout=5), time.monotonic() + _STARTING_S
    while pq.PGconn.ping(conninfo.encode()) == pq.Ping.REJECT and time.monotonic() < deadline:
        time.sleep(0.1)
    return psycopg.connect(conninfo, autocommit=True)


def _role(connection: psycopg.Connection[tuple[Any, ...]]) -> Finding:
    row = connection.execute(
        "SELECT rolsuper OR rolbypassrls, rolname FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row is not None and row[0]:
        text = (
            f"the role {row[1]} bypasses row-level security, which keeps tenants apart: connect as a role with "
            "NOSUPERUSER NOBYPASSRLS that owns the database."
        )
        return Finding("wrong", "Database role", text)
    return Finding("ok", "Database role", "subject to row-level security")


def _long_transactions(connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[Finding]:
    rows = connection.execute(
        "SELECT pid, application_name, extract(epoch FROM clock_timestamp() - xact_start)::int FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL"
        " AND clock_timestamp() - xact_start > make_interval(secs => %s)",
        [_LONG_TRANSACTION_S],
    ).fetchall()
    for pid, name, seconds in rows:
        text = (
            f"process {pid} ({name or 'unnamed'}) writes for {seconds} s, and events wait for it: find out what it "
            f"does, or end it with SELECT pg_terminate_backend({pid})."
        )
        yield Finding("wrong", "Long transaction", text)
    if not rows:
        yield Finding("ok", "Long transactions", "none")


def _clock(database: datetime) -> Finding:
    skew = abs((datetime.now(UTC) - database).total_seconds())
    if skew > _LARGEST_SKEW_S:
        text = f"this machine and the database differ by {skew:.1f} s: run a time service (chrony) on both."
        return Finding("wrong", "Clock", text)
    return Finding("ok", "Clock", "agrees with the database's")


def _version(connection: psycopg.Connection[tuple[Any, ...]]) -> Finding:
    version = connection.info.server_version // 10000
    if version < _OLDEST:
        text = f"PostgreSQL {version} is too old: move to {_OLDEST} or newer (`tongdai backup`, then `tongdai restore`)."
        return Finding("wrong", "Database version", text)
    return Finding("ok", "Database version", str(version))


def _room(connection: psycopg.Connection[tuple[Any, ...]]) -> Finding:
    row = connection.execute(
        "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
        " current_setting('max_connections')::int"
    ).fetchone()
    used, most = row or (0, 1)
    if used > most * _FULL:
        text = f"{used} of {most} connections are taken: raise max_connections, or lower TONGDAI_DATABASE_POOL_SIZE."
        return Finding("wrong", "Database connections", text)
    return Finding("ok", "Database connections", f"{used} of {most}")


def _facts_set_aside(connection: psycopg.Connection[tuple[Any, ...]]) -> Finding:
    row = connection.execute(
        "SELECT count(*), min(event_id), (array_agg(handler ORDER BY event_id))[1], max(error) FROM event_failures"
    ).fetchone()
    count, first, handler, error = row or (0, None, None, None)
    if count:
        text = (
            f"{count} facts took no effect because {handler} failed on them ({error}): mend that (report it), then have "
            f"them handed over again by DELETE FROM event_failures; UPDATE event_positions SET id = {first} - 1, "
            f"tx = (SELECT tx::text::bigint FROM event_log WHERE id = {first})."
        )
        return Finding("wrong", "Events", text)
    return Finding("ok", "Events", "every fact took effect")
