"""Flows as YAML that reads well in git: one node per block, in the order of writing.

    flow: hotline
    start: greeting
    nodes:
      greeting:
        say: Good morning
        go: menu

It is YAML 1.2 as people expect it: `no` and `on` are texts, `0123` keeps its zero, a key given twice is an error, and
there are no anchors or tags. `load(dump(document)) == document`.
"""

# PyYAML's stubs leave parts of the loader and dumper untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Any, cast

import yaml

from tongdai.flows.graph import Comment, Document, DocumentNode
from tongdai.flows.plain import plain_document
from tongdai.flows.validation import Problem

MAX_BYTES = 512_000
_FLOW_KEYS = ("flow", "title", "note", "language", "variables", "start", "on_error", "nodes", "comments")
_NODE_KEYS = ("label", "note", "place", "go")
_RESOLVERS: tuple[tuple[str, str, str], ...] = (
    ("tag:yaml.org,2002:bool", r"true|false", "tf"),
    ("tag:yaml.org,2002:null", r"null|~|", "n~\0"),
    ("tag:yaml.org,2002:int", r"0|-?[1-9][0-9]{0,17}", "-0123456789"),
    ("tag:yaml.org,2002:float", r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})(e[-+]?[0-9]{1,2})?", "-0123456789"),
)


class YamlError(ValueError):
    """The text is no flow. `problems` say where, each with its line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse anchors and aliases: they hide what a diff should show, and can blow up."""
        event = cast("Any", self.peek_event())
        if getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(None, None, "anchors and aliases are not used here", event.start_mark)
        return super().compose_node(parent, index)


class _Dumper(yaml.SafeDumper):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


for _class in (_Loader, _Dumper):
    for _tag, _pattern, _first in _RESOLVERS:
        _class.add_implicit_resolver(
            _tag, re.compile(f"^(?:{_pattern})$"), ["" if c == "\0" else c for c in _first]
        )


def load(text: str) -> Document:
    """Raises YamlError with every problem of form; whether the flow makes sense is validation's to say."""
    root = compose(text)
    reader = _Reader()
    document = reader.document(root)
    if reader.problems:
        raise YamlError(reader.problems)
    return document


def compose(text: str) -> yaml.Node:
    """The YAML tree, with lines. Raises YamlError for what is no YAML."""
    if len(text.encode()) > MAX_BYTES:
        raise YamlError(
            [Problem("too_large", f"more than {MAX_BYTES} bytes", "Move a part into a sub-flow.")]
        )
    try:
        root = yaml.compose(text, _Loader)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark
        message = (exc.problem or "no YAML").strip()
        raise YamlError(
            [Problem("bad_yaml", message, "Check indentation and quotes.", line=mark.line + 1 if mark else 0)]
        ) from exc
    except (yaml.YAMLError, RecursionError) as exc:
        raise YamlError([Problem("bad_yaml", "this is no YAML", "Check the file.")]) from exc
    if root is None:
        raise YamlError([Problem("empty", "the file is empty", "Begin with 'flow: <name>'.", line=1)])
    return root


class Tree:
    """Turns a YAML tree into JSON values and collects what is wrong with it on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, node: yaml.Node, message: str, mend: str, name: str | None = None) -> None:
        self.problems.append(Problem("bad_form", message, mend, name, node.start_mark.line + 1))

    def value(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return {key: self.value(item) for key, item in self.mapping(node).items()}
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item) for item in cast("list[yaml.Node]", node.value)]
        text = str(node.value)
        match node.tag.rpartition(":")[2]:
            case "null":
                return None
            case "bool":
                return text == "true"
            case "int":
                return int(text)
            case "float":
                return float(text)
            case "str":
                return text
            case _:
                self.problem(node, f"the tag '{node.tag}' is not used here", "Remove it.")
                return text

    def mapping(self, node: yaml.Node) -> dict[str, yaml.Node]:
        """The members; keys are always texts, and each may be there once."""
        if not isinstance(node, yaml.MappingNode):
            self.problem(node, "members are needed here ('name: value')", "Write them one per line.")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, item in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            if not isinstance(key, yaml.ScalarNode):
                self.problem(key, "a name is needed before ':'", "Write a plain name.")
            elif str(key.value) in found:
                self.problem(key, f"the key '{key.value}' is used twice", "Remove or rename one of them.")
            else:
                found[str(key.value)] = item
        return found

    def text(self, node: yaml.Node | None, default: str = "") -> str:
        if node is None:
            return default
        value = self.value(node)
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            self.problem(node, "a text is needed here", "Write one, in quotes if need be.")
            return default
        return str(value) if isinstance(node, yaml.ScalarNode) else default


class _Reader(Tree):
    def document(self, root: yaml.Node) -> Document:
        members = self.mapping(root)
        for name, node in members.items():
            if name not in _FLOW_KEYS:
                self.problem(node, f"'{name}' is not known", f"A flow has {', '.join(_FLOW_KEYS)}.")
        for name in ("flow", "start", "nodes"):
            if name not in members:
                self.problem(root, f"'{name}' is missing", f"Add '{name}: …' at the top.")
        variables = members.get("variables")
        return Document(
            flow=self.text(members.get("flow")),
            start=self.text(members.get("start")),
            nodes={n: self.node(n, item) for n, item in self.mapping(members["nodes"]).items()}
            if "nodes" in members
            else {},
            title=self.text(members.get("title")),
            note=self.text(members["note"]) if "note" in members else None,
            language=self.text(members.get("language"), "en"),
            variables={n: self.value(item) for n, item in self.mapping(variables).items()}
            if variables
            else {},
            on_error=self.text(members["on_error"]) if "on_error" in members else None,
            comments=self.comments(members["comments"]) if "comments" in members else (),
        )

    def comments(self, node: yaml.Node) -> tuple[Comment, ...]:
        if not isinstance(node, yaml.SequenceNode):
            self.problem(node, "comments are a list", "Write '- text: …' and 'place: {x: 0, y: 0}' for each.")
            return ()
        found: list[Comment] = []
        for one in cast("list[yaml.Node]", node.value):
            members = self.mapping(one)
            if members.keys() != {"text", "place"}:
                self.problem(one, "a comment has a text and a place", "Write both, and nothing else.")
                continue
            place = self.place(members["place"])
            if place is not None:
                found.append(Comment(self.text(members["text"]), place))
        return tuple(found)

    def node(self, name: str, node: yaml.Node) -> DocumentNode:
        members = self.mapping(node)
        verbs = [key for key in members if key not in _NODE_KEYS]
        if len(verbs) != 1:
            found = f"not {', '.join(verbs)}" if verbs else "and there is none"
            self.problem(
                node,
                f"a node does exactly one thing, {found}",
                f"Keep one verb beside {', '.join(_NODE_KEYS)}.",
                name,
            )
            return DocumentNode("", line=node.start_mark.line + 1)
        go: Mapping[str, str] | str | None = None
        if "go" in members:
            way = members["go"]
            if isinstance(way, yaml.MappingNode):
                go = {exit_: self.text(target) for exit_, target in self.mapping(way).items()}
            else:
                go = self.text(way)
        return DocumentNode(
            verb=verbs[0],
            params=self.value(members[verbs[0]]),
            go=go,
            label=self.text(members["label"]) if "label" in members else None,
            note=self.text(members["note"]) if "note" in members else None,
            place=self.place(members["place"]) if "place" in members else None,
            line=node.start_mark.line,
        )

    def place(self, node: yaml.Node) -> tuple[int, int] | None:
        at = {name: self.value(item) for name, item in self.mapping(node).items()}
        if at.keys() != {"x", "y"} or not all(type(one) is int for one in at.values()):
            self.problem(node, "a place is two whole numbers", "Write {x: 0, y: 120}, or remove it.")
            return None
        return at["x"], at["y"]


def to_json(document: Document) -> dict[str, Any]:
    """The stored form: the YAML's members as JSON, order kept (store it as `json`, not `jsonb`)."""
    whole: dict[str, Any] = {
        "flow": document.flow,
        "title": document.title or None,
        "note": document.note,
        "language": document.language,
        "variables": dict(document.variables) or None,
        "start": document.start,
        "on_error": document.on_error,
        "nodes": {name: _node_json(node) for name, node in document.nodes.items()},
        "comments": [{"text": one.text, "place": _place_json(one.place)} for one in document.comments]
        or None,
    }
    return {name: value for name, value in whole.items() if value is not None}


def _place_json(place: tuple[int, int]) -> dict[str, int]:
    return {"x": place[0], "y": place[1]}


def _node_json(node: DocumentNode) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if node.label is not None:
        members["label"] = node.label
    if node.note is not None:
        members["note"] = node.note
    if node.place is not None:
        members["place"] = _place_json(node.place)
    members[node.verb] = node.params
    if node.go is not None:
        members["go"] = node.go if isinstance(node.go, str) else dict(node.go)
    return members


def from_json(data: Mapping[str, Any]) -> Document:
    """The document of its stored form. Raises YamlError for a form that is none.

    What is plainly well formed is taken as it is, without lines: a flow of 200 nodes takes 2 ms instead of 170, and the designer
    has it checked at every pause in typing. All else is read as the YAML that it would be, which says what is wrong and where.
    """
    plain = plain_document(data)
    if plain is not None:
        return plain
    nodes: Any = data.get("nodes")
    if not isinstance(nodes, dict) or not all(
        isinstance(one, dict) for one in cast("dict[str, Any]", nodes).values()
    ):
        raise YamlError(
            [Problem("bad_form", "'nodes' are members, each with members", "Write each node by its name.")]
        )
    try:
        return load(_dump(data))
    except RecursionError as exc:
        raise YamlError([Problem("bad_form", "nested too deeply", "Write it plainer.")]) from exc


def dump(document: Document) -> str:
    """The canonical YAML: the same document always gives the same text."""
    return _dump(to_json(document))


def _dump(data: Mapping[str, Any]) -> str:
    """One block per node, an empty line between them: a diff then keeps to one node."""
    head = {name: value for name, value in data.items() if name != "nodes"}
    nodes: Mapping[str, Any] = data["nodes"]
    blocks = [
        textwrap.indent(_yaml(_Block({name: _Block(members)})), "  ", lambda line: bool(line.strip()))
        for name, members in nodes.items()
    ]
    return _yaml(_Block(head)) + ("nodes:\n" + "\n".join(blocks) if blocks else "nodes: {}\n")


class _Block(dict[str, Any]):
    """A mapping that is always written one member per line."""


def _yaml(data: _Block) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=106)


def _style(text: str) -> str | None:
    """Double quotes for odd characters, where YAML can hold them all."""
    odd = r"[^\n\t -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
    return '"' if re.search(odd, text) else None


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = _style(text)
    if style is None and "\n" in text and not re.search(r"[ \t]\n|^\s|\t", text):
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_mapping(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.Node:
    """Keys such as 1 are written bare: loading takes every key as a text."""
    pairs: list[tuple[yaml.Node, yaml.Node]] = []
    for key, item in data.items():
        bare = re.fullmatch(r"0|[1-9][0-9]{0,7}", key)
        tag = "tag:yaml.org,2002:int" if bare else "tag:yaml.org,2002:str"
        pairs.append((dumper.represent_scalar(tag, key, style=_style(key)), dumper.represent_data(item)))
    if isinstance(data, _Block):
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=False)
    small = len(pairs) <= 3 and all(isinstance(v, yaml.ScalarNode) and len(v.value) < 60 for _, v in pairs)
    return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=small or not data)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(dict, _represent_mapping)
_Dumper.add_representer(_Block, _represent_mapping)
_Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""))
