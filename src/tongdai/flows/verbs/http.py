"""`http`: ask a web service. What it may reach is decided when it is carried out (performers/http.py)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, cast
from urllib.parse import quote, urlencode

from pydantic import Field, field_validator, model_validator

from tongdai.flows.commands import HttpRequest
from tongdai.flows.errors import FlowFault
from tongdai.flows.expressions import Expression, as_text
from tongdai.flows.json_path import check_path
from tongdai.flows.replies import Reply
from tongdai.flows.template import Template
from tongdai.flows.verb import Context, Exit, Go, Outcome, Verb
from tongdai.flows.verbs.fields import Expr, Text, VariableName

_METHODS = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
_FORBIDDEN = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade"})


class Http(Verb):
    """`json` gives each member of the body an expression. `save` takes values from the JSON answer by path
    (`balance: data.accounts[0].balance`). Repeated after a crash only when `repeatable` (GET is)."""

    name = "http"
    short = "url"
    method: _METHODS = "GET"
    url: Text
    query: dict[str, Expr] = {}
    headers: dict[str, Text] = Field(default={}, max_length=20)
    json_body: dict[str, Expr] | None = Field(default=None, alias="json")
    timeout: Annotated[float, Field(ge=0.1, le=30)] = 5
    save: dict[VariableName, str] = Field(default={}, max_length=20)
    status: VariableName | None = None
    repeatable: bool | None = None

    @field_validator("headers")
    @classmethod
    def _headers(cls, value: Mapping[str, Template]) -> Mapping[str, Template]:
        for name in value:
            if name.lower() in _FORBIDDEN or not name.replace("-", "").isalnum():
                raise ValueError(f"the header '{name}' cannot be set by a flow")
        return value

    @field_validator("save")
    @classmethod
    def _paths(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for path in value.values():
            check_path(path)
        return value

    @field_validator("url")
    @classmethod
    def _host_is_fixed(cls, value: Template) -> Template:
        """Callers' input may reach the path and the query, never the host: that is what allow-lists are about."""
        head = value.parts[0] if value.parts else ""
        if not isinstance(head, str) or not head.startswith(("https://", "http://")):
            raise ValueError("the URL begins with https:// or http://")
        if len(value.parts) > 1 and "/" not in head.split("://", 1)[1]:
            raise ValueError("the host of the URL cannot come from a variable")
        return value

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"url": value} if isinstance(value, str) else value

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("done"), Exit("error"), Exit("timeout", required=False, instead="error"))

    def writes(self) -> Iterable[str]:
        return (*self.save, *((self.status,) if self.status else ()))

    def start(self, ctx: Context) -> Outcome:
        url = "".join(part if isinstance(part, str) else _segment(part, ctx) for part in self.url.parts)
        if self.query:
            values = {name: _form(expression, ctx) for name, expression in self.query.items()}
            url += ("&" if "?" in url else "?") + urlencode(values)
        body = None
        if self.json_body is not None:
            body = json.dumps(
                {name: e.value(ctx.variables) for name, e in self.json_body.items()}, ensure_ascii=False
            )
        repeat = self.method == "GET" if self.repeatable is None else self.repeatable
        return ctx.ask(
            HttpRequest,
            deadline=ctx.now + timedelta(seconds=self.timeout + 5),
            method=self.method,
            url=url,
            headers={name: _header(text.text(ctx.variables)) for name, text in self.headers.items()},
            body=body,
            timeout=self.timeout,
            extract=self.save,
            repeat=repeat,
        )

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        if reply.result == "answered":
            status = int(reply.data.get("status", 0))
            values = cast("Mapping[str, Any]", reply.data.get("values") or {})
            put: dict[str, Any] = {self.status: status} if self.status else {}
            if 200 <= status < 300:
                return Go("done", {**{name: values.get(name) for name in self.save}, **put})
            return Go("error", put)
        return Go(
            "timeout" if reply.result == "timeout" or reply.data.get("reason") == "deadline" else "error"
        )


def _segment(expression: Expression, ctx: Context) -> str:
    """A value as part of a path: it cannot climb out of its place."""
    text = as_text(expression.value(ctx.variables))
    if text in (".", ".."):
        raise FlowFault("a URL cannot be built from '.' or '..'")
    return quote(text, safe="")


def _form(expression: Expression, ctx: Context) -> str:
    return as_text(expression.value(ctx.variables))


def _header(value: str) -> str:
    """Header values in one line: a caller's name must not be able to add a header."""
    return "".join(char for char in value if char.isprintable()).strip()
