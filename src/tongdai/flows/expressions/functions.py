"""The functions that expressions may call. All are total, pure and cheap; new ones are added here only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import cast

from tongdai.flows.errors import ExpressionError
from tongdai.flows.expressions.values import Value, as_number, as_text, bounded_text, kind
from tongdai.kit.text import fold


@dataclass(frozen=True, slots=True)
class Function:
    """`arity` is the least and the greatest number of arguments."""

    call: Callable[..., Value]
    arity: tuple[int, int]
    help: str


def _text(value: Value, name: str) -> str:
    if not isinstance(value, str):
        raise ExpressionError(f"{name}() needs a text, not a {kind(value)}")
    return value


def _whole(value: Value, name: str) -> int:
    number = as_number(value, f"{name}()")
    if number != int(number):
        raise ExpressionError(f"{name}() needs a whole number")
    return int(number)


def _len(value: Value) -> int:
    if isinstance(value, (str, list, tuple, dict)):
        return len(cast("Sequence[Value]", value))
    raise ExpressionError(f"len() needs a text, list or record, not a {kind(value)}")


def _number(value: Value, default: Value = None) -> Value:
    if not isinstance(value, str):
        return as_number(value, "number()")
    try:
        parsed = Decimal(value.strip()) if len(value) <= 40 else None
    except InvalidOperation:
        parsed = None
    if parsed is None or not parsed.is_finite():
        if default is not None:
            return default
        raise ExpressionError("number() got a text that is no number")
    exponent = parsed.as_tuple().exponent
    if parsed.adjusted() > 30 or (isinstance(exponent, int) and exponent < -30):
        raise ExpressionError("number() got a number out of range")
    return as_number(int(parsed) if parsed == parsed.to_integral_value() else parsed, "number()")


def _round(value: Value, places: Value = 0) -> Value:
    digits = _whole(places, "round")
    if not 0 <= digits <= 12:
        raise ExpressionError("round() takes 0 to 12 places")
    number = Decimal(as_number(value, "round()"))
    try:
        rounded = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    except InvalidOperation as exc:
        raise ExpressionError("round(): the number is too large") from exc
    return int(rounded) if digits == 0 else rounded


def _slice(value: Value, start: Value, count: Value = None) -> str:
    text, begin = _text(value, "slice"), _whole(start, "slice")
    begin = max(0, len(text) + begin) if begin < 0 else begin
    return text[begin:] if count is None else text[begin : begin + max(0, _whole(count, "slice"))]


def _replace(value: Value, old: Value, new: Value) -> str:
    text, needle, put = (_text(v, "replace") for v in (value, old, new))
    if not needle:
        raise ExpressionError("replace() needs something to look for")
    if text.count(needle) * len(put) > 10_000:
        raise ExpressionError("replace(): the result is too long")
    return bounded_text(text.replace(needle, put))


def _fold(choose: Callable[..., Value], name: str) -> Callable[..., Value]:
    def call(*values: Value) -> Value:
        return choose(as_number(value, f"{name}()") for value in values)

    return call


def _lower(value: Value) -> Value:
    return bounded_text(_text(value, "lower").lower())


def _upper(value: Value) -> Value:
    return bounded_text(_text(value, "upper").upper())


def _trim(value: Value) -> Value:
    return _text(value, "trim").strip()


def _starts_with(value: Value, start: Value) -> Value:
    return _text(value, "starts_with").startswith(_text(start, "starts_with"))


def _ends_with(value: Value, end: Value) -> Value:
    return _text(value, "ends_with").endswith(_text(end, "ends_with"))


def _mentions(value: Value, *words: Value) -> Value:
    text = fold(_text(value, "mentions"))
    wanted = [fold(_text(word, "mentions")) for word in words]
    return any(word in text for word in wanted if word)


def _digits(value: Value) -> Value:
    return "".join(char for char in _text(value, "digits") if char in "0123456789")


def _as_text(value: Value) -> Value:
    return bounded_text(as_text(value))


def _abs(value: Value) -> Value:
    return abs(as_number(value, "abs()"))


def _default(value: Value, otherwise: Value) -> Value:
    return otherwise if value is None or value == "" else value


FUNCTIONS: dict[str, Function] = {
    "len": Function(_len, (1, 1), "characters of a text, items of a list"),
    "lower": Function(_lower, (1, 1), "small letters"),
    "upper": Function(_upper, (1, 1), "capital letters"),
    "trim": Function(_trim, (1, 1), "without spaces at the ends"),
    "starts_with": Function(_starts_with, (2, 2), "starts_with(text, start)"),
    "ends_with": Function(_ends_with, (2, 2), "ends_with(text, end)"),
    "mentions": Function(
        _mentions,
        (2, 10),
        "mentions(text, word, …): one of the words is in it, in any case, with or without accents",
    ),
    "slice": Function(_slice, (2, 3), "slice(text, start, count): start from 0, or from the end if < 0"),
    "replace": Function(_replace, (3, 3), "replace(text, old, new)"),
    "digits": Function(_digits, (1, 1), "only the digits 0-9"),
    "number": Function(_number, (1, 2), "number(text, default): the text as a number"),
    "text": Function(_as_text, (1, 1), "the value as a text"),
    "round": Function(_round, (1, 2), "round(number, places), half away from zero"),
    "abs": Function(_abs, (1, 1), "without the sign"),
    "min": Function(_fold(min, "min"), (1, 10), "the least of numbers"),
    "max": Function(_fold(max, "max"), (1, 10), "the greatest of numbers"),
    "default": Function(_default, (2, 2), "default(value, when null or empty)"),
}
