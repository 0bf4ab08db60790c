"""Shapes of the HTTP API of module flows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field


class Flow(BaseModel):
    id: UUID
    name: str
    title: str
    published_number: int | None
    archived: bool
    version: int
    updated_at: datetime


class FlowSource(Flow):
    yaml: str
    problems: list[ProblemOut]


class ProblemOut(BaseModel):
    code: str
    message: str
    mend: str
    node: str | None
    line: int
    warning: bool


class FlowIn(BaseModel):
    """`version` guards an edit: another one in the database is answered with 409."""

    yaml: Annotated[str, Field(max_length=512_000)]
    publish: bool = False
    note: Annotated[str, Field(max_length=500)] = ""
    version: int | None = None


class FlowSaved(BaseModel):
    id: UUID
    name: str
    changed: bool
    published_number: int | None


class FlowVersion(BaseModel):
    id: UUID
    number: int
    note: str
    published_at: datetime
    published_by: UUID | None


class PublishIn(BaseModel):
    note: Annotated[str, Field(max_length=500)] = ""


class RollBackIn(BaseModel):
    number: int


class GraphNode(BaseModel):
    id: str
    verb: str
    label: str
    params: Any


class GraphEdge(BaseModel):
    """`to` is null where the flow ends."""

    origin: Annotated[str, Field(serialization_alias="from")]
    exit: str
    to: str | None
    count: int


class FlowGraph(BaseModel):
    start: str
    number: int | None
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    counts: dict[str, int]


class Prompt(BaseModel):
    id: UUID
    name: str
    language: str
    text: str
    seconds: float | None
    checksum: str | None
    version: int
    updated_at: datetime


FlowSource.model_rebuild()
