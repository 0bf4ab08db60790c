"""Paths into a JSON answer: `data.accounts[0].balance`, `["odd key"][2]`, `$` for all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

_STEP = re.compile(r"""\.?([^\W\d][\w-]*)|\[(-?\d{1,6})\]|\["([^"\]]*)"\]""")


def check_path(path: str) -> tuple[str | int, ...]:
    """The steps of the path. Raises ValueError with the column where it is not understood."""
    if len(path) > 200:
        raise ValueError("the path is longer than 200 characters")
    at = 1 if path.startswith("$") else 0
    steps: list[str | int] = []
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            raise ValueError(f"'{path}' is no path (column {at + 1}); write data.items[0].name")
        name, index, quoted = match.groups()
        steps.append(int(index) if index is not None else name if name is not None else quoted)
        at = match.end()
    return tuple(steps)


def find(value: Any, path: str) -> Any:
    """What stands at the path, None where there is nothing."""
    for step in check_path(path):
        if isinstance(step, str) and isinstance(value, Mapping):
            value = cast("Mapping[str, Any]", value).get(step)
        elif isinstance(step, int) and isinstance(value, (list, tuple)):
            items = cast("Sequence[Any]", value)
            value = items[step] if -len(items) <= step < len(items) else None
        else:
            return None
    return value
