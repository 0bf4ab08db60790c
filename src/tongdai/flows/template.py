"""Texts with variables in them: `Hello {{ contact.name }}`."""

from __future__ import annotations

from dataclasses import dataclass, field

from tongdai.flows.errors import ExpressionError
from tongdai.flows.expressions import Expression, as_text, parse
from tongdai.flows.expressions.parser import Variables


@dataclass(frozen=True, slots=True)
class Template:
    """A text whose `{{ … }}` are expressions; computed anew for each run."""

    source: str
    parts: tuple[str | Expression, ...] = field(compare=False)

    @property
    def names(self) -> frozenset[str]:
        return frozenset[str]().union(*(part.names for part in self.parts if isinstance(part, Expression)))

    @property
    def constant(self) -> str | None:
        """The text itself when it holds no variables, so that it can be rendered before anyone calls."""
        return None if any(isinstance(part, Expression) for part in self.parts) else self.source

    def text(self, variables: Variables) -> str:
        return "".join(
            part if isinstance(part, str) else as_text(part.value(variables)) for part in self.parts
        )


def parse_template(source: str) -> Template:
    """Raises ExpressionError with the column within the whole text."""
    parts: list[str | Expression] = []
    at = 0
    while True:
        start = source.find("{{", at)
        if start < 0:
            break
        end = source.find("}}", start + 2)
        if end < 0:
            raise ExpressionError("'{{' is not closed by '}}'", start + 1)
        if start > at:
            parts.append(source[at:start])
        try:
            parts.append(parse(source[start + 2 : end]))
        except ExpressionError as exc:
            raise ExpressionError(exc.message, exc.column + start + 2) from exc
        at = end + 2
    if at < len(source):
        parts.append(source[at:])
    return Template(source, tuple(parts))
