"""A durable PostgreSQL of one's own with the product's schema, for as long as a bench runs."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tongdai.platform.embedded.postgres import PostgresServer
from tongdai.platform.embedded.process import own_user
from tongdai.platform.migrations import migrate


@contextmanager
def fresh_database() -> Iterator[str]:
    """Its DSN, as the app's role."""
    with tempfile.TemporaryDirectory(prefix="tongdai-bench-") as name:
        if own_user("tongdai") is not None:
            Path(name).chmod(0o755)
        server = PostgresServer(Path(name) / "postgres")
        try:
            server.start()
            migrate(server.dsn())
            yield server.dsn()
        finally:
            server.stop()
            server.erase()
