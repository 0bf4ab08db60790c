"""Write migrations/versions/0001_initial.py anew from the models. Only until the first release: afterwards, add revisions."""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from tongdai.entrypoints.modules import load_models
from tongdai.platform.database.tables import metadata
from tongdai.platform.embedded.postgres import embedded_postgres

HEAD = '''"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import tongdai.platform.database.types
from tongdai.platform.migrations.support import create_partitions, install_jobs, isolate_tenants

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
'''
TAIL = """
    isolate_tenants(op)
    create_partitions(op)
    install_jobs(op)
"""


def main() -> int:
    load_models()
    target = Path("src/tongdai/platform/migrations/versions/0001_initial.py")
    with tempfile.TemporaryDirectory() as folder, embedded_postgres(Path(folder)) as server:
        dsn = server.create_database("empty")
        import psycopg

        engine = create_engine(
            "postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool
        )
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            script = produce_migrations(context, metadata)
        assert script.upgrade_ops is not None
        code = render_python_code(script.upgrade_ops, migration_context=context)
    body = "\n".join(line for line in code.splitlines() if "commands auto" not in line)
    target.write_text(HEAD + body + TAIL)
    return subprocess.run([sys.executable, "-m", "ruff", "format", str(target)], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
