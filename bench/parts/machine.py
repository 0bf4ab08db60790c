"""What a database did, counted by itself."""

from dataclasses import dataclass
from typing import Any, LiteralString, cast

import psycopg


@dataclass(frozen=True, slots=True)
class Work:
    """Transactions so far: all that committed, and those that wrote (each got a number)."""

    commits: int
    writing: int


class DatabaseMeter:
    """A superuser's connection to one database, for counting. Its own queries add two transactions to a measurement."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)
        self._connection.execute("SET tongdai.tenant = '*'")

    def close(self) -> None:
        self._connection.close()

    def value(self, sql: str, *parameters: object) -> Any:
        cursor = self._connection.execute(cast(LiteralString, sql), parameters or None)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(cast(LiteralString, sql), parameters or None).fetchall()

    def work(self) -> Work:
        """Backends report their commits within a second or so: ask after a pause."""
        commits = self.value("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
        return Work(commits, self.value("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))
