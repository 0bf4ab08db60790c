"""The database in a backup. Everything here reads and writes across tenants on purpose.

Restoring is one transaction: the old schema goes, ours is made at the archive's revision, rows come in while foreign keys,
triggers and row security wait, all are put back (which checks every reference), the sequences follow. Whatever fails, the
database is as it was.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection as AlchemyConnection

from tongdai.platform.backup.archive import ArchiveReader, ArchiveWriter, Manifest, Table, table_member
from tongdai.platform.backup.errors import ArchiveDamaged, ArchiveNewer, InstallationBusy, InstallationInUse
from tongdai.platform.migrations import LOCK, connected, upgrade
from tongdai.platform.migrations.support import partition_statement
from tongdai.platform.schema import known_revisions, newest_revisions

Connection = psycopg.Connection[tuple[Any, ...]]

_REVISIONS = "alembic_version"
_PARTITION = r"^event_log_[0-9]{4}_[0-9]{2}$"
_FIRST_TRANSACTION = 1
"""Below every transaction that a server gives out."""


def pack_database(dsn: str, archive: ArchiveWriter) -> tuple[str, list[str], dict[str, Table]]:
    """(schema revision, partitions, tables) as of one moment, while the app goes on.

    A reading transaction has no number of its own, so that the ordered reader of facts does not wait for it.
    """
    with _opened(dsn) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        revision = _value(connection, f"SELECT version_num FROM {_REVISIONS}")
        partitions = [row[0] for row in connection.execute(_PARTITIONS, [_PARTITION])]
        tables: dict[str, Table] = {}
        for name, columns in _columns(connection).items():
            tables[name] = _pack_table(connection, archive, name, columns)
        return revision, partitions, tables


def _pack_table(connection: Connection, archive: ArchiveWriter, name: str, columns: list[str]) -> Table:
    statement = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(name)
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            member = archive.add(table_member(name), (memoryview(part) for part in copy), compress=True)
        rows = cursor.rowcount
    return Table(size=member.size, sha256=member.sha256, columns=columns, rows=rows)


def holds_data(dsn: str) -> bool:
    """Whether the database has a centre in it."""
    with _opened(dsn) as connection:
        return _in_use(connection)


@contextmanager
def restored_database(
    dsn: str, archive: ArchiveReader, *, replace: bool, finally_run: Sequence[str] = ()
) -> Generator[None]:
    """The database of the archive in place of the present one; kept when the body succeeds, else all is as before.

    `finally_run` are statements of the modules' own, run at the end. Raises InstallationInUse without `replace`,
    InstallationBusy, ArchiveNewer, ArchiveDamaged.
    """
    manifest = archive.manifest
    if manifest.revision not in known_revisions():
        raise ArchiveNewer(f"its schema is {manifest.revision}")
    try:
        with connected(dsn) as alchemy, alchemy.begin():
            connection = cast(Connection, alchemy.connection.driver_connection)
            _set_up(connection)
            _require_alone(connection)
            if not replace and _in_use(connection):
                raise InstallationInUse()
            _make_schema(alchemy, connection, manifest)
            _fill(connection, archive)
            for statement in finally_run:
                connection.execute(statement.encode())
            if manifest.revision not in newest_revisions():
                upgrade(alchemy, "head")
            yield
    except (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.BadCopyFileFormat) as error:
        raise ArchiveDamaged(str(error).splitlines()[0]) from error


def _opened(dsn: str) -> Connection:
    connection = psycopg.connect(dsn, autocommit=True, application_name="tongdai backup")
    _set_up(connection)
    return connection


def _set_up(connection: Connection) -> None:
    connection.execute("SET tongdai.tenant = '*'")
    connection.execute("SET idle_in_transaction_session_timeout = 0")


def _require_alone(connection: Connection) -> None:
    """Also holds the lock under which nodes migrate as they start."""
    if not _value(connection, f"SELECT pg_try_advisory_xact_lock({LOCK})"):
        raise InstallationBusy("a migration runs")
    others = _value(
        connection,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND application_name = 'tongdai'",
    )
    if others:
        raise InstallationBusy(f"{others} connections")


def _in_use(connection: Connection) -> bool:
    there = _value(connection, "SELECT to_regclass('tenants') IS NOT NULL")
    return bool(there and _value(connection, "SELECT EXISTS (SELECT FROM tenants)"))


def _make_schema(alchemy: AlchemyConnection, connection: Connection, manifest: Manifest) -> None:
    schema = sql.Identifier(_value(connection, "SELECT current_schema()"))
    connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(schema))
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
    upgrade(alchemy, manifest.revision)
    for name in manifest.partitions:
        year, month = int(name[10:14]), int(name[15:17])
        connection.execute(partition_statement(year, month, 0).encode())


def _fill(connection: Connection, archive: ArchiveReader) -> None:
    columns = _columns(connection)
    tables = archive.manifest.tables
    if odd := sorted(columns.keys() ^ tables.keys()):
        raise ArchiveDamaged(f"the table {odd[0]} does not fit its schema")
    keys = [tuple(row) for row in connection.execute(_FOREIGN_KEYS)]
    secured = [tuple(row) for row in connection.execute(_SECURED)]
    for table, name, _ in keys:
        _alter(connection, table, sql.SQL("DROP CONSTRAINT {}").format(sql.Identifier(name)))
    for (table,) in secured:
        _alter(connection, table, sql.SQL("DISABLE ROW LEVEL SECURITY"))
    for table in tables:
        _alter(connection, table, sql.SQL("DISABLE TRIGGER USER"))
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    for name, table in tables.items():
        if set(table.columns) != set(columns[name]) or len(table.columns) != len(columns[name]):
            raise ArchiveDamaged(f"the columns of {name} do not fit its schema")
        _fill_table(connection, archive, name, table)
    _renumber_facts(connection)
    for table in tables:
        _alter(connection, table, sql.SQL("ENABLE TRIGGER USER"))
    for table, name, definition in keys:
        addition = sql.SQL("ADD CONSTRAINT {} {}").format(sql.Identifier(name), sql.SQL(definition))
        _alter(connection, table, addition)
    for (table,) in secured:
        _alter(connection, table, sql.SQL("ENABLE ROW LEVEL SECURITY"))
    for sequence, table, column in connection.execute(_SEQUENCES).fetchall():
        statement = sql.SQL("SELECT setval(%s, coalesce(max({}), 0) + 1, false) FROM {}")
        connection.execute(statement.format(sql.Identifier(column), sql.Identifier(table)), [f'"{sequence}"'])


def _fill_table(connection: Connection, archive: ArchiveReader, name: str, table: Table) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for chunk in archive.read(table_member(name)):
                copy.write(chunk)
        if cursor.rowcount != table.rows:
            raise ArchiveDamaged(f"{name} has {cursor.rowcount} rows instead of {table.rows}")


def _renumber_facts(connection: Connection) -> None:
    """Facts carry the number of their transaction, which means nothing to another server: there it may lie in the
    future, and the ordered reader would wait for it. All become older than anything that can come, in the order of
    their ids; readers go on before the first fact that they had not read (marks keep effects from happening twice).
    """
    connection.execute(
        "UPDATE event_positions p SET tx = %(first)s, id = coalesce("
        "(SELECT min(e.id) - 1 FROM event_log e WHERE (e.tx, e.id) > (p.tx::text::xid8, p.id)),"
        " (SELECT max(e.id) FROM event_log e), p.id)",
        {"first": _FIRST_TRANSACTION},
    )
    connection.execute("UPDATE event_log SET tx = %s::text::xid8", [str(_FIRST_TRANSACTION)])


def _alter(connection: Connection, table: str, change: sql.Composable) -> None:
    connection.execute(sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(table), change))


def _columns(connection: Connection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(_COLUMNS, [_REVISIONS]):
        found.setdefault(table, []).append(column)
    return found


def _value(connection: Connection, statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


_OURS = "c.relnamespace = current_schema()::regnamespace AND NOT c.relispartition"
_COLUMNS = (
    "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    f" WHERE {_OURS} AND c.relkind IN ('r', 'p') AND a.attnum > 0"
    " AND NOT a.attisdropped AND a.attgenerated = '' AND c.relname <> %s ORDER BY c.relname, a.attnum"
)
_PARTITIONS = (
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relispartition"
    " AND relkind = 'r' AND relname ~ %s ORDER BY relname"
)
_FOREIGN_KEYS = (
    "SELECT r.relname, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid"
    " WHERE c.contype = 'f' AND c.conparentid = 0 AND r.relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
)
_SECURED = f"SELECT c.relname FROM pg_class c WHERE {_OURS} AND c.relrowsecurity ORDER BY 1"
_SEQUENCES = (
    "SELECT s.relname, t.relname, a.attname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
    " JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid"
    " WHERE s.relkind = 'S' AND s.relnamespace = current_schema()::regnamespace AND d.classid = 'pg_class'::regclass"
    " AND NOT t.relispartition ORDER BY 1"
)
