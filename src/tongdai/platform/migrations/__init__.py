"""The database's schema through time: Alembic under an advisory lock, so that several nodes may start at once."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import SchemaItem

from tongdai.platform.database.tables import metadata
from tongdai.platform.migrations.support import expect_few_tenants

LOCK = 0x746F6E67
_HERE = Path(__file__).parent


def config() -> Config:
    alembic = Config()
    alembic.set_main_option("script_location", str(_HERE))
    alembic.set_main_option("path_separator", "os")
    return alembic


def sqlalchemy_url(dsn: str) -> str:
    return f"postgresql+psycopg://?{dsn}" if "://" not in dsn else dsn.replace("://", "+psycopg://", 1)


def connected(dsn: str) -> Connection:
    """One connection outside any pool; a context manager."""
    import psycopg

    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool)
    return engine.connect()


def migrate(dsn: str, revision: str = "head") -> None:
    """Bring the database to `revision`. Safe to call from several nodes at once."""
    with connected(dsn) as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({LOCK})"))
        connection.execute(text("SET tongdai.tenant = '*'"))
        connection.commit()
        upgrade(connection, revision)
        expect_few_tenants(connection)
        connection.commit()


def upgrade(connection: Connection, revision: str) -> None:
    """Bring the database to `revision` within the connection's transaction, which the caller commits."""
    alembic = config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, revision)


def current(dsn: str) -> tuple[str | None, str | None]:
    """(revision of the database, newest revision of this program)."""
    with connected(dsn) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found, ScriptDirectory.from_config(config()).get_current_head()


def include(item: SchemaItem, name: str | None, kind: str, reflected: bool, _: SchemaItem | None) -> bool:
    """Leave out what others own: procrastinate's tables and the partitions of the event log."""
    return not (
        kind == "table"
        and reflected
        and name is not None
        and name.startswith(("procrastinate_", "event_log_"))
    )


def differences(dsn: str) -> list[object]:
    """What `alembic check` would complain about: the models against the migrated database."""
    with connected(dsn) as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": include, "compare_type": True}
        )
        return list(compare_metadata(context, metadata))


def run_environment(environment: EnvironmentContext) -> None:
    """Called by env.py."""
    connection = environment.config.attributes["connection"]
    environment.configure(
        connection=connection, target_metadata=metadata, include_object=include, compare_type=True
    )
    with environment.begin_transaction():
        environment.run_migrations()
