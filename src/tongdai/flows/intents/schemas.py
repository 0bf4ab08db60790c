"""Shapes of the HTTP API of intents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from tongdai.flows.verbs.intent import MAX_WRITTEN, OWN_EXITS
from tongdai.platform.bodies import Body, Change, Locale
from tongdai.platform.database.rows import EditedRow
from tongdai.platform.errors import WrongValue


def _free(name: str) -> str:
    if name in OWN_EXITS:
        raise WrongValue(f"'{name}' is an exit of every step that understands: choose another name", "taken")
    return name


NameOfSet: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\W\d][\w-]{0,62}$", max_length=63)
]
IntentName: TypeAlias = Annotated[NameOfSet, AfterValidator(_free)]
Sentence: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"\w")
]
Examples: TypeAlias = dict[Locale, Annotated[list[Sentence], Field(max_length=300)]]


class IntentIn(BaseModel):
    """`name` is the exit in flows; agents read the `title`."""

    model_config = ConfigDict(extra="forbid")
    name: IntentName
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    examples: Examples = {}


Intents: TypeAlias = Annotated[list[IntentIn], Field(max_length=50)]


class IntentSetIn(Body):
    name: NameOfSet
    project_id: UUID | None = None
    intents: Intents = []
    none: Examples = {}


class IntentSetChange(Change):
    name: NameOfSet = "intents"
    project_id: UUID | None = None
    intents: Intents = []
    none: Examples = {}


class IntentSet(EditedRow):
    """`published_number` is the version that flows ask. `none`: examples of what is none of the intents."""

    name: str
    project_id: UUID | None
    intents: list[IntentIn]
    none: Examples
    published_number: int | None


class IntentsCheckIn(Body):
    intents: Intents = []
    none: Examples = {}


class IntentProblem(BaseModel):
    """`rule`: too_few_intents; name_twice; few_examples, too_many_examples (`count` are there); duplicate (`text` stands in
    `intent` twice); contradiction (it stands in `intent` and in `other`, null: among what is none). A `warning` does not stop
    training: a duplicate counts once."""

    rule: Literal[
        "too_few_intents", "name_twice", "few_examples", "too_many_examples", "duplicate", "contradiction"
    ]
    intent: str | None = None
    other: str | None = None
    text: str | None = None
    count: int | None = None
    warning: bool = False


class IntentVersion(BaseModel):
    """`right_share`: of the examples, those that are understood rightly by a classifier that has not seen them."""

    number: int
    state: Literal["training", "ready", "failed"]
    problem: str | None
    threshold: float | None
    right_share: float | None
    made_at: datetime
    made_by: UUID | None


class IntentMeasures(BaseModel):
    """`precision`: of what was taken for it, the share that was it (null: nothing was). `recall`: of its examples, the share that
    was understood as it. `taken`: how many of its examples were taken for each intent, in their order; the last for none."""

    name: str
    title: str
    examples: int
    precision: float | None
    recall: float
    taken: list[int]


class ThresholdShares(BaseModel):
    """At this threshold: examples understood rightly, wrongly, not at all; sentences that are none of the intents and are not
    taken for any (`refused`)."""

    threshold: float
    right: float
    wrong: float
    missed: float
    refused: float


class Mistaken(BaseModel):
    """An example that is not understood: what it was taken for, null for none."""

    text: str
    intent: str
    taken_for: str | None
    score: float


class IntentVersionDetail(IntentVersion):
    """`shares` are those at the version's threshold, `curve` at others."""

    intents: list[IntentIn]
    none: Examples
    strangers: int = 0
    measures: list[IntentMeasures] = []
    shares: ThresholdShares | None = None
    curve: list[ThresholdShares] = []
    mistaken: list[Mistaken] = []


class PublishVersionIn(Body):
    """`threshold`: another than the one that was measured to be best."""

    number: int
    threshold: Annotated[float, Field(ge=0.1, le=0.96)] | None = None


class TryIn(Body):
    """A sentence for a version, the published one when left out."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_WRITTEN)]
    number: int | None = None


class Tried(BaseModel):
    """`intent` is null when nothing is believed; `nearest` are the likeliest ones with their scores."""

    intent: str | None
    title: str | None
    score: float
    language: str | None
    anger: float
    angry: bool
    nearest: list[tuple[str, float]]
