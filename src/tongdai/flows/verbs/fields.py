"""Field types that the verbs' parameters share."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeAlias, cast

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from tongdai.flows.errors import ExpressionError, PatternError
from tongdai.flows.expressions import Expression, parse
from tongdai.flows.pattern import Pattern, compile_pattern
from tongdai.flows.template import Template, parse_template

_NAME = re.compile(r"[^\W\d]\w{0,62}")
RESERVED = frozenset({"and", "or", "not", "in", "true", "false", "null"})


def _expression(value: Any) -> Expression:
    if isinstance(value, Expression):
        return value
    if value is None or isinstance(value, bool):
        value = {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        value = repr(value)
    if not isinstance(value, str):
        raise ValueError("an expression is needed")  # noqa: TRY004 - pydantic reports ValueErrors
    try:
        return parse(value)
    except ExpressionError as exc:
        raise ValueError(str(exc)) from exc


def _template(value: Any) -> Template:
    if isinstance(value, Template):
        return value
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError("a text is needed")  # noqa: TRY004
    try:
        return parse_template(str(value))
    except ExpressionError as exc:
        raise ValueError(str(exc)) from exc


def _pattern(value: Any) -> Pattern:
    if isinstance(value, Pattern):
        return value
    if not isinstance(value, str):
        raise ValueError("a pattern is needed, written as a text")  # noqa: TRY004
    try:
        return compile_pattern(value)
    except PatternError as exc:
        raise ValueError(str(exc)) from exc


def _name(value: str) -> str:
    if not _NAME.fullmatch(value) or value in RESERVED:
        raise ValueError(
            f"'{value}' is no name for a variable: letters, digits and _, not starting with a digit"
        )
    return value


def _keys(value: str) -> str:
    if any(char not in "0123456789*#" for char in value):
        raise ValueError("only the keys 0-9, * and # can be pressed")
    return value


def keys_as_texts(value: Any) -> Any:
    """Keys come as texts from YAML; documents made by programs may hold numbers."""
    if not isinstance(value, dict):
        return value
    return {str(key): of for key, of in cast("dict[object, Any]", value).items()}


def kind(of: str) -> WithJsonSchema:
    """Tells a form what is written here: a text like any other, but an expression, say, or the name of a queue."""
    return WithJsonSchema({"type": "string", "format": of})


Expr: TypeAlias = Annotated[Expression, BeforeValidator(_expression), kind("expression")]
Text: TypeAlias = Annotated[Template, BeforeValidator(_template), kind("template")]
Letter: TypeAlias = Annotated[Template, BeforeValidator(_template), kind("letter")]
Regex: TypeAlias = Annotated[Pattern, BeforeValidator(_pattern), kind("pattern")]
VariableName: TypeAlias = Annotated[str, AfterValidator(_name), kind("variable")]
Keys: TypeAlias = Annotated[str, AfterValidator(_keys)]
Seconds: TypeAlias = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
ExitName: TypeAlias = Annotated[str, Field(pattern=r"^[^\W\d][\w-]{0,62}$")]
