"""What expressions compute with: the values of JSON, and nothing else of Python.

Numbers are `int`, or `Decimal` inside a computation so that 0.1 + 0.2 is 0.3 when it is spoken; `plain` turns
a result back into what JSON can hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, DecimalException
from typing import Any, TypeAlias, cast

from tongdai.flows.errors import ExpressionError

Value: TypeAlias = Any
"""None, bool, int, float, Decimal, str, list or mapping of these."""

MAX_TEXT = 10_000
MAX_ITEMS = 1_000
MAX_NUMBER = 10**30
_CONTEXT = Context(prec=34, Emin=-99, Emax=99)


def is_number(value: Value) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def kind(value: Value) -> str:
    """The word for a value's type in messages to people."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true/false"
    if is_number(value):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, Sequence) else "record"


def as_number(value: Value, what: str) -> int | Decimal:
    """The number itself; a text of digits is not one (leading zeros matter in account numbers)."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        hint = "; turn it into one with number(…)" if isinstance(value, str) else ""
        raise ExpressionError(f"{what} needs a number, not a {kind(value)}{hint}")
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and not value.is_finite():
        raise ExpressionError(f"{what} needs a finite number")
    if abs(value) >= MAX_NUMBER:
        raise ExpressionError(f"{what}: the number is too large")
    return value


def arithmetic(operator: str, left: Value, right: Value) -> Value:
    """`left operator right` for + - * / %; + also joins two texts."""
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return bounded_text(left + right)
    a, b = as_number(left, f"'{operator}'"), as_number(right, f"'{operator}'")
    if operator in "/%" and b == 0:
        raise ExpressionError("division by zero")
    try:
        result: int | Decimal
        if operator != "/" and isinstance(a, int) and isinstance(b, int):
            result = {"+": a + b, "-": a - b, "*": a * b}[operator] if operator != "%" else a % b
        else:
            x, y = Decimal(a), Decimal(b)
            if operator == "%":
                result = _CONTEXT.remainder(x, y)
                if result and (result < 0) != (y < 0):
                    result = _CONTEXT.add(result, y)
            else:
                named = {"+": _CONTEXT.add, "-": _CONTEXT.subtract, "*": _CONTEXT.multiply}
                result = named.get(operator, _CONTEXT.divide)(x, y)
    except DecimalException as exc:
        raise ExpressionError(f"'{operator}' cannot be computed") from exc
    return as_number(result, f"'{operator}'")


def equal(left: Value, right: Value) -> bool:
    """Equality without conversion: "1" is not 1, true is not 1."""
    if is_number(left) and is_number(right):
        return as_number(left, "'=='") == as_number(right, "'=='")
    return _type(left) is _type(right) and bool(left == right)


def _type(value: object) -> type:
    return type(value)


def ordered(operator: str, left: Value, right: Value) -> bool:
    """`<`, `<=`, `>`, `>=` between two numbers or two texts."""
    a: Any
    b: Any
    if isinstance(left, str) and isinstance(right, str):
        a, b = left, right
    else:
        a, b = as_number(left, f"'{operator}'"), as_number(right, f"'{operator}'")
    return bool({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator])


def contained(item: Value, container: Value) -> bool:
    """`item in container`: an element of a list, a key of a record, a part of a text."""
    if isinstance(container, str):
        if not isinstance(item, str):
            raise ExpressionError(f"'in' a text needs a text, not a {kind(item)}")
        return item in container
    if isinstance(container, Mapping):
        return isinstance(item, str) and item in cast("Mapping[str, Value]", container)
    if isinstance(container, (list, tuple)):
        return any(equal(item, other) for other in cast("Sequence[Value]", container))
    raise ExpressionError(f"'in' needs a list, a text or a record, not a {kind(container)}")


def truth(value: Value) -> bool:
    """null, false, 0, "" and empty lists are false, as callers of a flow expect."""
    return bool(value)


def bounded_text(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise ExpressionError(f"a text grew longer than {MAX_TEXT} characters")
    return value


def plain(value: Value) -> Value:
    """The value as JSON holds it: a Decimal becomes int when whole, else float."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in cast("Sequence[Value]", value)]
    return value


def as_text(value: Value) -> str:
    """The value as it is put into a text: null is empty, 2.50 stays 2.5."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if is_number(value):
        whole = plain(Decimal(repr(value)) if isinstance(value, float) else value)
        return str(whole) if isinstance(whole, int) else format(Decimal(repr(whole)), "f")
    raise ExpressionError(f"a {kind(value)} cannot be put into a text")
