"""What the app says by a word of its own, the desktop says in the reader's language: no word of the app is without one.

The words are read from the app's source and description, the desktop's from its catalogues.
"""

import ast
import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api import Site

from tongdai.platform import http
from tongdai.platform.errors import AppError

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tongdai"
LOCALES = ("en", "vi", "uk")
_DEED = re.compile(r"^[a-z]+\.[a-z_]+$")


def catalogue(locale: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for path in (ROOT / "web/src/shared/i18n/locales" / locale).glob("*.json"):
        words |= json.loads(path.read_text())
    return words


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the product's source, with the name of what is called."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func
                yield called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", ""), node


def texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def deeds() -> set[str]:
    """What is written to the audit log, wherever it is written."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text()
        if not re.search(r"\b(audit|recorded|_edited|_changed)\(", text):
            continue
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if name in ("audit", "recorded", "_edited", "_changed"):
                    found |= {one for argument in node.args for one in texts(argument) if _DEED.match(one)}
            elif isinstance(node, ast.Assign) and any(
                getattr(one, "id", "") == "action" for one in node.targets
            ):
                found |= {one for one in texts(node.value) if _DEED.match(one)}
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_every_deed_of_the_audit_log_has_words(locale: str):
    known, written = catalogue(locale), deeds()
    assert len(written) > 60
    assert {"flow.published", "contact.consent", "recording.paused", "trunk.archived"} <= written

    def told(deed: str) -> bool:
        thing, _, what = deed.partition(".")
        return f"audit.did.{deed}" in known or {f"audit.thing.{thing}", f"audit.deed.{what}"} <= known.keys()

    assert sorted(deed for deed in written if not told(deed)) == []


@pytest.mark.parametrize("locale", LOCALES)
async def test_every_field_that_the_audit_log_names_has_a_word(site: Site, locale: str):
    known = catalogue(locale)
    shapes = site.app.openapi()["components"]["schemas"]
    changes = [shape["properties"] for name, shape in shapes.items() if name.endswith(("Change", "NotesIn"))]
    fields = {field for one in changes if "version" in one for field in one} - {"version", "password"}
    assert len(fields) > 50
    assert sorted(field for field in fields if f"audit.field.{field}" not in known) == []


def error_codes() -> set[str]:
    """The codes of all errors that the product has, those of the words "it went wrong" aside."""
    for path in SOURCE.rglob("*.py"):
        if "AppError" in (text := path.read_text()) or re.search(
            r"\((Conflict|Invalid|Forbidden|NotFound)\):", text
        ):
            importlib.import_module(".".join(path.relative_to(SOURCE.parent).with_suffix("").parts))

    def below(parent: type[AppError]) -> Iterator[type[AppError]]:
        for child in parent.__subclasses__():
            yield child
            yield from below(child)

    return {one.code for one in below(AppError) if one.__module__.startswith("tongdai.")}


_BY_STATUS = {"error", "forbidden", "not_found", "too_many"}
"""Told by their status, in words of the desktop's own."""


@pytest.mark.parametrize("locale", LOCALES)
def test_every_error_has_a_sentence(locale: str):
    known, codes = catalogue(locale), error_codes() - _BY_STATUS
    assert {"more_than_you_hold", "asterisk_away", "erased", "database_away"} <= codes
    assert sorted(code for code in codes if f"problem.{code}" not in known) == []


def rules() -> Iterator[str]:
    """What the server calls the mistakes in fields; a mistake without a word fails here by its place."""
    for name, call in calls():
        if name not in ("invalid_field", "WrongValue", "FieldError"):
            continue
        given = call.args[{"invalid_field": 2, "WrongValue": 1, "FieldError": 2}[name] :] or [None]
        rule = next((one.value for one in call.keywords if one.arg == "rule"), given[0])
        if isinstance(rule, ast.Constant) and isinstance(rule.value, str):
            yield rule.value
        elif rule is None and name != "FieldError":
            yield f"none in {ast.unparse(call)}"
    yield from (rule for rule, _, _ in http._RULES.values())  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_mistake_in_a_field_has_a_sentence(locale: str):
    known, found = catalogue(locale), set(rules())
    assert {"taken", "past", "digits", "choose", "required"} <= found
    assert sorted(rule for rule in found if f"invalid.{rule}" not in known) == []


def test_what_a_body_refuses_says_so_by_a_word():
    """A ValueError of a body reaches the reader in English only; WrongValue has a word for it."""
    bodies = [
        SOURCE / "platform" / "bodies.py",
        *SOURCE.glob("*/schemas.py"),
        SOURCE / "telephony" / "trunks" / "lines_api.py",
    ]
    assert [str(path) for path in bodies if "raise ValueError(" in path.read_text()] == []
