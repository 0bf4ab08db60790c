"""Rules of this repository that no linter knows. Each says why it is there."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "tongdai"
LIBRARIES = {"kit", "platform", "entrypoints", "intelligence"}
MODULES = sorted(path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists())
GENERATED = {"telephony/ari/models.py", "telephony/ari/operations.py"}
PYTHON_LINES, TYPESCRIPT_LINES = 400, 250


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every string literal; of an f-string its fixed parts, a value standing as {}."""
    inner: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inner.update(node.values)
            parts = [str(value.value) if isinstance(value, ast.Constant) else "{}" for value in node.values]
            yield node.lineno, "".join(parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inner:
            yield node.lineno, node.value


def test_a_dependency_that_yields_ends_with_its_function() -> None:
    """FastAPI ends a dependency that yields after the answer was sent, unless scope="function": a transaction would
    still be open (or fail to commit) when the client already read 200."""
    wrong: list[str] = []
    yielding = _yielding()
    for path in tracked("src/**/*.py", "src/*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Depends":
                target = node.args[0] if node.args else None
                name = target.id if isinstance(target, ast.Name) else ""
                scopes = [word.value for word in node.keywords if word.arg == "scope"]
                function = any(
                    isinstance(value, ast.Constant) and value.value == "function" for value in scopes
                )
                if name in yielding and not function:
                    wrong.append(place(path, node.lineno))
    assert not wrong


def _yielding() -> set[str]:
    """Functions of the product that yield and are not context managers: what Depends would drive."""
    names: set[str] = set()
    for path in tracked("src/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) or node.decorator_list:
                continue
            if any(isinstance(inner, ast.Yield) for inner in ast.walk(node)):
                names.add(node.name)
    return names


SQL = re.compile(r"\s*(SELECT\s.*\sFROM|INSERT INTO|UPDATE|DELETE FROM|WITH)\s", re.IGNORECASE | re.DOTALL)
COMPUTED = re.compile(r"INSERT INTO \w+ \({}\) VALUES \({}\)|WITH \w+ AS \({}")
"""Columns, or the statement inside, come from elsewhere in the file, where they are looked at."""
ON_PURPOSE = re.compile(r"(in the|system) scope|every tenant", re.IGNORECASE)


@pytest.mark.parametrize("module", [name for name in MODULES if name not in LIBRARIES])
def test_sql_names_its_tenant(module: str) -> None:
    """Row-level security is the second lock, not the first: a statement that forgets its tenant is slow (indexes begin
    with tenant_id) and, run under the system's scope, reads everybody's rows. What reads across tenants on purpose says
    so in the docstring of its function or class: "in the scope", "in system scope"."""
    wrong: list[str] = []
    for path in (PACKAGE / module).rglob("*.py"):
        if path.stem not in ("repository", "views") and path.parent.name not in ("repositories", "views"):
            continue
        tree = ast.parse(path.read_text())
        for line, literal in strings(tree):
            if not SQL.match(literal) or "%(tenant)s" in literal or COMPUTED.match(literal):
                continue
            if not any(ON_PURPOSE.search(text) for text in docstrings_around(tree, line)):
                wrong.append(f"{place(path, line)}: {' '.join(literal.split())[:100]}")
    assert not wrong, "\n".join(wrong)


def docstrings_around(tree: ast.Module, line: int) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.lineno <= line <= (node.end_lineno or 0):
            yield ast.get_docstring(node) or ""


def test_tests_wait_for_conditions() -> None:
    """A test that sleeps for a second is slow where it passes and fails where the machine is slower."""
    wrong: list[str] = []
    for path in tracked("tests/**/*.py", "tests/*.py"):
        text = path.read_text()
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] != "sleep":
                continue
            length = node.args[0] if node.args else None
            value = length.value if isinstance(length, ast.Constant) else None
            if (
                isinstance(value, int | float)
                and value >= 1
                and "slow on purpose" not in lines[node.lineno - 1]
            ):
                wrong.append(place(path, node.lineno))
    assert not wrong


@pytest.mark.parametrize("module", MODULES)
def test_modules_have_the_same_inside(module: str) -> None:
    """Who has read one module has read them all; README.md says in twenty lines what this one owns."""
    folder = PACKAGE / module
    readme = folder / "README.md"
    assert readme.exists(), "a README.md says what the module owns, its tables, its events, its words"
    lines = readme.read_text().splitlines()
    assert lines[0] == f"# {module}"
    assert 5 <= len(lines) <= 60
    if module not in LIBRARIES:
        for name in ("__init__.py", "models.py"):
            assert (folder / name).exists(), name
        odd = {
            "utils.py",
            "helpers.py",
            "common.py",
            "misc.py",
            "manager.py",
            "managers.py",
            "views_utils.py",
        }
        assert not odd & {path.name for path in folder.rglob("*.py")}


@pytest.mark.parametrize("module", [name for name in MODULES if name not in LIBRARIES])
def test_readmes_name_the_tables(module: str) -> None:
    """A list of tables that is not the list of tables misleads."""
    models = (PACKAGE / module / "models.py").read_text()
    calls = [node for node in ast.walk(ast.parse(models)) if isinstance(node, ast.Call)]
    tables = {
        str(call.args[0].value)
        for call in calls
        if ast.unparse(call.func).lower().endswith("table")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    readme = (PACKAGE / module / "README.md").read_text()
    assert tables or "none of its own" in readme
    words = set(re.findall(r"[a-z_]+", readme))
    assert tables <= words, f"not in README.md: {sorted(tables - words)}"


FOREIGN = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|npmmirror|/home/[a-z]|/Users/[A-Za-z]|/root/"
    r"|(?<![\w.])/work" + r"/(?!flow)|artifactory|index-url\s*=",
)


def test_no_registry_and_no_path_of_somebodys_machine() -> None:
    """A lock or a script with a registry's address works only where that registry is; a path only where its author sits."""
    wrong: list[str] = []
    for path in tracked():
        if path == Path(__file__) or path.suffix in (".png", ".wav", ".woff2", ".jpg", ".opus"):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if FOREIGN.search(line):
                wrong.append(f"{place(path, number)}: {line.strip()[:80]}")
    assert not wrong, "\n".join(wrong)


def test_files_stay_short() -> None:
    """A file that fits the head: at most 400 lines of Python, 250 of TypeScript. What is generated does not count."""
    wrong: list[str] = []
    for limit, patterns in ((PYTHON_LINES, ("*.py",)), (TYPESCRIPT_LINES, ("*.ts", "*.tsx"))):
        for path in tracked(*patterns):
            if any(path.as_posix().endswith(name) for name in (*GENERATED, "shared/api/schema.ts")):
                continue
            if "migrations/versions" in path.as_posix():
                continue
            count = len(path.read_text().splitlines())
            if count > limit:
                wrong.append(f"{path.relative_to(ROOT)}: {count}")
    assert not wrong, "\n".join(wrong)
