"""What migrations need beyond tables: row-level security, partitions, the job queue's schema."""

from datetime import UTC, datetime
from importlib.resources import files

from alembic.operations import Operations
from sqlalchemy import text

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


def create_partitions(op: Operations) -> None:
    """The event log's partitions for this month and the next; a job makes the later ones in time."""
    now = datetime.now(UTC)
    for months in range(2):
        op.execute(partition_statement(now.year, now.month, months))
    op.execute("CREATE TABLE IF NOT EXISTS event_log_rest PARTITION OF event_log DEFAULT")


def partition_statement(year: int, month: int, months_later: int) -> str:
    """SQL that makes the partition of a month, counted from (year, month)."""
    first = year * 12 + month - 1 + months_later
    start = f"{first // 12:04}-{first % 12 + 1:02}-01"
    end = f"{(first + 1) // 12:04}-{(first + 1) % 12 + 1:02}-01"
    return (
        f"CREATE TABLE IF NOT EXISTS event_log_{first // 12:04}_{first % 12 + 1:02} PARTITION OF event_log"
        f" FOR VALUES FROM ('{start}') TO ('{end}')"
    )


def install_jobs(op: Operations) -> None:
    """The schema of procrastinate, which runs the background jobs."""
    script = files("procrastinate").joinpath("sql/schema.sql").read_text(encoding="utf-8")
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(script)
    op.execute(text("SELECT 1"))
