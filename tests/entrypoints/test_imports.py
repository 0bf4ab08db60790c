"""What a start does not wait for: libraries that only migrations, uploads or single flows need."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
APP = """
from tongdai.entrypoints.api import create_app
from tongdai.platform.config import load_settings
app = create_app(load_settings(defaults={"database_dsn": "host=nowhere"}))
assert app.openapi_schema is None, "the API's description is made when it is asked for"
"""
SUPERVISOR = """
import sys
from tongdai.entrypoints import cli
import tongdai.entrypoints.demo
sys.argv[1:] = ["demo", "--help"]
try:
    cli.main()
except SystemExit:
    pass
"""


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        (APP, {"sqlalchemy", "alembic", "numpy", "soundfile", "httpx", "rich"}),
        (SUPERVISOR, {"sqlalchemy", "alembic", "fastapi", "uvicorn", "numpy", "httpx", "procrastinate"}),
    ],
    ids=["app", "supervisor"],
)
def test_a_start_imports_only_what_it_needs(code: str, unwanted: set[str]) -> None:
    told = "\nimport sys\nprint(' '.join(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + told], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not set(done.stderr.split()) & unwanted


def test_help_names_every_group_of_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tongdai.entrypoints.cli", "--help"],
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in ("demo", "serve", "doctor", "user", "flow", "simulate"):
        assert f" {name} " in done.stdout
