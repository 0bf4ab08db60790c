"""Shapes of the HTTP API of the assistant, and what is stored of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from tongdai.platform.bodies import Change
from tongdai.platform.http import one_of

BaseUrl = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=500, pattern=r"^(https?://[A-Za-z0-9.\-\[\]:]+(/[^\s?#]*)?)?$"
    ),
]
Model = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^[\x21-\x7e]*$")]
Purpose = Literal["answer", "intent"]
IntentUse = Literal["off", "unsure", "always"]
"""When it chooses intents: never, where the model on this server does not understand, each time."""
HINDRANCES = (
    "sign_in", "not_found", "address", "unreachable", "certificate", "timeout", "busy", "server", "refused", "nonsense", "key",
)  # fmt: skip
"""What keeps it from an answer, each with its mend in the screens' words."""
Outcome = Annotated[str, one_of("answered", "no_answer", *HINDRANCES)]


class AssistantView(BaseModel):
    """The language model outside. The key is write-only. `used_tokens`: in this month (UTC)."""

    enabled: bool
    url: str
    has_key: bool
    model: str
    timeout_s: int
    monthly_tokens: int | None
    answers: bool
    intents: IntentUse
    keep_days: int
    used_tokens: int
    used_questions: int
    version: int


class AssistantChange(Change):
    """An empty key leaves the present one."""

    enabled: bool = False
    url: BaseUrl = ""
    key: Key = ""
    model: Model = ""
    timeout_s: Annotated[int, Field(ge=1, le=15)] = 8
    monthly_tokens: Annotated[int, Field(ge=1, le=2_000_000_000)] | None = None
    answers: bool = True
    intents: IntentUse = "off"
    keep_days: Annotated[int, Field(ge=1, le=365)] = 30


class AssistantTrial(BaseModel):
    """What came of a question that is asked to see whether it works: `ok`, or what hinders it, and the server's own words."""

    state: Annotated[str, one_of("ok", "incomplete", *HINDRANCES)]
    problem: str
    answer: str
    tokens: int
    took_ms: int


class Exchange(BaseModel):
    """A question to the language model, without what was told."""

    id: UUID
    purpose: Purpose
    interaction_id: UUID | None
    model: str
    outcome: Outcome
    problem: str
    said: str
    tokens: int
    took_ms: int
    at: datetime


class Told(BaseModel):
    """One part of what it was told."""

    role: str
    content: str


class ExchangeDetail(Exchange):
    told: list[Told]


Message = dict[str, Any]
