"""Patterns for what callers enter, matched in linear time.

Python's `re` backtracks: one unlucky pattern stops the whole server. This is the part of its syntax that people use
for account numbers (literals, `.`, `[0-9]`, `[^…]`, `\\d \\w \\s`, `( )`, `|`, `? * + {m} {m,n}`), run as a
non-deterministic automaton over sets of states (Thompson, 1968). A pattern always matches the whole input.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tongdai.flows.errors import PatternError

MAX_STATES = 2_000
_MAX_DEPTH = 30
Test = Callable[[str], bool]
_DIGITS = frozenset("0123456789")
_CLASSES: dict[str, Test] = {
    "d": lambda c: c in _DIGITS,
    "w": lambda c: c.isalnum() or c == "_",
    "s": lambda c: c.isspace(),
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """`tests[i]` leads from state i to i's target; `free` are the moves that need no character."""

    source: str
    tests: tuple[tuple[Test, int] | None, ...] = field(compare=False, repr=False)
    free: tuple[tuple[int, ...], ...] = field(compare=False, repr=False)
    final: int = field(compare=False)

    def matches(self, text: str) -> bool:
        """Whether the whole of `text` fits; at most len(text) × states steps."""
        states = self._closure({0})
        for char in text:
            moved = {edge[1] for state in states if (edge := self.tests[state]) and edge[0](char)}
            if not moved:
                return False
            states = self._closure(moved)
        return self.final in states

    def _closure(self, states: set[int]) -> set[int]:
        todo = list(states)
        while todo:
            for target in self.free[todo.pop()]:
                if target not in states:
                    states.add(target)
                    todo.append(target)
        return states


def compile_pattern(source: str) -> Pattern:
    """Raises PatternError with a column for what is not understood."""
    builder = _Builder(source.removeprefix("^").removesuffix("$") if not source.endswith("\\$") else source)
    start = builder.state()
    final = builder.alternatives(start, 0)
    if builder.at < len(builder.source):
        raise PatternError(f"unexpected '{builder.source[builder.at]}'", builder.at + 1)
    return Pattern(source, tuple(builder.tests), tuple(tuple(free) for free in builder.free), final)


class _Builder:
    """Builds the automaton while reading; each method takes the state to start from and returns the one reached."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.tests: list[tuple[Test, int] | None] = []
        self.free: list[list[int]] = []

    def state(self) -> int:
        if len(self.free) >= MAX_STATES:
            raise PatternError("the pattern is too large; use smaller repeats", self.at + 1)
        self.tests.append(None)
        self.free.append([])
        return len(self.free) - 1

    @property
    def here(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def alternatives(self, start: int, depth: int) -> int:
        if depth > _MAX_DEPTH:
            raise PatternError("nested too deeply", self.at + 1)
        end = self.state()
        while True:
            first = self.state()
            self.free[start].append(first)
            self.free[self.sequence(first, depth)].append(end)
            if self.here != "|":
                return end
            self.at += 1

    def sequence(self, state: int, depth: int) -> int:
        while self.here and self.here not in "|)":
            state = self.repeated(state, depth)
        return state

    def repeated(self, start: int, depth: int) -> int:
        begin = self.at
        # A fresh state before the atom keeps loops from leaking into what came before it.
        first = self.state()
        self.free[start].append(first)
        end = self.atom(first, depth)
        after_atom = self.at
        least, most = self.quantifier()
        after = self.at
        if (least, most) == (1, 1):
            return end
        if least == 0:
            out = self.state()
            self.free[first].append(out)
            if most is None:
                self.free[end].append(first)
            elif most == 0:
                return out
            else:
                end = self.again(begin, after_atom, end, out, most - 1, depth)
            self.free[end].append(out)
            self.at = after
            return out
        for _ in range(least - 1):
            first, end = self.copy(begin, end, depth)
        out = self.state()
        if most is None:
            self.free[end].append(first)
        else:
            end = self.again(begin, after_atom, end, out, most - least, depth)
        self.free[end].append(out)
        self.at = after
        return out

    def again(self, begin: int, after_atom: int, end: int, out: int, times: int, depth: int) -> int:
        for _ in range(times):
            self.free[end].append(out)
            _, end = self.copy(begin, end, depth)
        self.at = after_atom
        return end

    def copy(self, begin: int, start: int, depth: int) -> tuple[int, int]:
        self.at = begin
        first = self.state()
        self.free[start].append(first)
        return first, self.atom(first, depth)

    def quantifier(self) -> tuple[int, int | None]:
        char = self.here
        simple: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        if char and char in simple:
            self.at += 1
            self.no_second()
            return simple[char]
        if char != "{":
            return 1, 1
        column = self.at + 1
        close = self.source.find("}", self.at)
        body = self.source[self.at + 1 : close] if close > 0 else ""
        low, comma, high = body.partition(",")
        if not (low.isascii() and low.isdigit()) or (high and not (high.isascii() and high.isdigit())):
            raise PatternError("a repeat looks like {4} or {4,12}", column)
        if len(low) > 4 or len(high) > 4:
            raise PatternError("the repeat is too large", column)
        least, most = int(low), (int(low) if not comma else int(high) if high else None)
        if most is not None and most < least:
            raise PatternError("the repeat's end is smaller than its start", column)
        self.at = close + 1
        self.no_second()
        return least, most

    def no_second(self) -> None:
        if self.here and self.here in "?*+{":
            raise PatternError("a repeat cannot be repeated", self.at + 1)

    def atom(self, start: int, depth: int) -> int:
        char, column = self.here, self.at + 1
        self.at += 1
        if char == "(":
            if self.source[self.at : self.at + 2] == "?:":
                self.at += 2
            end = self.alternatives(start, depth + 1)
            if self.here != ")":
                raise PatternError("'(' is not closed", column)
            self.at += 1
            return end
        if char in "?*+{":
            raise PatternError(f"nothing stands before '{char}'", column)
        if char in "^$":
            raise PatternError(f"'{char}' is not needed: a pattern always fits the whole input", column)
        end = self.state()
        self.tests[start] = (self.single(char, column), end)
        return end

    def single(self, char: str, column: int) -> Test:
        if char == ".":
            return lambda c: c != "\n"
        if char == "\\":
            return self.escaped(column)
        if char == "[":
            return self.char_class(column)
        return lambda c: c == char

    def escaped(self, column: int) -> Test:
        char = self.here
        self.at += 1
        if not char:
            raise PatternError("a '\\' stands at the end", column)
        if char in _CLASSES:
            return _CLASSES[char]
        if char.lower() in _CLASSES:
            inner = _CLASSES[char.lower()]
            return lambda c: not inner(c)
        if char.isalnum():
            raise PatternError(f"'\\{char}' is not known", column)
        return lambda c: c == char

    def char_class(self, column: int) -> Test:
        negated = self.here == "^"
        self.at += negated
        tests: list[Test] = []
        first = True
        while self.here != "]" or first:
            first = False
            char = self.here
            if not char:
                raise PatternError("'[' is not closed", column)
            self.at += 1
            if char == "\\":
                tests.append(self.escaped(self.at))
                continue
            if self.here == "-" and self.source[self.at + 1 : self.at + 2] not in ("]", ""):
                high = self.source[self.at + 1]
                if high == "\\" or high < char:
                    raise PatternError(f"'{char}-{high}' is no range", self.at)
                self.at += 2
                tests.append(lambda c, lo=char, hi=high: lo <= c <= hi)
            else:
                tests.append(lambda c, only=char: c == only)
        self.at += 1
        return lambda c: any(test(c) for test in tests) is not negated
