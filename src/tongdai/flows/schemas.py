"""Shapes of the HTTP API of module flows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from tongdai.flows.trial import MAX_ACTS
from tongdai.platform.bodies import Change


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
    document: dict[str, Any]
    problems: list[ProblemOut]


class ProblemOut(BaseModel):
    code: str
    message: str
    mend: str
    node: str | None
    line: int
    warning: bool
    field: str | None = None
    name: str | None = None
    rule: str | None = None
    limit: float | None = None


class FlowIn(BaseModel):
    """A flow as YAML or as the `document` of the same members. `version` guards an edit: another one in the database is
    answered with 409; 0 says that there is no flow of that name yet."""

    yaml: Annotated[str, Field(max_length=512_000)] = ""
    document: dict[str, Any] | None = None
    publish: bool = False
    note: Annotated[str, Field(max_length=500)] = ""
    version: int | None = None


class FlowSaved(BaseModel):
    id: UUID
    name: str
    changed: bool
    published_number: int | None
    version: int


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


PROMPT_NAME = r"^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$"


class Prompt(BaseModel):
    """`formerly`: names by which flows still play it."""

    id: UUID
    name: str
    language: str
    text: str
    seconds: float | None
    checksum: str | None
    formerly: list[str]
    version: int
    updated_at: datetime


class PromptRename(Change):
    name: Annotated[str, Field(pattern=PROMPT_NAME)]


class PromptRenamed(BaseModel):
    """The titles of flows: whose drafts were `changed`, and which play it by the old name until they are `published` again."""

    name: str
    changed: list[str]
    published: list[str]


class ExitOut(BaseModel):
    name: str
    required: bool
    instead: str | None


class VerbOut(BaseModel):
    """`short` is the parameter that the short form means, the only form where `whole`; `named` is the parameter that names
    further exits, and by what: its keys, values or items."""

    name: str
    description: str
    parameters: dict[str, Any]
    exits: list[ExitOut]
    main: str
    short: str | None
    whole: bool
    named: tuple[str, str] | None


class FlowDocument(BaseModel):
    number: int
    document: dict[str, Any]


class FlowText(BaseModel):
    yaml: str = ""
    document: dict[str, Any] = {}
    problems: list[ProblemOut] = []


class Act(BaseModel):
    """What the caller does, or (`reply`) what a queue, a calendar or a system answers."""

    do: Literal["press", "says", "silence", "hang_up", "reply"]
    value: Any = None


class TrialIn(BaseModel):
    document: dict[str, Any]
    acts: Annotated[list[Act], Field(max_length=MAX_ACTS)] = []
    variables: dict[str, Any] = {}
    at: datetime | None = None


class TrialLine(BaseModel):
    kind: str
    text: str
    flow: str
    node: str
    exit: str


class TrialOut(BaseModel):
    """`problems` are there when the draft cannot run; all else is then empty."""

    lines: list[TrialLine] = []
    way: list[tuple[str, str]] = []
    keys: bool = False
    secret: bool = False
    kind: str | None = None
    asks: list[str] = []
    answers: list[str] = []
    buttons: list[tuple[str, str]] = []
    intents: list[str] = []
    ended: str | None = None
    variables: dict[str, Any] = {}
    refused: str | None = None
    problems: list[ProblemOut] = []


class FlowTests(BaseModel):
    yaml: str


class FlowTestsIn(BaseModel):
    yaml: Annotated[str, Field(max_length=256_000)]
    before: str | None = None


class TestRunIn(BaseModel):
    document: dict[str, Any]
    tests: Annotated[str, Field(max_length=256_000)]


class TestOutcome(BaseModel):
    name: str
    line: int
    failure: str | None


class TestReport(BaseModel):
    outcomes: list[TestOutcome]
    problems: list[ProblemOut]


FlowSource.model_rebuild()
