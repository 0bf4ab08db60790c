"""Documents in their stored form that need no second look: all members of the expected kind, and no value that YAML would
read back as another one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from tongdai.flows.graph import Comment, Document, DocumentNode

_MEMBERS = frozenset(
    ("flow", "title", "note", "language", "variables", "start", "on_error", "nodes", "comments")
)
_OWN = frozenset(("label", "note", "place", "go"))
_WHOLE = 10**18
_FLOAT = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_MOST = 4_000
_DEEPEST = 40


class _Other(Exception):
    """Something that wants a second look."""


def plain_document(data: Mapping[str, Any]) -> Document | None:
    """The document, without lines; None where anything is out of the ordinary."""
    try:
        return _document(data)
    except _Other:
        return None


def _document(data: Mapping[str, Any]) -> Document:
    nodes = data.get("nodes")
    if not data.keys() <= _MEMBERS or not isinstance(nodes, dict) or len(cast("Any", nodes)) > _MOST:
        raise _Other
    variables = data.get("variables")
    if "variables" in data and not isinstance(variables, dict):
        raise _Other
    _budget([data])
    return Document(
        flow=_text(data.get("flow")),
        start=_text(data.get("start")),
        nodes={name: _node(one) for name, one in cast("dict[str, Any]", nodes).items()},
        title=_text(data.get("title", "")),
        note=_text(data["note"]) if "note" in data else None,
        language=_text(data.get("language", "en")),
        variables=cast("dict[str, Any]", _value(variables, 0)) if variables else {},
        on_error=_text(data["on_error"]) if "on_error" in data else None,
        comments=_comments(data["comments"]) if "comments" in data else (),
    )


def _node(node: Any) -> DocumentNode:
    if not isinstance(node, dict):
        raise _Other
    members = cast("dict[str, Any]", node)
    verbs = [name for name in members if name not in _OWN]
    if len(verbs) != 1:
        raise _Other
    return DocumentNode(
        verb=_text(verbs[0]),
        params=_value(members[verbs[0]], 0),
        go=_way(members["go"]) if "go" in members else None,
        label=_text(members["label"]) if "label" in members else None,
        note=_text(members["note"]) if "note" in members else None,
        place=_place(members["place"]) if "place" in members else None,
    )


def _comments(comments: Any) -> tuple[Comment, ...]:
    if not isinstance(comments, list):
        raise _Other
    return tuple(_comment(one) for one in cast("list[Any]", comments))


def _comment(comment: Any) -> Comment:
    if not isinstance(comment, dict):
        raise _Other
    members = cast("dict[str, Any]", comment)
    if members.keys() != {"text", "place"}:
        raise _Other
    return Comment(_text(members["text"]), _place(members["place"]))


def _way(go: Any) -> Mapping[str, str] | str:
    if isinstance(go, dict):
        return {_text(name): _text(target) for name, target in cast("dict[str, Any]", go).items()}
    return _text(go)


def _place(place: Any) -> tuple[int, int]:
    if not isinstance(place, dict):
        raise _Other
    at = cast("dict[str, Any]", place)
    if at.keys() != {"x", "y"} or not all(type(one) is int and abs(one) < _WHOLE for one in at.values()):
        raise _Other
    return at["x"], at["y"]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Other
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise _Other
    return value


def _value(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise _Other
    match value:
        case None | bool():
            return value
        case str():
            return _text(value)
        case int() if abs(value) < _WHOLE:
            return value
        case float() if _FLOAT.fullmatch(repr(value)):
            return value
        case list():
            return [_value(item, depth + 1) for item in cast("list[Any]", value)]
        case dict():
            return {_text(k): _value(v, depth + 1) for k, v in cast("dict[Any, Any]", value).items()}
        case _:
            raise _Other


def _budget(found: list[Any]) -> None:
    """A document that is large is measured as the YAML that it is."""
    left = 250_000
    while found:
        value = found.pop()
        left -= len(value) * 2 if isinstance(value, str) else 8
        if left < 0 or len(found) > 100_000:
            raise _Other
        if isinstance(value, dict):
            for name, item in cast("dict[Any, Any]", value).items():
                found += (name, item)
        elif isinstance(value, list):
            found += cast("list[Any]", value)
