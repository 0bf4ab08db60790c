"""What migrations need beyond tables: row-level security, partitions, the job queue's schema."""

from datetime import UTC, datetime
from importlib.resources import files

from alembic.operations import Operations
from sqlalchemy import Connection, text

from tongdai.platform.partitions import months_from

# Scalar subqueries: evaluated once per statement instead of once per row.
_ALL = "(SELECT current_setting('tongdai.tenant', true) = '*')"
_OWN = "(SELECT nullif(current_setting('tongdai.tenant', true), '*')::uuid)"


def isolate_tenants(op: Operations) -> None:
    """Row-level security on every table with a tenant, forced on the owner too (the application's role owns the tables).

    A connection that set no tenant sees nothing; '*' (the installation itself) sees all.
    """
    tables = op.get_bind().execute(
        text(
            "SELECT c.relname, bool_or(a.attname = 'tenant_id') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0"
            " GROUP BY c.relname ORDER BY c.relname"
        )
    )
    for table, of_tenants in tables.fetchall():
        if table == "tenants":
            isolate(op, table, "id")
        elif of_tenants and not table.startswith("event_"):
            isolate(op, table, "tenant_id")


def isolate(op: Operations, table: str, column: str = "tenant_id") -> None:
    """Add the policy to one table (for later revisions)."""
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY tenant_isolation ON "{table}" USING ({_ALL} OR {column} = {_OWN})')


def expect_few_tenants(connection: Connection) -> None:
    """Tell the planner of tables not analysed yet that they hold few tenants (PostgreSQL 18 and later can be told).

    Without statistics it takes one tenant for one row: then every index that begins with the tenant looks as good as the
    primary key, and plans that were made while the tables were empty read all of the tenant's rows, for as long as
    autovacuum does not come. A first analysis replaces what is said here.
    """
    version: int = connection.execute(text("SELECT current_setting('server_version_num')::int")).scalar_one()
    if version < 180000:
        return
    connection.execute(
        text(
            "SELECT pg_restore_attribute_stats('schemaname', n.nspname::text, 'relname', c.relname::text,"
            " 'attname', a.attname::text, 'inherited', c.relkind = 'p', 'null_frac', 0::real, 'avg_width', 16,"
            " 'n_distinct', 1::real)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND a.attname = 'tenant_id'"
            " AND NOT EXISTS (SELECT FROM pg_stats s"
            " WHERE (s.schemaname, s.tablename, s.attname) = (n.nspname, c.relname, a.attname))"
        )
    )


def create_partitions(op: Operations) -> None:
    """The event log's first partitions; the app makes the later ones in time."""
    for _, statement in months_from(datetime.now(UTC)):
        op.execute(statement)
    op.execute("CREATE TABLE IF NOT EXISTS event_log_rest PARTITION OF event_log DEFAULT")


def install_jobs(op: Operations) -> None:
    """The schema of procrastinate, which runs the background jobs."""
    script = files("procrastinate").joinpath("sql/schema.sql").read_text(encoding="utf-8")
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(script)
    op.execute(text("SELECT 1"))
