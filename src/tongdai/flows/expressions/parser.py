"""Tokens → an Expression: closures that compute, built once when a flow version is compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tongdai.flows.errors import ExpressionError
from tongdai.flows.expressions import values
from tongdai.flows.expressions.functions import FUNCTIONS
from tongdai.flows.expressions.lexer import Token, tokens
from tongdai.flows.expressions.values import Value

MAX_DEPTH = 40
Variables = Mapping[str, Any]
Compute = Callable[[Variables], Value]


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression. `names` are the variables it reads, as dotted as they were written."""

    source: str
    names: frozenset[str] = field(compare=False)
    compute: Compute = field(compare=False, repr=False)

    def value(self, variables: Variables) -> Value:
        """The JSON value for these variables; a variable or member that is not there is null."""
        return values.plain(self.compute(variables))


def parse(source: str) -> Expression:
    """The expression of `source`. Raises ExpressionError with a column, nothing else."""
    parser = _Parser(tokens(source))
    compute = parser.either(0)
    rest = parser.here
    if rest.kind != "end":
        raise ExpressionError(f"unexpected '{rest.text}' after the expression", rest.column)
    return Expression(source, frozenset(parser.names), compute)


class _Parser:
    """Recursive descent; `depth` bounds the nesting so that neither parsing nor computing can overflow."""

    def __init__(self, stream: list[Token]) -> None:
        self.stream = stream
        self.at = 0
        self.names: set[str] = set()

    @property
    def here(self) -> Token:
        return self.stream[self.at]

    def take(self, *texts: str) -> Token | None:
        token = self.here
        if token.kind == "op" and token.text in texts:
            self.at += 1
            return token
        return None

    def need(self, text: str, after: str) -> None:
        if self.take(text) is None:
            got = f"not '{self.here.text}'" if self.here.kind != "end" else "but the expression ends"
            raise ExpressionError(f"'{text}' is needed {after}, {got}", self.here.column)

    def either(self, depth: int) -> Compute:
        return self.chain(("or",), self.both, depth)

    def both(self, depth: int) -> Compute:
        return self.chain(("and",), self.negation, depth)

    def chain(self, words: tuple[str, ...], inner: Callable[[int], Compute], depth: int) -> Compute:
        """`a or b or c`, as one flat closure so that a long chain does not nest."""
        parts = [inner(depth)]
        while self.take(*words):
            parts.append(inner(depth))
        if len(parts) == 1:
            return parts[0]
        rest, last, stop_at = parts[:-1], parts[-1], words == ("or",)

        def logical(v: Variables) -> Value:
            for part in rest:
                value = part(v)
                if values.truth(value) is stop_at:
                    return value
            return last(v)

        return logical

    def negation(self, depth: int) -> Compute:
        self.limit(depth)
        if self.take("not"):
            inner = self.negation(depth + 1)
            return lambda v: not values.truth(inner(v))
        return self.comparison(depth)

    def comparison(self, depth: int) -> Compute:
        left = self.sum(depth)
        token = self.take("==", "!=", "<", "<=", ">", ">=", "in", "not")
        if token is None:
            return left
        operator = token.text
        if operator == "not":
            self.need("in", "after 'not'")
        right = self.sum(depth)
        again = self.take("==", "!=", "<", "<=", ">", ">=", "in")
        if again is not None:
            raise ExpressionError("comparisons cannot be chained; join two with 'and'", again.column)
        if operator == "==":
            return lambda v: values.equal(left(v), right(v))
        if operator == "!=":
            return lambda v: not values.equal(left(v), right(v))
        if operator == "in":
            return lambda v: values.contained(left(v), right(v))
        if operator == "not":
            return lambda v: not values.contained(left(v), right(v))
        return lambda v: values.ordered(operator, left(v), right(v))

    def sum(self, depth: int) -> Compute:
        return self.binary(("+", "-"), self.product, depth)

    def product(self, depth: int) -> Compute:
        return self.binary(("*", "/", "%"), self.unary, depth)

    def binary(self, operators: tuple[str, ...], inner: Callable[[int], Compute], depth: int) -> Compute:
        first = inner(depth)
        rest: list[tuple[str, Compute]] = []
        while token := self.take(*operators):
            rest.append((token.text, inner(depth)))
        if not rest:
            return first

        def computed(v: Variables) -> Value:
            value = first(v)
            for operator, part in rest:
                value = values.arithmetic(operator, value, part(v))
            return value

        return computed

    def unary(self, depth: int) -> Compute:
        self.limit(depth)
        if self.take("-"):
            inner = self.unary(depth + 1)
            return lambda v: -values.as_number(inner(v), "'-'")
        return self.postfix(depth)

    def postfix(self, depth: int) -> Compute:
        token = self.here
        if token.kind == "name":
            self.at += 1
            if self.take("("):
                return self.members(self.called(token, depth), depth)
            return self.members(self.variable(token), depth)
        return self.members(self.primary(depth), depth)

    def variable(self, token: Token) -> Compute:
        path = [token.text]
        while self.here.text == "." and self.stream[self.at + 1].kind == "name":
            path.append(self.stream[self.at + 1].text)
            self.at += 2
        self.names.add(".".join(path))
        if len(path) == 1:
            name = path[0]
            return lambda v: v.get(name)

        def walk(v: Variables) -> Value:
            value: Value = v
            for step in path:
                value = _member(value, step)
            return value

        return walk

    def members(self, compute: Compute, depth: int) -> Compute:
        hops = 0
        while True:
            hops += 1
            self.limit(depth + hops)
            if self.take("["):
                index = self.either(depth + 1)
                self.need("]", "after an index")
                compute = _indexed(compute, index)
            elif self.here.text == "." and self.here.kind == "op":
                self.at += 1
                name = self.here
                if name.kind != "name":
                    raise ExpressionError("a name is needed after '.'", name.column)
                self.at += 1
                compute = _indexed(compute, lambda _v, n=name.text: n)
            else:
                return compute

    def called(self, token: Token, depth: int) -> Compute:
        function = FUNCTIONS.get(token.text)
        if function is None:
            raise ExpressionError(
                f"unknown function '{token.text}'; there are {', '.join(FUNCTIONS)}", token.column
            )
        arguments = self.items(")", depth)
        least, most = function.arity
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise ExpressionError(f"{token.text}() takes {wanted} values, not {len(arguments)}", token.column)
        call = function.call
        return lambda v: call(*(argument(v) for argument in arguments))

    def items(self, close: str, depth: int) -> list[Compute]:
        self.limit(depth)
        found: list[Compute] = []
        if self.take(close):
            return found
        while True:
            found.append(self.either(depth + 1))
            if self.take(close):
                return found
            self.need(",", "between values")

    def primary(self, depth: int) -> Compute:
        token = self.here
        self.at += 1
        if token.kind in ("number", "string"):
            literal = token.value
            return lambda _v: literal
        if token.kind == "op" and token.text in ("true", "false", "null"):
            constant = {"true": True, "false": False, "null": None}[token.text]
            return lambda _v: constant
        if token.kind == "op" and token.text == "(":
            inner = self.either(depth + 1)
            self.need(")", "to close '('")
            return inner
        if token.kind == "op" and token.text == "[":
            parts = self.items("]", depth)
            return lambda v: [part(v) for part in parts]
        if token.kind == "end":
            self.at -= 1
            raise ExpressionError("the expression ends where a value is needed", token.column)
        raise ExpressionError(f"a value is needed, not '{token.text}'", token.column)

    def limit(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ExpressionError(f"nested deeper than {MAX_DEPTH}", self.here.column)


def _member(value: Value, name: str) -> Value:
    """A member of a record; null of anything else: attributes of Python objects are out of reach."""
    if isinstance(value, Mapping):
        found: Any = value.get(name)  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]
        return found  # pyright: ignore[reportUnknownVariableType]
    return None


def _indexed(compute: Compute, index: Compute) -> Compute:
    def at(v: Variables) -> Value:
        value, key = compute(v), index(v)
        if isinstance(key, str):
            return _member(value, key)
        if isinstance(value, (list, tuple, str)):
            number = values.as_number(key, "an index")
            if number != int(number):
                raise ExpressionError("an index must be a whole number")
            whole = int(number)
            return value[whole] if -len(value) <= whole < len(value) else None  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
        return None

    return at
