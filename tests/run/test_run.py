"""The script `run` and the build of the desktop: the parts that decide, and that errors are one sentence."""

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parents[2]


def _load(name: str, file: Path) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader(name, str(file))
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def run() -> ModuleType:
    return _load("tongdai_run", CHECKOUT / "run")


def test_it_lists_its_commands_and_refuses_others() -> None:
    done = subprocess.run(
        [sys.executable, CHECKOUT / "run", "tset"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    for command in ("demo", "dev", "test", "check", "bench"):
        assert f"./run {command}" in done.stdout


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "was refused"),
        ("NewConnectionError: Failed to establish a new connection", "registry cannot be reached"),
        ("npm error code ENOTFOUND", "registry cannot be reached"),
    ],
)
def test_a_failed_installation_is_explained(run: ModuleType, output: str, sentence: str) -> None:
    with pytest.raises(run.Stop, match=sentence):
        run.finish(subprocess.CompletedProcess([], 1, "", output), "pip")


def test_missing_system_packages_are_named_with_the_line_that_installs_them(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(run.Stop, match=r"run `sudo apt-get install .* chromium sox` and start again"):
        run.install_packages(["chromium", "sox"])


def test_a_test_that_is_left_out_fails_the_run(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = tmp_path / "test_some.py"
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", tmp_path)
    monkeypatch.setattr(run, "BIN", Path(sys.executable).parent)
    suite.write_text("def test_one(): pass\n")
    passed, closing = run.all_tests([])
    assert passed
    assert "1 passed" in closing
    suite.write_text("import pytest\ndef test_one(): pass\n@pytest.mark.skip\ndef test_two(): pass\n")
    passed, closing = run.all_tests([])
    assert not passed
    assert "1 passed, 1 skipped" in closing
    suite.write_text("def test_one(): assert False\n")
    passed, closing = run.all_tests([])
    assert not passed
    assert "1 failed" in closing


def test_locks_carry_hashes_and_no_registry_address() -> None:
    for name in ("requirements.lock", "requirements-test.lock", "requirements-uv.lock"):
        text = (CHECKOUT / name).read_text()
        assert "://" not in text
        assert "--index" not in text
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pins
        for pin in pins:
            assert pin.endswith("\\"), f"{pin} has no hash"
            assert "==" in pin


def test_the_tests_lock_extends_the_demos() -> None:
    demo, tests = (
        (CHECKOUT / name).read_text().splitlines() for name in ("requirements.lock", "requirements-test.lock")
    )
    assert {line for line in demo if "==" in line} <= {line for line in tests if "==" in line}


@pytest.mark.parametrize(
    ("name", "extras"), [("requirements.lock", ("build",)), ("requirements-test.lock", ("build", "test"))]
)
def test_locks_are_as_new_as_the_dependencies(name: str, extras: tuple[str, ...]) -> None:
    """Without asking a registry: every dependency is pinned, within what pyproject.toml allows. `./run lock` mends it."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"]]
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    pins: dict[str, set[str]] = {}
    for line in (CHECKOUT / name).read_text().splitlines():
        if "==" in line:
            package, version = line.partition(";")[0].strip(" \\").split("==")
            pins.setdefault(canonicalize_name(package), set()).add(version.strip())
    for requirement in map(Requirement, wanted):
        versions = pins.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not in {name}: run ./run lock"
        assert all(requirement.specifier.contains(version) for version in versions), (
            f"{requirement}: {versions}"
        )


def test_the_desktops_hash_ignores_what_is_built_and_sees_what_is_written(tmp_path: Path) -> None:
    hook = _load("tongdai_hatch_build", CHECKOUT / "hatch_build.py")
    (tmp_path / "src").mkdir()
    (tmp_path / "src/main.ts").write_text("1")
    first = hook.source_hash(tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/x.js").write_text("x")
    os.utime(tmp_path / "src/main.ts", (1, 1))
    assert hook.source_hash(tmp_path) == first
    (tmp_path / "src/main.ts").write_text("2")
    assert hook.source_hash(tmp_path) != first


def test_without_a_desktop_there_is_nothing_to_build(tmp_path: Path) -> None:
    hook = _load("tongdai_hatch_build", CHECKOUT / "hatch_build.py")
    assert hook.build_desktop(tmp_path / "web", tmp_path / "dist") is False
    assert not (tmp_path / "dist").exists()
