"""Writes the types that the desktop calls the app by, from the app's own description of itself (OpenAPI).

python scripts/generate_clients.py           write web/src/shared/api/schema.ts
python scripts/generate_clients.py --check   exit code 1, with the difference, when that file is stale
"""

import argparse
import difflib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tongdai.entrypoints.api import create_app
from tongdai.platform.config import Settings

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
TYPES = WEB / "src" / "shared" / "api" / "schema.ts"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check: bool = parser.parse_args().check
    fresh, old = types(document()), TYPES.read_text() if TYPES.exists() else ""
    if fresh == old:
        return 0
    if not check:
        TYPES.write_text(fresh)
        return 0
    lines = difflib.unified_diff(
        old.splitlines(), fresh.splitlines(), TYPES.name, "the app", lineterm="", n=1
    )
    print(*list(lines)[:40], f"{TYPES.relative_to(ROOT)} is stale: run ./run generate.", sep="\n")
    return 1


def document() -> str:
    """The app's description. No server is needed: nothing is started."""
    settings = Settings(database_dsn="postgresql:///", data_dir=Path("var"))
    return json.dumps(create_app(settings).openapi(), indent=1, ensure_ascii=False) + "\n"


def types(text: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "openapi.json", Path(folder) / "schema.ts"
        source.write_text(text)
        command = ["node", "node_modules/openapi-typescript/bin/cli.js", str(source), "-o", str(target)]
        subprocess.run(command, cwd=WEB, check=True, stdout=subprocess.DEVNULL)
        return target.read_text()


if __name__ == "__main__":
    sys.exit(main())
