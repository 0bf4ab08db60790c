"""What the app says by a word of its own, the desktop says in the reader's language: no word of the app is without one.

The words are read from the app's source and description, the desktop's from its catalogues.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api import Site

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
