"""Bodies of `tongdai flow check|test|push|pull`. They return lines to print and whether all went well."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tongdai.flows import yaml_format
from tongdai.flows.errors import FlowInvalid
from tongdai.flows.flow_tests import Drafts, load_tests, run_file
from tongdai.flows.graph import Document
from tongdai.flows.repository import FlowRepository
from tongdai.flows.service import FlowService
from tongdai.flows.validation import check
from tongdai.flows.verb import Reference, VerbRegistry
from tongdai.flows.yaml_format import YamlError
from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class Report:
    lines: tuple[str, ...]
    ok: bool


def yaml_files(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """(flows, tests) of the files and folders given."""
    files: list[Path] = []
    for path in paths:
        files += sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    tests = [path for path in files if path.name.endswith(".test.yaml")]
    return [path for path in files if path not in tests], tests


def check_files(paths: Sequence[Path], registry: VerbRegistry) -> Report:
    """Validate flow files against each other; what only a database knows (queues, calendars) is left to publishing."""
    flows, _ = yaml_files(paths)
    documents, lines, ok = _load(flows)
    world = _Files({document.flow: document for document in documents.values()})
    for path, document in documents.items():
        checked = check(document, registry, world)
        lines += [f"{path}: {problem}" for problem in checked.problems]
        ok = ok and not checked.errors
    lines.append(f"{len(flows)} flows checked: {'all good' if ok else 'not all good'}.")
    return Report(tuple(lines), ok)


def run_tests(paths: Sequence[Path], registry: VerbRegistry) -> Report:
    """Run flow tests. The flows are those of the paths and of the tests' folders."""
    flows, tests = yaml_files(paths)
    beside = {path for test in tests for path in yaml_files([test.parent])[0]}
    documents, lines, ok = _load(sorted({*flows, *beside}))
    drafts = Drafts(documents.values(), registry)
    ran = failed = 0
    for path in tests:
        try:
            outcomes = run_file(load_tests(path.read_text(encoding="utf-8")), drafts)
        except YamlError as error:
            lines += [f"{path}: {problem}" for problem in error.problems]
            ok = False
            continue
        for outcome in outcomes:
            ran += 1
            if outcome.failure is not None:
                failed += 1
                lines.append(f"{path}: FAILED {outcome.test.name}\n  {outcome.failure}")
    lines.append(f"{ran} flow tests: {ran - failed} passed, {failed} failed.")
    return Report(tuple(lines), ok and failed == 0 and ran > 0)


async def push(
    tx: Transaction,
    service: FlowService,
    paths: Sequence[Path],
    *,
    at: datetime,
    publish: bool,
    note: str = "",
) -> Report:
    """Save the files as drafts and publish them, all or (the caller rolls back when not ok) nothing."""
    flows, _ = yaml_files(paths)
    documents, lines, ok = _load(flows)
    if not ok:
        return Report(tuple(lines), False)
    for document in documents.values():
        await service.save(tx, document, at=at, publish=False, note=note, version=None)
    for path, document in documents.items():
        row = await FlowRepository(tx).by_name(document.flow)
        assert row is not None
        if not publish:
            lines.append(f"{document.flow}: draft saved")
            continue
        try:
            number = await service.publish(tx, row.id, at=at, note=note)
            lines.append(f"{document.flow}: version {number} is published")
        except FlowInvalid as error:
            ok = False
            lines += [f"{path}: node '{one.field}': {one.message}" for one in error.errors]
    return Report(tuple(lines), ok)


async def pull(tx: Transaction, service: FlowService, folder: Path, names: Sequence[str] = ()) -> Report:
    """Write drafts as YAML files, <name>.yaml each, replacing what is there."""
    rows = [row for row in await FlowRepository(tx).list() if not names or row.name in names]
    lines = [_write(folder / f"{row.name}.yaml", await service.pull(tx, row.id)) for row in rows]
    missing = sorted(set(names) - {row.name for row in rows})
    lines += [f"there is no flow '{name}'" for name in missing]
    return Report(tuple(lines), not missing)


def _write(path: Path, text: str) -> str:
    """Replace the file whole, and only when it says something else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return f"{path}: unchanged"
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(part, 0o644)
    os.replace(part, path)
    return f"{path}: written"


@dataclass(frozen=True, slots=True)
class _Files:
    flows: dict[str, Document]

    def exists(self, reference: Reference) -> bool | None:
        return reference.name in self.flows if reference.kind == "flow" else None

    def flow(self, name: str) -> Document | None:
        return self.flows.get(name)


def _load(paths: Sequence[Path]) -> tuple[dict[Path, Document], list[str], bool]:
    documents: dict[Path, Document] = {}
    lines: list[str] = []
    for path in paths:
        try:
            documents[path] = yaml_format.load(path.read_text(encoding="utf-8"))
        except YamlError as error:
            lines += [f"{path}: {problem}" for problem in error.problems]
        except (OSError, UnicodeDecodeError) as error:
            lines.append(f"{path}: cannot be read ({error})")
    return documents, lines, not lines
