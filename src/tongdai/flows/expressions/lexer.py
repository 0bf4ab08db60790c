"""Text of an expression → tokens with their columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from tongdai.flows.errors import ExpressionError

MAX_SOURCE = 2_000
KEYWORDS = frozenset({"and", "or", "not", "in", "true", "false", "null"})
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<number>[0-9]{1,28}(?:\.[0-9]{1,12})?)
    |(?P<name>[^\W\d]\w*)
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<op>==|!=|<=|>=|[-+*/%<>()\[\],.])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'"}


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is number, string, name, op or end; keywords and operators are ops. `column` counts from 1."""

    kind: str
    text: str
    value: int | Decimal | str | None
    column: int


def tokens(source: str) -> list[Token]:
    """All tokens of `source`, closed by one of kind "end". Raises ExpressionError, nothing else."""
    if len(source) > MAX_SOURCE:
        raise ExpressionError(f"the expression is longer than {MAX_SOURCE} characters", MAX_SOURCE)
    found: list[Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise ExpressionError(_complaint(source, at), at + 1)
        kind, text, column = match.lastgroup or "", match.group(), at + 1
        at = match.end()
        if kind == "space":
            continue
        if kind == "number":
            if at < len(source) and (source[at].isalnum() or source[at] == "_"):
                raise ExpressionError(f"'{text}{source[at]}' is no number", column)
            found.append(Token("number", text, Decimal(text) if "." in text else int(text), column))
        elif kind == "string":
            found.append(Token("string", text, _unescape(text[1:-1], column), column))
        elif kind == "name" and text in KEYWORDS:
            found.append(Token("op", text, None, column))
        else:
            found.append(Token(kind, text, None, column))
    found.append(Token("end", "", None, len(source) + 1))
    return found


def _unescape(body: str, column: int) -> str:
    out: list[str] = []
    at = 0
    while at < len(body):
        if body[at] != "\\":
            out.append(body[at])
            at += 1
            continue
        escape = body[at + 1]
        if escape not in _ESCAPES:
            raise ExpressionError(f"unknown escape '\\{escape}' in a text", column + at + 1)
        out.append(_ESCAPES[escape])
        at += 2
    return "".join(out)


def _complaint(source: str, at: int) -> str:
    char = source[at]
    if char in "\"'":
        return "a text is not closed"
    if char == "=":
        return "'=' is no operator; compare with '=='"
    if char in "&|":
        return f"'{char}' is no operator; write 'and' or 'or'"
    if char == "!":
        return "'!' is no operator; write 'not'"
    return f"unexpected character '{char}'"
