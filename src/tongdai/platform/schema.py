"""Whether a database's schema is the newest, told without Alembic: a start should not import it for a plain "yes"."""

import re
from pathlib import Path

import psycopg

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_ASSIGNMENT = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*[\"']([^\"']+)[\"']", re.MULTILINE)


def newest_revisions(versions: Path = _VERSIONS) -> set[str]:
    """The revisions that no other one follows, read from the files of the migrations."""
    found = _assignments(versions)
    return found["revision"] - found["down_revision"]


def known_revisions(versions: Path = _VERSIONS) -> set[str]:
    """Every revision that this program can bring a database to."""
    return _assignments(versions)["revision"]


def _assignments(versions: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for file in versions.glob("*.py"):
        for kind, value in _ASSIGNMENT.findall(file.read_text()):
            found[kind].add(value)
    return found


def is_current(dsn: str) -> bool:
    """Whether the database stands at the newest revision; False for one that was never migrated."""
    with psycopg.connect(dsn, connect_timeout=10) as connection:
        try:
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except psycopg.errors.UndefinedTable:
            return False
    return {row[0] for row in rows} == newest_revisions()
