"""What is taken without a second look is exactly what the YAML reader would have made of it."""

from pathlib import Path
from typing import Any

import pytest

import tongdai.flows
from tongdai.flows import yaml_format
from tongdai.flows.plain import plain_document

EXAMPLES = [
    path
    for path in sorted((Path(tongdai.flows.__file__).parent / "examples").glob("*.yaml"))
    if not path.name.endswith(".test.yaml")
]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_plain_and_the_same_either_way(path: Path) -> None:
    read = yaml_format.load(path.read_text())
    stored = yaml_format.to_json(read)
    assert plain_document(stored) == read
    assert plain_document(stored) == yaml_format.load(yaml_format.dump(read))


def with_value(value: Any) -> dict[str, Any]:
    return {
        "flow": "f",
        "language": "en",
        "start": "a",
        "nodes": {"a": {"set": {"x": value}, "go": "b"}, "b": {"hang_up": None}},
    }


@pytest.mark.parametrize(
    "value",
    ["yes", "no", "0123", "1e3", "null", "~", "", " a ", "a\n\nb ", "ґ́😀", "\x85", 7, -7, 10**17, 1.5,
     True, None, [], {}, [[1], {"1": "2"}]],
)  # fmt: skip
def test_values_come_back_as_they_were(value: Any) -> None:
    stored = with_value(value)
    plain = plain_document(stored)
    assert plain is not None
    assert plain == yaml_format.load(yaml_format.dump(plain)), "as when it is written and read"
    assert yaml_format.to_json(plain) == stored


@pytest.mark.parametrize("value", [10**18, 1e-9, 1e30, float("inf"), float("nan"), {1: 2}, (1,), "\ud800"])
def test_odd_values_get_a_second_look(value: Any) -> None:
    assert plain_document(with_value(value)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"nodes": []}, {"nodes": {"a": 1}}, {"flow": 3}, {"title": None}, {"else": 1}, {"variables": [1]},
        {"comments": 1}, {"comments": [{"text": "x"}]}, {"comments": [{"text": 1, "place": {"x": 1, "y": 2}}]},
        {"nodes": {"a": {}}}, {"nodes": {"a": {"say": "x", "menu": 1}}}, {"nodes": {"a": {"say": "x", "go": 3}}},
        {"nodes": {"a": {"say": "x", "go": {"done": None}}}}, {"nodes": {"a": {"say": "x", "place": {"x": 1}}}},
        {"nodes": {"a": {"say": "x", "place": {"x": True, "y": 2}}}}, {"nodes": {"a": {"say": "x" * 300_000}}},
    ],
)  # fmt: skip
def test_documents_out_of_the_ordinary_get_a_second_look(wrong: dict[str, Any]) -> None:
    assert plain_document({**with_value(1), **wrong} if wrong else {}) is None
