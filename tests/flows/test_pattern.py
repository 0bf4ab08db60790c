"""Patterns agree with Python's `re` on what both know, and cannot be made slow."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongdai.flows.errors import PatternError
from tongdai.flows.pattern import compile_pattern


@st.composite
def _patterns(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0:
        return draw(st.sampled_from(["0", "1", "a", ".", r"\d", r"\D", "[01]", "[^1]", "[0-9a]", r"\."]))
    kind = draw(st.sampled_from(["atom", "sequence", "either", "repeat", "group"]))
    inner = _patterns(depth=depth - 1)
    if kind == "atom":
        return draw(_patterns(depth=0))
    if kind == "sequence":
        return draw(inner) + draw(inner)
    if kind == "either":
        return f"(?:{draw(inner)}|{draw(inner)})"
    if kind == "group":
        return f"({draw(inner)})"
    return f"(?:{draw(inner)}){draw(st.sampled_from(['?', '*', '+', '{2}', '{0,2}', '{1,3}', '{2,}', '{0}', '{0,}']))}"


@settings(max_examples=150, deadline=None)
@given(_patterns(), st.text("01a.\n", max_size=8))
def test_agrees_with_re(source: str, text: str) -> None:
    assert compile_pattern(source).matches(text) == (re.fullmatch(source, text) is not None)


@settings(max_examples=150, deadline=None)
@given(st.text("01a-^$.|()[]{}?*+\\d,:", max_size=12))
def test_any_text_is_a_pattern_or_its_own_error(source: str) -> None:
    column = 1
    try:
        compile_pattern(source).matches("0101a")
    except PatternError as caught:
        column = caught.column
    assert 1 <= column <= len(source) + 1


def test_is_linear_where_re_explodes() -> None:
    started = time.perf_counter()
    assert not compile_pattern("(a+)+b").matches("a" * 2_000)
    assert not compile_pattern("(a|aa)*b").matches("a" * 2_000)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    "source", ["(", "[", "a**", "*", "{2}", "a{", "a{5,2}", "a{99999}", r"\q", "[9-0]", "a^b", ")", "\\"]
)
def test_refuses(source: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(source)


def test_size_is_bounded() -> None:
    with pytest.raises(PatternError, match="too large"):
        compile_pattern("((((a{99}){99}){99}){99})")
    with pytest.raises(PatternError, match="nested"):
        compile_pattern("(" * 100 + "a" + ")" * 100)


def test_anchors_around_are_understood() -> None:
    assert compile_pattern(r"^[1-9]\d{5}$").matches("123456")
    assert not compile_pattern(r"[1-9]\d{5}").matches("1234567")
