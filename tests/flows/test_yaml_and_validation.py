"""YAML in and out without loss, and every mistake named with its line and its mend."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongdai.flows import yaml_format
from tongdai.flows.graph import Document, DocumentNode
from tongdai.flows.validation import check
from tongdai.flows.verb import Reference
from tongdai.flows.verbs import core_registry
from tongdai.flows.yaml_format import YamlError

REGISTRY = core_registry()
HEAD = "flow: f\nstart: a\n"

_names = st.from_regex(r"[a-z_][a-z0-9_-]{0,8}", fullmatch=True)
_texts = st.text(max_size=30) | st.sampled_from(
    [
        "no",
        "yes",
        "on",
        "true",
        "null",
        "~",
        "0123",
        "12",
        "1.5",
        "1e3",
        "- x",
        "a: b",
        "#x",
        "'",
        '"',
        "2026-01-01",
        "line\nbreak",
        "  lead",
        "trail  ",
        "&a",
        "*a",
        "!t",
        "=",
        "<<",
        "\u2028",
        "\x85",
        "\t",
        "x" * 200,
    ]
)
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(-1e6, 1e6, allow_nan=False).map(lambda f: round(f, 4))
    | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)
_nodes = st.builds(
    DocumentNode,
    verb=_names.filter(lambda n: n not in ("go", "label", "note")),
    params=_json,
    go=st.none() | _names | st.dictionaries(_names, _names, min_size=1, max_size=4),
    label=st.none() | _texts,
    note=st.none() | _texts,
)
_documents = st.builds(
    Document,
    flow=_names,
    start=_names,
    nodes=st.dictionaries(_names, _nodes, max_size=4),
    title=_texts,
    note=st.none() | _texts,
    language=st.sampled_from(["en", "vi", "uk"]),
    variables=st.dictionaries(_names, _json, max_size=3),
    on_error=st.none() | _names,
)


@settings(max_examples=80, deadline=None)
@given(_documents)
def test_round_trip_keeps_everything_in_order(document: Document) -> None:
    text = yaml_format.dump(document)
    loaded = yaml_format.load(text)
    assert loaded == document
    assert list(loaded.nodes) == list(document.nodes)
    assert yaml_format.dump(loaded) == text
    assert yaml_format.from_json(yaml_format.to_json(document)) == document


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=80) | st.text("ab:- \n{}[]'\"&*!|>#?,", max_size=60))
def test_any_text_is_a_flow_or_says_why_not(text: str) -> None:
    with pytest.raises(YamlError) as caught:
        yaml_format.load(text)
    assert all(problem.message and problem.mend for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("flow: f\nstart: a\n  x: 1\n", 3, ""),
        (HEAD + "nodes:\n  a:\n    say: x\n  a:\n    say: y\n", 6, "'a' is used twice"),
        (HEAD + "nodes:\n  a:\n    menu: {keys: {1: x, 1: y}}\n", 5, "'1' is used twice"),
        (HEAD + "nodes:\n  a:\n    say: x\n    hang_up:\n", 5, "exactly one thing"),
        (HEAD + "nodes:\n  a:\n    go: b\n", 5, "there is none"),
        (HEAD + "colour: red\nnodes: {}\n", 3, "'colour' is not known"),
        ("start: a\nnodes: {}\n", 1, "'flow' is missing"),
        (HEAD + "nodes:\n  a: &x\n    say: x\n", 4, "anchors"),
        (HEAD + "nodes:\n  a:\n    say: !!python/object:os.system x\n", 5, "tag"),
        ("- a\n", 1, "members are needed"),
    ],
)
def test_form_errors_have_lines(text: str, line: int, words: str) -> None:
    with pytest.raises(YamlError) as caught:
        yaml_format.load(text)
    assert any(p.line == line and words in p.message for p in caught.value.problems), str(caught.value)


def test_an_alias_bomb_is_refused() -> None:
    bomb = "a: &a [x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)},*{chr(97 + i)}]\n" for i in range(20)
    )
    with pytest.raises(YamlError, match="anchors"):
        yaml_format.load(bomb)
    with pytest.raises(YamlError):
        yaml_format.load("[" * 5_000)
    with pytest.raises(YamlError, match="bytes"):
        yaml_format.load("#" * 600_000)


def test_yaml_is_read_as_people_expect() -> None:
    document = yaml_format.load(
        HEAD + "variables: {a: no, b: 0123, c: 12, d: 1.5, e: true, f: null, g: 2026-01-01}\nnodes: {}\n"
    )
    assert document.variables == {
        "a": "no",
        "b": "0123",
        "c": 12,
        "d": 1.5,
        "e": True,
        "f": None,
        "g": "2026-01-01",
    }


class _World:
    def __init__(self, missing: set[tuple[str, str]], flows: Mapping[str, Document]) -> None:
        self.missing, self.flows = missing, flows

    def exists(self, reference: Reference) -> bool | None:
        return (reference.kind, reference.name) not in self.missing

    def flow(self, name: str) -> Document | None:
        return self.flows.get(name)


END: dict[str, Any] = {"verb": "hang_up"}


def problems(
    nodes: Mapping[str, tuple[str, Any, Any]], world: _World | None = None, **fields: Any
) -> set[tuple[str, str | None]]:
    document = Document(
        "f", fields.pop("start", "a"), {n: DocumentNode(*node) for n, node in nodes.items()}, **fields
    )
    checked = check(document, REGISTRY, world)
    assert (checked.graph is None) == bool(checked.errors)
    for problem in checked.problems:
        assert problem.mend
        assert str(problem)
    return {(problem.code, problem.node) for problem in checked.problems}


def test_all_errors_at_once_each_with_its_node() -> None:
    found = problems(
        {
            "a": ("sya", "x", "b"),
            "b": ("menu", {"keys": {"1": "one", "x": "two"}, "colour": 1}, None),
            "c": ("say", "Hello {{ nobody }}", "nowhere"),
            "d": ("gather", {"say": "?", "save": "d", "pattern": "(["}, {"done": "e", "oops": "e"}),
            "e": ("branch", {"x": "1 +"}, None),
            "f": ("hang_up", None, "a"),
        },
        on_error="gone",
        start="start",
    )
    assert found == {
        ("unknown_verb", "a"),
        ("missing_parameter", "b"),
        ("bad_parameter", "b"),
        ("unknown_parameter", "b"),
        ("undefined_variable", "c"),
        ("missing_target", "c"),
        ("bad_parameter", "d"),
        ("bad_parameter", "e"),
        ("unknown_exit", "f"),
        ("missing_on_error", None),
        ("missing_start", None),
    }


def test_wiring() -> None:
    assert ("missing_exit", "a") in problems(
        {"a": ("menu", {"say": "?", "keys": {"1": "x"}}, None), "x": ("hang_up", None, None)}
    )
    assert ("unreachable", "b") in problems({"a": ("hang_up", None, None), "b": ("hang_up", None, None)})
    assert ("dead_loop", "a") in problems(
        {"a": ("set", {"x": "1"}, "b"), "b": ("branch", {"y": "x > 1"}, {"y": "a", "else": "a"})}
    )
    assert problems({"a": ("say", "x", "b"), "b": ("set", {"x": "1"}, "a")}) == {
        ("no_way_out", "a"),
        ("no_way_out", "b"),
    }
    assert (
        problems({"a": ("hours", "m", {"open": "b", "closed": "b"}), "b": ("hang_up", None, None)}) == set()
    )
    assert problems({"a": ("queue", "q", "b"), "b": ("hang_up", None, None)}) == set()


def test_what_stands_outside_the_flow() -> None:
    inner = Document("inner", "a", {"a": DocumentNode("sub_flow", "f", "b"), "b": DocumentNode("return")})
    world = _World({("queue", "q"), ("calendar", "c"), ("prompt", "p"), ("flow", "none")}, {"inner": inner})
    nodes = {
        "a": ("queue", "q", "b"),
        "b": ("hours", "c", {"open": "c", "closed": "c"}),
        "c": ("say", [{"prompt": "p"}], "d"),
        "d": ("sub_flow", "none", "e"),
        "e": ("sub_flow", "inner", "f"),
        "f": ("sub_flow", "f", "g"),
        "g": ("hang_up", None, None),
    }
    assert problems(nodes, world) == {
        ("missing_queue", "a"),
        ("missing_calendar", "b"),
        ("missing_prompt", "c"),
        ("missing_flow", "d"),
        ("recursion", "e"),
        ("recursion", "f"),
    }


@pytest.mark.parametrize(
    ("verb", "params", "words"),
    [
        ("menu", {"say": "?", "keys": {"1": "no_input"}}, "exit of every menu"),
        ("gather", {"say": "?", "save": "x", "min": 5, "max": 2}, "more than max"),
        ("gather", {"say": "?", "save": "not"}, "no name for a variable"),
        ("gather", {"say": "?", "save": "x", "pattern": "[9-0]"}, "no range"),
        ("gather", {"say": "?", "save": "x", "terminator": "5"}, "terminator"),
        ("say", [{"text": "a", "number": "1"}], "exactly one of"),
        ("say", [{"money": "1"}], "needs a currency"),
        ("say", "{{ 1 + }}", "column 8"),
        ("branch", {"else": "1"}, "needs no condition"),
        ("transfer", {}, "either an extension or a number"),
        ("http", {"url": "https://{{ x }}/y"}, "cannot come from a variable"),
        ("http", {"url": "file:///etc/passwd"}, "begins with https"),
        ("http", {"url": "https://a.example", "headers": {"Host": "b"}}, "cannot be set"),
        ("http", {"url": "https://a.example", "save": {"x": "a..b"}}, "no path"),
    ],
)
def test_parameters_are_checked_in_words(verb: str, params: Any, words: str) -> None:
    checked = check(Document("f", "a", {"a": DocumentNode(verb, params)}, variables={"x": 1}), REGISTRY)
    assert any(words in problem.message for problem in checked.errors), [str(p) for p in checked.problems]


def test_problems_name_the_line() -> None:
    document = yaml_format.load(HEAD + "nodes:\n  a:\n    say: hello\n    go: bb\n  b:\n    hang_up:\n")
    first = check(document, REGISTRY).errors[0]
    assert (first.line, first.node) == (4, "a")
    assert "Did you mean 'b'?" in str(first)
