"""Decisions about canned replies. Pure."""

import re
from collections.abc import Mapping, Sequence

from tongdai.kit.text import fold

VARIABLES = ("contact.name", "agent.name", "queue.name")
_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def unknown_variables(text: str) -> list[str]:
    """What stands in a text as a variable and is none."""
    return [name for name in _VARIABLE.findall(text) if name not in VARIABLES]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables' values; what is not known is left out, with the space before it."""

    def value(match: re.Match[str]) -> str:
        known = values.get(match[2], "")
        return match[1] + known if known else ""

    return re.sub(r"([ \t]?)\{\{\s*([^{}]*?)\s*\}\}", value, text)


def in_language(body: Mapping[str, str], wished: Sequence[str | None]) -> str:
    """Of a reply's texts that in the first of these languages that it has; else any."""
    return next((body[one] for one in wished if one and body.get(one)), next(iter(body.values()), ""))


def place_of(code: str, text: str, q: str) -> int | None:
    """How well a reply fits what was typed, 0 the best: by its code, the beginning of that, then by words of its text. None: not
    at all."""
    wanted, own = fold(q), fold(code)
    if own == wanted:
        return 0
    if own.startswith(wanted):
        return 1
    return 2 if wanted in own or wanted in fold(text) else None
